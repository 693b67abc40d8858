"""Passes over the sessions that the LMS shows, or is to show: a bounded number of them, each until both sides agree.

Whoever makes a pass needs no lock: each step may be carried out again, and is decided on how things stand then.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import attrs

from innovationhub.domain.agreement import (
    Agreement,
    Known,
    Publish,
    Push,
    See,
    Step,
    Take,
    TakeSeats,
    There,
    Withdraw,
)
from innovationhub.domain.lms import ACTIVE, Ability
from innovationhub.domain.mirrors import (
    Finding,
    LmsSessionRow,
    LmsState,
    roles_shown,
)
from innovationhub.domain.reconciling import agreed, reconcile
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.remembering import KeepFindings, findings_of
from innovationhub.domain.reviewing import MoveCursor
from innovationhub.domain.schedule import SessionStatus
from innovationhub.domain.timers import Cursor
from innovationhub.domain.views import LmsAct, SessionView
from innovationhub.engine import Engine
from innovationhub.errors import HubError, LmsError, LmsFailure, PluginError, Unavailable
from innovationhub.hub.agreeing.acting import Acts
from innovationhub.hub.agreeing.client import Client
from innovationhub.hub.agreeing.reading import Stands, accounts_of, look_there, persons_of, stands
from innovationhub.hub.showing import Showing

__all__ = ["Direction", "Passes"]

ROUNDS = 5
"""Looks at one session in one pass: what was asked of the LMS is looked for again, and asked again if need be."""

AFTER = timedelta(days=14)
"""How long after its end a session is still looked at: attendance may be recorded late, on either side."""

PATIENCE = 3
"""Sessions in a row for which the LMS could not be reached, before a pass stops."""

MOST_SHOWN = 10_000
"""Sessions looked at, one pass after another."""

CURSOR = "lms"


class Direction(enum.Enum):
    """What a pass does: all of it, only what is told there, or only what is followed here."""

    BOTH = enum.auto()
    PUSH = enum.auto()
    PULL = enum.auto()


_FOLLOWED = (Take, TakeSeats, See)


@attrs.define
class _Made:
    """What a pass has come to so far."""

    acts: list[LmsAct] = attrs.field(factory=list)
    findings: list[Finding] = attrs.field(factory=list)
    sessions: int = 0
    complete: bool = True
    failure: str = ""


class Passes:
    """Makes passes. `minted` makes ids of bookings that are new."""

    def __init__(self, engine: Engine, showing: Showing, client: Client, minted: Callable[[], str]) -> None:
        self._engine, self._showing, self._client, self._minted = engine, showing, client, minted

    def run(
        self, limit: int, *, direction: Direction = Direction.BOTH, whole: bool = False, tried: bool = False
    ) -> tuple[_Made, bool]:
        """Look at so many sessions from where the last pass stopped, and whether those were all of them.

        `whole`: read every sign-up, and not only those that changed. `tried`: change nothing on either side.
        """
        made = _Made()
        late, last = 0, None
        try:
            abilities = self._client.abilities()
            subjects, rest, cursor = self._subjects(limit)
            for session_id, role in subjects:
                made.sessions += 1
                last = (session_id, role)
                try:
                    self._agree(session_id, role, abilities, made, direction, whole=whole, tried=tried)
                    late = 0
                except LmsError as error:
                    made.complete = False
                    if error.kind is not LmsFailure.TEMPORARY:
                        raise
                    made.failure, late = str(error), late + 1
                    if late >= PATIENCE:
                        break
        except (LmsError, PluginError) as error:
            made.complete, made.failure = False, str(error)
            return made, False
        if not tried:
            self._move(last if rest or late >= PATIENCE else None, cursor)
        return made, not rest

    # which sessions

    def _subjects(self, limit: int) -> tuple[list[tuple[str, str]], bool, Cursor | None]:
        """The next so many roles of sessions, whether there are more, and where the last pass stopped."""
        engine = self._engine
        programme, now = engine.refresh(), engine.now()
        shown = Range(LmsSessionRow, "by_state", (str(LmsState.PUBLISHED),), now - AFTER, None, MOST_SHOWN)
        key = Key(Cursor, (CURSOR,))
        rows = engine.store.read(Read((key,), (shown,)))
        cursor = rows.get(Cursor, CURSOR)
        listed = {(row.session_id, row.role) for row in rows.scan(shown).records}
        types = [
            type_ for each in programme.latest if roles_shown(programme.hub, type_ := programme.type(each))
        ]
        days = max((type_.booking.opens_days for type_ in types), default=0)
        if types:
            keys = [type_.key for type_ in types]
            until = now + timedelta(days=days, hours=25)
            for view in self._showing.calendar(now, until, None, keys):
                listed |= set(self._new(view))
        everything = sorted(listed)
        after = tuple(cursor.key.split(" ", 1)) if cursor and cursor.key else ("", "")
        todo = [each for each in everything if each > after]
        return todo[:limit], len(todo) > limit, cursor

    def _new(self, view: SessionView) -> Iterator[tuple[str, str]]:
        """The roles of a session that one can book by now."""
        programme = self._engine.programme
        if view.status is not SessionStatus.SCHEDULED or self._engine.now() < view.opens:
            return
        for role in roles_shown(programme.hub, programme.type(view.type)):
            if role.key in view.places:
                yield view.id, role.key

    def _move(self, last: tuple[str, str] | None, cursor: Cursor | None) -> None:
        """Note where the next pass begins."""
        key = " ".join(last) if last else ""
        if (cursor.key if cursor else "") != key:
            moved = Cursor(CURSOR, self._engine.now(), key)
            self._engine.run(MoveCursor(cursor=moved, actor="system:lms"), lambda _: None)

    # one session

    def _agree(
        self,
        session_id: str,
        role: str,
        abilities: frozenset[Ability],
        made: _Made,
        direction: Direction,
        *,
        whole: bool,
        tried: bool,
    ) -> None:
        """Look, reckon, act; until nothing is left to do."""
        agreement, refused = Agreement(), list[Finding]()
        for _ in range(ROUNDS):
            known = stands(self._engine, session_id, role, abilities)
            there, cursor = look_there(self._client, known, abilities, whole=whole)
            agreement = self._reckon(known, there, abilities)
            steps = [each for each in agreement.steps if _wanted(each, direction)]
            if tried:
                made.acts += [act for each in steps if (act := _act(session_id, role, each))]
                made.findings += agreement.findings
                return
            acts = Acts(self._engine, self._client, known, self._minted)
            done = [self._carry_out(acts, each, made) for each in steps]
            refused = acts.findings
            if len(steps) == len(agreement.steps) and all(done):
                self._keep_cursor(known, there, cursor)
            if not any(done):
                self._keep_findings(session_id, role, [*agreement.findings, *refused], made)
                made.complete &= len(refused) >= len(steps)
                return
        made.complete = False
        self._keep_findings(session_id, role, [*agreement.findings, *refused], made)

    def _reckon(self, known: Stands, there: There, abilities: frozenset[Ability]) -> Agreement:
        leads = self._engine.programme.hub.lms.leads
        persons = persons_of(self._engine, there.signups)
        signed_up = {
            *persons.values(),
            *(row.person for row in known.signups.values() if row.status in ACTIVE),
        }
        lacking = [
            person
            for person, standing in sorted(known.here.places.items(), key=lambda each: each[0])
            if person not in signed_up and not agreed(standing.place, None, leads)
        ]
        published = known.session is not None and known.session.state is LmsState.PUBLISHED
        accounts = (
            accounts_of(self._engine, self._client, lacking)
            if published and not there.gone and Ability.PUSH in abilities
            else {}
        )
        remembered = Known(known.session, known.signups, persons, accounts)
        return reconcile(known.here, there, remembered, leads, abilities)

    def _carry_out(self, acts: Acts, step: Step, made: _Made) -> bool:
        try:
            done = acts.do(step)
        except (LmsError, Unavailable):
            raise
        except HubError as error:
            if isinstance(error, PluginError) and error.plugin == self._client.name:
                raise
            # this one cannot be followed now, and must not keep the others from it
            made.complete = False
            return False
        if done and (act := _act(acts.session_id, acts.role, step)):
            made.acts.append(act)
        return done

    def _keep_cursor(self, known: Stands, there: There, cursor: str) -> None:
        """Note how far sign-ups were followed, once all of them are."""
        row = known.session
        if row is not None and not there.gone and cursor and row.cursor != cursor:
            acts = Acts(self._engine, self._client, known, self._minted)
            acts.remember(row, attrs.evolve(row, cursor=cursor))

    def _keep_findings(self, session_id: str, role: str, findings: Sequence[Finding], made: _Made) -> None:
        made.findings += findings
        wanted = findings_of(session_id, role)
        kept = self._engine.store.read(Read(ranges=(wanted,))).scan(wanted).records
        if {_essence(each.finding) for each in kept} != {_essence(each) for each in findings}:
            command = KeepFindings(session_id=session_id, role=role, findings=tuple(findings))
            self._engine.run(command, lambda _: None)


def _essence(finding: Finding) -> tuple[object, ...]:
    return finding.code, finding.about, tuple(sorted(finding.facts.items()))


def _wanted(step: Step, direction: Direction) -> bool:
    if direction is Direction.BOTH:
        return True
    return isinstance(step, _FOLLOWED) is (direction is Direction.PULL)


def _act(session_id: str, role: str, step: Step) -> LmsAct | None:
    """What a step is called in a report, its person by their key; None for what only is remembered."""
    if isinstance(step, Publish):
        return LmsAct(session_id, role, "lms", "published")
    if isinstance(step, Withdraw):
        return LmsAct(session_id, role, "lms", "withdrawn")
    if isinstance(step, Push):
        return LmsAct(session_id, role, "lms", str(step.status), step.person)
    if isinstance(step, Take):
        return LmsAct(session_id, role, "hub", str(step.signup.status), step.person)
    if isinstance(step, TakeSeats):
        return LmsAct(session_id, role, "hub", "resized")
    return None
