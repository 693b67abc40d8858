"""The tables of figures, of what was counted: titles, columns, and what a reader must know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from statistics import median

import attrs

from innovationhub.domain.counting import LATE, Counting, OfRole, OfType, Waits, percent
from innovationhub.domain.figures import ALL, FEWEST, HIDDEN, Cell, Table, by_group
from innovationhub.domain.journal import Entry
from innovationhub.domain.time import Span
from innovationhub.domain.wording import count
from innovationhub.domain.workshop import TRANSITIONS, WorkshopState

__all__ = ["tables_of", "workshop_table"]

HOURS = int(LATE.total_seconds()) // 3600


def tables_of(
    counting: Counting,
    titles: Mapping[str, str],
    roles: Mapping[tuple[str, str], str],
    groups: Mapping[str, Collection[str]],
    before: Collection[str],
) -> list[Table]:
    """All tables about sessions.

    `titles` are those of the session types and `roles` of their roles, by their keys; `groups` has the staff groups of
    each person who came (none: not known), `before` who of them had come before the period.
    """
    shared = Counter(titles.values())
    named = {key: title if shared[title] == 1 else f"{title} ({key})" for key, title in titles.items()}
    order = sorted(named, key=lambda key: (named[key], key))
    types = [(named[key], counting.types[key]) for key in order if key in counting.types]
    fill = [
        (named[key], roles[key, role], each)
        for key in order
        if key in counting.types
        for role, each in counting.types[key].roles.items()
    ]
    return [
        _attendance(types),
        _months(counting),
        _groups(counting, groups),
        _fill(fill, sum(each.unlimited for _, each in types)),
        _no_shows(types),
        _waiting([(named[key], counting.waits[key]) for key in order if key in counting.waits]),
        Table(
            "repeat-attendance",
            "How often people came",
            ("In this period", "People", "For the first time", "Had come before"),
            counting.times(before)[:-1],
            "people",
            "People who came by name, in the period, and whether any of them had come before it began.",
            total=counting.times(before)[-1],
            picture="People",
        ),
    ]


def _summed(types: Iterable[OfType]) -> OfType:
    found = OfType()
    for each in types:
        for name in (
            "sessions",
            "off",
            "open",
            "booked",
            "walked",
            "nameless",
            "had",
            "absent",
            "late",
            "early",
        ):
            setattr(found, name, getattr(found, name) + getattr(each, name))
    return found


def _attendance(types: Sequence[tuple[str, OfType]]) -> Table:
    def row(name: str, each: OfType) -> tuple[Cell, ...]:
        average: Cell = round(each.came / each.sessions, 1) if each.sessions else ""
        return (name, each.sessions, each.off, each.came, each.booked, each.walked, each.nameless, average)

    return Table(
        "attendance-by-type",
        "Attendance by type of session",
        (
            *("Type", "Sessions", "Called off", "Came", "Had booked", "Walked in", "Without a name"),
            "Came, on average",
        ),
        tuple(row(name, each) for name, each in types),
        "people at a session",
        "A person who came to a session counts once, in whatever roles. Without a name: the headcounts. Sessions that "
        "nobody was ever booked on are counted as the calendar has them now.",
        total=row(ALL, _summed(each for _, each in types)),
        picture="Came",
    )


def _months(counting: Counting) -> Table:
    def row(name: str, each: OfType, people: Collection[str]) -> tuple[Cell, ...]:
        return (name, each.sessions, each.came, len(people))

    return Table(
        "attendance-by-month",
        "Attendance by month",
        ("Month", "Sessions", "Came", "Different people"),
        tuple(
            row(f"{date(*month, 1):%B %Y}", each, counting.people[month])
            for month, each in sorted(counting.months.items())
        ),
        "people at a session",
        "Different people: each counts once in a month, and once in all. Those without a name are not among them.",
        total=row(ALL, _summed(counting.months.values()), counting.visits),
        picture="Came" if len(counting.months) > 1 else "",
    )


def _groups(counting: Counting, groups: Mapping[str, Collection[str]]) -> Table:
    people: Counter[str] = Counter()
    visits: Counter[str] = Counter()
    for person, often in counting.visits.items():
        for group in groups.get(person, ()) or ("",):
            people[group] += 1
            visits[group] += often
    unknown = (people.pop("", 0), visits.pop("", 0) + counting.nameless)
    table = Table(
        "attendance-by-group",
        "Attendance by staff group",
        ("Group", "People", "Came"),
        unit="people, and people at a session",
        note="Whoever is in several groups counts in each, and once in all. Not known: people in no group, people who "
        f"were erased, headcounts. {HIDDEN}: not shown, since with fewer than {FEWEST} people it might tell who was in "
        "it, or since it would tell of another that is not shown.",
        picture="Came",
    )
    total = (len(counting.visits), counting.visits.total() + counting.nameless)
    return by_group(table, {each: (people[each], visits[each]) for each in people}, unknown, total)


def _fill(found: Sequence[tuple[str, str, OfRole]], unlimited: int) -> Table:
    many = Counter(name for name, _, _ in found)
    left_out = f" Without a limit, and so left out: {count(unlimited, 'time', 'times')} a role of a session."

    def row(name: str, each: OfRole) -> tuple[Cell, ...]:
        taken, came = percent(each.taken, each.seats), percent(each.came, each.seats)
        return (name, each.sessions, each.seats, each.taken, taken, each.came, came)

    return Table(
        "fill-rate",
        "Seats, and how many were used",
        ("Type and role", "Sessions", "Seats", "Taken", "Taken, %", "Came", "Came, %"),
        tuple(row(f"{name}, {role}" if many[name] > 1 else name, each) for name, role, each in found),
        "seats",
        "Of the sessions that took place. Taken: by those who came, or had a place and did not. Where people come and "
        "go that may be more than there are seats." + (left_out if unlimited else ""),
        picture="Came, %",
    )


def _no_shows(types: Sequence[tuple[str, OfType]]) -> Table:
    def row(name: str, each: OfType) -> tuple[Cell, ...]:
        return (name, each.had, each.absent, percent(each.absent, each.had), each.late, each.early, each.open)

    late, early = f"Given up in the last {HOURS} hours", "Given up before"
    return Table(
        "no-shows",
        "Places that were not used",
        ("Type", "Had a place", "Absent", "Absent, %", late, early, "Registers open"),
        tuple(row(name, each) for name, each in types),
        "people at a session",
        "Had a place and absent: at the sessions whose register is closed; elsewhere it is not known yet. Those who "
        "walked in are not among them. A place that was handed on to somebody, or changed for another date, was not "
        "given up.",
        total=row(ALL, _summed(each for _, each in types)),
        picture="Absent, %",
    )


def _waiting(types: Sequence[tuple[str, Waits]]) -> Table:
    queued = [(name, each) for name, each in types if each.row()[0]]
    together = Waits(
        [hours for _, each in queued for hours in each.hours],
        sum(each.left for _, each in queued),
        sum(each.never for _, each in queued),
        sum(each.waiting for _, each in queued),
    )
    return Table(
        "waiting",
        "Waiting for a place",
        (
            *("Type", "Joined a queue", "Had a place or an offer", "Median, hours", "Longest, hours"),
            *("Left or moved", "Never seated", "Still waiting"),
        ),
        tuple((name, *each.row()) for name, each in queued),
        "bookings",
        "Bookings, each of one person or a party, for the sessions of this period; those for a whole series by when "
        "they were made. The time is from joining the queue to the first offer or place.",
        total=(ALL, *together.row()),
        picture="Median, hours",
    )


@attrs.define
class _Stage:
    begun: int = 0
    days: list[float] = attrs.field(factory=list)
    now: int = 0


def workshop_table(histories: Iterable[Sequence[Entry]], span: Span) -> Table:
    """Bespoke workshops by stage, from what the journal says of each, up to the end of the span."""
    stages = {state: _Stage() for state in WorkshopState}
    kinds = {f"workshop.{state}": state for state in WorkshopState}
    for history in histories:
        stage, since = None, span.starts
        for entry in history:
            state = kinds.get(entry.kind)
            # staying is a step too: a new promise, other dates
            if state is None or state is stage or entry.at >= span.ends:
                continue
            if entry.at >= span.starts:
                stages[state].begun += 1
                if stage is not None:
                    stages[stage].days.append((entry.at - since).total_seconds() / 86400)
            stage, since = state, entry.at
        if stage is not None:
            stages[stage].now += 1

    def row(state: WorkshopState, each: _Stage) -> tuple[Cell, ...]:
        days = sorted(each.days)
        middle: Cell = round(median(days), 1) if days else ""
        longest: Cell = round(days[-1], 1) if days else ""
        title = str(state).replace("-", " ").capitalize()
        # of those that have ended there is no list that does not grow
        return (title, each.begun, len(days), middle, longest, each.now if TRANSITIONS[state] else "")

    return Table(
        "workshops",
        "Bespoke workshops by stage",
        ("Stage", "Reached", "Left", "Median, days", "Longest, days", "At the end"),
        tuple(row(state, each) for state, each in stages.items()),
        "workshops",
        "Days from reaching a stage to leaving it, of the workshops that left it in this period. Left out: what was "
        "asked for more than two years before its end and has ended since.",
        picture="At the end",
    )
