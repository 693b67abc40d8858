"""The demo tells what really happened, on a store of its own."""

from __future__ import annotations

import json
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from innovationhub import Hub
from tests.cli.conftest import Place, Program, Run


@pytest.fixture
def apart(place: Place) -> str:
    """The small catalogue with no two sessions at one time."""
    text = place.catalogue.read_text("utf-8").replace("T10:30:00", "T20:30:00")
    place.catalogue.write_text(text, "utf-8")
    return str(place.catalogue)


@pytest.fixture
def alone(place: Place) -> str:
    """A catalogue with one kind of session."""
    day = place.taster.partition("@")[2]
    text = f"""
[[session_types]]
key = "only"
title = "The Only One"
roles = [{{ key = "attendee", capacity = 2 }}]
[[series]]
key = "only"
type = "only"
starts = {day}:00
rule = "FREQ=WEEKLY"
"""
    place.catalogue.write_text(text, "utf-8")
    return str(place.catalogue)


def test_its_numbers_agree_with_the_store_it_leaves(run: Run, place: Place, tmp_path: Path) -> None:
    """Held, waiting, promoted, passed over: told as the file has them."""
    store = f"sqlite:///{tmp_path}/demo.db"
    ran = run("demo", "--catalogue", str(place.catalogue), "--store", store, "--json")
    assert ran.exit_code == 0, ran.stderr
    told = json.loads(ran.stdout)
    with Hub.open(store) as hub:
        role = hub.session(told["session"]).places["attendee"]
        assert (told["booked"], told["waiting"]) == (role.held, role.waiting) == (2, 4)
        kinds = [(entry.kind, entry.subject) for entry in hub.journal()]
        for kind in ("promoted", "lapsed"):
            named = [("booking." + kind, id) for id in told[kind]]
            assert named == [each for each in kinds if each[0] == "booking." + kind]
        assert len(told["promoted"]) == len(told["passed_over"]) == 1
        assert hub.explain(told["passed_over"][0]).passed[0].code == "clash"
        assert hub.audit() == []
    assert (told["refused"], told["violations"]) == (["clash"], 0)


def test_a_weekend_goes_by(run: Run, place: Place, tmp_path: Path) -> None:
    """An offer lapses on it in working hours, the next accepts; later a plan gives the waiting team its places."""
    store = f"sqlite:///{tmp_path}/demo.db"
    told = json.loads(run("demo", "--catalogue", str(place.catalogue), "--store", store, "--json").stdout)
    with Hub.open(store) as hub:
        (lapsed,) = told["lapsed"]
        entries = hub.journal()
        offered, over = (
            next(each.at for each in entries if (each.kind, each.subject) == (kind, lapsed))
            for kind in ("booking.offered", "booking.lapsed")
        )
        assert over - offered > timedelta(days=2)
        assert over < datetime.now(UTC)
        assert [each.at for each in entries] == sorted(each.at for each in entries)
        assert hub.explain(lapsed).place == 1
        sizes = sorted(len(each.people) for each in hub.roster(told["visit"]))
        assert sizes == [1, 1, 1, 1, 3]
        assert {"resized", "offered", "told"} <= set(told["planned"])


def test_somebody_apologises(run: Run, place: Place, tmp_path: Path) -> None:
    """One who is registered for a set keeps the place, and is not expected on that date."""
    store = f"sqlite:///{tmp_path}/demo.db"
    told = json.loads(run("demo", "--catalogue", str(place.catalogue), "--store", store, "--json").stdout)
    with Hub.open(store) as hub:
        away = hub.booking(told["apologised"][0])
        assert away.session_id is not None
        assert away.parent_id is not None
        assert hub.booking(away.parent_id).status == "confirmed"
        assert away.person_id not in {each.person_id for each in hub.roster(away.session_id)}


def test_it_reads_well_and_its_last_words_work(place: Place, program: Program, tmp_path: Path) -> None:
    """At 80 columns; every command it ends with runs on the store it left."""
    ran = program("demo", "--catalogue", str(place.catalogue))
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert 100 <= len(lines) <= 170
    assert max(len(line) for line in lines if "python" not in line) <= 80
    assert re.findall(r"\n\n(\d+)  ", ran.out) == [str(number) for number in range(1, 13)]
    _, _, last = ran.out.replace("\\\n", " ").partition("12  Go on from here\n")
    store = re.search(r"INNOVATIONHUB_STORE='([^']*)'", last)
    assert store
    commands = [shlex.split(line) for line in last.splitlines() if " innovationhub " in line]
    assert len(commands) >= 8
    for words in commands:
        after = words[words.index("innovationhub") + 1 :]
        again = program(*after, INNOVATIONHUB_STORE=store[1])
        assert again.code == 0, (after, again.err)


def test_it_puts_on_a_session_where_none_overlaps(run: Run, apart: str, tmp_path: Path) -> None:
    """Somebody is passed over all the same, because of a one-off that the journal and the calendar have."""
    store = f"sqlite:///{tmp_path}/demo.db"
    told = json.loads(run("demo", "--catalogue", apart, "--store", store, "--json").stdout)
    assert len(told["passed_over"]) == len(told["promoted"]) == 1
    assert (told["refused"], told["violations"]) == (["clash"], 0)
    with Hub.open(store) as hub:
        assert [series.key for series in hub.series() if series.key.startswith("extra-")]


def test_it_leaves_out_what_the_catalogue_cannot_show(run: Run, alone: str, tmp_path: Path) -> None:
    """With one kind of session nobody is passed over, and another booking is refused."""
    store = f"sqlite:///{tmp_path}/demo.db"
    ran = run("demo", "--catalogue", alone, "--store", store, "--json")
    assert ran.exit_code == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert (told["passed_over"], len(told["promoted"])) == ([], 1)
    assert told["refused"] == ["not-open"]


def test_it_touches_no_hub_that_is_in_use(run: Run, place: Place) -> None:
    """A store with anything in it is refused, and left as it was."""
    with Hub.open(place.store) as hub:
        before = len(hub.journal())
    ran = run("demo", "--store", place.store)
    assert ran.exit_code == 2
    assert "needs a new store" in ran.stderr
    with Hub.open(place.store) as hub:
        assert len(hub.journal()) == before


def test_a_catalogue_with_nothing_to_fill_is_said(run: Run, tmp_path: Path) -> None:
    """No session of a few places in the next weeks: one sentence, no traceback."""
    empty = tmp_path / "empty.toml"
    empty.write_text('[[session_types]]\nkey = "a"\ntitle = "A"\n', "utf-8")
    ran = run("demo", "--catalogue", str(empty))
    assert ran.exit_code == 2
    assert "the demo needs one" in " ".join(ran.stderr.split())
