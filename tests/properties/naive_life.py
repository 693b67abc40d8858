"""The rest of a booking's life on top of the naive queues: answers, the team's decisions, the door, changes, time."""

from __future__ import annotations

from collections.abc import Sequence

from tests.properties.naive_queues import HOLDING, LIVE, Codes, NaiveQueues, Room, Unit

__all__ = ["Codes", "NaiveLife", "Room", "Unit"]


class NaiveLife(NaiveQueues):
    """Everything that can be done about the sessions of one day."""

    def accept(self, unit: Unit) -> Codes:
        room = unit.room
        if self.now >= room.starts - room.closes:
            return {"closed"}
        if unit.status == "offered" and (unit.offer_ends is None or self.now < unit.offer_ends):
            unit.becomes("confirmed")
            return set()
        if not (unit.status == "waitlisted" and unit.missed and self.is_open(room, unit.size)):
            return {"not-active"}
        if any(self.clash(room, person, unit) for person in unit.active):
            return {"clash"}
        unit.becomes("confirmed")
        return set()

    def decline(self, unit: Unit) -> Codes:
        if unit.status != "offered":
            return {"not-active"}
        self.give_up(unit, "declined")
        return set()

    def approve(self, unit: Unit) -> Codes:
        room = unit.room
        if unit.status != "requested":
            return {"not-active"}
        late = {room.ended} if room.ended else {"started"} if self.now >= room.starts else set()
        codes = late | self.wish(room, unit.active, unit)
        seat = self.is_open(room, unit.size)
        if not codes and not seat:
            codes = self.no_room(room)
        if codes:
            return codes
        unit.becomes("confirmed" if seat else "waitlisted")
        unit.sequence = self.last(room) + 1
        if not seat:
            self.settle(room)
        return set()

    def reject(self, unit: Unit) -> Codes:
        if unit.status != "requested":
            return {"not-active"}
        unit.becomes("declined")
        return set()

    def transfer(self, unit: Unit, room: Room) -> Unit | Codes:
        old = unit.room
        if unit.status not in (*HOLDING, "waitlisted"):
            return {"not-active"}
        there = {"not-active"} if "attended" in unit.people.values() else set()
        codes = {old.ended} if old.ended else there
        elsewhere = unit.status in HOLDING and old.session != room.session
        if not codes and elsewhere and self.now >= old.starts:
            codes = {"too-late-to-cancel"}
        codes |= self.wish(room, unit.active, unit) | self.timing(room)
        if room.approval and room.session.partition("@")[0] != old.session.partition("@")[0]:
            codes.add("not-eligible")
        if not codes and not self.is_open(room, unit.size):
            codes = {"full"}
        if codes:
            return codes
        people = sorted(unit.active, key=lambda each: each != unit.lead)
        new = self.add(room, people, "confirmed")
        self.give_up(unit, "cancelled")
        return new

    def substitute(self, unit: Unit, person: str) -> Codes:
        room = unit.room
        if unit.status != "confirmed" or unit.people[unit.lead] == "attended":
            return {"not-active"}
        codes = {room.ended} if room.ended else set()
        if not codes and self.now >= room.starts:
            codes = {"started"}
        elif not codes and room.approval:
            codes = {"not-eligible"}
        codes |= self.wish(room, [person])
        if codes:
            return codes
        gone = unit.lead
        unit.people[gone] = "cancelled"
        unit.people[person] = "confirmed"
        unit.lead = person
        if room.requires:
            unit.parent = self.parent(room, person)
        for ended in self.end_dependents(unit, [gone]):
            self.settle(ended)
        waits = [each for each in self.units if each.status == "waitlisted" and gone in each.active]
        for waiting in sorted(waits, key=lambda each: each.room.starts):
            self.settle(waiting.room)
        return set()

    def check_in(self, room: Room, person: str) -> Unit | Codes:
        mine = self.mine(room, person)
        if mine and mine.people[person] == "attended":
            return mine
        if room.ended:
            return {room.ended}
        if mine and mine.status in HOLDING:
            return self.arrive(mine, person)
        codes = {"not-eligible"} if mine and mine.status == "requested" else set()
        if room.requires and not self.parent(room, person):
            codes.add("needs-role")
        if not room.requires and self.clash(room, person, mine):
            codes.add("clash")
        first_come = self.now >= room.starts - room.closes
        queued = first_come and bool([each for each in self.of(room, "waitlisted") if each.here])
        free = self.free(room, door=True) and (not queued or bool(mine and mine.here))
        full = not free or not (first_come or self.is_open(room, 1))
        waits = full and first_come and room.drop_in
        if full and not waits:
            codes.add("full")
        if codes:
            return codes
        return self.come_in(room, person, mine, waits=waits)

    def come_in(self, room: Room, person: str, mine: Unit | None, *, waits: bool) -> Unit:
        """In, or to the queue at the door; of a party that waits one does so alone."""
        if mine and len(mine.active) > 1:
            mine.people[person] = "cancelled"
            if mine.lead == person:
                mine.lead = mine.active[0]
            mine = None
        mine = mine or self.add(room, [person], "waitlisted" if waits else "attended")
        if waits:
            mine.here, mine.missed = True, False
        else:
            mine.becomes("attended")
        return mine

    def arrive(self, unit: Unit, person: str) -> Unit:
        if unit.status == "offered":
            unit.becomes("confirmed")
        unit.people[person] = "attended"
        if all(status == "attended" for status in unit.people.values() if status != "cancelled"):
            unit.status = "attended"
        return unit

    def check_out(self, room: Room, person: str) -> Codes:
        if room.ended:
            return {room.ended}
        mine = self.mine(room, person)
        if mine is None or mine.status != "attended" or mine.left:
            return {"not-active"}
        mine.left = True
        self.after(room, mine.active)
        return set()

    def close(self, rooms: Sequence[Room]) -> Codes:
        room = rooms[0]
        if room.ended == "called-off":
            return {"called-off"}
        if room.ended:
            return set()
        if self.now < room.starts:
            return {"not-open"}
        for each in rooms:
            each.ended = "closed"
        freed: list[str] = []
        for unit in [each for each in self.units if each.room in rooms and each.status in LIVE]:
            there = [person for person, status in unit.people.items() if status == "attended"]
            freed += [person for person in unit.active if person not in there]
            status = "absent" if unit.status == "confirmed" else "lapsed"
            if unit.status == "confirmed" and there:
                unit.people = {
                    person: "absent" if was == "confirmed" else was for person, was in unit.people.items()
                }
                unit.status, unit.lead = "attended", unit.lead if unit.lead in there else there[0]
            else:
                unit.becomes(status)
        self.after(room, freed)
        return set()

    def call_off(self, rooms: Sequence[Room]) -> Codes:
        room = rooms[0]
        if room.ended:
            return {room.ended}
        if self.now >= room.ends:
            return {"started"}
        freed: list[str] = []
        for each in rooms:
            each.ended = "called-off"
        for unit in [each for each in self.units if each.room in rooms and each.status in LIVE]:
            freed += unit.active
            unit.becomes("cancelled")
        self.after(room, freed)
        return set()

    def resize(self, room: Room, capacity: int | None) -> Codes:
        if room.ended:
            return {room.ended}
        if room.capacity != capacity:
            room.capacity = capacity
            self.recall(room)
            self.settle(room)
        return set()

    def tick(self) -> None:
        due = [each for each in self.units if each.offer_ends and each.offer_ends <= self.now]
        for unit in sorted(due, key=lambda each: (each.offer_ends, each.number)):
            self.lapse(unit)
        for room in self.rooms.values():
            if self.way(room) == "straight":
                self.settle(room)

    def lapse(self, unit: Unit) -> None:
        room = unit.room
        if room.lapse == "leave":
            self.give_up(unit, "lapsed")
            return
        freed = unit.active
        self.recall(room)
        unit.becomes("waitlisted")
        unit.missed = True
        if room.lapse == "back":
            unit.sequence = self.last(room) + 1
        self.settle(room)
        if not self.free(room):
            self.recall(room)
        self.after(room, freed)
