"""Forgetting: erasing a person on request, and what has been kept long enough.

Erasing is a run of ordinary commands. Each leaves the hub as it should be, so one that is interrupted is simply asked
for again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from innovationhub.domain.answers import Answer, Done
from innovationhub.domain.booking import LIVE, BookingRow
from innovationhub.domain.cancelling import Cancel
from innovationhub.domain.clearing import ClearMessages
from innovationhub.domain.deciding import Draft, blame
from innovationhub.domain.deliveries import Following
from innovationhub.domain.diary import Appointment, Diary
from innovationhub.domain.erasing import STEP, EraseNotes, ErasePerson
from innovationhub.domain.journal import Entry
from innovationhub.domain.people import PersonRow, texts_about
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.refusals import Refused
from innovationhub.domain.remembering import ForgetPerson
from innovationhub.domain.reviewing import MoveCursor
from innovationhub.domain.schedule import SessionRow
from innovationhub.domain.tailoring import LeaveWorkshop
from innovationhub.domain.timers import Cursor
from innovationhub.domain.turning import CHANNEL
from innovationhub.domain.workshop import TRANSITIONS, WorkshopMember, WorkshopRow
from innovationhub.engine import Engine
from innovationhub.errors import NotFound
from innovationhub.protocols.keeper import SupportsRetention
from innovationhub.protocols.store import SupportsScrub

__all__ = ["MOST_LINES", "erase", "forget_old", "lines_of", "workshops_of"]

MOST_LINES = 100_000
"""Places of one person that are looked through."""

NOTES, PEOPLE, WORKSHOPS = "retention-notes", "retention-people", "retention-workshops"


def lines_of(engine: Engine, key: str) -> Sequence[Appointment]:
    """Every line that a person has in a booking, standing or ended."""
    ranges = [Range(Appointment, "by_person", (key, each), limit=MOST_LINES) for each in (True, False)]
    rows = engine.store.read(Read(ranges=tuple(ranges)))
    return [line for each in ranges for line in rows.scan(each).records]


def erase(engine: Engine, person_id: str, key: str, actor: str, request_id: str | None) -> None:
    """See `Hub.erase_person`. `key` is "" where the hub knows the person no more: then only the answer is looked up."""
    if key:
        _give_up_all(engine, key, actor)
        _forget_texts(engine, sorted({line.booking_id for line in lines_of(engine, key)}), actor)
        _leave_workshops(engine, key, actor)
        _forget_in_lms(engine, key, actor)
        for name in engine.keepers:
            _forget_with(engine, name, key, actor)
    command = ErasePerson(person_id=person_id, key=key, actor=actor)
    engine.run(command, lambda _: None, request_id=request_id, asked=(person_id,))
    if key:
        # what was written about them since: from now on nothing can be, as nobody has that id any more
        for name in engine.keepers:
            _forget_with(engine, name, key, actor)
    if isinstance(engine.store, SupportsScrub):
        engine.store.scrub()


def _give_up_all(engine: Engine, key: str, actor: str) -> None:
    """Cancel every place of theirs from which something may still come, as far as it has not begun."""
    for line in lines_of(engine, key):
        if line.status not in LIVE:
            continue
        command = Cancel(booking_id=line.booking_id, person=key, actor=actor, late=True)
        try:
            engine.run(command, lambda _: None)
        except (Refused, NotFound):
            # it has been, or was given up meanwhile: what is left is a number under a key that leads nowhere
            continue


def workshops_of(engine: Engine, key: str) -> list[str]:
    """The workshops that a person asked for, is in, or both."""
    within = Range(WorkshopMember, "by_person", (key,), limit=MOST_LINES)
    asked_for = Range(WorkshopRow, "by_person", (key,), limit=MOST_LINES)
    rows = engine.store.read(Read(ranges=(within, asked_for)))
    ids = {each.workshop_id for each in rows.scan(within).records}
    return sorted(ids | {each.id for each in rows.scan(asked_for).records})


def _leave_workshops(engine: Engine, key: str, actor: str) -> None:
    """Take them out of every workshop, with what they wrote."""
    for id in workshops_of(engine, key):
        engine.run(LeaveWorkshop(workshop_id=id, person=key, actor=actor), lambda _: None)


def _forget_in_lms(engine: Engine, key: str, actor: str) -> None:
    """Take them out of what is kept about the LMS, a step at a time."""
    for _ in range(MOST_LINES):
        if not engine.run(ForgetPerson(person=key, actor=actor), _more):
            return


def _forget_with(engine: Engine, name: str, key: str, actor: str) -> None:
    """Take them out of what a plugin keeps, a step at a time."""
    keeper = engine.keepers[name]
    for _ in range(MOST_LINES):
        if not engine.run(blame(name, lambda: keeper.forget(key, actor)), _more):
            return


def _more(answer: Answer) -> bool:
    return isinstance(answer, Done) and answer.more


def _forget_texts(engine: Engine, bookings: Sequence[str], actor: str) -> int:
    for at in range(0, len(bookings), STEP):
        command = EraseNotes(bookings=tuple(bookings[at : at + STEP]), actor=actor)
        engine.run(command, lambda _: None)
    return len(bookings)


def forget_old(engine: Engine, limit: int) -> tuple[int, bool]:
    """Erase what has been kept for as long as the hub's settings say: how much, and whether that was all."""
    retention = engine.programme.hub.retention
    number, done = 0, True
    if retention.notes_days is not None:
        some, complete = _old_texts(engine, limit, retention.notes_days)
        number, done = number + some, done and complete
        some, complete = _old_workshops(engine, limit, retention.notes_days)
        number, done = number + some, done and complete
    if retention.people_days is not None:
        some, complete = _old_people(engine, limit, retention.people_days)
        number, done = number + some, done and complete
    if retention.messages_days is not None:
        some, complete = _old_messages(engine, limit, retention.messages_days)
        number, done = number + some, done and complete
    if number and isinstance(engine.store, SupportsScrub):
        engine.store.scrub()
    return number, done


