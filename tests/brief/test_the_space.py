"""The space: a thing is had by one at a time, for a slot, or by a workshop."""

from __future__ import annotations

from tests.brief.conftest import Tell


def test_nothing_is_had_by_two_at_one_time(told: Tell) -> None:
    """The same slot is refused with those that are free, the same corner with what wants it."""
    telling, lines = told("the-space")
    hub, kept = telling.hub, telling.kept
    assert [hub.booking(str(kept[name])).slot for name in ("ada", "ben")] == [1, 2]
    refused = [line for line in lines if "Refused (" in line]
    assert [line.partition("(")[2].partition(")")[0] for line in refused] == ["full", "clash"]
    assert str(hub.workshop(str(kept["workshop"])).state) == "scheduled"
    assert any(line.startswith("  practice: Plan, do, study, act") for line in lines)
