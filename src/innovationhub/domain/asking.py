"""Whether somebody may have a place, and every reason why not: time, diary, role, rules, seats.

The same questions are asked for one who books, for one at the head of a queue and for one at the door.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from innovationhub.domain.booking import BookingStatus
from innovationhub.domain.catalogue import SessionType
from innovationhub.domain.dates import held_dates, sessions_of
from innovationhub.domain.deciding import Draft
from innovationhub.domain.diary import MOST_ASKED, Appointment, Diary, clashes, near, registrations_of
from innovationhub.domain.people import PersonRow
from innovationhub.domain.placing import Place, is_whole
from innovationhub.domain.policies import Access, Apologies
from innovationhub.domain.records import Key, Range, Read, Rows, Versioned
from innovationhub.domain.refusals import Reason, ReasonFacts
from innovationhub.domain.rules import Case, Rule
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.time import LONGEST_SESSION, Span, zone
from innovationhub.domain.wording import all_taken, count, when
from innovationhub.errors import Invalid, NotFound, PluginError

__all__ = [
    "ahead",
    "allowed",
    "around",
    "clash_reason",
    "foresee",
    "in_the_way",
    "is_here",
    "judged",
    "needed_place",
    "no_room",
    "over",
    "room_in_diary",
    "rows_around",
    "timing",
    "too_large",
]

MOST_AHEAD = 500
"""Places of one person ahead that are looked at when they register for a series."""


def over(session: SessionRow, type_: SessionType) -> Reason | None:
    """Why nothing more can be done about a session, if so: it is called off, or its register is closed."""
    if session.status is SessionStatus.CALLED_OFF:
        return Reason(
            "called-off",
            f"{type_.title} was called off.",
            {"session": session.id},
            ("Choose another date.",),
        )
    if session.status is SessionStatus.CLOSED:
        if is_whole(session.id):
            return Reason("closed", f"{type_.title} has no more dates to come.", {"series": session.id})
        return Reason("closed", f"The register of {type_.title} is closed.", {"session": session.id})
    return None


def timing(draft: Draft, place: Place) -> list[Reason]:
    """Why one cannot book now: called off, closed, not open yet, booking over, started, or not booked by date."""
    session, type_ = place.session, place.type
    ended = over(session, type_)
    if ended:
        return [ended]
    where = zone(draft.programme.hub.timezone)
    opens, closes = place.opens, place.closes
    facts: ReasonFacts = {"opens": opens, "closes": closes, "starts": session.starts, "session": session.id}
    reasons = [] if place.whole else _by_date(place)
    if draft.now >= session.starts and not place.whole:
        sentence = f"{type_.title} started on {when(session.starts, where)}."
        reasons.append(Reason("started", sentence, facts, ("Choose a later date.",)))
    elif draft.now >= closes:
        sentence = f"Booking for {type_.title} closed on {when(closes, where)}."
        remedy = "Come to the door: free places go to whoever is there."
        reasons.append(Reason("closed", sentence, facts, (remedy, "Choose a later date.")))
    elif draft.now < opens:
        sentence = f"Booking for {type_.title} opens on {when(opens, where)}."
        reasons.append(Reason("not-open", sentence, facts, (f"Book from {when(opens, where)}.",)))
    return reasons


def _by_date(place: Place) -> list[Reason]:
    """Why a session of a set cannot be booked by itself, if so."""
    type_, facts = place.type, {"series": place.session.series_id}
    if type_.access is Access.REQUEST:
        sentence = f"{type_.title} is asked for and designed with the team, and not booked."
        return [Reason("not-eligible", sentence, facts, ("Ask the hub's team for a workshop.",))]
    joined = type_.access is Access.REGISTER and place.role.requires is None
    if not joined or type_.apologies is Apologies.LEND:
        return []
    sentence = f"{type_.title} is joined once, for the whole series, and not date by date."
    remedy = f"Register for the whole series: {place.session.series_id}."
    return [Reason("not-eligible", sentence, facts, (remedy,))]


def rows_around(place: Place, person: str, now: datetime) -> tuple[Key[Diary] | Range[Appointment], ...]:
    """What says whether a person has time for a place: their diary and their appointments near it."""
    return Key(Diary, (person,)), *_ranges(place, person, now)


def _ranges(place: Place, person: str, now: datetime) -> tuple[Range[Appointment], ...]:
    if place.whole:
        return ahead(person, now, place.type.booking.opens_days), registrations_of(person)
    return (near(person, place.session.id, place.session.span),)


def ahead(person: str, now: datetime, days: int = 400) -> Range[Appointment]:
    """A person's standing appointments from now on."""
    low, high = now - LONGEST_SESSION, now + timedelta(days=days)
    return Range(Appointment, "by_person", (person, True), low, high, MOST_AHEAD)