def _cursor(engine: Engine, name: str) -> Cursor | None:
    return engine.store.read(Read((Key(Cursor, (name,)),))).get(Cursor, name)


def _old_texts(engine: Engine, limit: int, days: int) -> tuple[int, bool]:
    """Texts about the sessions that began so many days ago, from where the last tick stopped."""
    until = engine.now() - timedelta(days=days)
    cursor = _cursor(engine, NOTES)
    low = cursor.at if cursor else None
    wanted = Range(SessionRow, "by_start", (), low, until, limit)
    found = engine.store.read(Read(ranges=(wanted,))).scan(wanted)
    number = 0
    for session in found.records:
        rows = Range(BookingRow, "by_roster", (session.id,), limit=MOST_LINES)
        bookings = engine.store.read(Read(ranges=(rows,))).scan(rows).records
        number += _forget_texts(engine, [session.id, *(row.id for row in bookings)], "system:tick") - 1
    if found.records:
        # sessions that begin at the very same instant are looked at once more: deleting nothing does no harm
        last = found.records[-1].starts
        stuck = found.cut and last == found.records[0].starts
        at = last + timedelta(microseconds=1) if not found.cut or stuck else last
        engine.run(MoveCursor(cursor=Cursor(NOTES, at)), lambda _: None)
    return number, not found.cut


def _old_messages(engine: Engine, limit: int, days: int) -> tuple[int, bool]:
    """Messages that were settled so many days ago, a bounded number by each channel."""
    before = engine.now() - timedelta(days=days)
    everybody = Range(Following, "key", limit=MOST_LINES)
    number, done = 0, True
    for each in engine.store.read(Read(ranges=(everybody,))).scan(everybody).records:
        if each.name.startswith(CHANNEL):
            command = ClearMessages(channel=each.name.removeprefix(CHANNEL), before=before, limit=limit)
            answer = engine.run(command, lambda found: cast("Done", found))
            number, done = number + int(answer.subject), done and not answer.more
    return number, done


