"""Keeping house: what is owed or due is recorded in rows, and gone on with here, a bounded number at a time.

Everything is decided on how things stand when it is looked at. So a tick that comes late, twice, or from several
processes at once does no harm, and one thing that cannot be gone on with now does not keep the others waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import attrs

from innovationhub.courier import Courier
from innovationhub.domain.answers import Answer, Done
from innovationhub.domain.ceasing import SettleCalledOff
from innovationhub.domain.closing import CloseRegister
from innovationhub.domain.deciding import Command, blame
from innovationhub.domain.minimum import CheckMinimum
from innovationhub.domain.offering import Lapse
from innovationhub.domain.policies import Access, OnIneligible
from innovationhub.domain.records import Key, R, Range, Read, Scalar
from innovationhub.domain.reminding import Remind
from innovationhub.domain.reviewing import MoveCursor, Review
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.settling import Settle
from innovationhub.domain.tailoring import LookAtWorkshop
from innovationhub.domain.timers import OFFER, STRAIGHT, Cursor, Timer, roster_of
from innovationhub.domain.views import TickReport
from innovationhub.domain.workshop import PROMISE
from innovationhub.engine import Engine
from innovationhub.errors import HubError, Invalid, Unavailable
from innovationhub.hub.forgetting import forget_old
from innovationhub.protocols.keeper import SupportsTimers

__all__ = ["tick"]

REVIEW = "review"
MOST = 10_000
"""Rows that one tick goes past, to find those that it can go on with."""

STEPS = 100
"""Commits in which one tick goes on with one thing."""


def tick(engine: Engine, courier: Courier, limit: int, stop: Callable[[], bool]) -> TickReport:
    """See `Hub.tick`."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= 10_000:
        raise Invalid("limit", f"must be from 1 to 10000; got {limit!r}", limit)
    now = engine.now()
    # what is due at this very instant is over: an offer can no longer be accepted
    due = Range(Timer, "by_due", (), None, now + timedelta(microseconds=1), limit)
    owed = Range(Roster, "by_owed", (True,), limit=limit)
    unsettled = Range(SessionRow, "by_unsettled", (True,), limit=limit)
    timers, rung = _each(engine, due, lambda timer: _ring(engine, timer))
    rosters, served = _each(engine, owed, lambda roster: engine.settle(roster.session_id, roster.role))
    sessions, settled = _each(engine, unsettled, lambda session: _finish(engine, lambda: _settling(session)))
    done = rung and served and settled
    reviewed, all_reviewed = _review(engine, limit)
    short: list[str] = []
    done &= _finish(engine, CheckMinimum, lambda answer: short.extend(str(answer.subject).split()))
    done &= _finish(engine, Remind)
    erased, all_forgotten = forget_old(engine, limit)
    post = courier.run(limit, stop)
    return TickReport(
        rosters=rosters,
        sessions=sessions,
        complete=done and all_reviewed and all_forgotten and post.complete,
        timers=timers,
        reviewed=reviewed,
        below_minimum=tuple(short),
        erased=erased,
        made=post.made,
        sent=post.sent,
        dropped=post.dropped,
        failed=post.failed,
        given_up=post.given_up,
        troubles=post.troubles,
    )


def _each(engine: Engine, wanted: Range[R], work: Callable[[R], bool]) -> tuple[int, bool]:
    """Do something with each row of a range, as many as its limit: how many, and whether nothing is left.

    Those that cannot be gone on with now stay where they are and are gone past, so that one broken rule does not keep
    what has nothing to do with it waiting.
    """
    key = wanted.type.__schema__.order["key"]
    stuck: set[tuple[Scalar, ...]] = set()
    served = 0
    while True:
        ask = wanted._replace(limit=wanted.limit + len(stuck))
        found = engine.store.read(Read(ranges=(ask,))).scan(ask)
        fresh = [row for row in found.records if key(row) not in stuck][: wanted.limit - served]
        failed = {key(row) for row in fresh if not work(row)}
        stuck |= failed
        served += len(fresh) - len(failed)
        if not failed or not found.cut or served >= wanted.limit or len(stuck) >= MOST:
            return served + len(stuck), not stuck and not found.cut


def _settling(session: SessionRow) -> Command:
    if session.status is SessionStatus.CALLED_OFF:
        return SettleCalledOff(session_id=session.id, actor="system:tick")
    return CloseRegister(session_id=session.id, actor="system:tick")


