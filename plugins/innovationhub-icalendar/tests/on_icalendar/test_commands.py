"""The program's commands: `export`, `import`, `subscription`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import innovationhub_icalendar
from innovationhub import Hub, Person
from innovationhub.cli.app import app
from innovationhub_icalendar import windows
from innovationhub_icalendar.feeds import person_feed, public_feed
from innovationhub_icalendar.tokens import feed_for
from on_icalendar.reading_back import events

Run = Callable[..., Result]


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A hub with the shipped catalogue, and two people, of whom one has booked."""
    url = f"sqlite:///{tmp_path}/hub.db"
    with Hub.open(url) as hub:
        hub.load_catalogue("hpft.toml")
        for name in ("ann", "ben"):
            hub.add_person(Person(name, name.title()))
        hub.book(first(hub), "ann")
    return url


def first(hub: Hub) -> str:
    """The next taster, by the machine's clock."""
    today = date.today()  # noqa: DTZ011  # some day of this week
    ahead = hub.calendar(today, today.replace(year=today.year + 1), types=["cqi-taster"])
    return next(view.id for view in ahead if view.starts > hub.now())


@pytest.fixture
def run(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The program in this process, on that hub, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INNOVATIONHUB_STORE", store)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*args: str) -> Result:
        return CliRunner().invoke(app, args)

    return run


def told(ran: Result) -> Any:
    assert ran.exit_code == 0, ran.stderr
    return json.loads(ran.stdout)


def test_a_calendar_is_written_as_what_its_name_ends_in(run: Run, store: str, tmp_path: Path) -> None:
    """For subscribers, to embed, and for programs; the answer says how many sessions there are."""
    with Hub.open(store) as hub:
        feed = public_feed(hub)
    answer = told(run("export", "calendar.ics", "--json"))
    assert answer == {"file": "calendar.ics", "sessions": feed.sessions, "complete": True}
    assert (tmp_path / "calendar.ics").read_bytes() == feed.body
    assert (
        run("export", "calendar.html", "--book-link", "/book/", "--feed-link", "webcal://x/y").exit_code == 0
    )
    text = (tmp_path / "calendar.html").read_text("utf-8")
    assert 'href="/book/cqi-taster%40' in text
    assert 'href="webcal://x/y"' in text
    ran = run("export", "calendar.json", "--type", "cqi-taster", "--to", "2099-12-31")
    assert ran.exit_code == 2
    assert "five years" in ran.stderr
    assert "Wrote" in run("export", "calendar.json", "--type", "cqi-taster").stdout
    listed = json.loads((tmp_path / "calendar.json").read_text("utf-8"))
    assert {each["type"] for each in listed["sessions"]} == {"cqi-taster"}


def test_an_export_has_its_days_its_types_and_its_style(run: Run, tmp_path: Path) -> None:
    """From the first day to the last, both included; a style of one's own."""
    days = ("--from", "2030-01-08", "--to", "2030-01-15", "--type", "cqi-taster")
    assert run("export", "days.json", *days).exit_code == 0
    listed = json.loads((tmp_path / "days.json").read_text("utf-8"))
    assert [each["id"] for each in listed["sessions"]] == [
        "cqi-taster@2030-01-08T10:00",
        "cqi-taster@2030-01-15T10:00",
    ]
    assert run("export", "days.ics", *days).exit_code == 0
    (event,) = events((tmp_path / "days.ics").read_bytes())
    assert b"UNTIL=20300115T100000Z" in event["RRULE"].to_ical()
    (tmp_path / "own.css").write_text("body { color: #123456 }")
    assert run("export", "own.html", "--css", "own.css", *days).exit_code == 0
    assert "#123456" in (tmp_path / "own.html").read_text("utf-8")


def test_a_persons_own(run: Run, store: str, tmp_path: Path) -> None:
    """What they have booked; on the page the whole calendar with how they stand in it."""
    assert run("export", "ann.ics", "--person", "ann").exit_code == 0
    with Hub.open(store) as hub:
        assert (tmp_path / "ann.ics").read_bytes() == person_feed(hub, "ann").body
    assert run("export", "ann.html", "--person", "ann").exit_code == 0
    assert (tmp_path / "ann.html").read_text("utf-8").count("You have a place") == 1
    ran = run("export", "ann.ics", "--person", "ann", "--type", "cqi-taster")
    assert (ran.exit_code, "--type does not go with --person" in ran.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("calendar.pdf",), "must end in .ics, .html, .json"),
        (("calendar.ics", "--type", "nothing"), "no session type 'nothing'"),
        (("calendar.ics", "--person", "nobody"), "no person 'nobody'"),
        (("calendar.html", "--book-link", "javascript:x"), "must be an address"),
        (("calendar.html", "--css", "missing.css"), "does not exist"),
        (("calendar.html", "--css", "binary.css"), "is not UTF-8 text"),
        (("none/calendar.ics",), "No such file or directory"),
    ],
)
def test_what_cannot_be_exported_is_told(run: Run, tmp_path: Path, words: tuple[str, ...], why: str) -> None:
    """And no file is written."""
    (tmp_path / "binary.css").write_bytes(b"\xff\xfe\x00")
    ran = run("export", *words)
    assert ran.exit_code == 2
    assert why in " ".join(ran.stderr.split())
    assert not (tmp_path / words[0]).exists()


