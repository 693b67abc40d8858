"""What is kept about the LMS: each sign-up is of a booking of that very person, each account somebody's."""

from __future__ import annotations

from collections.abc import Sequence

from innovationhub.domain.diary import Appointment
from innovationhub.domain.mirrors import LmsAccountRow, LmsSignUpRow
from innovationhub.domain.people import PersonRow
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.views import Violation
from innovationhub.engine import Engine

__all__ = ["account_findings", "sign_up_findings"]


def sign_up_findings(engine: Engine, rows: Sequence[LmsSignUpRow]) -> list[Violation]:
    """Sign-ups that were followed against the lines of whom they are taken for."""
    marked = [(row, row.here.partition(" ")[2]) for row in rows if row.person and " " in row.here]
    keys = {(row.account, booking): Key(Appointment, (booking, row.person)) for row, booking in marked}
    lines = engine.store.read(Read(tuple(keys.values())))
    found: list[Violation] = []
    for row, booking in marked:
        line = lines.get(Appointment, booking, row.person)
        if line is None or (line.session_id, line.role) != (row.session_id, row.role):
            sentence = (
                f"a sign-up in the LMS for {row.session_id} is kept as of booking {booking}, which is not its"
            )
            found.append(Violation(6, "sign-up-of-nothing", row.session_id, sentence, {"booking": booking}))
    return found


def account_findings(engine: Engine, rows: Sequence[LmsAccountRow]) -> list[Violation]:
    """Accounts against the people whose they are, as of one moment: whoever was erased has none."""
    wanted = {row.person: Range(PersonRow, "by_key", (row.person,), limit=1) for row in rows}
    keys = tuple(Key(LmsAccountRow, (row.person,)) for row in rows)
    people = engine.store.read(Read(keys, tuple(wanted.values())))
    return [
        Violation(
            10, "account-of-nobody", row.person, "an account in the LMS is kept of somebody who is gone"
        )
        for row in rows
        if people.get(LmsAccountRow, row.person) is not None and not people.scan(wanted[row.person]).records
    ]
