"""Messages: one for each entry that calls for it, as far as each channel has come, and none that nothing calls for.

Whether one went out is not for audit to say: it may wait, be untrue by now, or be given up in the open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from innovationhub.domain.booking import BookingRow
from innovationhub.domain.deliveries import Delivery, Following
from innovationhub.domain.journal import Entry
from innovationhub.domain.messages import MessageKind
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.telling import SESSION_KINDS, TOLD_WHO_ASKED, WORKSHOP_KINDS, kind_of
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


def _of_entries(engine: Engine, channel: str, entries: Iterable[Entry]) -> Iterator[Violation]:
    known = {entry.position: entry for entry in entries}
    made = Range(Delivery, "by_entry", (channel,), min(known), max(known) + 1, MOST_OF_PAGE)
    asked = tuple(Key(BookingRow, (entry.subject,)) for entry in known.values() if kind_of(entry))
    rows = engine.store.read(Read(tuple(dict.fromkeys(asked)), (made,)))
    told = {row.position for row in rows.scan(made).records}
    for position, entry in known.items():
        calls = kind_of(entry)
        concerns = calls is not None and _concerns(calls, rows.get(BookingRow, entry.subject))
        if (concerns or entry.kind in TOLD_WHO_ASKED) and position not in told:
            sentence = (
                f"entry {position} ({entry.kind}) calls for a message by channel {channel}; there is none"
            )
            yield Violation(
                7, "no-message", entry.subject, sentence, {"position": position, "channel": channel}
            )
    for row in rows.scan(made).records:
        entry = known[row.position]
        if kind_of(entry) is None and entry.kind not in SESSION_KINDS | WORKSHOP_KINDS:
            sentence = f"entry {row.position} ({entry.kind}) calls for no message, and there is one: {row.id}"
            yield Violation(7, "uncalled", row.id, sentence, {"position": row.position, "channel": channel})


def _concerns(kind: MessageKind, booking: BookingRow | None) -> bool:
    """What depends on a place in a session that is called off is told with that place."""
    return booking is not None and not (kind is MessageKind.CALLED_OFF and booking.parent_id is not None)


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
