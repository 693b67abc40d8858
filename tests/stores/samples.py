"""A record of every kind of field, to try stores with."""

from __future__ import annotations

import enum
from datetime import date, datetime

import attrs

from innovationhub.domain.records import Facts, Record, record


class Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


@record(
    "sample",
    key=("shelf", "place"),
    indexes={"by_colour": ("colour", "weight"), "by_instant": ("at",), "by_flag": ("flag", "day")},
)
@attrs.frozen
class Sample(Record):
    shelf: str
    place: int
    colour: Colour
    weight: int
    flag: bool
    at: datetime
    day: date
    share: float = 0.0
    note: str | None = None
    seen: datetime | None = None
    mood: Colour | None = None
    facts: Facts = attrs.field(factory=dict)
