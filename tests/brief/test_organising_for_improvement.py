"""The weekly hour: Christmas and the clocks, a date that was called off, and a place that was changed for another."""

from __future__ import annotations

from datetime import UTC, date

from examples.stories.organising_for_improvement import NINTH, REASON, SECOND, SPRING, TYPE
from innovationhub import BookingStatus, SessionStatus
from tests.brief.conftest import Tell


def test_it_is_at_half_past_nine_every_wednesday_but_at_christmas(told: Tell) -> None:
    """The closure left out one date; over the change of the clocks the local time stays, and the instant moves."""
    telling, _ = told("organising-for-improvement")
    views = telling.hub.calendar(date(2026, 12, 16), date(2027, 1, 14), types=[TYPE])
    assert [f"{view.starts:%m-%d}" for view in views] == ["12-16", "12-23", "01-06", "01-13"]
    before, after = telling.hub.session(f"{TYPE}@2027-03-24T09:30"), telling.hub.session(SPRING)
    assert [f"{each.starts:%H:%M}" for each in (before, after)] == ["09:30", "09:30"]
    assert [each.starts.astimezone(UTC).hour for each in (before, after)] == [9, 8]


def test_who_was_booked_when_it_was_called_off_is_told_of_dates_with_room(told: Tell) -> None:
    """Ada and Cat, who came in after the plan was made; Ben, who had gone to another date, is not bothered."""
    telling, lines = told("organising-for-improvement")
    hub, kept = telling.hub, telling.kept
    assert hub.session(SECOND).status is SessionStatus.CALLED_OFF
    assert {hub.booking(str(kept[name])).status for name in ("ada", "cat")} == {BookingStatus.CANCELLED}
    messages = [each for each in telling.post.sent if each.subject.startswith("Called off: Organising")]
    assert sorted(each.to.name for each in messages) == ["Ada Obi", "Cat Dhar"]
    assert all("9 December 2026" in each.text and REASON in each.text for each in messages)
    for code in ("plan-stale", "called-off", "not-active", "not-open"):
        assert any(line.strip().startswith(f"Refused ({code})") for line in lines)


def test_a_place_changed_for_another_is_a_new_one_and_no_no_show(told: Tell) -> None:
    """The old booking ended as the new one began; at the next date all four came, and no place was given up."""
    telling, _ = told("organising-for-improvement")
    hub, kept = telling.hub, telling.kept
    assert hub.booking(str(kept["ben"])).status is BookingStatus.CANCELLED
    moved = hub.booking(str(kept["moved"]))
    assert (moved.session_id, moved.status) == (NINTH, BookingStatus.ATTENDED)
    assert [each.status for each in hub.roster(NINTH)] == [BookingStatus.ATTENDED] * 4
    figures = hub.figures(date(2026, 12, 1), date(2026, 12, 10))
    (came,) = [
        row for row in figures.table("attendance-by-type").rows if row[0] == "Organising for Improvement"
    ]
    (missed,) = [row for row in figures.table("no-shows").rows if row[0] == "Organising for Improvement"]
    assert came[1:4] == (1, 1, 4)
    assert missed[1:] == (4, 0, 0.0, 0, 0, 0)
