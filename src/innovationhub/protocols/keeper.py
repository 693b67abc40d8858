"""Keepers: plugins that keep records of their own, and what a hub asks of them when it looks after everything.

A plugin that keeps something changes it by commands of its own (`Hub.run`). What it cannot do from outside is to have
its part in what the hub does for all: exporting and erasing a person, audit, and, where it has the ability, timers,
messages, catalogue files, retention, figures. Declaring its records under `innovationhub_records` makes every store
keep them; declaring a keeper under `innovationhub_keepers` makes the hub look after them.

The keeper's name is its own everywhere: its entries in the journal are `NAME.something`, its timers are of the kind
`NAME` or `NAME:something`, its messages of the kind `NAME-something`, so that the hub knows whom to ask.

What is asked is a *question*: a pure function of a draft, which reads what it needs (`draft.get`, `draft.scan`,
`draft.need`), in as many trips as it takes, and whose changes are thrown away. No clock, no chance, no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from innovationhub.domain.answers import LoadReport
from innovationhub.domain.deciding import Command, Draft
from innovationhub.domain.deliveries import Delivery
from innovationhub.domain.figures import Table
from innovationhub.domain.journal import Entry
from innovationhub.domain.messages import Recipient
from innovationhub.domain.posting import Untrue
from innovationhub.domain.records import Facts, Record
from innovationhub.domain.saying import Matter
from innovationhub.domain.schedule import Section
from innovationhub.domain.telling import Call
from innovationhub.domain.time import Span
from innovationhub.domain.timers import Timer
from innovationhub.domain.views import Violation

__all__ = [
    "Call",
    "Check",
    "Keeper",
    "LoadReport",
    "Matter",
    "Section",
    "SupportsFigures",
    "SupportsMessages",
    "SupportsRetention",
    "SupportsSections",
    "SupportsTimers",
    "Table",
    "Untrue",
]

Check = Callable[[Draft, Sequence[Record]], Iterable[Violation]]
"""What audit asks of a page of records, whose rows it has read: read them again with what they are compared with, as of
one moment, and say what is wrong. See `Violation` for the invariants; 6 is the one for records that differ from the
journal."""


@runtime_checkable
class Keeper(Protocol):
    """A plugin that keeps records of its own. What it raises is its own fault: a `PluginError` with its name."""

    @property
    def checks(self) -> Mapping[type[Record], Check]:
        """What audit looks at, page by page, and what it asks of each page."""

    def held(self, draft: Draft, person: str) -> Mapping[str, Sequence[Facts]]:
        """What is held about somebody (an opaque key), in plain values, under what it is: `{"ideas": [{…}]}`.

        All of it, texts included, for `Hub.export_person`; no other person's key. After `forget` it is empty: that is
        what audit asks of whoever was erased.
        """

    def forget(self, person: str, actor: str) -> Command:
        """The command that takes somebody out, with what they wrote; run again while its answer says `more`.

        What others rely on stays, as numbers, and under the key, which then leads nowhere. Without the person there is
        nothing to do, and it does nothing.
        """


@runtime_checkable
class SupportsTimers(Protocol):
    """An ability: going on by itself when something is due."""

    def look(self, timer: Timer) -> Command:
        """The command for a timer of the keeper's that is due: it decides on how things stand when it runs.

        It deletes the timer, or puts another in its place. Run again while its answer says `more`.
        """


@runtime_checkable
class SupportsMessages(Protocol):
    """An ability: messages of its own, on the channels, with the retries and the order of the hub's own."""

    @property
    def templates(self) -> Mapping[str, str]:
        """The template of each kind of message: blocks `subject`, `body` and `next`. A hub's folder goes before it."""

    def calls(self, draft: Draft, entry: Entry) -> Sequence[Call]:
        """The messages that an entry of the keeper's calls for.

        Whom it concerns follows from the entry and from what never changes, so that audit finds the same again: what
        may change by then is noted in the entry. `Call.until` is when it is of no use any more (UTC).
        """

    def say(self, draft: Draft, delivery: Delivery, to: Recipient) -> Matter | Untrue:
        """What a message says as things stand in the draft, or why it is not true any more."""

    def sample(self, blank: Matter, now: datetime) -> Matter:
        """A made-up message for whoever looks at templates: `blank` has its kind, whom it is for, and the hub.

        `now` is aware, in the hub's zone.
        """


@runtime_checkable
class SupportsSections(Protocol):
    """An ability: tables of its own in catalogue files, shaped as the hub's own are, with all faults told at once."""

    @property
    def sections(self) -> Mapping[str, Section]:
        """What each table is made into: `{"fund": Section(FundSettings)}` for `[fund]`, `many=True` for `[[items]]`."""

    def load(self, sections: Mapping[str, object], actor: str) -> Command:
        """The command that takes over what a file says, made of its tables: values of those classes, tuples for `many`.

        It answers with a `LoadReport`, and changes nothing where nothing differs. Of what is not in the file nothing is
        removed. A person's id that the hub does not know yet may be added (`joining.enrol`), under a key minted here.
        """


@runtime_checkable
class SupportsRetention(Protocol):
    """An ability: saying who is needed, so that nobody is forgotten by age while something of theirs is under way."""

    def under_way(self, draft: Draft, people: Collection[str]) -> Collection[str]:
        """Those of these people (opaque keys) who have a part in something that has not ended."""


@runtime_checkable
class SupportsFigures(Protocol):
    """An ability: tables of its own in the figures for the team."""

    def figures(self, draft: Draft, span: Span) -> Sequence[Table]:
        """What happened within a span (UTC), as tables that name nobody."""
