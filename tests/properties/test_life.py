"""The life of bookings against a naive hub, by theme: parties, offers, approval and roles, the door.

Whatever is done, both stores and the naive hub agree after each step, and audit is clean: invariants 1 to 6, 8 and 9.
For a longer run see `tests/properties/both.py`.
"""

from __future__ import annotations

from typing import ClassVar

from innovationhub import BookingPolicy, Role, WaitlistPolicy
from tests.properties.both import examples
from tests.properties.life import LifeMachine, kind, offers

FILL = WaitlistPolicy(groups="fill")


class PartiesMachine(LifeMachine):
    """Parties that hold back those behind them, and parties that do not; two sessions overlap."""

    largest = 3
    kinds: ClassVar = {
        "strict": ("09:00", kind("strict", [Role(capacity=3)])),
        "fill": ("11:00", kind("fill", [Role(capacity=3)], waitlist=FILL)),
        "other": ("11:30", kind("other", [Role(capacity=2)], waitlist=FILL)),
    }


class OffersMachine(LifeMachine):
    """Offers that run in working hours, and what a lapse does; all three overlap."""

    people = 4
    early = (0, 100, 140)
    kinds: ClassVar = {
        "keep": ("14:00", kind("keep", [Role(capacity=1)], waitlist=offers(2))),
        "back": ("14:20", kind("back", [Role(capacity=1)], waitlist=offers(3, on_lapse="back"))),
        "leave": (
            "14:40",
            kind(
                "leave",
                [Role(capacity=1)],
                waitlist=offers(5, on_lapse="leave"),
                booking=BookingPolicy(closes_minutes=60),
            ),
        ),
    }


class RolesMachine(LifeMachine):
    """Approval, roles that change, and a role that depends on another."""

    kinds: ClassVar = {
        "ask": ("10:00", kind("ask", [Role(capacity=1)], approval=True, waitlist=WaitlistPolicy(limit=1))),
        "stall": (
            "10:30",
            kind(
                "stall",
                [
                    Role("showcase", capacity=1),
                    Role("visitor", capacity=2),
                    Role("guide", capacity=1, requires="visitor"),
                ],
            ),
        ),
        "none": ("12:00", kind("none", [Role(capacity=1)], waitlist=WaitlistPolicy(limit=0))),
    }


class DoorMachine(LifeMachine):
    """People drop in, wait at the door and go; some seats are kept for them."""

    early = (140, 168, 173)
    largest = 2
    kinds: ClassVar = {
        "drop": (
            "10:00",
            kind(
                "drop",
                [Role(capacity=2, reserve=1)],
                access="drop-in",
                booking=BookingPolicy(closes_minutes=30),
                waitlist=FILL,
            ),
        ),
        "free": (
            "10:20",
            kind("free", [Role(capacity=1)], booking=BookingPolicy(overlaps=True), waitlist=FILL),
        ),
    }


TestParties = PartiesMachine.TestCase
TestOffers = OffersMachine.TestCase
TestRoles = RolesMachine.TestCase
TestDoor = DoorMachine.TestCase
TestParties.settings = TestOffers.settings = TestRoles.settings = TestDoor.settings = examples(7)
