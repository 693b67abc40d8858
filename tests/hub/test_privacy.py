"""Personal data stands in `Person` records and notes alone: nowhere else in the file is there a name or an address."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from innovationhub import Person, Refused, Series
from tests.support import TASTER, Clock, session_type, small_hub, weekly

SECRETS = (
    "esr:900123",
    "Ursula",
    "ursula@nhs.example",
    "Dr Foxtrot",
    "my knee",
    "cold feet",
    "fac:7",
    "req-ursula",
)
MAY_HOLD = {"person": {"id", "name", "email"}, "note": {"text"}}


def test_no_personal_data_outside_person_and_note(tmp_path: Path) -> None:
    """Every cell of every table is looked at, after each kind of command, refusals included."""
    base = weekly()
    series = Series(base.key, base.type, base.recurrence, facilitators=("fac:7",))
    clock = Clock()
    with small_hub(
        tmp_path / "hub.db", clock=clock, types=[session_type(capacity=1)], series=[series]
    ) as hub:
        ursula = Person("esr:900123", "Ursula K.", "ursula@nhs.example", groups=("nursing",))
        hub.add_person(ursula, actor="Dr Foxtrot")
        hub.add_person(Person("other"))
        booked = hub.book(TASTER, "esr:900123", note="my knee", request_id="req-ursula", actor="Dr Foxtrot")
        waits = hub.book(TASTER, "other")
        with pytest.raises(Refused):
            hub.book(TASTER, "esr:900123", request_id="req-ursula-2")
        hub.cancel(booked.id, reason="cold feet", actor="Dr Foxtrot")
        hub.cancel(waits.id, actor="esr:900123")
        clock.now = hub.session(TASTER).starts
        hub.check_in(TASTER, "esr:900123")
        hub.close_register(TASTER, actor="esr:900123")
        assert hub.session(TASTER).facilitators == ("fac:7",)
        actors = {entry.actor for entry in hub.journal()}
        assert len([actor for actor in actors if actor.startswith("actor-")]) == 1
    plain = sqlite3.connect(tmp_path / "hub.db")
    tables = [row[0] for row in plain.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    assert {"booking", "journal", "receipt", "diary", "person", "note"} <= set(tables)
    for table in tables:
        rows = plain.execute(f"SELECT * FROM {table}")
        columns = [column[0] for column in rows.description]
        for row in rows:
            for column, cell in zip(columns, row, strict=True):
                if column not in MAY_HOLD.get(table, ()):
                    assert not [secret for secret in SECRETS if secret in str(cell)], (table, column)
    plain.close()


def test_an_actor_who_is_a_person_stands_by_their_key(tmp_path: Path) -> None:
    """So the journal can be joined to the staff record while they exist, and tells nothing once they are gone."""
    with small_hub(tmp_path / "hub.db") as hub:
        hub.add_person(Person("ada"))
        hub.add_person(Person("boss"))
        hub.book(TASTER, "ada")
        hub.book("taster@2026-12-08T10:00", "ada", actor="boss")
        keys = {entry.subject for entry in hub.journal() if entry.kind == "person.added"}
        own, by_boss = (entry.actor for entry in hub.journal() if entry.kind == "booking.confirmed")
        assert {own, by_boss} == keys


def test_keys_lead_back_to_the_callers_ids(tmp_path: Path) -> None:
    """Of those who are still known; what is nobody's key is left out, whatever it is."""
    with small_hub(tmp_path / "hub.db") as hub:
        hub.add_person(Person("ada"))
        (key,) = (entry.subject for entry in hub.journal() if entry.kind == "person.added")
        assert hub.ids_of([key, "system:hub", "taster", "", "0" * 24]) == {key: "ada"}
        assert hub.ids_of(()) == {}
