"""What a simulation found: one line for each policy, as values that print as a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from statistics import median

import attrs

from innovationhub.domain.booking import BookingStatus
from innovationhub.hub import Hub

__all__ = ["Outcome", "Report", "outcome_of"]


@attrs.frozen
class Outcome:
    """What became of the demand under one policy.

    `fill` is the part of all seats that somebody sat on, `served` the part of all wishes that led to one. `waited` is
    the median of days from asking for a place to getting it, of those who waited and got one. `lapsed` counts offers
    that nobody took in time, `absent` people who held a seat and did not come, `stranded` those who still waited when
    the register was closed. `faults` of the stores were met with `retries` of the same request.
    """

    policy: str
    wishes: int
    seats: int
    seated: int
    absent: int
    promoted: int
    offered: int
    lapsed: int
    stranded: int
    waited: float
    faults: int
    retries: int

    @property
    def fill(self) -> float:
        """The part of all seats that somebody sat on."""
        return self.seated / self.seats if self.seats else 0.0

    @property
    def served(self) -> float:
        """The part of all wishes that led to a seat."""
        return self.seated / self.wishes if self.wishes else 0.0


@attrs.frozen
class Report:
    """The policies side by side. `print(report)` shows a table."""

    seed: int
    days: int
    capacity: int
    clients: int
    outcomes: tuple[Outcome, ...]

    def of(self, policy: str) -> Outcome:
        """The outcome of one policy. Raises `KeyError`."""
        return {each.policy: each for each in self.outcomes}[policy]

    def __str__(self) -> str:
        head = (
            "policy",
            "fill",
            "served",
            "no-shows",
            "promoted",
            "offers",
            "lapsed",
            "stranded",
            "days waited",
        )
        rows = [head, *(_cells(each) for each in self.outcomes)]
        widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
        lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
        wishes = self.outcomes[0].wishes if self.outcomes else 0
        title = f"{self.days} days, {wishes} wishes, {self.capacity} seats a session, {self.clients} clients"
        return "\n".join([f"{title}, seed {self.seed}", *lines])


def _cells(each: Outcome) -> tuple[str, ...]:
    counts = (each.absent, each.promoted, each.offered, each.lapsed, each.stranded)
    return (each.policy, f"{each.fill:.1%}", f"{each.served:.1%}", *map(str, counts), f"{each.waited:.1f}")


def _aligned(row: tuple[str, ...], widths: list[int]) -> list[str]:
    return [
        row[0].ljust(widths[0]),
        *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
    ]


def outcome_of(
    policy: str,
    hub: Hub,
    sessions: Mapping[str, datetime],
    capacity: int,
    wishes: int,
    faults: int,
    retries: int,
) -> Outcome:
    """What the journal and the rosters say became of these sessions."""
    asked: dict[str, datetime] = {}
    open_offers: set[str] = set()
    waits: list[float] = []
    counts = dict.fromkeys(("promoted", "offered", "lapsed", "stranded"), 0)
    position = 0
    while entries := hub.journal(position, 10_000):
        for entry in entries:
            position = entry.position
            kind = entry.kind.removeprefix("booking.")
            if kind == "waitlisted":
                asked.setdefault(entry.subject, entry.at)
            elif kind in {"promoted", "accepted"} and entry.subject in asked:
                waits.append((entry.at - asked.pop(entry.subject)).total_seconds() / 86_400)
            if kind == "lapsed" and entry.subject not in open_offers:
                kind = "stranded"
            if kind in counts:
                counts[kind] += 1
            # an offer is open until whatever comes next about that booking
            (open_offers.add if kind == "offered" else open_offers.discard)(entry.subject)
    held = [booking for session in sessions for booking in hub.roster(session)]
    seated = sum(booking.status is BookingStatus.ATTENDED for booking in held)
    return Outcome(
        policy=policy,
        wishes=wishes,
        seats=capacity * len(sessions),
        seated=seated,
        absent=sum(booking.status is BookingStatus.ABSENT for booking in held),
        promoted=counts["promoted"],
        offered=counts["offered"],
        lapsed=counts["lapsed"],
        stranded=counts["stranded"],
        waited=median(waits) if waits else 0.0,
        faults=faults,
        retries=retries,
    )
