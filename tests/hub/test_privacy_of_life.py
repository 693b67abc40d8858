"""The whole life of a booking leaves no name, address or words outside the records of people and notes."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest

from innovationhub import (
    Apologies,
    Assign,
    CallOff,
    Close,
    End,
    Hub,
    Move,
    Person,
    Refused,
    Resize,
    Role,
    SessionType,
    Slots,
)
from tests.support import TASTER, Clock, session_type, small_hub, weekly

WORDS = ("esr:900123", "Ursula", "ursula@nhs.example", "my knee", "a poster", "cold feet", "the weather")
MAY_HOLD = {"person": {"id", "name", "email"}, "note": {"text"}, "closed_day": {"reason"}}


def lived(hub: Hub, clock: Clock) -> None:
    """Everything that can be done with free text or a person's id in it."""
    ursula = hub.add_person(Person("esr:900123", "Ursula K.", "ursula@nhs.example"))
    for id in ("other", "third"):
        hub.add_person(Person(id))
    asked = hub.book("asked@2026-12-01T14:00", ursula.id, note="my knee")
    hub.reject(asked.id, "cold feet", actor="other")
    asked = hub.book("asked@2026-12-08T14:00", ursula.id, shows="a poster")
    hub.approve(asked.id, reason="my knee", actor="other")
    party = hub.book(TASTER, "other", group=[ursula.id], note="with Ursula")
    hub.amend(party.id, note="my knee", pointed_to="a poster")
    hub.cancel(party.id, person_id=ursula.id, reason="cold feet")
    moved = hub.transfer(party.id, "taster@2026-12-08T10:00", actor=ursula.id)
    hub.substitute(moved.id, ursula.id)
    registered = hub.register("learning-set", ursula.id, note="my knee")
    hub.book("learning-set@2026-12-02T10:00", ursula.id, role="one-to-one")
    hub.apologise("learning-set@2026-12-02T10:00", ursula.id, reason="cold feet")
    hub.unapologise("learning-set@2026-12-02T10:00", ursula.id)
    hub.apply(hub.plan(Resize(TASTER, "attendee", 1)), actor="Ursula K.")
    hub.apply(hub.plan(Move("taster@2026-12-08T10:00", hub.now() + timedelta(days=15), "Room 2")))
    hub.apply(hub.plan(Assign("taster@2026-12-15T10:00", (ursula.id,))))
    hub.apply(hub.plan(CallOff("taster@2026-12-08T10:00", "the weather keeps Ursula away")))
    hub.apply(hub.plan(Close(date(2026, 12, 22), date(2026, 12, 23), "the weather")))
    hub.apply(hub.plan(End("taster", clock.now.replace(tzinfo=None) + timedelta(days=60), "Ursula leaves")))
    clock.now = hub.session(TASTER).starts
    hub.check_in(TASTER, Person("esr:900123-new", "Ursula's friend", "friend-of-ursula@nhs.example"))
    hub.close_register(TASTER)
    hub.cancel(registered.id)
    with pytest.raises(Refused):
        hub.book(TASTER, ursula.id, note="my knee", request_id="esr:900123")
    hub.tick()


def test_no_personal_data_outside_person_and_note(tmp_path: Path) -> None:
    """Every cell of every table is looked at; the reason for a closed day is the hub's own, and stands by the day."""
    clock = Clock()
    types = [
        session_type(capacity=2),
        SessionType("asked", "Asked", approval=True),
        SessionType(
            "learning-set",
            "Learning Set",
            access="register",
            roles=[Role(capacity=2), Role("one-to-one", requires="attendee", slots=Slots(30, 1, after=True))],
            apologies=Apologies.LEND,
        ),
    ]
    series = [weekly(), weekly("asked", "2026-12-01T14:00"), weekly("learning-set", "2026-12-02T10:00")]
    with small_hub(tmp_path / "hub.db", clock=clock, types=types, series=series) as hub:
        lived(hub, clock)
        assert hub.audit() == [] or {each.code for each in hub.audit()} == {"over-capacity"}
    plain = sqlite3.connect(tmp_path / "hub.db")
    tables = [row[0] for row in plain.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    for table in tables:
        rows = plain.execute(f"SELECT * FROM {table}")
        columns = [column[0] for column in rows.description]
        for row in rows:
            for column, cell in zip(columns, row, strict=True):
                if column not in MAY_HOLD.get(table, ()):
                    assert not [word for word in WORDS if word in str(cell)], (table, column, cell)
    plain.close()
