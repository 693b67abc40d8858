"""Plan and apply: what a change would do is shown first, and exactly that is done, or nothing."""

from __future__ import annotations

import json
import re
import shlex
from datetime import UTC, datetime, timedelta

import pytest

from innovationhub import Assign, Move, Resize
from innovationhub.cli.plans import planned_by
from tests.cli.conftest import HERE, Place, Run, told


def one_line(text: str) -> str:
    """What was said, without the folds."""
    return " ".join(text.replace("\\\n", " ").split())


def effects(run: Run, *args: str) -> list[str]:
    """The kinds of what a change would do."""
    return [each["kind"] for each in told(run, "plan", *args)["effects"]]


def test_a_plan_names_who_would_be_promoted_and_told(run: Run, place: Place, queue: list[str]) -> None:
    """By name and id; nothing is changed."""
    shown = run("plan", "resize", place.taster, "attendee", "3").stdout
    assert "The number of seats as attendee goes from 2 to 3." in shown
    assert "Promoted, in this order (1):\n  - Cy (p:3): " in shown
    assert "Told (1):\n  - that they have a place: Cy" in shown
    assert [each["id"] for each in told(run, "waitlist", place.taster)] == queue[2:]
    made = told(run, "plan", "resize", place.taster, "attendee", "3")
    assert (made["applied"], made["change"]["capacity"]) == (False, 3)
    assert {each["person_id"] for each in made["effects"] if each["kind"] == "promoted"} == {"p:3"}


def test_a_plan_is_applied_by_what_it_ends_with(run: Run, place: Place, queue: list[str]) -> None:
    """The hint can be pasted: it does what was shown."""
    shown = run("plan", "resize", place.taster, "attendee", "unlimited").stdout
    words = shlex.split(one_line(shown).partition("Do it: innovationhub ")[2])
    assert words[:5] == ["plan", "resize", place.taster, "attendee", "unlimited"]
    ran = run(*words)
    assert ran.exit_code == 0, ran.stderr
    assert "Promoted, in this order (1):" in ran.stdout
    assert "Done." in ran.stdout
    assert told(run, "waitlist", place.taster) == []
    assert "It would change nothing" in run("plan", "resize", place.taster, "attendee", "unlimited").stdout


def test_a_stale_plan_is_refused_with_the_new_one(run: Run, place: Place, queue: list[str]) -> None:
    """The world has moved: nothing is done, and what would be done now is shown."""
    change = ("plan", "resize", place.taster, "attendee", "3")
    token = told(run, *change)["token"]
    assert run("cancel", queue[2]).exit_code == 0
    told(run, "book", place.taster, "p:4")
    ran = run(*change, "--apply", "--token", token)
    assert ran.exit_code == 1
    assert "plan-stale" in ran.stderr
    assert "Dee (p:4)" in ran.stderr
    assert "Done." not in ran.stdout
    refusal = json.loads(run(*change, "--apply", "--token", token, "--json").stderr)
    assert [reason["code"] for reason in refusal["reasons"]] == ["plan-stale"]
    assert refusal["plan"]["token"] != token
    assert told(run, *change, "--apply", "--token", refusal["plan"]["token"])["applied"] is True


def test_fewer_seats_throw_nobody_out(run: Run, place: Place, queue: list[str]) -> None:
    """It is said what is not kept."""
    shown = one_line(run("plan", "resize", place.taster, "attendee", "1").stdout)
    assert "Not kept (1):" in shown
    assert "1 more than the 1 seats are held as attendee" in shown


def test_a_session_is_moved(run: Run, place: Place, queue: list[str]) -> None:
    """By local time and room; the id stays, everybody is told."""
    day = datetime.fromisoformat(place.taster.partition("@")[2])
    later = (day + timedelta(hours=6)).isoformat(timespec="minutes")
    shown = run("plan", "move", place.taster, "--starts", later, "--venue", "Room 2", "--apply").stdout
    assert "Told (3):\n  - that it is moved: [red]Ann[/red], Ben, Cy" in shown
    view = told(run, "session", place.taster)
    assert view["starts"].startswith(later)
    assert view["venue"] == "Room 2"
    ran = run("plan", "move", place.taster)
    assert (ran.exit_code, "--starts, --venue" in ran.stderr) == (2, True)


def test_a_clash_is_shown_before_it_is_made(run: Run, place: Place, queue: list[str]) -> None:
    """Somebody would be wanted twice at one time."""
    told(run, "book", place.small, "p:1")
    to = place.small.partition("@")[2]
    shown = run("plan", "move", place.taster, "--starts", to).stdout
    assert "Clashes (1):\n  - [red]Ann[/red] (p:1): " in shown


def test_a_session_is_called_off_and_reinstated(run: Run, place: Place, queue: list[str]) -> None:
    """Every booking of it ends, with one message each; it can be put on again, and booked."""
    shown = run("plan", "call-off", place.taster, "--reason", "snow", "--apply").stdout
    assert "Not kept (3):" in shown
    assert "that it is off: [red]Ann[/red], Ben, Cy" in shown
    assert told(run, "session", place.taster)["status"] == "called-off"
    assert "cancelled" in run("bookings", "p:1").stdout
    ran = run("plan", "call-off", place.taster)
    assert (ran.exit_code, "called-off: " in ran.stderr) == (1, True)
    assert told(run, "plan", "reinstate", place.taster, "--apply")["applied"] is True
    assert told(run, "book", place.taster, "p:1")["status"] == "confirmed"


