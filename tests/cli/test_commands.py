"""What each command says, to people and to programs."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import click
import pytest

from innovationhub.cli.app import app
from innovationhub.cli.planning import plan
from tests.cli.conftest import HERE, Place, Run, told


def test_the_commands_are_those_of_the_contract() -> None:
    """None is missing, and each says in a short line what it does."""
    assert set(app.commands) == {
        *("load", "calendar", "types", "session", "add-person", "book", "cancel", "roster", "waitlist"),
        *("explain", "check-in", "close-register", "bookings", "tick", "audit", "journal", "plugins", "demo"),
        *("accept", "decline", "transfer", "substitute", "amend", "requests", "approve", "reject"),
        *("register", "apologise", "unapologise", "check-out", "headcount", "plan", "shortfall"),
        *("export-person", "erase-person", "clashes", "new-plugin", "messages", "run", "lms", "workshop"),
        *("report", "catalogue", "settings"),
    }
    assert set(plan.commands) == {
        *("resize", "move", "call-off", "reinstate", "assign", "reschedule", "end", "close", "merge"),
    }
    for command in (*app.commands.values(), *plan.commands.values()):
        assert not command.get_short_help_str(60).endswith("...")


def test_no_command_is_help_and_wrong_use(run: Run) -> None:
    """Whoever knows nothing sees what there is."""
    ran = run()
    assert ran.exit_code == 2
    assert "Commands:" in ran.stderr
    assert run("--help").exit_code == 0
    assert re.fullmatch(r"innovationhub \d+\.\d+\.\d+\S*\n", run("--version").stdout)


def test_the_calendar_is_four_weeks_from_today(run: Run, place: Place) -> None:
    """By the hub's clock and zone; times are local, ids are whole, places are said."""
    ran = run("calendar")
    assert ran.exit_code == 0
    today = datetime.now(HERE).date()
    assert f"{today.day} {today:%b %Y} to" in ran.stdout
    for words in (place.taster, place.other, "10:00–11:00", "2 of 2 left", "A Taster [red] Session"):
        assert words in ran.stdout
    found = told(run, "calendar", "--type", "taster")
    assert len(found) == 4
    assert found[0]["id"] == place.taster
    assert found[0]["starts"].endswith("T10:00:00+05:45")
    counts = {"capacity": 2, "held": 0, "left": 2, "waiting": 0, "over": 0, "reserve": 0, "came": 0}
    assert found[0]["places"] == {"attendee": counts | {"open": True}}


def test_the_calendar_takes_a_window_and_a_person(run: Run, place: Place, queue: list[str]) -> None:
    """From the first day to the last; what a person has is marked."""
    day = datetime.fromisoformat(place.taster.partition("@")[2]).date()
    window = ("calendar", "--from", str(day), "--to", str(day + timedelta(days=6)), "--type", "taster")
    found = told(run, *window, "--person", "p:1")
    assert [(each["id"], each["mine"]["id"]) for each in found] == [(place.taster, queue[0])]
    assert "yours: confirmed" in run(*window, "--person", "p:1").stdout
    assert "full, 1 waiting" in " ".join(run(*window).stdout.split())
    assert len(told(run, "calendar", "--weeks", "2", "--type", "taster")) == 2
    assert "Nothing is on" in run("calendar", "--from", "2020-01-01", "--weeks", "1").stdout


def test_the_last_day_is_shown_too(run: Run, place: Place) -> None:
    """Whoever says "to Thursday" means Thursday as well, and the heading names the last day shown."""
    day = datetime.fromisoformat(place.taster.partition("@")[2]).date()
    window = ("calendar", "--from", str(day), "--to", str(day + timedelta(weeks=1)), "--type", "taster")
    assert [each["id"] for each in told(run, *window)] == [place.taster, place.next_taster]
    last = day + timedelta(weeks=1)
    assert f"to {last:%a} {last.day} {last:%b %Y}\n" in run(*window).stdout
    one = run("calendar", "--from", str(day), "--to", str(day), "--type", "taster").stdout
    assert one.startswith(f"1 session, {day:%a} {day.day} {day:%b %Y}\n")
    assert place.taster in one
    eve = day - timedelta(days=1)
    assert (
        f"Nothing is on that day, {eve:%a} {eve.day}"
        in run("calendar", "--from", str(eve), "--to", str(eve)).stdout
    )


def test_weeks_are_named_by_their_last_day(run: Run) -> None:
    """Four weeks from a Tuesday end on a Monday."""
    shown = run("calendar", "--from", "2030-01-01", "--type", "taster").stdout
    assert "Tue 1 Jan 2030 to Mon 28 Jan 2030" in shown