def _old_workshops(engine: Engine, limit: int, days: int) -> tuple[int, bool]:
    """Texts about workshops that ended so many days ago, a page of all workshops at each tick."""
    now = engine.now()
    cursor = _cursor(engine, WORKSHOPS)
    wanted = Range(WorkshopRow, "key", (), (cursor.key or None) if cursor else None, None, limit)
    found = engine.store.read(Read(ranges=(wanted,))).scan(wanted)
    ended = [row.id for row in found.records if not TRANSITIONS[row.state]]
    last = {id: Range(Entry, "by_subject", (id,), limit=1, reverse=True) for id in ended}
    texts = {id: texts_about(id) for id in ended}
    rows = engine.store.read(Read(ranges=(*last.values(), *texts.values())))
    old = [
        id
        for id in ended
        if rows.scan(texts[id]).records
        and all(entry.at < now - timedelta(days=days) for entry in rows.scan(last[id]).records)
    ]
    key = found.records[-1].id + "\x00" if found.cut else ""
    if found.records and (cursor is None or cursor.key != key):
        engine.run(MoveCursor(cursor=Cursor(WORKSHOPS, now, key)), lambda _: None)
    return _forget_texts(engine, old, "system:tick"), not found.cut


def _at_work(engine: Engine, people: Sequence[PersonRow]) -> set[str]:
    """Of these people those who asked for, are in or lead a workshop that has not ended."""
    states = [state for state, after in TRANSITIONS.items() if after]
    under_way = tuple(Range(WorkshopRow, "by_state", (str(state),), limit=MOST_LINES) for state in states)
    within = {row.key: Range(WorkshopMember, "by_person", (row.key,), limit=MOST_LINES) for row in people}
    rows = engine.store.read(Read(ranges=(*under_way, *within.values())))
    workshops = {row.id: row for each in under_way for row in rows.scan(each).records}
    found = {key for row in workshops.values() for key in (row.person, row.owner)}
    return found | {
        key
        for key, each in within.items()
        if any(m.workshop_id in workshops for m in rows.scan(each).records)
    }


def _needed(engine: Engine, people: Sequence[str]) -> set[str]:
    """Of these people those who have a part in something that a plugin keeps and that has not ended."""
    found: set[str] = set()
    for name, keeper in engine.keepers.items():
        if isinstance(keeper, SupportsRetention):
            asked = partial(keeper.under_way, people=people)
            found |= set(engine.consider(partial(_blamed, name, asked)))
    return found


def _blamed(name: str, question: Callable[[Draft], Collection[str]], draft: Draft) -> Collection[str]:
    return blame(name, lambda: question(draft))


def _old_people(engine: Engine, limit: int, days: int) -> tuple[int, bool]:
    """People of whom nothing is newer than so many days, a page of all people at each tick."""
    now = engine.now()
    before = now - timedelta(days=days)
    cursor = _cursor(engine, PEOPLE)
    wanted = Range(PersonRow, "key", (), (cursor.key or None) if cursor else None, None, limit)
    found = engine.store.read(Read(ranges=(wanted,))).scan(wanted)
    number = 0
    for row in _long_gone(engine, found.records, before):
        erase(engine, row.id, row.key, "system:tick", None)
        number += 1
    key = found.records[-1].id + "\x00" if found.cut else ""
    if cursor is None or cursor.key != key:
        engine.run(MoveCursor(cursor=Cursor(PEOPLE, now, key)), lambda _: None)
    return number, not found.cut


def _long_gone(engine: Engine, rows: Sequence[PersonRow], before: datetime) -> Iterable[PersonRow]:
    wanted = {
        row.id: [
            Range(Appointment, "by_person", (row.key, each), limit=1, reverse=True) for each in (True, False)
        ]
        for row in rows
    }
    diaries = tuple(Key(Diary, (row.key,)) for row in rows)
    read = engine.store.read(Read(diaries, tuple(each for pair in wanted.values() for each in pair)))
    leading = {key for series in engine.programme.series.values() for key in series.facilitators}
    leading |= _at_work(engine, rows) | _needed(engine, [row.key for row in rows])
    for row in rows:
        lines = [line for each in wanted[row.id] for line in read.scan(each).records]
        latest = max([row.added, *(line.ends for line in lines)])
        diary = read.get(Diary, row.key)
        registered = diary is not None and bool(diary.registered)
        if latest < before and row.key not in leading and not registered:
            yield row