def around(draft: Draft, place: Place, person: str) -> list[Appointment]:
    """A person's standing appointments around a place, the dates of their registrations among them.

    The diary is relied on with them. Raises `NotFound` when the hub does not know the person, `Invalid` when they hold
    more than can be looked at.
    """
    ranges = _ranges(place, person, draft.now)
    draft.need(Key(Diary, (person,)), *ranges)
    diary = draft.get(Diary, person)
    if diary is None:
        raise NotFound("person", person, "add them first: hub.add_person")
    lines: list[Appointment] = []
    for wanted in ranges:
        found = draft.scan(wanted)
        if found.cut:
            message = f"must not hold more than {wanted.limit} places around that time"
            raise Invalid("person_id", message, person)
        lines += found.records
    if not diary.registered:
        return lines
    days = place.type.booking.opens_days
    span = Span(draft.now, draft.now + timedelta(days=days)) if place.whole else place.session.span
    held = held_dates(draft, diary, span, lines)
    # the dates of a registration do not stand in its own way
    mine = diary.registrations.get(place.session.id) if place.whole else None
    return [*lines, *(each for each in held if mine is None or each.booking_id != mine)]


def is_here(place: Place, held: Appointment) -> bool:
    """Whether an appointment is for the very same role of the same session or series."""
    return (held.session_id, held.role) == (place.session.id, place.role.key)


def room_in_diary(person: str, near_by: Sequence[Appointment]) -> None:
    """Raises `Invalid` when a person has as many places around a time as one may ask for."""
    if len(near_by) >= MOST_ASKED:
        message = f"must not have more than {MOST_ASKED} places around that time: cancel some"
        raise Invalid("person_id", message, person)


def in_the_way(
    draft: Draft,
    place: Place,
    near_by: Sequence[Appointment],
    *,
    but: str = "",
    parent: str = "",
    span: Span | None = None,
) -> list[Appointment]:
    """What a person holds at the time of a place, `but` one booking, what depends on it, and what it depends on.

    A session that was called off takes nobody's time, whether or not its bookings have been told yet.
    """
    if place.type.booking.overlaps:
        return []
    if place.whole:
        return _on_any_date(draft, place, near_by, but)
    found = clashes(near_by, span or place.session.span, but=but, parent=parent)
    if not found:
        return found
    draft.need(*(Key(SessionRow, (each.session_id,)) for each in found if not is_whole(each.session_id)))
    return [each for each in found if not _called_off(draft, each.session_id)]


def _on_any_date(draft: Draft, place: Place, near_by: Sequence[Appointment], but: str) -> list[Appointment]:
    """What clashes with a series on the dates that can be booked by now; on later ones a plan will show it."""
    until = draft.now + timedelta(days=place.type.booking.opens_days)
    dates = sessions_of(draft, place.session.id, Span(draft.now, until))
    held = [each for each in near_by if each.holds and (not but or but not in {each.booking_id, each.parent})]
    draft.need(*(Key(SessionRow, (each.session_id,)) for each in held if not is_whole(each.session_id)))
    held = [each for each in held if not _called_off(draft, each.session_id)]
    scheduled = [row for row in dates if row.status is not SessionStatus.CALLED_OFF]
    clashing = [each for each in held if any(each.span.overlaps(row.span) for row in scheduled)]
    # of another registration the first date says enough
    return list({each.booking_id: each for each in reversed(clashing)}.values())[::-1]


def _called_off(draft: Draft, session_id: str) -> bool:
    row = None if is_whole(session_id) else draft.get(SessionRow, session_id)
    return row is not None and row.status is SessionStatus.CALLED_OFF


def clash_reason(draft: Draft, place: Place, held: Appointment) -> Reason:
    """That a person cannot have a place because of another that they hold at the time, both named."""
    where = zone(draft.programme.hub.timezone)
    here, title = place.session, place.type.title
    facts: ReasonFacts = {
        "session": here.id,
        "other": held.session_id,
        "booking_id": held.booking_id,
        "person": held.person,
    }
    if held.session_id == here.id:
        sentence = f"This person has a place in {title} ({here.id}) already, as {held.role}."
        return Reason("clash", sentence, facts, (f"Cancel the place as {held.role} first.",))
    sentence = (
        f"{title} ({here.id}) overlaps {held.session_id}, from {when(held.starts, where)} "
        f"to {held.ends.astimezone(where):%H:%M}, where this person has a place."
    )
    remedy = f"Cancel the booking for {held.session_id} first, or choose another date."
    return Reason("clash", sentence, facts, (remedy,))