def test_the_calendar_suggests_only_what_can_be_booked(run: Run, place: Place) -> None:
    """A role is asked for where there are several; what this person has already is not offered again."""
    assert f"book {place.market} PERSON --role ROLE" in run("calendar", "--type", "market").stdout
    day = place.taster.partition("@")[2].partition("T")[0]
    window = ("calendar", "--from", day, "--to", day, "--type", "taster", "--person", "p:1")
    assert f"book {place.taster} p:1" in run(*window).stdout
    assert run("book", place.taster, "p:1").exit_code == 0
    assert "Book: " not in run(*window).stdout


def test_a_series_to_register_for_is_not_offered_by_date(run: Run, tmp_path: Path) -> None:
    """The shipped catalogue has one: its dates are shown, without a command that would be refused."""
    fresh = ("--store", f"sqlite:///{tmp_path}/new.db")
    assert run(*fresh, "load").exit_code == 0
    shown = run(*fresh, "calendar", "--weeks", "12", "--type", "cqi-action-learning-set").stdout
    assert "cqi-action-learning-set@" in shown
    assert "Book: " not in shown


def test_a_hub_without_a_catalogue_says_so(run: Run, tmp_path: Path) -> None:
    """Nothing is on, and why."""
    fresh = ("--store", f"sqlite:///{tmp_path}/new.db")
    assert run(*fresh, "add-person", "p:1").exit_code == 0
    shown = " ".join(run(*fresh, "calendar").stdout.split())
    assert "Nothing is on" in shown
    assert "load hpft.toml" in shown


def test_the_types_say_how_one_comes(run: Run) -> None:
    """Bespoke workshops are in the catalogue too, though not in the calendar."""
    shown = " ".join(run("types").stdout.split())
    for words in ("find a date and book, 2 places", "drop in", "ask the team", "bespoke-workshop"):
        assert words in shown
    assert {each["access"] for each in told(run, "types")} == {"book", "drop-in", "register", "request"}


def test_one_session(run: Run, place: Place) -> None:
    """All there is to know of it, every role by itself."""
    shown = run("session", place.market).stdout
    assert "Places: showcase  3 of 3 left, 0 held" in shown
    assert "Places: visitor" in shown
    assert told(run, "session", place.market)["id"] == place.market


def test_a_catalogue_is_loaded_once(run: Run, place: Place, tmp_path: Path) -> None:
    """The first time it says what was added, the second that there was nothing to do."""
    fresh = ("--store", f"sqlite:///{tmp_path}/new.db")
    first = told(run, *fresh, "load", str(place.catalogue))
    assert "series taster" in first["added"]
    assert "nothing new" in run(*fresh, "load", str(place.catalogue)).stdout


