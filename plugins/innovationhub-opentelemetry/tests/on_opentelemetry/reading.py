"""Metrics as an exporter gets them, from the SDK's reader in memory."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, NumberDataPoint

from innovationhub import hookimpl
from innovationhub.protocols.follower import Follower
from innovationhub_opentelemetry import EventCounter, JournalCounter

Values = dict[tuple[tuple[str, object], ...], float]


class Metrics:
    """An SDK of its own for one test; as a plugin, the follower that counts into it."""

    def __init__(self) -> None:
        self.reader = InMemoryMetricReader()
        self.provider = MeterProvider([self.reader], shutdown_on_exit=False)
        self.follower = JournalCounter(self.provider)

    @hookimpl
    def innovationhub_followers(self) -> Mapping[str, Follower]:
        return {"opentelemetry": self.follower}

    def collected(self) -> dict[str, Values]:
        """Each metric's values by their attributes, without the common beginning of the names."""
        data = self.reader.get_metrics_data()
        found: dict[str, Values] = {}
        for of_resource in data.resource_metrics if data else ():
            for of_scope in of_resource.scope_metrics:
                for metric in of_scope.metrics:
                    points = [each for each in metric.data.data_points if isinstance(each, NumberDataPoint)]
                    found[short(metric.name)] = {
                        tuple(
                            sorted((short(name), value) for name, value in (point.attributes or {}).items())
                        ): (point.value)
                        for point in points
                    }
        return found

    def of(self, name: str, **attributes: str) -> float | None:
        """The sum of a metric's values that have these attributes among theirs; None where there are none."""
        values = self.collected().get(name, {})
        wanted = set(attributes.items())
        matching = [value for each, value in values.items() if wanted <= set(each)]
        return sum(matching) if matching else None


def short(name: str) -> str:
    assert name.startswith("innovationhub.")
    return name.removeprefix("innovationhub.")


@contextmanager
def sdk() -> Iterator[Metrics]:
    metrics = Metrics()
    yield metrics
    metrics.provider.shutdown()


@contextmanager
def counting(metrics: Metrics) -> Iterator[EventCounter]:
    """Events are counted, set up as the README says."""
    events, counter = logging.getLogger("innovationhub"), EventCounter(meter_provider=metrics.provider)
    before = events.level
    events.setLevel(logging.INFO)
    events.addHandler(counter)
    try:
        yield counter
    finally:
        events.removeHandler(counter)
        events.setLevel(before)
