"""Stories are told once for the tests that look at what they leave behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from examples.stories import tell
from examples.stories.telling import Telling

__all__ = ["Tell"]

Tell = Callable[[str], tuple[Telling, list[str]]]


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Tell]:
    """Tells a story by its name: what it left behind, and the lines that it said. Audit is clean at its end."""
    with ExitStack() as stack:

        def told(name: str) -> tuple[Telling, list[str]]:
            lines: list[str] = []
            telling = stack.enter_context(tell(name, tmp_path, lines.append))
            assert telling.hub.audit() == []
            return telling, lines

        yield told