def test_others_lead_a_session(run: Run, place: Place) -> None:
    """By people's ids; one whom the hub does not know is said."""
    assert told(run, "plan", "assign", place.advice, "p:1", "p:2", "--apply")["applied"] is True
    assert told(run, "session", place.advice)["facilitators"] == ["p:1", "p:2"]
    ran = run("plan", "assign", place.advice, "p:404")
    assert (ran.exit_code, "no person 'p:404'" in ran.stderr) == (2, True)


def test_a_series_gets_another_rule(run: Run, place: Place, queue: list[str]) -> None:
    """From a date on, at the old time unless told; booked sessions go to the date next to theirs."""
    day = datetime.fromisoformat(place.taster.partition("@")[2])
    since, weekday = day.date().isoformat(), f"{day + timedelta(days=1):%a}"[:2].upper()
    change = ("reschedule", "taster", "--since", since, "--rule", f"FREQ=WEEKLY;BYDAY={weekday}")
    assert "moved" in effects(run, *change)
    assert "Told (3):" in run("plan", *change, "--apply").stdout
    moved = told(run, "session", place.taster)["starts"]
    assert moved.startswith((day + timedelta(days=1)).isoformat(timespec="minutes"))
    ran = run("plan", *change[:-1], "FREQ=SOMETIMES")
    assert (ran.exit_code, "--rule" in ran.stderr) == (2, True)
    assert run("plan", "reschedule", "nope", "--since", since, "--rule", "FREQ=DAILY").exit_code == 2


def test_a_series_ends(run: Run, place: Place) -> None:
    """No more sessions from a date on; those before stay."""
    day = place.next_taster.partition("@")[2].partition("T")[0]
    assert told(run, "plan", "end", "taster", "--since", day, "--apply")["applied"] is True
    found = told(run, "calendar", "--type", "taster", "--weeks", "8")
    assert [each["id"] for each in found if each["status"] == "scheduled"] == [place.taster]


def test_the_hub_is_closed_for_a_day(run: Run, place: Place, queue: list[str]) -> None:
    """The last day is one of them; who was booked is named, and the calendar has nothing left."""
    day = place.taster.partition("@")[2].partition("T")[0]
    shown = one_line(run("plan", "close", day, "--reason", "a leak", "--apply").stdout)
    assert "a leak" in shown
    assert "Not kept (3):" in shown
    assert told(run, "session", place.taster)["status"] == "called-off"
    ran = run("plan", "close", day)
    assert (ran.exit_code, "--reason" in ran.stderr) == (2, True)


def test_too_few_people(run: Run, place: Place) -> None:
    """It is said what calling off and merging would do, with the commands; a role that has enough is not named."""
    id = told(run, "book", place.advice, "p:1")["id"]
    shown = one_line(run("shortfall", place.advice).stdout)
    assert "attendee: 1 person of at least 3. Calling it off would end 1 booking." in shown
    assert "1 booking would go there" in shown
    found = told(run, "shortfall", place.advice)
    assert (found[0]["held"], found[0]["minimum"]) == (1, 3)
    assert "No role is short of people." in run("shortfall", place.taster).stdout
    into = found[0]["merges"][0]["change"]["into"]
    shown = run("plan", "merge", place.advice, into, "--apply").stdout
    assert "Going along (1):\n  - [red]Ann[/red] (p:1): " in shown
    assert told(run, "explain", id)["status"] == "cancelled"
    assert [each["person_id"] for each in told(run, "roster", into)] == ["p:1"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("plan", "rezise"), "did you mean 'resize'?"),
        (("plan", "resize", "SESSION", "attendee", "many"), "'many' is no number of seats"),
        (("plan", "resize", "p:1", "attendee", "3"), "'p:1' is the id of a person"),
        (("plan", "move", "p:1", "--venue", "x"), "'p:1' is the id of a person"),
        (("plan", "call-off", "nope"), "no session 'nope'"),
        (("plan", "end", "nope", "--since", "2030-01-01"), "no series 'nope'"),
        (("plan", "close", "2030-01-02", "2030-01-01", "--reason", "x"), "is before FROM 2030-01-02"),
        (("plan", "assign", "SESSION"), "PERSON"),
    ],
)
def test_what_is_wrong_is_one_message(run: Run, place: Place, args: tuple[str, ...], words: str) -> None:
    """Status 2, nothing on stdout."""
    ran = run(*args)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert words in one_line(ran.stderr)
    assert not re.search("Traceback|hub[.]", ran.stderr)


def test_a_change_of_the_library_is_said_as_a_command() -> None:
    """In the hub's local time; what does not fit into a line is left out."""
    starts = datetime(2026, 12, 1, 4, 15, tzinfo=UTC)
    words = planned_by(Move("taster@2026-12-01T08:00", starts), HERE)
    assert words == ("move", "taster@2026-12-01T08:00", "--starts", "2026-12-01T10:00")
    assert planned_by(Resize("circle", "attendee", None), HERE) == (
        "resize",
        "circle",
        "attendee",
        "unlimited",
    )
    assert planned_by(Assign("a@2026-12-01T08:00", ("p:1", "p:2")), HERE)[2:] == ("p:1", "p:2")
    assert planned_by(None, HERE) == ()


def test_plan_alone_is_help(run: Run) -> None:
    """The changes are listed, as wrong use."""
    ran = run("plan")
    assert ran.exit_code == 2
    assert "call-off" in ran.stderr
