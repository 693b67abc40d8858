"""Whatever a file holds, it is either loaded or its faults are told: never an error that is not ours."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from innovationhub import Catalogue, HubSettings, InvalidCatalogue, Role, SessionType
from innovationhub.domain.policies import BookingPolicy, WaitlistPolicy
from innovationhub.loading import Known, catalogue_from_text
from innovationhub.loading.shaping import _SeriesEntry
from innovationhub.loading.text import LONGEST_FAULT

KEYS = [
    str(field.metadata.get("key", field.name))
    for cls in (HubSettings, SessionType, Role, BookingPolicy, WaitlistPolicy, _SeriesEntry)
    for field in attrs.fields(cls)
]

plain = st.one_of(
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(
        ["book", "unlimited", "t", "FREQ=WEEKLY;BYDAY=TU", "FREQ=DAILY;COUNT=0", "MO", "09:00", ""]
    ),
    st.datetimes(timezones=st.sampled_from([None, UTC])),
    st.dates(),
    st.times(),
)
values = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
tables = st.dictionaries(st.sampled_from(KEYS), values, max_size=6)
valid = st.just({"key": "t", "title": "T", "type": "t", "starts": datetime(2026, 12, 1, 10)})
some = st.builds(lambda first, second: {**first, **second}, valid, tables) | tables
files = st.fixed_dictionaries(
    {}, optional={"hub": values | tables, "session_types": values | st.lists(some), "series": st.lists(some)}
)


def toml(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, date | time):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, str | bool) else repr(value)


def loaded(text: str) -> tuple[Catalogue | None, tuple[str, ...]]:
    """The catalogue, or the faults."""
    try:
        return catalogue_from_text(text, "hub.toml", Known(types=["t"])), ()
    except InvalidCatalogue as error:
        return None, error.faults


@settings(max_examples=250)
@given(files)
def test_any_values_are_loaded_or_told(file: dict[str, object]) -> None:
    """Any value in any field, at any depth: a catalogue or a list of faults, each a line with a place."""
    made, faults = loaded("\n".join(f"{key} = {toml(value)}" for key, value in file.items()))
    assert (made is None) == bool(faults)
    assert all("\n" not in fault and ": " in fault for fault in faults)
    assert all(len(fault) <= LONGEST_FAULT + 1 for fault in faults)


@settings(max_examples=200)
@given(st.text(st.sampled_from("[]{}=\",.#\\\n\r\t 'a1-:T\0é")) | st.text())
def test_any_text_is_loaded_or_told(text: str) -> None:
    """Text that is hardly TOML, or not at all."""
    made, faults = loaded(text)
    assert (made is None) == bool(faults)
