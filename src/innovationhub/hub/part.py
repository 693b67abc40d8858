"""What the parts of the public face share: how a command is sent, and how its answer is said in callers' own words."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar, cast

import attrs

from innovationhub.courier import Courier
from innovationhub.courier.opening import open_outboxes
from innovationhub.domain.answers import Answer
from innovationhub.domain.booking import Booking, Placed
from innovationhub.domain.deciding import Command
from innovationhub.domain.ids import LONGEST_TEXT, checked_id, checked_text
from innovationhub.domain.journal import Entry
from innovationhub.domain.placing import is_whole
from innovationhub.domain.records import Range, Read
from innovationhub.domain.refusals import Reason, Refused
from innovationhub.engine import Clock, Engine
from innovationhub.errors import Invalid, NotFound
from innovationhub.hub.bookings import Bookings
from innovationhub.hub.people import People
from innovationhub.hub.showing import Showing
from innovationhub.plugins import Registry
from innovationhub.protocols.store import Store

__all__ = [
    "Part",
    "checked_note",
    "checked_role",
    "checked_session",
    "minted",
    "same",
    "system_clock",
    "text",
]

T = TypeVar("T")


def system_clock() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)


def minted() -> str:
    """A new opaque id: the time, so that what is new lies together on disk, and 80 bits that nobody can guess."""
    return f"{time.time_ns() // 1_000_000:012x}{os.urandom(10).hex()}"


class Part:
    """One part of the face of a hub, on the store that all of them share."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        clock: Clock,
        channels: Sequence[str] = (),
        templates: Path | None = None,
    ) -> None:
        self.registry = registry
        self._store = store
        self._engine = Engine(store, clock, registry.closures, registry.rules, registry.keepers)
        self._engine.open()
        self._templates = templates
        outboxes = open_outboxes(self._engine, registry.channels, channels, templates)
        self._courier = Courier(self._engine, registry.followers, outboxes)
        self._people = People(self._engine)
        self._bookings = Bookings(self._engine, self._people)
        self._showing = Showing(self._engine, self._people, self._bookings)

    def _run(
        self, command: Command, then: Callable[[Answer], T], request_id: str | None, asked: tuple[object, ...]
    ) -> T:
        if request_id is not None:
            checked_id("request_id", request_id)
        try:
            return self._engine.run(command, then, request_id=request_id, asked=asked)
        except Refused as refused:
            raise self._in_ids(refused) from None

    def _placed(
        self, command: Command, request_id: str | None, asked: tuple[object, ...], person_id: str = ""
    ) -> Booking:
        def shown(answer: Answer) -> Booking:
            return self._bookings.faces([cast("Placed", answer)])[0]

        try:
            return self._run(command, shown, request_id, asked)
        except NotFound as error:
            if error.kind != "person":
                raise
            # known to this process and gone from the hub, or not in the booking: say so in the caller's own words
            named = self._people.ids([error.id])[error.id]
            known = person_id if named == error.id and person_id else named
            self._people.forget(known)
            raise NotFound("person", known, error.hint) from None

    def _in_ids(self, refused: Refused) -> Refused:
        """A refusal with people's own ids where its facts name somebody."""
        return Refused(attrs.evolve(refused.refusal, reasons=self._said(refused.refusal.reasons)))

    def _said(self, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
        """Reasons with people's own ids where their facts name somebody."""
        keys = [str(reason.facts["person"]) for reason in reasons if "person" in reason.facts]
        if not keys:
            return reasons
        names = self._people.ids(keys)

        def said(reason: Reason) -> Reason:
            key = reason.facts.get("person")
            if key is None:
                return reason
            facts = {name: value for name, value in reason.facts.items() if name != "person"}
            return attrs.evolve(reason, facts={**facts, "person_id": names[str(key)]})

        return tuple(said(reason) for reason in reasons)

    def _who(self, actor: str | None) -> str | None:
        """Who acts as the journal may say it; None where it is the person concerned."""
        return None if actor is None else self._people.actor(actor, "")

    def _newest(self) -> int:
        """The position of the journal's last entry; 0 where there is none."""
        newest = Range(Entry, "key", limit=1, reverse=True)
        found = self._store.read(Read(ranges=(newest,))).scan(newest).records
        return found[0].position if found else 0

    def _likely(self, session_id: str) -> str:
        """The role that a session's type most likely means, so that its roster is read in the first trip."""
        programme = self._engine.programme
        series = programme.series.get(session_id.partition("@")[0])
        if series is None:
            return "attendee"
        roles = programme.type(series.type).first_roles
        return next((role for role in roles if not role.invited), roles[0]).key


def same(answer: Answer) -> Answer:
    """The answer as it is."""
    return answer


def text(field: str, value: str) -> str:
    """`value` if it is text. Raises `Invalid` naming `field`."""
    if not isinstance(value, str):
        raise Invalid(field, f"must be text; got {value!r}", value)
    return value


def checked_session(value: str) -> str:
    """`value` if it may be a session's id. Raises `NotFound` for what cannot be one: no session has such an id."""
    if is_whole(text("session_id", value)):
        raise NotFound("session", value[:200], 'a session\'s id looks like "cqi-taster@2026-12-01T10:00"')
    return value


def checked_role(value: str | None) -> str | None:
    """`value` if it can be a role."""
    return None if value is None else text("role", value)


def checked_note(field: str, value: str) -> str:
    """`value` if it is free text that can be kept."""
    return checked_text(field, value, longest=LONGEST_TEXT, empty=True)