def test_a_file_goes_before_a_shipped_catalogue_of_its_name(
    run: Run, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has a file of that name in hand means the file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hpft.toml").write_bytes(place.catalogue.read_bytes())
    assert told(run, "load", "hpft.toml")["added"] == []


def test_what_is_held_back_is_said(run: Run, place: Place, queue: list[str]) -> None:
    """Sessions that people are booked on are left as they are, and listed."""
    text = place.catalogue.read_text("utf-8").replace("capacity = 2", "capacity = 1")
    text = text.replace('venue = "Innovation Hub"', 'venue = "Attic"')
    place.catalogue.write_text(text, "utf-8")
    ran = run("load", str(place.catalogue))
    assert "Held back" in ran.stdout
    assert place.taster in ran.stdout
    hints = [
        line.partition("innovationhub ")[2]
        for line in ran.stdout.replace(" \\\n   ", "").splitlines()
        if line.startswith("Plan it: ")
    ]
    assert sorted(hints) == [
        f"plan move {place.taster} --venue Attic",
        f"plan resize {place.taster} attendee 1",
    ]
    for words in hints:
        assert run(*words.split(), "--apply").exit_code == 0
    view = told(run, "session", place.taster)
    assert (view["venue"], view["places"]["attendee"]["capacity"]) == ("Attic", 1)


def test_book_wait_explain_cancel(run: Run, place: Place, queue: list[str]) -> None:
    """The third of two waits and is told why; when the first leaves, the third has the place."""
    assert [each["id"] for each in told(run, "roster", place.taster)] == queue[:2]
    assert [each["id"] for each in told(run, "waitlist", place.taster)] == queue[2:]
    assert queue[2] in run("waitlist", place.taster).stdout
    shown = run("explain", queue[2]).stdout
    assert "place 1 in the queue" in shown
    assert "full: " in shown
    assert told(run, "explain", queue[2])["reasons"][0]["code"] == "full"
    ran = run("cancel", queue[0], "--reason", "on leave")
    assert "[red]Ann[/red]: cancelled" in ran.stdout
    assert [each["id"] for each in told(run, "roster", place.taster)] == queue[1:]
    assert "Nobody waits." in run("waitlist", place.taster).stdout


def test_a_request_acts_once(run: Run, place: Place) -> None:
    """The same id gives the same answer, so that a script may be run again."""
    args = ("book", place.taster, "p:1", "--request-id", "r-1", "--actor", "p:2", "--note", "a [b]")
    assert told(run, *args) == told(run, *args)
    assert len(told(run, "roster", place.taster)) == 1


def test_a_role_is_asked_for(run: Run, place: Place) -> None:
    """Where there are several, the message names them, and tables have a column for them."""
    ran = run("book", place.market, "p:1")
    assert ran.exit_code == 2
    assert "showcase, visitor" in ran.stderr
    assert told(run, "book", place.market, "p:1", "--role", "visitor")["role"] == "visitor"
    assert "visitor" in run("roster", place.market).stdout
    assert told(run, "roster", place.market, "--role", "showcase") == []


def test_a_persons_bookings(run: Run, place: Place, queue: list[str]) -> None:
    """When, what, and how it stands; one who has none is told so."""
    shown = run("bookings", "p:3").stdout
    assert queue[2] in shown
    assert "waiting" in shown
    assert "has booked nothing" in run("bookings", "p:4").stdout


def test_tick_and_plugins(run: Run) -> None:
    """A hub at rest owes nothing; what the library itself declares is listed like any plugin's."""
    owed = ("rosters", "sessions", "timers", "reviewed", "erased")
    posted = ("made", "sent", "dropped", "failed", "given_up")
    counts = dict.fromkeys((*owed, *posted), 0)
    assert told(run, "tick") == counts | {"below_minimum": [], "troubles": [], "lms": None, "complete": True}
    assert "Nothing was owed." in run("tick").stdout
    builtin = next(each for each in told(run, "plugins")["plugins"] if each["name"] == "builtin")
    assert builtin["declares"]["stores"] == ["memory", "sqlite"]
    assert "england-bank-holidays" in run("plugins").stdout


def test_options_go_before_or_after_the_command(run: Run, place: Place) -> None:
    """People put --json and --store where they think of them."""
    after = run("calendar", "--json", "--store", place.store)
    before = run("--json", "--store", place.store, "calendar")
    assert after.exit_code == before.exit_code == 0
    assert after.stdout == before.stdout


@pytest.mark.parametrize("columns", ["80", "100", "120"])
def test_no_line_is_wider_than_the_terminal(
    run: Run, place: Place, queue: list[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    """Every table and every sentence fits, and no id is cut or folded."""
    monkeypatch.setenv("COLUMNS", columns)
    for args in (
        ("calendar",),
        ("types",),
        ("session", place.other),
        ("roster", place.taster),
        ("waitlist", place.taster),
        ("explain", queue[2]),
        ("bookings", "p:1"),
        ("journal",),
        ("book", place.other, "p:1"),
        ("cancel", queue[1]),
        ("plugins",),
        ("tick",),
        ("plan", "resize", place.taster, "attendee", "1"),
        ("plan", "call-off", place.taster, "--reason", "snow"),
        ("shortfall", place.advice),
        ("headcount", place.taster, "4"),
    ):
        ran = run(*args)
        wide = [line for line in (ran.stdout + ran.stderr).splitlines() if len(line) > int(columns)]
        assert not [line for line in wide if place.other not in line], args
        assert not [line for line in ran.stdout.splitlines() if line != line.rstrip()], args
    assert place.other in run("calendar").stdout
    assert queue[0] in run("roster", place.taster).stdout or queue[2] in run("roster", place.taster).stdout


def test_a_narrow_terminal_cuts_no_id(run: Run, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no room at all, a line gets longer rather than an id shorter."""
    monkeypatch.setenv("COLUMNS", "40")
    assert place.other in run("calendar").stdout


def test_every_command_explains_itself(run: Run) -> None:
    """--help works everywhere and fits."""
    assert isinstance(app, click.Group)
    for words in (*((name,) for name in app.commands), *(("plan", name) for name in plan.commands)):
        ran = run(*words, "--help")
        assert ran.exit_code == 0
        assert max(len(line) for line in ran.stdout.splitlines()) <= 80


def test_a_load_says_which_settings_of_the_hub_are_others_now(run: Run, place: Place, tmp_path: Path) -> None:
    """One that a file leaves out has its default again: that must not happen unsaid."""
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    one.write_text('[hub]\ntimezone = "Asia/Kathmandu"\nclosures = ["england-bank-holidays"]\n')
    other.write_text('[hub]\ntimezone = "Asia/Kathmandu"\ncontact = "hub@trust.example"\n')
    run("load", str(one))
    shown = " ".join(run("load", str(other)).stdout.split())
    assert 'closures: ["england-bank-holidays"] becomes none' in shown
    assert 'contact: none becomes "hub@trust.example"' in shown