def _ring(engine: Engine, timer: Timer) -> bool:
    """Look at what a timer is due for."""
    if timer.kind == PROMISE:
        return _finish(engine, lambda: LookAtWorkshop(workshop_id=timer.subject))
    if timer.kind == OFFER:
        return _finish(engine, lambda: Lapse(booking_id=timer.subject))
    name = timer.kind.partition(":")[0]
    if timer.kind != STRAIGHT:
        keeper: object = engine.keepers.get(name)
        if not isinstance(keeper, SupportsTimers):
            return False  # of a plugin that is not installed now
        return _finish(engine, lambda: blame(name, lambda: keeper.look(timer)))
    session_id, role = roster_of(timer.subject)
    return _finish(engine, lambda: Settle(session_id, role, timer=timer.kind))


def _finish(
    engine: Engine, command: Callable[[], Command], told: Callable[[Done], object] | None = None
) -> bool:
    """Go on with something until nothing is left of it; False where it could not be done now."""
    for _ in range(STEPS):
        try:
            answer: Answer = engine.run(command(), lambda each: each)
        except Unavailable:  # not this one thing but the store: whoever ticks has to know
            raise
        except HubError:
            return False
        if not isinstance(answer, Done):
            return True
        if told is not None:
            told(answer)
        if not answer.more:
            return True
    return False


def _review(engine: Engine, limit: int) -> tuple[int, bool]:
    """Look again at the rosters to come from where the last tick stopped: how many, and whether that was the last."""
    now, cursor_key = engine.now(), Key(Cursor, (REVIEW,))
    cursor = engine.store.read(Read((cursor_key,))).get(Cursor, REVIEW)
    begins = max(now, cursor.at) if cursor else now
    after = cursor.key if cursor and cursor.at == begins else ""
    size = 2 * limit
    while True:
        wanted = Range(Roster, "by_start", (), begins, None, size)
        found = engine.store.read(Read(ranges=(wanted,))).scan(wanted)
        rosters = [roster for roster in found.records if roster.starts != begins or _name(roster) > after]
        if rosters or not found.cut or size > MOST:
            break
        size *= 2  # so many begin at one instant that all of these were looked at before
    rest = rosters[limit:]
    looked_at = [*rosters[:limit], *_of_sets(engine)]
    done = True
    number = 0
    for roster in looked_at:
        if _may_differ(engine, roster):
            number += 1
            done &= _reviewed(engine, roster)
    complete = not rest and not found.cut
    last = rosters[:limit][-1:] if not complete else []
    moved = Cursor(REVIEW, last[0].starts, _name(last[0])) if last else Cursor(REVIEW, now)
    if cursor is None or attrs.evolve(moved, at=cursor.at) != cursor or last:
        done &= _finish(engine, lambda: MoveCursor(cursor=moved))
    return number, done and complete


def _name(roster: Roster) -> str:
    return f"{roster.session_id} {roster.role}"


def _of_sets(engine: Engine) -> list[Roster]:
    """The rosters of series that one registers for: few, and looked at each time."""
    programme = engine.programme
    keys = tuple(
        Key(Roster, (series.key, role.key))
        for series in programme.series.values()
        for type_ in (programme.type(series.type),)
        if type_.access is Access.REGISTER
        for role in type_.first_roles
    )
    rows = engine.store.read(Read(keys))
    found = [rows.get(Roster, *key.values) for key in keys]
    return [roster for roster in found if roster is not None]


def _may_differ(engine: Engine, roster: Roster) -> bool:
    """Whether somebody is parked here, or holds a place that the rules may no longer allow."""
    # another process may have loaded the type since this one last read the programme
    programme = engine.programme if roster.type in engine.programme.latest else engine.refresh()
    type_ = programme.type(roster.type)
    released = bool(type_.rules) and type_.on_ineligible is OnIneligible.RELEASE and roster.held > 0
    parked = roster.waiting > roster.ready + roster.short + roster.missed + roster.here
    # a party at the head holds seats back: by now it may not be able to come at all
    held_back = roster.ready > 0 and roster.has_room()
    return parked or held_back or released


def _reviewed(engine: Engine, roster: Roster) -> bool:
    after = 0
    for _ in range(STEPS):
        try:
            answer = engine.run(
                Review(session_id=roster.session_id, role=roster.role, after=after), lambda each: each
            )
        except Unavailable:  # not this one thing but the store: whoever ticks has to know
            raise
        except HubError:
            return False
        if not isinstance(answer, Done) or not answer.more:
            return True
        after = int(answer.subject)
    return False
