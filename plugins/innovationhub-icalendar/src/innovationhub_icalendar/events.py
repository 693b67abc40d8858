"""The sessions of a hub as events: one for each series, with what differs on single dates beside it.

An event has the UID of its series, and a date of it is named by RECURRENCE-ID, its original start, whatever became of
it: the same identity as in the hub's messages, so that a calendar that knows a session from there has it once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
from icalendar import Event, vRecur

from innovationhub import Recurrence, SessionView
from innovationhub.domain.ids import split_session_id
from innovationhub.domain.time import local, resolve, utc
from innovationhub_icalendar.patterns import Pattern, pattern

__all__ = ["Change", "Layout", "Subject", "Words", "laid_out", "written"]


@attrs.frozen
class Change:
    """The last change of something: its position in the journal, and when it was."""

    position: int
    at: datetime


@attrs.frozen
class Words:
    """What an event says besides its times. `status` is one of RFC 5545's; `busy`: whether it takes one's time."""

    summary: str
    description: str
    location: str
    category: str
    status: str = "CONFIRMED"
    busy: bool = True
    private: bool = False


@attrs.frozen
class Subject:
    """A series whose sessions become events, in its own zone. `recurrence` only helps to say their dates shortly."""

    uid: str
    zone: ZoneInfo
    recurrence: Recurrence | None
    views: Sequence[SessionView]

    @property
    def once(self) -> bool:
        """Whether it is a one-off, which is an event and no date of one."""
        own = self.recurrence
        return own is not None and own.rule is None and not own.rdates and not own.following


@attrs.frozen
class _Dated:
    """One session: when it was meant to start (which names it), when it is, what is said of it."""

    id: str
    nominal: datetime
    starts: datetime
    ends: datetime
    words: Words

    @property
    def length(self) -> timedelta:
        return utc(self.ends) - utc(self.starts)

    def is_as(self, words: Words, length: timedelta, zone: ZoneInfo) -> bool:
        """Whether the event of the series says all there is to say of this date."""
        stands = utc(self.starts) == utc(resolve(self.nominal, zone))
        # clocks that change before its start or within it would make readers argue: then the date says its own times
        clear = local(self.starts, zone) == self.nominal and local(self.ends, zone) == self.nominal + length
        return stands and clear and self.words == words and self.length == length


@attrs.frozen
class Layout:
    """How a series is written: its dates by a pattern (None: one by one), and those that differ by themselves."""

    subject: Subject
    said: Pattern | None
    words: Words
    length: timedelta
    differ: Sequence[_Dated]

    @property
    def ids(self) -> list[str]:
        """The sessions that are written by themselves."""
        return [each.id for each in self.differ]


def laid_out(subject: Subject, words_of: Callable[[SessionView], Words]) -> Layout:
    """How a series with at least one session is written."""
    dated = sorted((_dated(view, words_of(view)) for view in subject.views), key=lambda each: each.nominal)
    (words, length), _ = Counter((each.words, each.length) for each in dated).most_common(1)[0]
    if subject.once:
        return Layout(subject, None, words, length, dated)
    said = pattern([each.nominal for each in dated], subject.recurrence, subject.zone)
    differ = [each for each in dated if said is None or not each.is_as(words, length, subject.zone)]
    return Layout(subject, said, words, length, differ)


def written(layout: Layout, own: Change, changes: Mapping[str, Change]) -> Iterator[Event]:
    """The events of a series: one for all its dates, then one for each that differs.

    `own` is the last change of the series, `changes` those of sessions that are written by themselves, by id.
    """
    subject, said = layout.subject, layout.said
    if said is not None:
        yield _whole(subject, said, layout.words, layout.length, own)
    for each in layout.differ:
        made = _single(subject, each, max(own, changes.get(each.id, own), key=lambda change: change.position))
        if not subject.once:
            made.add("recurrence-id", _written(resolve(each.nominal, subject.zone), subject.zone))
        yield made


def _dated(view: SessionView, words: Words) -> _Dated:
    _, nominal = split_session_id(view.id)
    return _Dated(view.id, nominal, view.starts, view.ends, words)


def _written(instant: datetime, zone: ZoneInfo) -> datetime:
    """An instant as a local time of the zone where that says which one it is, else in UTC."""
    wall = local(instant, zone)
    clear = utc(resolve(wall, zone)) == utc(instant)
    return wall.replace(tzinfo=zone) if clear else utc(instant)


def _event(subject: Subject, words: Words, change: Change) -> Event:
    made = Event()
    made.add("uid", subject.uid)
    # without a METHOD, DTSTAMP says when it was last revised (RFC 5545 §3.8.7.2): the same calendar has the same text
    made.add("dtstamp", utc(change.at))
    made.add("last-modified", utc(change.at))
    made.add("sequence", change.position)
    made.add("summary", words.summary)
    made.add("status", words.status)
    made.add("transp", "OPAQUE" if words.busy else "TRANSPARENT")
    made.add("categories", [words.category])
    for name, value in (("description", words.description), ("location", words.location)):
        if value:
            made.add(name, value)
    if words.private:
        made.add("class", "PRIVATE")
    return made


def _single(subject: Subject, each: _Dated, change: Change) -> Event:
    made = _event(subject, each.words, change)
    made.add("dtstart", _written(each.starts, subject.zone))
    made.add("dtend", _written(each.ends, subject.zone))
    return made


def _whole(subject: Subject, said: Pattern, words: Words, length: timedelta, change: Change) -> Event:
    zone = subject.zone
    made = _event(subject, words, change)
    made.add("dtstart", said.start.replace(tzinfo=zone))
    made.add("dtend", (said.start + length).replace(tzinfo=zone))
    if said.until is not None:
        # the end is an instant where the start has a zone (RFC 5545 §3.3.10)
        until = utc(resolve(said.until, zone))
        made.add("rrule", vRecur.from_ical(f"{said.rule};UNTIL={until:%Y%m%dT%H%M%SZ}"))
    for name, walls in (("rdate", said.rdates), ("exdate", said.exdates)):
        if walls:
            made.add(name, [wall.replace(tzinfo=zone) for wall in walls])
    return made
