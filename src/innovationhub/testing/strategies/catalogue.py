"""Strategies for what a hub is described by: people, roles, policies, session types, series, settings, catalogues."""

from __future__ import annotations

from datetime import time

import attrs
from hypothesis import strategies as st

from innovationhub.domain.catalogue import Audience, Role, SessionType, Slots
from innovationhub.domain.people import Person
from innovationhub.domain.policies import (
    Access,
    Apologies,
    BookingPolicy,
    Groups,
    OnIneligible,
    OnLapse,
    Promote,
    WaitlistPolicy,
)
from innovationhub.domain.schedule import Catalogue, Closed, Series
from innovationhub.domain.settings import HubSettings, Leads, LmsSettings, QuietHours, Retention, WorkingHours
from innovationhub.testing.strategies.values import ids, keys, lines, recurrences, texts, zones

__all__ = [
    "audiences",
    "booking_policies",
    "catalogues",
    "people",
    "quiet_hours",
    "retentions",
    "roles",
    "series",
    "session_types",
    "settings",
    "slots",
    "waitlist_policies",
    "working_hours",
]

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def people() -> st.SearchStrategy[Person]:
    """Somebody, with or without a name, an address and groups."""
    addresses = st.from_regex(r"[a-z]{1,10}\.[a-z]{1,10}@nhs\.example", fullmatch=True)
    groups = st.lists(keys(), max_size=3).map(tuple)
    return st.builds(Person, ids(), lines(), st.just("") | addresses, groups=groups)


@st.composite
def slots(draw: st.DrawFn) -> Slots:
    """Timed turns that make a day at most."""
    minutes = draw(st.integers(5, 120))
    return Slots(minutes, draw(st.integers(1, 1440 // minutes)), draw(st.booleans()))


@st.composite
def roles(draw: st.DrawFn, key: str | None = None, requires: str | None = None) -> Role:
    """A role: with seats, without limit, with slots, or with so many seats for each facilitator."""
    shape = draw(st.sampled_from(("seats", "seats", "unlimited", "slots", "facilitators")))
    seats = draw(st.integers(1, 50)) if shape == "seats" else None
    return Role(
        key=key or draw(keys()),
        title=draw(lines()),
        capacity=seats,
        minimum=draw(st.integers(0, seats or 5)),
        requires=requires,
        slots=draw(slots()) if shape == "slots" else None,
        per_facilitator=draw(st.integers(1, 10)) if shape == "facilitators" else None,
        reserve=draw(st.integers(0, seats // 2)) if seats else 0,
        minimum_hours=draw(st.integers(1, 96)),
    )


def audiences() -> st.SearchStrategy[Audience]:
    """For whom something is."""
    return st.builds(Audience, lines(1), st.lists(keys(), unique=True, max_size=3).map(tuple))


def booking_policies() -> st.SearchStrategy[BookingPolicy]:
    """When one may book and cancel."""
    return st.builds(
        BookingPolicy,
        opens_days=st.integers(0, 400),
        closes_minutes=st.integers(0, 3000),
        cancel_hours=st.integers(0, 72),
        overlaps=st.booleans(),
    )


def waitlist_policies() -> st.SearchStrategy[WaitlistPolicy]:
    """How a queue works."""
    return st.builds(
        WaitlistPolicy,
        limit=st.none() | st.integers(0, 50),
        promote=st.sampled_from(Promote),
        offer_hours=st.integers(1, 40),
        on_lapse=st.sampled_from(OnLapse),
        groups=st.sampled_from(Groups),
        priority=st.sampled_from(("", "", "first-timers")),
    )


@st.composite
def session_types(draw: st.DrawFn, key: str | None = None) -> SessionType:
    """A session type with one to three roles, of which the later ones may require the first."""
    names = draw(st.lists(keys(), unique=True, min_size=1, max_size=3))
    made = [draw(roles(names[0]))]
    made += [draw(roles(name, draw(st.sampled_from((None, names[0]))))) for name in names[1:]]
    shortest = draw(st.integers(1, 240))
    longest = draw(st.integers(shortest, 480))
    return SessionType(
        key=key or draw(keys()),
        title=draw(lines(1)),
        minutes=draw(st.sampled_from(((longest,), (shortest, longest)))),
        access=draw(st.sampled_from(Access)),
        description=draw(texts()),
        audience=draw(st.none() | audiences()),
        approval=draw(st.booleans()),
        private=draw(st.booleans()),
        rules=draw(st.sampled_from(((), ("audience",), ("at-most-a-month:2", "one-at-a-time")))),
        roles=tuple(made),
        booking=draw(booking_policies()),
        waitlist=draw(waitlist_policies()),
        apologies=draw(st.sampled_from(Apologies)),
        on_ineligible=draw(st.sampled_from(OnIneligible)),
    )


@st.composite
def series(draw: st.DrawFn, kind: str | None = None) -> Series:
    """A session type on the calendar."""
    return Series(
        key=draw(keys()),
        type=kind or draw(keys()),
        recurrence=draw(recurrences()),
        venue=draw(lines()),
        facilitators=tuple(draw(st.lists(ids(), max_size=2, unique=True))),
        closed=draw(st.sampled_from(Closed)),
        example=draw(st.booleans()),
    )


@st.composite
def working_hours(draw: st.DrawFn) -> WorkingHours:
    """When a team is at work."""
    chosen = draw(st.lists(st.sampled_from(WEEKDAYS), unique=True, min_size=1))
    begins, ends = sorted(draw(st.lists(st.integers(0, 23), min_size=2, max_size=2, unique=True)))
    return WorkingHours(",".join(sorted(chosen, key=WEEKDAYS.index)), time(begins), time(ends, 30))


@st.composite
def quiet_hours(draw: st.DrawFn) -> QuietHours:
    """When nobody is written to; over midnight too."""
    begins, ends = draw(st.lists(st.integers(0, 23), min_size=2, max_size=2, unique=True))
    return QuietHours(time(begins), time(ends))


def retentions() -> st.SearchStrategy[Retention]:
    """How long what is personal is kept."""
    much = st.none() | st.integers(1, 3650)
    return st.builds(Retention, much, much, much)


def lms_settings() -> st.SearchStrategy[LmsSettings]:
    """How sessions are shown in an LMS."""
    types = st.lists(keys(), unique=True, max_size=2).map(tuple)
    return st.builds(LmsSettings, st.sampled_from(Leads), types, keys())


def settings() -> st.SearchStrategy[HubSettings]:
    """A hub's settings; of closures those that come with the library."""
    return st.builds(
        HubSettings,
        name=lines(1),
        timezone=zones(),
        closures=st.sampled_from(((), ("england-bank-holidays",))),
        working_hours=working_hours(),
        rooms=st.lists(lines(1), unique=True, max_size=3).map(tuple),
        retention=retentions(),
        lms=lms_settings(),
        quiet_hours=st.none() | quiet_hours(),
    )


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """A catalogue that hangs together: its series are of its own types, in the hub's zone, each key once."""
    hub = draw(st.none() | settings())
    where = hub.timezone if hub else "Europe/London"
    types = draw(st.lists(session_types(), max_size=3, unique_by=lambda each: each.key))
    listed: list[Series] = []
    if types:
        kinds = st.sampled_from([each.key for each in types])
        listed = draw(st.lists(kinds.flatmap(series), max_size=3, unique_by=lambda each: each.key))
    listed = [attrs.evolve(each, recurrence=attrs.evolve(each.recurrence, zone=where)) for each in listed]
    return Catalogue(hub, tuple(types), tuple(listed))
