"""How often a command reads: `book` without a promotion once, anything else four times at most."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from innovationhub import Audience, Catalogue, Hub, Person, Role, Slots
from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.deciding import ROUNDS
from innovationhub.domain.records import Read, Rows
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import Commit
from tests.audited import kind
from tests.support import Clock, weekly

FIRST, LATER, OFFERS, ASKED, SET, RULED = (
    f"{key}@2026-12-{day}T{hour}:00"
    for key, day, hour in (
        ("plain", "01", "10"),
        ("plain", "08", "10"),
        ("offers", "02", "10"),
        ("asked", "03", "10"),
        ("set", "04", "10"),
        ("ruled", "05", "10"),
    )
)
LATER_SET = "set@2026-12-11T10:00"
SLOT = "one-to-one"


class Counting(MemoryStore):
    """Counts its trips."""

    def __init__(self) -> None:
        super().__init__(CORE_RECORDS)
        self.reads = 0
        self.commits = 0

    def read(self, request: Read) -> Rows:
        self.reads += 1
        return super().read(request)

    def commit(self, commit: Commit) -> int:
        self.commits += 1
        return super().commit(commit)


class Busy:
    """A hub in which most things have happened to somebody: a base for one more command."""

    def __init__(self) -> None:
        self.store, self.clock = Counting(), Clock()
        self.hub = hub = Hub(self.store, load(discover=False), self.clock)
        rules = ("audience", "one-at-a-time", "at-most-a-month:3")
        plain = kind("plain", roles=(Role(capacity=3), Role(SLOT, requires="attendee", slots=Slots(30, 1))))
        types = (
            plain,
            kind("offers", 1, waitlist={"promote": "offer"}),
            kind("asked", 1, approval=True),
            kind("set", 2, access="register", apologies="lend"),
            kind("ruled", 4, rules=rules, audience=Audience("All", ("staff",))),
        )
        starts = {"plain": FIRST, "offers": OFFERS, "asked": ASKED, "set": SET, "ruled": RULED}
        series = tuple(weekly(key, id.partition("@")[2]) for key, id in starts.items())
        hub.load_catalogue(Catalogue(None, types, series))
        for number in range(20):
            hub.add_person(Person(f"p{number}", f"Name {number}", groups=("staff",)))
            hub.person(f"p{number}")
        self.group = hub.book(FIRST, "p0", group=["p1", "p2"]).id
        self.waits = [hub.book(FIRST, f"p{number}").id for number in (3, 4, 5)]
        self.slot = hub.book(FIRST, "p0", role=SLOT).id
        self.wants_slot = hub.book(FIRST, "p1", role=SLOT).id
        seat = hub.book(OFFERS, "p0").id
        self.offer, self.next = (hub.book(OFFERS, f"p{number}").id for number in (1, 2))
        hub.cancel(seat)
        self.request = hub.book(ASKED, "p0").id
        self.registration = hub.register("set", "p0").id
        hub.register("set", "p1")
        self.guest = hub.book(SET, "p7").id
        hub.apologise(LATER_SET, "p1")

    def trips(self, command: Callable[[], object]) -> int:
        self.store.reads = self.store.commits = 0
        command()
        assert self.store.commits >= 1
        return self.store.reads


COMMANDS: dict[str, Callable[[Busy], object]] = {
    "book into the queue": lambda busy: busy.hub.book(FIRST, "p9"),
    "book a group": lambda busy: busy.hub.book(LATER, "p9", group=["p10", "p11"]),
    "book by three rules": lambda busy: busy.hub.book(RULED, "p9"),
    "book a group by three rules": lambda busy: busy.hub.book(RULED, "p9", group=["p10", "p11"]),
    "book a slot": lambda busy: busy.hub.book(FIRST, "p2", role=SLOT),
    "register": lambda busy: busy.hub.register("set", "p9"),
    "one of a group leaves": lambda busy: busy.hub.cancel(busy.group, person_id="p1"),
    "accept": lambda busy: busy.hub.accept(busy.offer),
    "decline": lambda busy: busy.hub.decline(busy.offer),
    "approve": lambda busy: busy.hub.approve(busy.request),
    "reject": lambda busy: busy.hub.reject(busy.request),
    "amend": lambda busy: busy.hub.amend(busy.group, note="x"),
    "transfer one who waits": lambda busy: busy.hub.transfer(busy.waits[0], LATER),
    "substitute": lambda busy: busy.hub.substitute(busy.group, "p9"),
    "apologise": lambda busy: busy.hub.apologise(SET, "p0"),
    "take an apology back": lambda busy: busy.hub.unapologise(LATER_SET, "p1"),
    "come on a date of a set": lambda busy: busy.hub.check_in(SET, "p1"),
    "a guest books": lambda busy: busy.hub.book(SET, "p9"),
    "a guest cancels": lambda busy: busy.hub.cancel(busy.guest),
    "come": lambda busy: busy.hub.check_in(FIRST, "p0"),
    "cancel a slot": lambda busy: busy.hub.cancel(busy.slot),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_reads_four_times_at_most(name: str) -> None:
    """Whatever it is about, and with a queue behind it; what is left over is further commands of the same bound."""
    busy = Busy()
    command = COMMANDS[name]
    reads = busy.trips(lambda: command(busy))
    assert reads <= ROUNDS * busy.store.commits
    assert busy.hub.audit() == []


def test_a_booking_reads_once() -> None:
    """A single seat, a place in the queue, a stall: one trip to read and one to commit."""
    busy = Busy()
    assert busy.trips(lambda: busy.hub.book(LATER, "p12")) == 1
    assert busy.trips(lambda: busy.hub.book(FIRST, "p13")) == 1
    assert busy.store.commits == 1
