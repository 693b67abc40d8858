"""docs/catalogue.md: its example loads, and it forgets no key."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import attrs
import pytest

from innovationhub import Hub
from innovationhub.domain.catalogue import Audience, Role, SessionType, Slots
from innovationhub.domain.policies import BookingPolicy, WaitlistPolicy
from innovationhub.domain.recurrence import Recurrence, Rule
from innovationhub.domain.settings import HubSettings, LmsSettings, Retention, WorkingHours
from innovationhub.loading import Known, catalogue_from_text
from innovationhub.loading.shaping import _SeriesEntry
from tests.support import ONLY_BUILT_IN, Clock

PAGE = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text("utf-8")
CLASSES = (
    *(Audience, BookingPolicy, HubSettings, LmsSettings, Retention, Role, SessionType, Slots, WaitlistPolicy),
    *(WorkingHours, _SeriesEntry),
)


def example() -> str:
    (block,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return str(block)


def test_the_example_loads(tmp_path: Path) -> None:
    """Whoever copies the page's example has a hub, with the sessions that its comments promise."""
    file = tmp_path / "hub.toml"
    file.write_text(example(), "utf-8")
    with Hub.open("memory:", clock=Clock(datetime(2026, 11, 24, tzinfo=UTC)), settings=ONLY_BUILT_IN) as hub:
        assert len(hub.load_catalogue(file).added) == 9
        coming = hub.calendar(date(2026, 12, 1), date(2027, 1, 20))
    shown = [f"{view.starts:%m-%d %H:%M}" for view in coming if view.type in {"taster", "marketplace"}]
    assert shown == [
        "12-01 10:00",
        "12-03 20:00",
        "12-08 10:00",
        "12-11 12:00",
        "12-15 10:00",
        "12-29 10:00",
        "01-05 10:00",
        "01-12 14:00",
        "01-19 10:00",
    ]
    sets = [f"{view.starts:%m-%d}" for view in coming if view.type == "learning-set"]
    assert sets == ["12-07", "12-21", "01-04", "01-18"]
    drop_in = next(view.places["attendee"] for view in coming if view.type == "drop-in")
    assert (drop_in.capacity, drop_in.reserve, drop_in.left) == (6, 2, 4)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: str(cls.__name__))
def test_every_key_is_explained(cls: type[attrs.AttrsInstance]) -> None:
    """A key that a file may hold stands on the page."""
    missing = [
        key
        for field in attrs.fields(cls)
        if f"`{(key := field.metadata.get('key', field.name))}`" not in PAGE
    ]
    assert not missing


def test_the_defaults_are_those_of_the_page() -> None:
    """Each default in a table is the one that a file gets by leaving the key out."""
    rows = re.findall(r"^\| `(\w+)` \|.*\| `([^`]+)` \| [^|]*\|$", PAGE, re.MULTILINE)
    told = {key: default for key, default in rows if key not in {"key", "title"}}
    values: dict[str, object] = {}
    for made in (HubSettings(), SessionType("t", "T"), Role(), BookingPolicy(), WaitlistPolicy()):
        values |= attrs.asdict(made, recurse=False)
    shown = {"True": "true", "False": "false", "None": '"unlimited"', "()": "[]", "(60,)": "60"}
    for key in (
        *(
            "name",
            "timezone",
            "closures",
            "rooms",
            "minutes",
            "access",
            "rules",
            "on_ineligible",
            "apologies",
        ),
        *("capacity", "reserve", "minimum", "minimum_hours", "opens_days", "groups"),
    ):
        value = values[key]
        text = f'"{value}"' if isinstance(value, str) else shown.get(str(value), str(value))
        assert told[key] == text, key
    assert set(told) > {"limit", "promote", "offer_hours", "on_lapse", "cancel_hours", "closed", "example"}


def test_the_rules_of_the_page_are_rules() -> None:
    """Each rule that is often wanted can be written so."""
    rules = re.findall(r"\| `(FREQ=[^`]+)` \|$", PAGE, re.MULTILINE)
    assert len(rules) == 6
    assert all(Recurrence(datetime(2026, 12, 1, 10), rule=Rule.parse(rule)).first for rule in rules)


def test_the_faults_of_the_page_are_told_so() -> None:
    """The page shows messages as they are."""
    text = """session_types = [{ key = "a", title = "A" }, { key = "b", title = "B" },
        { key = "c", title = "C", titel = "C", roles = [{ capacity = 0 }] }]
        series = [{ key = "a", type = "a", starts = 2026-12-01T10:00:00 },
        { key = "b", type = "a", starts = 2026-12-08 }]"""
    with pytest.raises(ValueError, match="3 faults") as caught:
        catalogue_from_text(text, "hub.toml", Known())
    assert str(caught.value).partition(": ")[2] in PAGE