def needed_place(place: Place, near_by: Sequence[Appointment]) -> Appointment | Reason | None:
    """The place that a dependent role depends on, the reason if there is none; None where the role needs none."""
    wanted = place.role.requires
    if wanted is None:
        return None
    holds = (BookingStatus.CONFIRMED, BookingStatus.ATTENDED)
    for each in near_by:
        if (each.session_id, each.role) == (place.session.id, wanted) and each.status in holds:
            return each
    needed = place.type.role(wanted)
    name = (needed.title if needed else "") or wanted
    sentence = f"This is only for those who have a place in {place.type.title} as {name}."
    facts: ReasonFacts = {"session": place.session.id, "needs": wanted}
    return Reason("needs-role", sentence, facts, (f"Book a place as {name} first.",))


def allowed(draft: Draft, place: Place, person: str, booking_id: str = "") -> list[Reason]:
    """What the rules of a session type have against a person, every one of them. Raises `PluginError` (fail closed)."""
    reasons: list[Reason] = []
    for rule in place.type.rules:
        verdict = judged(draft, place, person, rule, booking_id)
        if verdict:
            reasons.append(verdict)
    return reasons


def foresee(draft: Draft, place: Place, asks: Iterable[tuple[str, str]], rules: Sequence[str]) -> None:
    """Read what these rules need of all these people (each with their booking, or ""), in two trips for all of them."""
    if not rules:
        return
    asks = list(asks)
    draft.need(*(_known_as(person) for person, _ in asks))
    reads = [_case(draft, place, person, rule, booking)[3] for person, booking in asks for rule in rules]
    draft.need(
        *(key for read in reads for key in read.keys), *(each for read in reads for each in read.ranges)
    )


def _known_as(person: str) -> Range[PersonRow]:
    return Range(PersonRow, "by_key", (person,), limit=1)


def _case(
    draft: Draft, place: Place, person: str, rule: str, booking_id: str
) -> tuple[str, Rule, Case, Read]:
    """A rule's name, the rule, the case that it is asked about, and what it must read. Raises `PluginError`."""
    name, _, argument = rule.partition(":")
    judge = draft.view.rules.get(name)
    if judge is None:
        message = "a session type names this rule, and no plugin that is installed declares it"
        raise PluginError(name, message)
    known = draft.scan(_known_as(person)).records
    case = Case(
        person=person,
        groups=tuple(known[0].groups.split()) if known else (),
        argument=argument,
        session_id=place.session.id,
        series_id=place.session.series_id,
        type=place.type,
        role=place.role.key,
        starts=place.session.starts,
        ends=place.session.ends,
        now=draft.now,
        timezone=draft.programme.hub.timezone,
        booking_id=booking_id,
        types=draft.programme.type_of_series,
    )
    try:
        return name, judge, case, judge.needs(case)
    except Exception as error:
        raise PluginError(name, f"raised {type(error).__name__}: {error}") from error


def judged(draft: Draft, place: Place, person: str, rule: str, booking_id: str = "") -> Reason | None:
    """Why a rule does not allow it; None when it does. Raises `PluginError` when it cannot be asked, or raises."""
    name, judge, case, wanted = _case(draft, place, person, rule, booking_id)
    draft.need(*wanted.keys, *wanted.ranges)
    keys = {key: draft.get(key.type, *key.values) for key in wanted.keys}
    rows = Rows(
        {key: None if row is None else Versioned(row, 0) for key, row in keys.items()},
        {each: draft.scan(each) for each in wanted.ranges},
    )
    try:
        verdict = judge.judge(rows, case)
    except Exception as error:
        raise PluginError(name, f"raised {type(error).__name__}: {error}") from error
    if verdict.allowed:
        return None
    facts: ReasonFacts = {**verdict.facts, "rule": rule, "person": person}
    return Reason("not-eligible", verdict.sentence, facts, verdict.remedies)


def too_large(place: Place, size: int) -> Reason | None:
    """Why so many people can never fit in a role at once, if so."""
    capacity = 1 if place.role.slots else place.roster.capacity
    if capacity is None or size <= max(1, capacity):
        return None
    sentence = f"A party of {size} does not fit: there {'is' if capacity == 1 else 'are'} {count(capacity, 'place')}."
    facts: ReasonFacts = {"size": size, "capacity": capacity, "session": place.session.id}
    return Reason("group-too-large", sentence, facts, ("Book in smaller parties, or for another date.",))


def no_room(place: Place) -> Reason | None:
    """Why one cannot even wait: there is no queue, or it is full."""
    limit, roster = place.type.waitlist.limit, place.roster
    if limit is None or roster.waiting < limit:
        return None
    facts = {"capacity": roster.capacity, "held": roster.held, "waiting": roster.waiting, "limit": limit}
    full = all_taken(roster.capacity or 0)
    if limit == 0:
        return Reason("full", f"{full}, and this session has no queue.", facts, ("Choose another date.",))
    sentence = f"{full}, and the queue of {limit} is full too."
    return Reason("queue-full", sentence, facts, ("Choose another date.", "Try again later."))
