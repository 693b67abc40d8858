"""The rules that come with the library: for whom it is, one at a time, so many a month, this first.

audience                          only the groups that the session type's audience names
one-at-a-time                     one standing booking of the type a person, until it has been
at-most-a-month:2                 so many of the type in one calendar month of the hub, waiting ones included
needs-attendance:cqi-taster       only who has attended a session of that type before
first-timers                      only who has attended none of this type: meant as a priority
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from innovationhub.domain.booking import LIVE, BookingStatus
from innovationhub.domain.diary import Appointment
from innovationhub.domain.records import Facts, Range, Read, Rows
from innovationhub.domain.rules import Case, Verdict
from innovationhub.domain.wording import count

__all__ = ["AtMostAMonth", "AudienceOnly", "FirstTimers", "NeedsAttendance", "OneAtATime"]

MOST = 1000
"""Standing or attended places of one person that are looked through."""

YES = Verdict(allowed=True)


def _between(case: Case, low: datetime | None, high: datetime | None) -> Range[Appointment]:
    return Range(Appointment, "by_person", (case.person, True), low, high, MOST)


class AudienceOnly:
    """Only the groups that the session type's audience names; a type without groups is for everybody."""

    def needs(self, case: Case) -> Read:
        """Nothing: a person's groups come with the case."""
        return Read()

    def judge(self, rows: Rows, case: Case) -> Verdict:
        """Allowed for those in one of the groups."""
        audience = case.type.audience
        if audience is None or not audience.groups or set(audience.groups) & set(case.groups):
            return YES
        sentence = f"{case.type.title} is for: {audience.description}."
        remedies = ("Ask the hub's team to put you into the right group, if this is for you.",)
        return Verdict(
            allowed=False, sentence=sentence, facts={"groups": " ".join(audience.groups)}, remedies=remedies
        )


class OneAtATime:
    """One standing booking of the type a person: the next can be booked once it has been, or was given up."""

    def needs(self, case: Case) -> Read:
        """What the person has ahead."""
        return Read(ranges=(self._ahead(case),))

    def _ahead(self, case: Case) -> Range[Appointment]:
        return _between(case, case.now - timedelta(days=1), None)

    def judge(self, rows: Rows, case: Case) -> Verdict:
        """Allowed where no other booking of the type stands."""
        for line in rows.scan(self._ahead(case)).records:
            other = line.booking_id != case.booking_id and not line.parent and line.status in LIVE
            if other and case.type_of(line.session_id) == case.type.key and line.ends > case.now:
                sentence = f"There is another booking for {case.type.title}: {line.session_id}."
                remedy = f"Come to {line.session_id} first, or cancel it."
                facts = {"booking_id": line.booking_id, "other": line.session_id}
                return Verdict(allowed=False, sentence=sentence, facts=facts, remedies=(remedy,))
        return YES


class AtMostAMonth:
    """So many places of the type in one calendar month, by the hub's clock; a place in a queue counts."""

    def needs(self, case: Case) -> Read:
        """What the person has in that month."""
        return Read(ranges=(self._month(case),))

    def _month(self, case: Case) -> Range[Appointment]:
        where = ZoneInfo(case.timezone)
        first = case.starts.astimezone(where).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        following = (first + timedelta(days=32)).replace(day=1)
        utc = ZoneInfo("UTC")
        return _between(case, first.astimezone(utc), following.astimezone(utc))

    def judge(self, rows: Rows, case: Case) -> Verdict:
        """Allowed while fewer than the argument says are held in the month. Raises `ValueError` for no number."""
        most = int(case.argument)
        held = [
            line
            for line in rows.scan(self._month(case)).records
            if line.booking_id != case.booking_id
            and not line.parent
            and line.status is not BookingStatus.CANCELLED
            and case.type_of(line.session_id) == case.type.key
        ]
        if len(held) < most:
            return YES
        month = f"{case.starts.astimezone(ZoneInfo(case.timezone)):%B %Y}"
        sentence = (
            f"{case.type.title} can be booked {count(most, 'time')} a month, and {month} has {len(held)}."
        )
        facts: Facts = {"most": most, "held": len(held), "month": month}
        return Verdict(
            allowed=False, sentence=sentence, facts=facts, remedies=("Choose a date in another month.",)
        )


class NeedsAttendance:
    """Only who has attended a session of the type that the argument names."""

    def needs(self, case: Case) -> Read:
        """What the person has attended."""
        return Read(ranges=(self._past(case),))

    def _past(self, case: Case) -> Range[Appointment]:
        return _between(case, None, case.starts)

    def judge(self, rows: Rows, case: Case) -> Verdict:
        """Allowed after attending one."""
        if _attended(rows, self._past(case), case, case.argument):
            return YES
        sentence = f"{case.type.title} is for those who have been to {case.argument} before."
        remedies = (f"Book {case.argument} first.",)
        return Verdict(allowed=False, sentence=sentence, facts={"needs": case.argument}, remedies=remedies)


class FirstTimers:
    """Only who has attended none of this type yet (or of the type that the argument names)."""

    def needs(self, case: Case) -> Read:
        """What the person has attended."""
        return Read(ranges=(self._past(case),))

    def _past(self, case: Case) -> Range[Appointment]:
        return _between(case, None, case.starts)

    def judge(self, rows: Rows, case: Case) -> Verdict:
        """Allowed for who has been to none."""
        if not _attended(rows, self._past(case), case, case.argument or case.type.key):
            return YES
        return Verdict(
            allowed=False, sentence=f"This is for those who have not been to {case.type.title} yet."
        )


def _attended(rows: Rows, wanted: Range[Appointment], case: Case, kind: str) -> bool:
    return any(
        line.status is BookingStatus.ATTENDED and case.type_of(line.session_id) == kind
        for line in rows.scan(wanted).records
    )
