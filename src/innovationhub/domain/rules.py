"""Rules by name: who may have a place, judged by something that a plugin brings.

A rule is pure. It says what it must read of a case, and judges it on what was read; it is asked just before each
decision, for the caller as for the head of a queue, on rows as the commands before it in the same batch left them. So
"at most one a month" holds inside a batch too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, runtime_checkable

import attrs

from innovationhub.domain.catalogue import SessionType
from innovationhub.domain.records import Facts, Read, Rows

__all__ = ["Case", "Rule", "Verdict"]


@attrs.frozen
class Case:
    """What a rule is asked about: one person, and one place in a session or a series.

    `person` is an opaque key. `argument` is what the catalogue gives behind the rule's name and a colon, "" where it
    gives nothing. Instants are aware, in UTC; `timezone` is the hub's. `booking_id` is the booking in question where
    there is one already, "" otherwise: a rule that counts bookings leaves it aside.
    """

    person: str
    groups: tuple[str, ...]
    argument: str
    session_id: str
    series_id: str
    type: SessionType
    role: str
    starts: datetime
    ends: datetime
    now: datetime
    timezone: str
    booking_id: str
    types: Mapping[str, str] = attrs.field(repr=False)
    """The session type of each series."""

    def type_of(self, session_id: str) -> str:
        """The key of the type of a session or a series; "" where the hub knows no such series."""
        return self.types.get(session_id.partition("@")[0], "")


@attrs.frozen
class Verdict:
    """Whether a rule allows it; if not, a sentence, plain facts and what would help, for whoever is told."""

    allowed: bool
    sentence: str = ""
    facts: Facts = attrs.field(factory=dict)
    remedies: tuple[str, ...] = ()


@runtime_checkable
class Rule(Protocol):
    """A rule, under the name by which session types name it. No clock, no chance, no I/O."""

    def needs(self, case: Case) -> Read:
        """What must be read to judge a case, with limits."""

    def judge(self, rows: Rows, case: Case) -> Verdict:
        """Whether the person may have the place, on the rows that `needs` asked for.

        What it raises refuses the command, as a `PluginError` with the rule's name: nothing is committed.
        """
