"""Seats and queues in the plainest words: lists and loops, no counters, no versions, nothing parked.

A queue is looked at anew each time: whoever is first, may come and fits gets the free seat. What the real hub keeps in
order to look at few is not here, so that the two can only agree if it keeps it right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from innovationhub import HubSettings
from innovationhub.domain.offers import deadline

LIVE = ("requested", "waitlisted", "confirmed", "offered")
HOLDING = ("confirmed", "offered")
HUB = HubSettings()


@dataclass(eq=False)
class Room:
    """One role of one session."""

    session: str
    role: str
    starts: datetime
    ends: datetime
    capacity: int | None
    strict: bool = True
    offers: int = 0
    """Hours that an offer lasts; 0: promotion is automatic."""
    lapse: str = "keep"
    approval: bool = False
    limit: int | None = None
    overlaps: bool = False
    closes: timedelta = timedelta(0)
    drop_in: bool = False
    reserve: int = 0
    requires: str = ""
    ended: str = ""
    """`closed`, or `called-off`."""


@dataclass(eq=False)
class Unit:
    """A booking: its people with how each stands, whoever leads it first."""

    number: int
    room: Room
    people: dict[str, str]
    lead: str
    status: str
    sequence: int
    missed: bool = False
    here: bool = False
    left: bool = False
    offer_ends: datetime | None = None
    parent: Unit | None = None

    @property
    def active(self) -> list[str]:
        return [person for person, status in self.people.items() if status in (*LIVE, "attended")]

    @property
    def size(self) -> int:
        return sum(status != "cancelled" for status in self.people.values())

    def becomes(self, status: str) -> None:
        self.people = {
            person: status if was in (*LIVE, "attended") else was for person, was in self.people.items()
        }
        self.status, self.offer_ends, self.missed, self.here = status, None, False, False


Codes = set[str]


@dataclass
class NaiveQueues:
    rooms: dict[tuple[str, str], Room]
    now: datetime
    units: list[Unit] = field(default_factory=list)

    # what there is

    def of(self, room: Room, *statuses: str) -> list[Unit]:
        found = [each for each in self.units if each.room is room and each.status in statuses]
        return sorted(found, key=lambda each: each.sequence)

    def held(self, room: Room) -> int:
        def seats(unit: Unit) -> int:
            if unit.status == "attended":  # who did not come of a party gave their seat back
                return 0 if unit.left else sum(each == "attended" for each in unit.people.values())
            return unit.size

        return sum(seats(each) for each in self.of(room, "confirmed", "offered", "attended", "absent"))

    def free(self, room: Room, size: int = 1, *, door: bool = False) -> bool:
        kept = 0 if door else room.reserve
        return room.capacity is None or room.capacity - kept - self.held(room) >= size

    def mine(self, room: Room, person: str) -> Unit | None:
        return next((each for each in self.units if each.room is room and person in each.active), None)

    def parent(self, room: Room, person: str) -> Unit | None:
        for each in self.units:
            place = each.room.session == room.session and each.room.role == room.requires
            if place and each.people.get(person) in ("confirmed", "attended"):
                return each
        return None

    def clash(self, room: Room, person: str, but: Unit | None = None) -> bool:
        if room.overlaps:
            return False
        aside = self.parent(room, person) if room.requires else None
        return any(
            each.people.get(person) in (*HOLDING, "attended")
            and not (each.left or each.room.overlaps or each.room.ended == "called-off")
            and each is not aside
            and not (but and (each is but or each.parent is but))
            and each.room is not room
            and each.room.starts < room.ends
            and room.starts < each.room.ends
            for each in self.units
        )

    def too_large(self, room: Room, size: int) -> bool:
        return room.capacity is not None and size > max(1, room.capacity)

    def obstacle(self, unit: Unit) -> bool:
        room = unit.room
        return self.too_large(room, len(unit.active)) or any(
            self.clash(room, person, unit) or bool(room.requires and not self.parent(room, person))
            for person in unit.active
        )

    def is_open(self, room: Room, size: int) -> bool:
        """Whether a newcomer is seated: there is room, and nobody in the queue comes first."""
        first = [each for each in self.of(room, "waitlisted") if not (each.missed or each.here)]
        behind = any(
            not self.obstacle(each) and (room.strict or self.free(room, each.size)) for each in first
        )
        return self.free(room, size) and not behind

    # what is done

    def wish(self, room: Room, people: Iterable[str], but: Unit | None = None) -> Codes:
        people, codes = list(people), set()
        if self.too_large(room, len(people)):
            codes.add("group-too-large")
        for person in people:
            mine = self.mine(room, person)
            if mine and mine is not but:
                codes.add("already-booked")
            if room.requires:
                parent = self.parent(room, person)
                if parent is None or parent is but:
                    codes.add("needs-role")
            if self.clash(room, person, but):
                codes.add("clash")
        return codes

    def timing(self, room: Room) -> Codes:
        if room.ended:
            return {room.ended}
        if self.now >= room.starts:
            return {"started"}
        return {"closed"} if self.now >= room.starts - room.closes else set()

    def no_room(self, room: Room) -> Codes:
        if room.limit is None or len(self.of(room, "waitlisted")) < room.limit:
            return set()
        return {"queue-full"} if room.limit else {"full"}

    def last(self, room: Room) -> int:
        return max((each.sequence for each in self.units if each.room is room), default=0)

    def add(self, room: Room, people: Sequence[str], status: str) -> Unit:
        sequence = 0 if status == "requested" else self.last(room) + 1
        parent = self.parent(room, people[0]) if room.requires else None
        stand = dict.fromkeys(people, status)
        unit = Unit(len(self.units), room, stand, people[0], status, sequence, parent=parent)
        self.units.append(unit)
        return unit

    def book(self, room: Room, people: Sequence[str]) -> Unit | Codes:
        codes = self.wish(room, people) | self.timing(room)
        seat = self.is_open(room, len(people))
        if codes <= {"clash", "needs-role", "not-eligible"} and not seat and not room.approval:
            codes |= self.no_room(room)
        if codes:
            return codes
        unit = self.add(room, people, "requested" if room.approval else "confirmed" if seat else "waitlisted")
        if unit.status == "waitlisted":
            self.settle(room)
        return unit

    def way(self, room: Room) -> str:
        if room.ended:
            return "none"
        closes = room.starts - room.closes
        if self.now >= closes:
            return "door"
        offers = room.offers and self.ends_at(room) is not None
        return "offer" if offers else "straight"

    def ends_at(self, room: Room) -> datetime | None:
        return deadline(self.now, room.offers, room.starts - room.closes, HUB, lambda _: None)

    def settle(self, room: Room) -> None:
        way = self.way(room)
        for unit in self.of(room, "waitlisted"):
            door = way == "door"
            waits = unit.here if door else not unit.here and (not unit.missed or way == "straight")
            if way == "none" or not waits or self.obstacle(unit):
                continue
            if not self.free(room, 1, door=door):
                return
            if not self.free(room, unit.size, door=door):
                if room.strict:
                    return
                continue
            ends = self.ends_at(room) if way == "offer" else None
            unit.becomes("offered" if way == "offer" else "confirmed")
            unit.offer_ends = ends

    def after(self, room: Room, freed: Iterable[str], more: Iterable[Room] = ()) -> None:
        """A seat and people's time came free: first this queue, then what depended on it, then where they wait."""
        rooms = [room, *more]
        for person in freed:
            waits = [each for each in self.units if each.status == "waitlisted" and person in each.active]
            rooms += [each.room for each in sorted(waits, key=lambda each: each.room.starts)]
        for each in dict.fromkeys(rooms):
            self.settle(each)

    def recall(self, room: Room) -> None:
        for each in self.of(room, "waitlisted"):
            each.missed = False

    def give_up(self, unit: Unit, status: str) -> None:
        freed = unit.active
        unit.becomes(status)
        more = self.end_dependents(unit, freed)
        self.recall(unit.room)
        self.after(unit.room, freed, more)

    def end_dependents(self, unit: Unit, people: Iterable[str]) -> list[Room]:
        people = set(people)
        ending = [
            each
            for each in self.units
            if each.parent is unit and each.status in LIVE and people & set(each.active)
        ]
        for each in ending:
            each.becomes("cancelled")
        return [each.room for each in ending]

    def cannot_cancel(self, unit: Unit) -> Codes:
        if unit.status not in LIVE:
            return {"not-active"}
        if unit.room.ended:
            return {unit.room.ended}
        late = unit.status in HOLDING and self.now >= unit.room.starts
        return {"too-late-to-cancel"} if late else set()

    def cancel(self, unit: Unit, person: str | None = None) -> Codes:
        codes = self.cannot_cancel(unit)
        if codes:
            return codes
        # whoever is there keeps the place
        if "attended" in ([unit.people.get(person)] if person else unit.people.values()):
            return {"not-active"}
        if person is None or [person] == unit.active:
            self.give_up(unit, "cancelled")
            return set()
        if person not in unit.active:
            return {"not-active"}
        self.leave(unit, person)
        return set()

    def leave(self, unit: Unit, person: str) -> None:
        unit.people[person] = "cancelled"
        if unit.lead == person:
            unit.lead = unit.active[0]
        if all(unit.people[each] == "attended" for each in unit.active):
            unit.status = "attended"
        self.recall(unit.room)
        self.after(unit.room, [person], self.end_dependents(unit, [person]))