def test_what_a_limit_cuts_is_warned_about(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """On stderr, and in the answer; what is there is written."""
    monkeypatch.setattr(windows, "MOST_SESSIONS", 5)
    one_a_day = ("--type", "cqi-taster")
    ran = run("export", "calendar.ics", "--json", *one_a_day)
    assert told(ran) == {"file": "calendar.ics", "sessions": 5, "complete": False}
    assert json.loads(ran.stderr)["warning"] == "incomplete"
    assert "Only the first 5 sessions" in run("export", "calendar.html", *one_a_day).stderr


THEIRS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Another//Program//EN
BEGIN:VEVENT
UID:1
SUMMARY:CQI taster (old room)
LOCATION:Hall
DTSTART;TZID=Europe/London:20300108T130000
DURATION:PT90M
RRULE:FREQ=WEEKLY;COUNT=10
EXDATE;TZID=Europe/London:20300115T130000
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Team day
DTSTART;VALUE=DATE:20300102
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_is_brought_in_and_loaded(run: Run, store: str, tmp_path: Path) -> None:
    """Faults stop it, all of them; with what is at fault left out it makes a catalogue that loads."""
    (tmp_path / "theirs.ics").write_text(THEIRS)
    both = ("--type", "taster=cqi-taster", "--type", "learn-and-share")
    ran = run("import", "theirs.ics", *both, "--output", "new.toml")
    assert ran.exit_code == 2
    assert "event 2 ('Team day'): DTSTART must be a time of day" in " ".join(ran.stderr.split())
    assert not (tmp_path / "new.toml").exists()
    wanted = ("import", "theirs.ics", "--type", "taster=cqi-taster", "--leave-out")
    shown = run(*wanted)
    assert shown.exit_code == 0
    assert 'key = "cqi-taster-old-room"' in shown.stdout
    assert "lasted 90 minutes (all dates); a session of cqi-taster lasts 60" in " ".join(shown.stderr.split())
    assert told(run(*wanted, "--output", "new.toml", "--json")) == {"file": "new.toml", "series": 1}
    assert (tmp_path / "new.toml").read_text("utf-8") == shown.stdout
    assert "load new.toml" in " ".join(run(*wanted, "--output", "new.toml").stdout.split())
    assert run("load", "new.toml").exit_code == 0
    with Hub.open(store) as hub:
        ids = [each.id for each in hub.calendar(date(2030, 1, 1), date(2030, 1, 25)) if "old-room" in each.id]
    assert ids == ["cqi-taster-old-room@2030-01-08T13:00", "cqi-taster-old-room@2030-01-22T13:00"]
    assert 'key = "cqi-taster-old-room-2"' in run(*wanted).stdout
    assert run("import", "theirs.ics").exit_code == 2
    assert "no session type 'yoga'" in " ".join(run("import", "theirs.ics", "--type", "yoga").stderr.split())


def test_a_subscription_is_made_and_ended(run: Run, store: str) -> None:
    """The token stands alone on its line, so that it can be copied; afterwards it opens nothing."""
    shown = run("subscription", "add", "ann")
    assert shown.exit_code == 0
    token = shown.stdout.splitlines()[1]
    other = told(run("subscription", "add", "ann", "--actor", "ben", "--json"))["token"]
    with Hub.open(store) as hub:
        assert feed_for(hub, token).sessions == feed_for(hub, other).sessions == 1
    assert told(run("subscription", "revoke", "ann", "--token", token, "--json")) == {
        "person": "ann",
        "revoked": 1,
    }
    assert "1 token of ann revoked" in run("subscription", "revoke", "ann").stdout
    assert run("subscription", "add", "nobody").exit_code == 2
    assert "Make a token" in run("subscription", "--help").stdout


def test_the_commands_are_in_the_help(run: Run) -> None:
    """Each with a short line, beside the program's own."""
    shown = run("--help").stdout
    for line in ("export ", "import ", "subscription "):
        assert line in shown
    for command in (innovationhub_icalendar.innovationhub_commands()).values():
        assert not command().get_short_help_str(60).endswith("...")  # type: ignore[attr-defined]  # one of click's


def test_opening_a_hub_loads_nothing_for_calendars() -> None:
    """A service pays for them when it makes one."""
    script = (
        "import sys; from innovationhub import Hub; hub = Hub.open('memory:');"
        " assert 'icalendar' in hub.registry.plugins, hub.registry.broken;"
        " print(*sorted({'icalendar', 'click', 'jinja2', 'dateutil.parser'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
