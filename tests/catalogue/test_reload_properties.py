"""What holds of any two catalogues that are loaded one after the other, with people booked in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import attrs
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from innovationhub import (
    Access,
    Audience,
    BookingPolicy,
    Catalogue,
    Closed,
    Hub,
    HubSettings,
    Invalid,
    Recurrence,
    Refused,
    Role,
    Series,
    SessionType,
    WaitlistPolicy,
)
from innovationhub.domain.catalogue import type_from_text, type_to_text
from innovationhub.domain.schedule import series_from_text, series_to_text
from tests.support import NOW, ONLY_BUILT_IN, Clock, crowd

START, END = date(2026, 9, 1), date(2027, 3, 1)
KEYS = ("a", "b")

texts = st.sampled_from(["", "Room 1", "Raum “Zwei”, 2. Stock"])
days = st.sampled_from(["MO", "TU", "WE,FR", "TH", "2TU", "SU"])


@st.composite
def rules(draw: st.DrawFn) -> str | None:
    day = draw(days)
    frequency = "MONTHLY" if day[0].isdigit() else "WEEKLY"
    end = draw(st.sampled_from(["", ";COUNT=3", ";UNTIL=20261215T100000"]))
    return draw(
        st.sampled_from([None, f"FREQ={frequency};INTERVAL={draw(st.integers(1, 3))};BYDAY={day}{end}"])
    )


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    start = datetime(2026, 9, 1, draw(st.integers(0, 23))) + timedelta(days=draw(st.integers(0, 100)))
    extra = draw(st.lists(st.integers(0, 200), max_size=2))
    rdates = [datetime(2026, 9, 1, 9) + timedelta(days=each) for each in extra]
    try:
        made = Recurrence(start, rule=draw(rules()), rdates=rdates)
    except Invalid:  # a rule that ends before it begins
        reject()
    coming = made.between(NOW + timedelta(days=40), NOW + timedelta(days=80))
    if coming and draw(st.booleans()):
        nominal = coming[0].replace(tzinfo=None)
        change = made.moved(nominal, nominal + timedelta(hours=draw(st.integers(1, 50))))
        return draw(st.sampled_from([change, made.without(nominal) if len(coming) > 1 else change]))
    return made


roles = st.lists(
    st.builds(Role, key=st.sampled_from(["attendee", "guest"]), capacity=st.sampled_from([None, 1, 2, 5])),
    min_size=1,
    max_size=2,
    unique_by=lambda role: role.key,
)


def types(key: str) -> st.SearchStrategy[SessionType]:
    return st.builds(
        SessionType,
        st.just(key),
        st.sampled_from(["One", "Zwei ü"]),
        st.sampled_from([60, (45, 60), 90]),
        # sessions of what is asked for are not in the calendar, by which these tests tell what is where
        st.sampled_from([Access.BOOK, Access.DROP_IN]),
        texts,
        audience=st.sampled_from([None, Audience("All", ("x", "y"))]),
        roles=roles,
        booking=st.builds(BookingPolicy, opens_days=st.sampled_from([0, 90]), overlaps=st.booleans()),
        waitlist=st.builds(WaitlistPolicy, limit=st.sampled_from([None, 0, 3])),
    )


def series(key: str) -> st.SearchStrategy[Series]:
    return st.builds(
        Series,
        st.just(key),
        st.sampled_from(KEYS),
        recurrences(),
        texts,
        st.lists(st.sampled_from(["esr:1", "esr:2"]), unique=True).map(tuple),
        st.just(Closed.SKIP),
    )


def part(make: Callable[[str], st.SearchStrategy[Any]]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Of what has these keys, all or some."""
    return st.tuples(*(make(key) for key in KEYS)) | make("a").map(lambda one: (one,)) | st.just(())


hubs = st.sampled_from([None, HubSettings(), HubSettings(name="Hub")])
whole = st.builds(
    Catalogue, st.just(HubSettings()), st.tuples(*map(types, KEYS)), st.tuples(*map(series, KEYS))
)
partial = st.builds(Catalogue, hubs, part(types), part(series))


def as_it_was(hub: Hub, until: datetime) -> list[tuple[str, datetime, str]]:
    views = hub.calendar(START, END)
    return [(view.id, view.starts, view.status) for view in views if view.starts < until]


def book_some(hub: Hub, people: list[str], choices: list[int]) -> None:
    views = [view for view in hub.calendar(NOW, NOW + timedelta(days=60)) if view.starts > NOW]
    for number, choice in enumerate(choices):
        if views:
            view = views[choice % len(views)]
            try:
                booking = hub.book(view.id, people[number % 3], role=next(iter(view.places)))
            except Refused:
                continue
            if choice % 4 == 0:
                hub.cancel(booking.id)


@settings(max_examples=40)
@given(whole, partial, partial, st.lists(st.integers(0, 50), max_size=6), st.integers(0, 40))
def test_loading_is_idempotent_and_leaves_the_past_and_the_booked_alone(
    first: Catalogue, second: Catalogue, third: Catalogue, choices: list[int], later: int
) -> None:
    """The same again does nothing; before now no session comes, goes or moves; whoever is booked stays."""
    clock = Clock()
    with Hub.open("memory:", clock=clock, settings=ONLY_BUILT_IN) as hub:
        hub.load_catalogue(first)
        names = crowd(hub, 3)
        book_some(hub, names, choices)
        clock.pass_by(days=later, minutes=37, microseconds=1)
        for catalogue in (second, third, first):
            past = as_it_was(hub, clock())
            standing = {
                each.id: each.session_id for name in names for each in hub.bookings_of(name, active=True)
            }
            sessions = {id: hub.session(id) for id in standing.values() if id}
            report = hub.load_catalogue(catalogue)
            assert as_it_was(hub, clock()) == past
            assert {id: hub.booking(id).session_id for id in standing} == standing
            assert {id: hub.session(id) for id in sessions} == sessions
            taken = set(sessions)
            assert all(
                (held.session_id in taken) == ("people are booked on it" in held.sentence)
                for held in report.held_back
            )
            position, shown = len(hub.journal()), hub.calendar(START, END)
            again = hub.load_catalogue(catalogue)
            assert (again.added, again.changed, again.held_back) == ((), (), ())
            assert len(hub.journal()) == position
            assert hub.calendar(START, END) == shown
        assert hub.audit() == []


@settings(max_examples=60)
@given(types("a"), series("b"))
def test_what_is_kept_reads_back_as_it_was(type_: SessionType, one: Series) -> None:
    """A type and a series as kept are the values they were, so that an equal one is known to be equal."""
    assert type_from_text(type_to_text(type_)) == type_
    assert series_from_text(series_to_text(one)) == one


@given(st.from_type(HubSettings))
def test_settings_are_kept_whole(given_ones: HubSettings) -> None:
    """Every field of them comes back from the store as it was loaded."""
    wanted = attrs.evolve(given_ones, closures=())
    with Hub.open("memory:", settings=ONLY_BUILT_IN) as hub:
        hub.load_catalogue(Catalogue(wanted))
        assert hub.settings == wanted
