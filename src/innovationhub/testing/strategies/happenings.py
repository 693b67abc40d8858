"""Strategies for what happens and is shown: bookings, views, refusals, changes, plans, entries, reports, errors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from innovationhub import errors
from innovationhub.domain import changes
from innovationhub.domain.answers import HeldBack, LoadReport
from innovationhub.domain.booking import Booking, BookingStatus
from innovationhub.domain.changes import Change
from innovationhub.domain.deliveries import DeliveryState
from innovationhub.domain.journal import KINDS, Entry
from innovationhub.domain.messages import MessageKind
from innovationhub.domain.people import PersonData
from innovationhub.domain.plans import KINDS as EFFECTS
from innovationhub.domain.plans import Effect, Plan, digest
from innovationhub.domain.refusals import CODES, Reason, Refusal, Refused
from innovationhub.domain.schedule import Session, SessionStatus
from innovationhub.domain.views import (
    Explanation,
    FollowerView,
    LmsAct,
    LmsFinding,
    LmsReport,
    MessageView,
    PassedOver,
    Places,
    SessionView,
    Shortfall,
    TickReport,
    Violation,
)
from innovationhub.domain.workshop import TEXTS, Workshop, WorkshopState
from innovationhub.testing.strategies.catalogue import people
from innovationhub.testing.strategies.values import (
    booking_ids,
    days,
    facts,
    ids,
    instants,
    keys,
    lines,
    local_times,
    recurrences,
    session_ids,
    texts,
)

__all__ = [
    "bookings",
    "changes_of",
    "entries",
    "message_views",
    "plans",
    "refusals",
    "session_views",
    "strategies_of_happenings",
    "workshops",
]

Strategy = st.SearchStrategy[Any]
sentences = lines(1).map(lambda line: f"{line}.")


def message_views() -> Strategy:
    """One message by one channel."""
    return st.builds(
        MessageView,
        id=booking_ids(),
        kind=st.sampled_from(MessageKind),
        channel=keys(),
        person_id=st.none() | ids(),
        booking_id=st.none() | booking_ids(),
        session_id=session_ids(),
        state=st.sampled_from(DeliveryState),
        due=instants(),
        attempts=st.integers(0, 12),
        position=st.integers(1, 1000),
        reference=lines(),
        why=lines(),
        settled=st.none() | instants(),
    )


def workshops() -> Strategy:
    """A bespoke workshop as callers see it."""
    return st.builds(
        Workshop,
        id=booking_ids(),
        type=keys(),
        title=lines(1),
        state=st.sampled_from(WorkshopState),
        person_id=st.none() | ids(),
        people=st.lists(ids(), unique=True, max_size=3).map(tuple),
        size=st.integers(1, 50),
        created_at=instants(),
        owner_id=st.none() | ids(),
        due=st.none() | instants(),
        overdue=st.booleans(),
        series_id=st.none() | keys(),
        sessions=st.lists(sessions(), max_size=2).map(tuple),
        texts=st.dictionaries(st.sampled_from(TEXTS), texts(), max_size=3),
    )


@st.composite
def bookings(draw: st.DrawFn) -> Booking:
    """A booking as callers see it: alone or with others."""
    session = draw(session_ids())
    everybody = draw(st.lists(ids(), unique=True, min_size=1, max_size=3))
    status = draw(st.sampled_from(BookingStatus))
    offered = status is BookingStatus.OFFERED
    return Booking(
        id=draw(booking_ids()),
        session_id=session,
        series_id=session.partition("@")[0],
        parent_id=draw(st.none() | booking_ids()),
        role=draw(keys()),
        person_id=everybody[0],
        people=dict.fromkeys(everybody, status),
        status=status,
        sequence=draw(st.integers(1, 1000)),
        slot=draw(st.none() | st.integers(1, 10)),
        offer_ends=draw(instants()) if offered else None,
        created_at=draw(instants()),
        expert=draw(st.none() | ids()),
    )


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    """One dated session."""
    made, starts = draw(session_ids()), draw(instants())
    ends = starts + timedelta(minutes=draw(st.integers(1, 480)))
    return Session(made, made.partition("@")[0], draw(keys()), draw(lines(1)), starts, ends, draw(lines()))


@st.composite
def places(draw: st.DrawFn) -> Places:
    """Seats and queue of one role."""
    capacity, held = draw(st.none() | st.integers(0, 50)), draw(st.integers(0, 60))
    left = None if capacity is None else max(0, capacity - held)
    over = 0 if capacity is None else max(0, held - capacity)
    return Places(capacity, held, left, draw(st.integers(0, 20)), over, left != 0)


@st.composite
def session_views(draw: st.DrawFn) -> SessionView:
    """One dated session as a calendar shows it."""
    of = draw(sessions())
    return SessionView(
        id=of.id,
        series_id=of.series_id,
        type=of.type,
        title=of.title,
        starts=of.starts,
        ends=of.ends,
        status=draw(st.sampled_from(SessionStatus)),
        venue=of.venue,
        facilitators=tuple(draw(st.lists(ids(), max_size=2))),
        opens=of.starts - timedelta(days=draw(st.integers(0, 90))),
        closes=of.starts,
        places=draw(st.dictionaries(keys(), places(), min_size=1, max_size=2)),
        mine=draw(st.none() | bookings()),
    )


def reasons() -> st.SearchStrategy[Reason]:
    """One reason for a "no"."""
    return st.builds(
        Reason, st.sampled_from(CODES), sentences, facts(), st.lists(sentences, max_size=2).map(tuple)
    )


def refusals() -> st.SearchStrategy[Refusal]:
    """A "no", with every reason."""
    given = st.lists(reasons(), min_size=1, max_size=3).map(tuple)
    return st.builds(Refusal, given, st.lists(sessions(), max_size=2).map(tuple))


def changes_of() -> st.SearchStrategy[Change]:
    """Any change that a plan takes."""
    return st.one_of(*(_CHANGES[kind] for kind in _CHANGES))


def entries() -> st.SearchStrategy[Entry]:
    """A line of the journal."""
    subjects = booking_ids() | session_ids() | keys()
    return st.builds(
        Entry, st.integers(1, 2**40), instants(), booking_ids(), st.sampled_from(KINDS), subjects, facts()
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """What a change would do."""
    effects = tuple(draw(st.lists(_effects, max_size=3)))
    return Plan(draw(changes_of()), effects, digest(effects))


_effects = st.builds(Effect, st.sampled_from(EFFECTS), session_ids(), sentences, st.just("") | booking_ids())

_CHANGES: dict[type[Any], Strategy] = {
    changes.Resize: st.builds(changes.Resize, session_ids() | keys(), keys(), st.none() | st.integers(0, 50)),
    changes.Move: st.builds(changes.Move, session_ids(), st.none() | instants(), st.none() | lines()),
    changes.CallOff: st.builds(changes.CallOff, session_ids(), texts()),
    changes.Reinstate: st.builds(changes.Reinstate, session_ids()),
    changes.Assign: st.builds(changes.Assign, session_ids(), st.lists(ids(), max_size=2).map(tuple)),
    changes.Reschedule: st.builds(changes.Reschedule, keys(), local_times(), recurrences()),
    changes.End: st.builds(changes.End, keys(), local_times(), texts()),
    changes.Close: st.builds(
        lambda start, length, why: changes.Close(start, start + timedelta(days=length), why),
        days(),
        st.integers(1, 14),
        lines(1),
    ),
    changes.Merge: st.builds(changes.Merge, session_ids(), session_ids(), texts()),
}


def _of_lms(numbers: Strategy) -> dict[type[Any], Strategy]:
    acts = st.builds(LmsAct, session_ids(), keys(), st.sampled_from(("hub", "lms")), st.just("booked"), ids())
    found = st.builds(
        LmsFinding, session_ids(), keys(), st.just("no-account"), ids(), instants(), st.just({"seats": 2})
    )
    some_acts, some_found = st.lists(acts, max_size=2).map(tuple), st.lists(found, max_size=2).map(tuple)
    report = st.builds(LmsReport, numbers, some_acts, some_found, st.booleans())
    return {LmsAct: acts, LmsFinding: found, LmsReport: report}


def strategies_of_happenings() -> dict[type[Any], Strategy]:
    """The strategy of every public type of this file."""
    passed = st.builds(PassedOver, instants(), st.sampled_from(CODES), sentences)
    explained = st.builds(
        Explanation,
        booking_ids(),
        st.sampled_from(BookingStatus),
        st.none() | st.integers(1, 99),
        st.dictionaries(st.sampled_from(("ready", "parked")), st.integers(0, 9)),
        st.lists(passed, max_size=2).map(tuple),
        st.lists(reasons(), max_size=2).map(tuple),
        st.lists(sentences, max_size=2).map(tuple),
    )
    notes = st.dictionaries(booking_ids(), st.dictionaries(st.just("note"), texts()), max_size=1)
    data = (people(), booking_ids(), instants(), st.lists(bookings(), max_size=2).map(tuple), notes)
    held = st.builds(HeldBack, session_ids(), st.just("venue"), sentences, st.none() | changes_of())
    numbers = st.integers(0, 20)
    names = st.lists(keys().map("series {}".format), max_size=2).map(tuple)
    return {
        **_CHANGES,
        Booking: bookings(),
        Effect: _effects,
        Entry: entries(),
        Explanation: explained,
        HeldBack: held,
        **_of_lms(numbers),
        LoadReport: st.builds(LoadReport, names, names, st.lists(held, max_size=2).map(tuple)),
        FollowerView: st.builds(
            FollowerView, keys(), numbers, numbers, numbers, st.none() | instants(), sentences
        ),
        MessageView: message_views(),
        PassedOver: passed,
        PersonData: st.builds(PersonData, *data, st.lists(entries(), max_size=2).map(tuple), st.booleans()),
        Places: places(),
        Plan: plans(),
        Reason: reasons(),
        Refusal: refusals(),
        Session: sessions(),
        SessionView: session_views(),
        Shortfall: st.builds(
            Shortfall,
            session_ids(),
            keys(),
            numbers,
            numbers,
            plans(),
            st.lists(plans(), max_size=1).map(tuple),
        ),
        TickReport: st.builds(TickReport, numbers, numbers, st.booleans(), numbers, numbers),
        Workshop: workshops(),
        Violation: st.builds(Violation, st.integers(1, 10), keys(), session_ids(), sentences, facts()),
        errors.HubError: st.builds(errors.HubError, sentences),
        errors.Conflict: st.builds(errors.Conflict, st.just(())),
        errors.Invalid: st.builds(errors.Invalid, keys(), sentences, lines()),
        errors.InvalidCatalogue: st.builds(errors.InvalidCatalogue, keys(), st.lists(sentences, min_size=1)),
        errors.LmsError: st.builds(errors.LmsError, st.sampled_from(errors.LmsFailure), keys(), sentences),
        errors.NotFound: st.builds(errors.NotFound, st.sampled_from(("session", "person", "booking")), ids()),
        errors.PluginError: st.builds(errors.PluginError, keys(), sentences),
        errors.Unavailable: st.builds(errors.Unavailable, sentences, outcome_known=st.booleans()),
        Refused: st.builds(Refused, refusals()),
    }
