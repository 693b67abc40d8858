"""Figures counted again, naively: from what callers are shown of each session and booking, and the whole journal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median

from innovationhub import Booking, Entry, Hub, SessionView
from innovationhub.domain.figures import Cell
from innovationhub.domain.replay import BOOKING_STANDINGS

__all__ = ["Recount"]

HELD = {"confirmed", "offered", "attended", "absent"}
DAY = timedelta(hours=24)


class Recount:
    """What the tables of figures must say of a period."""

    def __init__(self, hub: Hub, start: date, end: date, groups: Mapping[str, Sequence[str]]) -> None:
        self.hub, self.groups = hub, groups
        self.journal = list(hub.journal(limit=100_000))
        self.entries: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.journal:
            self.entries[entry.subject].append(entry)
        self.bookings = [
            hub.booking(subject)
            for subject, told in self.entries.items()
            if told[0].kind.startswith("booking.")
        ]
        self.sessions = [view for view in hub.calendar(start, end) if view.starts <= hub.now()]
        self.at = {
            view.id: [each for each in self.bookings if each.session_id == view.id] for view in self.sessions
        }
        self.start, self.end = start, end
        first = hub.calendar(date(2026, 1, 1), start)
        earlier = {view.id for view in first}
        self.before = {
            person
            for each in self.bookings
            if each.session_id in earlier
            for person, status in each.people.items()
            if status == "attended"
        }

    def stood(self, view: SessionView) -> dict[str, str]:
        """How everybody stands at a session: the best of what each booking says."""
        order = ["booked", "walked", "absent", "open", "late", "early", ""]
        found: dict[str, str] = {}
        for booking in self.at[view.id]:
            for person in booking.people:
                how = self.how(view, booking, person)
                found[person] = min(how, found.get(person, ""), key=order.index)
        return found

    def how(self, view: SessionView, booking: Booking, person: str) -> str:
        status, told = booking.people[person], self.entries[booking.id]
        if status == "attended":
            walked = told[0].facts.get("walk_in") or told[0].facts.get("standing") == "here"
            return "walked" if walked else "booked"
        if status == "absent":
            return "absent"
        if status in {"confirmed", "offered"}:
            return "open"
        away = self.given_up(booking, person) if status == "cancelled" else None
        if away is None:
            return ""
        return "late" if view.starts - away < DAY else "early"

    def given_up(self, booking: Booking, person: str) -> datetime | None:
        """When a place that somebody held was given up, by how the booking stood before."""
        told = self.entries[booking.id]
        mine = {
            key
            for key, id in self.hub.ids_of(
                [str(e.facts[n]) for e in told for n in ("left", "came", "member") if n in e.facts]
            ).items()
            if id == person
        }
        standing, gone = "", False
        for entry in told:
            before, facts = standing, entry.facts
            standing = str(facts.get("standing", BOOKING_STANDINGS.get(entry.kind, standing)))
            if entry.kind == "booking.substituted":
                gone = facts["left"] in mine or (gone and facts["came"] not in mine)
            if entry.kind != "booking.cancelled" or gone:
                continue
            if "member" in facts:
                if facts["member"] in mine:
                    return entry.at if before in HELD else None
                continue
            plain = "because" not in facts and "depended" not in facts
            return entry.at if plain and before in HELD else None
        return told[-1].at if standing == "apologised" else None

    def by_type(self) -> dict[str, tuple[Cell, ...]]:
        """Sessions, called off, came, booked, walked in, without a name."""
        return {kind: self.attended(views) for kind, views in self.grouped().items()}

    def grouped(self) -> dict[str, list[SessionView]]:
        found: dict[str, list[SessionView]] = defaultdict(list)
        for view in self.sessions:
            found[view.title].append(view)
        return found

    def attended(self, views: Iterable[SessionView]) -> tuple[Cell, ...]:
        views = list(views)
        off = sum(view.status == "called-off" for view in views)
        how = Counter(each for view in views for each in self.stood(view).values())
        nameless = sum(view.headcount for view in views)
        came = how["booked"] + how["walked"] + nameless
        return (len(views) - off, off, came, how["booked"], how["walked"], nameless)

    def by_month(self) -> dict[str, tuple[Cell, ...]]:
        """Sessions, came, different people."""
        found: dict[str, list[SessionView]] = defaultdict(list)
        for view in self.sessions:
            found[f"{view.starts:%B %Y}"].append(view)
        people = {month: {who for view in views for who in self.who(view)} for month, views in found.items()}
        return {
            month: (self.attended(views)[0], self.attended(views)[2], len(people[month]))
            for month, views in found.items()
        }

    def who(self, view: SessionView) -> list[str]:
        return [person for person, how in self.stood(view).items() if how in {"booked", "walked"}]

    def visits(self) -> Counter[str]:
        return Counter(person for view in self.sessions for person in self.who(view))

    def by_group(self) -> dict[str, tuple[int, int]]:
        """People and visits of each group; "" is not known, with the headcounts."""
        people: Counter[str] = Counter()
        visits: Counter[str] = Counter()
        for person, often in self.visits().items():
            for group in self.groups.get(person) or [""]:
                people[group] += 1
                visits[group] += often
        visits[""] += sum(view.headcount for view in self.sessions)
        return {group: (people[group], visits[group]) for group in visits}

    def fill(self) -> dict[tuple[str, str], tuple[Cell, ...]]:
        """By type and role: sessions, seats, taken, came."""
        found: dict[tuple[str, str], list[int]] = {}
        for view in self.sessions:
            if view.status == "called-off":
                continue
            for role, places in view.places.items():
                if places.capacity is None:
                    continue
                # who is registered now may have joined since a date was over
                rows = [
                    each
                    for each in self.hub.roster(view.id, role)
                    if view.status != "closed" or each.session_id == view.id
                ]
                into = found.setdefault((view.title, role), [0, 0, 0, 0])
                into[0] += 1
                into[1] += places.capacity
                into[2] += sum(status in HELD for each in rows for status in each.people.values())
                into[3] += sum(status == "attended" for each in rows for status in each.people.values())
        return {key: tuple(numbers) for key, numbers in found.items()}

    def no_shows(self) -> dict[str, tuple[Cell, ...]]:
        """Had a place, absent, given up late and early, registers open."""
        found: dict[str, tuple[Cell, ...]] = {}
        for kind, views in self.grouped().items():
            there = [view for view in views if view.status != "called-off"]
            closed = Counter(
                how for view in there if view.status == "closed" for how in self.stood(view).values()
            )
            every = Counter(how for view in there for how in self.stood(view).values())
            found[kind] = (
                *(closed["booked"] + closed["absent"], closed["absent"], every["late"], every["early"]),
                sum(view.status != "closed" for view in there),
            )
        return found

    def waiting(self, registrations: Mapping[str, str]) -> dict[str, tuple[Cell, ...]]:
        """As the table has it, from the journal; `registrations` are the titles of series that one registers for."""
        subjects = {view.id: view for view in self.sessions}
        found: dict[str, list[list[float]]] = defaultdict(lambda: [[], [], [], []])
        for booking in self.bookings:
            view = subjects.get(booking.session_id or "")
            if booking.session_id is None and self.start <= booking.created_at.date() < self.end:
                title = registrations[booking.series_id]
            elif view is not None:
                title = view.title
            else:
                continue
            place, hours = self.waited(booking, off=view is not None and view.status == "called-off")
            if place is not None:
                found[title][place].append(hours)
        return {
            title: (
                sum(map(len, all_)),
                len(all_[0]),
                round(median(all_[0]), 1) if all_[0] else "",
                round(max(all_[0]), 1) if all_[0] else "",
                *map(len, all_[1:]),
            )
            for title, all_ in found.items()
        }

    def waited(self, booking: Booking, *, off: bool) -> tuple[int | None, float]:
        """Seated (0), left (1), never (2), waiting (3), and for how many hours; None: they never waited."""
        joined = next((e for e in self.entries[booking.id] if e.kind == "booking.waitlisted"), None)
        if joined is None:
            return None, 0.0
        standing = "waitlisted"
        for entry in self.entries[booking.id]:
            if entry.position <= joined.position:
                continue
            standing = str(entry.facts.get("standing", BOOKING_STANDINGS.get(entry.kind, standing)))
            if standing in {"confirmed", "offered", "attended", "left"}:
                return 0, (entry.at - joined.at).total_seconds() / 3600
            if standing == "cancelled":
                return (2 if "because" in entry.facts else 1), 0.0
            if standing in {"lapsed", "declined"}:
                return 2, 0.0
        return (2 if off else 3), 0.0

    def times(self) -> dict[str, tuple[int, int, int]]:
        """How many came how often, and how many of them for the first time."""
        found: dict[str, list[str]] = {"Once": [], "Twice": [], "3 to 5 times": [], "6 times or more": []}
        for person, often in self.visits().items():
            found[list(found)[0 if often == 1 else 1 if often == 2 else 2 if often < 6 else 3]].append(person)
        return {
            label: (
                len(who),
                sum(each not in self.before for each in who),
                sum(each in self.before for each in who),
            )
            for label, who in found.items()
        }

    def agrees(self, registrations: Mapping[str, str]) -> None:
        """Hold all tables against this."""
        figures = self.hub.figures(self.start, self.end)
        rows = {key: {row[0]: row[1:] for row in table.rows} for key, table in figures.tables.items()}
        assert {name: row[:6] for name, row in rows["attendance-by-type"].items()} == self.by_type()
        assert rows["attendance-by-month"] == self.by_month()
        assert {name: (*row[:2], *row[3:]) for name, row in rows["no-shows"].items()} == self.no_shows()
        assert rows["waiting"] == self.waiting(registrations)
        assert rows["repeat-attendance"] == self.times()
        many = Counter(title for title, _ in self.fill())
        fill = {
            title if many[title] == 1 else f"{title}, {role}": row
            for (title, role), row in self.fill().items()
        }
        assert {name: (*row[:3], row[4]) for name, row in rows["fill-rate"].items()} == fill
        groups = self.by_group()
        for name, row in rows["attendance-by-group"].items():
            expected = groups.get("" if name == "Not known" else str(name), (0, 0))
            assert row in {expected, (None, None)}
