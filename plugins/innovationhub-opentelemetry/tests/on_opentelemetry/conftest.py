"""An SDK of its own for each test: OpenTelemetry's global one can be set once in a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from on_opentelemetry.reading import Metrics, sdk


@pytest.fixture
def metrics() -> Iterator[Metrics]:
    with sdk() as made:
        yield made
