"""Carrying out the steps of an agreement, one after another; what each comes to is remembered before the next."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from innovationhub.domain.agreement import (
    NOWHERE,
    Forget,
    Publish,
    Push,
    See,
    Step,
    Take,
    TakeSeats,
    Withdraw,
)
from innovationhub.domain.deciding import Command
from innovationhub.domain.lms import ACTIVE, ATTENDANCE, Ability, Link, LmsSession, LmsType, SignUpStatus
from innovationhub.domain.mirroring import Mirror, MirrorSeats
from innovationhub.domain.mirrors import (
    Finding,
    LmsAccountRow,
    LmsSessionRow,
    LmsSignUpRow,
    LmsState,
    LmsTypeRow,
    told_facts,
)
from innovationhub.domain.records import Key, Read, Record
from innovationhub.domain.remembering import Remember
from innovationhub.domain.settings import Leads
from innovationhub.engine import Engine
from innovationhub.errors import LmsError, LmsFailure
from innovationhub.hub.agreeing.client import Client
from innovationhub.hub.agreeing.reading import Stands, link_of

__all__ = ["Acts"]

REFUSED = {LmsFailure.REFUSED: "refused-there", LmsFailure.DUPLICATE: "duplicate-there"}
"""The findings that failures become which only a person can do something about."""


class Acts:
    """The steps of one role of one session. `minted` makes ids of bookings that are new."""

    def __init__(self, engine: Engine, client: Client, known: Stands, minted: Callable[[], str]) -> None:
        self._engine, self._client, self._known, self._minted = engine, client, known, minted
        self.session_id, self.role = known.here.session_id, known.here.role
        # only one of the two writes to people about a place
        self._notify = engine.programme.hub.lms.leads is Leads.LMS
        self.findings: list[Finding] = []

    def do(self, step: Step) -> bool:
        """Carry out one step; False where it came to nothing. Raises `LmsError` for what stops everything."""
        try:
            self._do(step)
        except LmsError as error:
            code = REFUSED.get(error.kind)
            about = step.person or step.account if isinstance(step, Push) else ""
            if error.kind is LmsFailure.NOT_FOUND and error.reason == "account":
                self._no_account(step)
            elif error.kind is LmsFailure.NOT_FOUND:
                pass  # gone since it was looked at: the next look says so
            elif code is None:
                raise
            elif error.reason != "not-started":
                self.find(code, about, reason=error.reason)
            return False
        return True

    def find(self, code: str, about: str = "", **facts: str | int | None) -> None:
        """Add a finding."""
        here = self._known.here
        self.findings.append(Finding(here.session_id, here.role, code, about, facts))

    def _do(self, step: Step) -> None:
        here = self._known.here
        if isinstance(step, Publish):
            self._publish(step.session)
        elif isinstance(step, Withdraw):
            self._withdraw()
        elif isinstance(step, Push):
            self._push(step)
        elif isinstance(step, Take):
            self._take(step)
        elif isinstance(step, TakeSeats):
            self._run(MirrorSeats(session_id=here.session_id, role=here.role, capacity=step.capacity))
        elif isinstance(step, See):
            self._see(step)
        elif isinstance(step, Forget):
            self.remember(self._known.signups[step.account], None)

    def _run(self, command: Command, request_id: str | None = None) -> None:
        self._engine.run(command, lambda _: None, request_id=request_id)

    def remember(self, before: Record | None, after: Record | None) -> None:
        """Write one row, where it is still as it was."""
        self._run(Remember(key=self._known.here.session_id, rows=((before, after),)))

    def _publish(self, session: LmsSession) -> None:
        row, place = self._known.session, self._known.place
        if place is None:
            return
        shown = row is not None and row.state is LmsState.PUBLISHED
        type_ = self._type(place.type.key)
        # one that was withdrawn may be gone: it is found again by its key, or made anew
        ref = row.ref if row is not None and shown else ""
        try:
            ref = self._client.ask(
                Ability.PUBLISH_SESSIONS, lambda lms: lms.publish_session(session, type_, ref)
            )
        except LmsError as error:
            if error.kind is LmsFailure.NOT_FOUND and error.reason == "type":
                # it was deleted there: the next round publishes it anew
                self.remember(self._kept_type(place.type.key), None)
            raise
        link, seen = Link(session.key, ref), session
        if Ability.READ_SESSIONS in self._client.abilities():
            seen = self._client.ask(Ability.READ_SESSIONS, lambda lms: lms.read_session(link))
        self.remember(
            row,
            LmsSessionRow(
                session_id=place.session.id,
                role=place.role.key,
                type=place.type.key,
                ref=ref,
                state=LmsState.PUBLISHED,
                ends=place.session.ends,
                told=told_facts(session),
                seen=told_facts(seen),
                # another one, or one that was withdrawn, has sign-ups of its own
                cursor=row.cursor if row is not None and row.ref == ref and shown else "",
            ),
        )

    def _kept_type(self, key: str) -> LmsTypeRow | None:
        return self._engine.store.read(Read((Key(LmsTypeRow, (key,)),))).get(LmsTypeRow, key)

    def _type(self, key: str) -> Link:
        """The session's type, published as it stands now."""
        type_ = self._engine.programme.type(key)
        shown = LmsType(type_.key, type_.title, type_.description)
        told = {"title": shown.title, "description": shown.description}
        kept = self._kept_type(key)
        if kept is not None and (
            dict(kept.told) == told or Ability.PUBLISH_TYPES not in self._client.abilities()
        ):
            return Link(type_.key, kept.ref)
        ref = self._client.ask(Ability.PUBLISH_TYPES, lambda lms: lms.publish_type(shown))
        self.remember(kept, LmsTypeRow(type_.key, ref, told))
        return Link(type_.key, ref)

    def _withdraw(self) -> None:
        row = self._known.session
        if row is None:
            return
        self._client.ask(
            Ability.PUBLISH_SESSIONS, lambda lms: lms.withdraw_session(link_of(row), notify=self._notify)
        )
        self.remember(row, attrs.evolve(row, state=LmsState.WITHDRAWN, cursor=""))

    def _push(self, step: Push) -> None:
        row = self._known.session
        if row is None:
            return
        link, status = link_of(row), step.status
        known = self._known.signups.get(step.account)
        if status is SignUpStatus.CANCELLED:
            self._client.ask(Ability.PUSH, lambda lms: lms.cancel(link, step.account, notify=self._notify))
        elif status in ATTENDANCE:
            if known is None or known.kept not in ACTIVE | ATTENDANCE:
                self._client.ask(Ability.PUSH, lambda lms: lms.sign_up(link, step.account))
            self._client.ask(Ability.ATTENDANCE, lambda lms: lms.attend(link, step.account, status))
        else:
            # an LMS with a wait-list knows better than its mirror whether there is a seat by now
            able = {Ability.CAPACITY, Ability.WAITLIST} <= self._client.abilities()
            waits = status is SignUpStatus.WAITLISTED and not able
            self._client.ask(
                Ability.PUSH,
                lambda lms: lms.sign_up(link, step.account, waitlisted=waits, notify=self._notify),
            )
        self._asked(step, known)

    def _asked(self, step: Push, known: LmsSignUpRow | None) -> None:
        """Remember what was asked: that it is so is known when it has been seen there."""
        here = self._known.here
        blank = LmsSignUpRow(here.session_id, here.role, step.account, step.person, "", "", None, "")
        standing = here.places.get(step.person, NOWHERE)
        after = attrs.evolve(known or blank, person=step.person, here=standing.mark, asked=str(step.status))
        if Ability.PULL not in self._client.abilities():
            # nothing more will be seen of it than that it was not refused
            after = attrs.evolve(after, status=after.asked, at=self._engine.now(), asked="")
        self.remember(known, after)
        if step.person:
            self._is(step.person, step.account)

    def _is(self, person: str, account: str) -> None:
        """Remember that this is that person's account."""
        key = Key(LmsAccountRow, (person,))
        kept = self._engine.store.read(Read((key,))).get(LmsAccountRow, person)
        if kept is None:
            self.remember(None, LmsAccountRow(person, account))

    def _no_account(self, step: Step) -> None:
        if not isinstance(step, Push):
            return
        key = Key(LmsAccountRow, (step.person,))
        kept = self._engine.store.read(Read((key,))).get(LmsAccountRow, step.person)
        if kept is not None:
            self.remember(kept, None)
        if step.status is not SignUpStatus.CANCELLED and step.status not in ATTENDANCE:
            self.find("no-account", step.person)

    def _take(self, step: Take) -> None:
        here, known = self._known.here, self._known.signups.get(step.signup.person.account)
        command = Mirror(
            session_id=here.session_id,
            role=here.role,
            person=step.person,
            booking_id=self._minted(),
            signup=step.signup,
            turn=known.turn if known else 0,
            mark=here.places.get(step.person, NOWHERE).mark,
        )
        self._run(command, command.request_id)

    def _see(self, step: See) -> None:
        here, known, signup = self._known.here, self._known.signups.get(step.account), step.signup
        after = LmsSignUpRow(
            session_id=here.session_id,
            role=here.role,
            account=step.account,
            person=step.person,
            sign_up=signup.id if signup else "",
            status=str(signup.status) if signup else "",
            at=signup.at if signup else None,
            here=step.standing.mark,
            turn=known.turn if known else 0,
        )
        self.remember(known, after)
        if step.person and signup is not None:
            self._is(step.person, step.account)
