"""Audit: what always holds, checked on the live data.

It reads page by page while others go on booking. Each check is made on rows of one moment, or on rows whose guard did
not move while they were read; a guard that never stands still is tried a few times and then said not to be checked.
"""

from __future__ import annotations

from innovationhub.domain.diary import Appointment, Diary
from innovationhub.domain.mirrors import LmsAccountRow, LmsSignUpRow
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow
from innovationhub.domain.views import Violation
from innovationhub.domain.workshop import WorkshopRow
from innovationhub.engine import Engine
from innovationhub.hub.auditing.diaries import diary_findings
from innovationhub.hub.auditing.history import journal_findings
from innovationhub.hub.auditing.keepers import keeper_findings
from innovationhub.hub.auditing.messages import message_findings
from innovationhub.hub.auditing.mirrors import account_findings, sign_up_findings
from innovationhub.hub.auditing.reading import pages
from innovationhub.hub.auditing.rosters import roster_findings
from innovationhub.hub.auditing.sessions import session_findings
from innovationhub.hub.auditing.sides import orphan_findings
from innovationhub.hub.auditing.workshops import workshop_findings

__all__ = ["audit"]


def audit(engine: Engine) -> list[Violation]:
    """See `Hub.audit`."""
    engine.refresh()
    found: list[Violation] = []
    for sessions in pages(engine, SessionRow, lambda row: row.id):
        found += [each for session in sessions for each in session_findings(engine, session)]
    for rosters in pages(engine, Roster, lambda row: row.session_id):
        found += [each for roster in rosters for each in roster_findings(engine, roster)]
    for diaries in pages(engine, Diary, lambda row: row.person):
        found += [each for diary in diaries for each in diary_findings(engine, diary)]
    for lines in pages(engine, Appointment, lambda row: row.booking_id):
        found += orphan_findings(engine, lines)
    for signups in pages(engine, LmsSignUpRow, lambda row: row.session_id):
        found += sign_up_findings(engine, signups)
    for accounts in pages(engine, LmsAccountRow, lambda row: row.person):
        found += account_findings(engine, accounts)
    for workshops in pages(engine, WorkshopRow, lambda row: row.id):
        found += workshop_findings(engine, workshops)
    found += keeper_findings(engine)
    return [*found, *journal_findings(engine), *message_findings(engine)]
