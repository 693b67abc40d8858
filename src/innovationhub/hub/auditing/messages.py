"""Messages: one for each entry that calls for it, as far as each channel has come, and none that nothing calls for.

Whether one went out is not for audit to say: it may wait, be untrue by now, or be given up in the open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from innovationhub.courier.opening import tellers_of
from innovationhub.domain.deciding import Draft
from innovationhub.domain.deliveries import Delivery, Following, delivery_id
from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.telling import (
    SESSION_KINDS,
    TOLD_WHO_ASKED,
    WORKSHOP_KINDS,
    Tellers,
    calls,
    kind_of,
    read_for,
    teller_of,
)
from innovationhub.domain.turning import CHANNEL
from innovationhub.domain.views import Violation
from innovationhub.engine import Engine
from innovationhub.hub.auditing.reading import PAGE

__all__ = ["message_findings"]

MOST_FOLLOWERS = 1000

MOST_OF_PAGE = 1_000_000
"""Deliveries for one page of entries: each may concern thousands of people."""


def message_findings(engine: Engine) -> Iterator[Violation]:
    """Every channel's deliveries against the journal (invariant 7)."""
    everybody = Range(Following, "key", limit=MOST_FOLLOWERS)
    for cursor in engine.store.read(Read(ranges=(everybody,))).scan(everybody).records:
        if cursor.name.startswith(CHANNEL):
            yield from _of_channel(engine, cursor)


def _of_channel(engine: Engine, cursor: Following) -> Iterator[Violation]:
    channel, after = cursor.name.removeprefix(CHANNEL), cursor.began
    if after > cursor.position:
        sentence = f"channel {channel} has come to {cursor.position}, and began at {after}"
        yield Violation(7, "cursor", cursor.name, sentence)
    while after < cursor.position:
        entries = engine.store.tail(after, min(PAGE, cursor.position - after))
        if not entries:
            sentence = f"channel {channel} has come to {cursor.position}, and the journal ends at {after}"
            yield Violation(7, "ahead", cursor.name, sentence)
            return
        yield from _of_entries(engine, channel, entries)
        after = entries[-1].position
    yield from _too_early(engine, cursor, channel)


def _of_entries(engine: Engine, channel: str, entries: Sequence[Entry]) -> Iterator[Violation]:
    known = {entry.position: entry for entry in entries}
    made = Range(Delivery, "by_entry", (channel,), min(known), max(known) + 1, MOST_OF_PAGE)
    tellers = tellers_of(engine.keepers)
    told = {row.id: row for row in engine.store.read(Read(ranges=(made,))).scan(made).records}
    made_at: dict[int, set[str]] = {}
    for row in told.values():
        made_at.setdefault(row.position, set()).add(row.id)
    calling_for = engine.consider(lambda draft: _wanted(draft, channel, entries, tellers))
    for position, wanted in calling_for.items():
        entry, missing = known[position], len(wanted - made_at.get(position, set()))
        if entry.kind in TOLD_WHO_ASKED:
            missing = int(position not in made_at)
        if missing:
            many = f"{len(wanted)} messages" if len(wanted) > 1 else "a message"
            calling = f"entry {position} ({entry.kind}) calls for {many} by channel {channel}"
            sentence = f"{calling}; missing: {missing}"
            yield Violation(
                7, "no-message", entry.subject, sentence, {"position": position, "channel": channel}
            )
    for row in told.values():
        entry = known[row.position]
        called = kind_of(entry) is not None or entry.kind in SESSION_KINDS | WORKSHOP_KINDS
        if teller_of(entry, tellers):
            called = row.id in calling_for[row.position]
        if not called:
            sentence = f"entry {row.position} ({entry.kind}) calls for no message, and there is one: {row.id}"
            yield Violation(7, "uncalled", row.id, sentence, {"position": row.position, "channel": channel})


def _wanted(draft: Draft, channel: str, entries: Sequence[Entry], tellers: Tellers) -> dict[int, set[str]]:
    """The keys of the messages that entries about bookings, or of plugins, call for, by their position.

    Whom an entry about a session concerned depends on who was booked when it was looked at: that is not found again.
    """
    about = [entry for entry in entries if kind_of(entry) is not None or teller_of(entry, tellers)]
    read_for(draft, about)
    secret = draft.programme.secret
    asked: dict[int, set[str]] = {entry.position: set() for entry in entries if entry.kind in TOLD_WHO_ASKED}
    return asked | {
        entry.position: {
            delivery_id(secret, channel, entry.position, call.person, call.topic)
            for call in calls(draft, entry, tellers)
        }
        for entry in about
    }


def _too_early(engine: Engine, cursor: Following, channel: str) -> Iterator[Violation]:
    """Deliveries for entries that the channel has not come to: as of one moment, since it may go on meanwhile."""
    key = Key(Following, (cursor.name,))
    beyond = Range(Delivery, "by_entry", (channel,), cursor.position + 1, None, PAGE)
    rows = engine.store.read(Read((key,), (beyond,)))
    by_now = rows.get(Following, cursor.name)
    for row in rows.scan(beyond).records:
        if by_now is None or row.position > by_now.position:
            sentence = (
                f"message {row.id} is for entry {row.position}, which channel {channel} has not come to"
            )
            yield Violation(7, "uncalled", row.id, sentence, {"position": row.position, "channel": channel})
