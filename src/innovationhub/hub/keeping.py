"""Keeping house: what is owed is recorded in the rows it is about, and gone on with here."""

from __future__ import annotations

from innovationhub.domain.answers import Answer, Done
from innovationhub.domain.records import Range, Read
from innovationhub.domain.register import CloseRegister
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow
from innovationhub.domain.views import TickReport
from innovationhub.engine import Engine
from innovationhub.errors import HubError, Invalid

__all__ = ["tick"]


def tick(engine: Engine, limit: int) -> TickReport:
    """See `Hub.tick`."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= 10_000:
        raise Invalid("limit", f"must be from 1 to 10000; got {limit!r}", limit)
    owed = Range(Roster, "by_owed", (True,), limit=limit)
    unsettled = Range(SessionRow, "by_unsettled", (True,), limit=limit)
    rows = engine.store.read(Read(ranges=(owed, unsettled)))
    done = True
    for roster in rows.scan(owed).records:
        done &= engine.settle(roster.session_id, roster.role)
    for session in rows.scan(unsettled).records:
        command = CloseRegister(session_id=session.id, actor="system:tick")
        try:
            done &= engine.run(command, _nothing_more)
        except HubError:
            done = False  # one session that cannot be settled now must not keep the others waiting
    complete = done and not rows.scan(owed).cut and not rows.scan(unsettled).cut
    return TickReport(len(rows.scan(owed).rows), len(rows.scan(unsettled).rows), complete)


def _nothing_more(answer: Answer) -> bool:
    return not (isinstance(answer, Done) and answer.more)
