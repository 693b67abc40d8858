"""Reconciling: what the hub holds, what the LMS holds, who leads; and so what is to be done on either side.

A pure function of three things: how one role of one session stands here, how it stands there, and what was last known
to agree. Comparing with the last gives the direction: what changed there is followed here, what changed here is told
there. Nobody is lost by it: where both changed, whoever means to come is kept, and what no rule can settle becomes a
finding for a person. When it has been carried out, the same question has nothing left to do.

    here             is shown there as          there             is followed here as
    held             booked                     booked            a place, whatever the windows and rules
    waits            waitlisted, if it leads    waitlisted        a place in the queue
    none, ended      cancelled                  cancelled         cancelled
    attended, absent attended, absent           attended, absent  attended, absent
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import attrs

from innovationhub.domain.agreement import (
    NOWHERE,
    Agreement,
    Forget,
    Here,
    Known,
    PlaceHere,
    Publish,
    Push,
    See,
    Standing,
    Step,
    Take,
    TakeSeats,
    There,
    Withdraw,
)
from innovationhub.domain.lms import ACTIVE, ATTENDANCE, Ability, LmsPerson, LmsSession, SignUp, SignUpStatus
from innovationhub.domain.mirrors import (
    AMBIGUOUS,
    Finding,
    LmsSessionRow,
    LmsSignUpRow,
    LmsState,
    told_facts,
)
from innovationhub.domain.settings import Leads

__all__ = ["agreed", "reconcile"]

_S = SignUpStatus

LAST = (datetime.max.replace(tzinfo=UTC), 0, "")
"""Behind every sign-up: who has none, or one of which nothing is known any more."""

COMING = ATTENDANCE | {_S.BOOKED, _S.WAITLISTED}
"""A sign-up that is worth following: one that waits for approval there is nothing yet."""


def agreed(place: PlaceHere, status: SignUpStatus | None, leads: Leads) -> bool:
    """Whether a place here and a sign-up there say the same."""
    active = status in ACTIVE
    if place is PlaceHere.HELD:
        return status is _S.BOOKED
    if place is PlaceHere.WAITS:
        # where the hub leads its queue is its own, and need not be shown
        return status is _S.WAITLISTED or (leads is Leads.HUB and status is not _S.BOOKED)
    if place is PlaceHere.ATTENDED:
        return status in {_S.ATTENDED, _S.PARTLY}
    if place is PlaceHere.ABSENT:
        return status is _S.ABSENT or not (active or status in ATTENDANCE)
    return status not in COMING or status is _S.ABSENT


def reconcile(
    here: Here, there: There, known: Known, leads: Leads, abilities: frozenset[Ability]
) -> Agreement:
    """What is to be done on either side so that both agree, and what a person must look at. Pure."""
    made = _Made(here, there, known, leads, abilities)
    if made.session():
        made.sign_ups()
    order = {each.id: at for at, each in enumerate(there.signups)}
    takes = [each for each in made.steps if isinstance(each, Take)]
    # the session first, then whoever gives up a seat there, and only then whoever may need it
    others = sorted((each for each in made.steps if not isinstance(each, Take)), key=_turn)
    # as it happened there: who came first there is first in the queue here
    takes.sort(key=lambda each: (each.signup.at, order.get(each.signup.id, 0)))
    return Agreement((*others, *takes), tuple(made.findings))


def _turn(step: Step) -> int:
    if isinstance(step, Push):
        return 1 if step.status is _S.CANCELLED else 2
    return 0 if isinstance(step, Publish | Withdraw | TakeSeats) else 3


class _Made:
    """An agreement in the making."""

    def __init__(
        self, here: Here, there: There, known: Known, leads: Leads, abilities: frozenset[Ability]
    ) -> None:
        self.here, self.there, self.known = here, there, known
        self.leads, self.abilities = leads, abilities
        self.steps: list[Step] = []
        self.findings: list[Finding] = []

    def find(self, code: str, about: str = "", **facts: str | int | None) -> None:
        """Add a finding."""
        self.findings.append(Finding(self.here.session_id, self.here.role, code, about, facts))

    # the session itself

    def session(self) -> bool:
        """What becomes of the session there; True where its sign-ups are to be looked at."""
        row, shown = self.known.session, self.here.shown
        published = row is not None and row.state is LmsState.PUBLISHED
        if shown is None:
            if published and not self.there.gone:
                self._can(Ability.PUBLISH_SESSIONS, Withdraw())
            elif published:
                self.steps.append(Withdraw())  # it is gone already: only note so
            return False
        if row is None or not published:
            self._can(Ability.PUBLISH_SESSIONS, Publish(shown, "new"))
            return False
        if self.there.gone:
            self.find("deleted-there")
            return False
        self._compare(row, shown)
        return True

    def _compare(self, row: LmsSessionRow, shown: LmsSession) -> None:
        """The session as it ought to be, as it was told, as it was seen then, and as it is there now."""
        wanted, told = dict(told_facts(shown)), dict(row.told)
        seen = dict(told_facts(self.there.session)) if self.there.session else dict(row.seen)
        before = dict(row.seen)
        if self.leads is Leads.LMS:
            # its number of seats is the LMS's own
            if seen["capacity"] != wanted["capacity"]:
                self.steps.append(TakeSeats(self.there.session.capacity if self.there.session else None))
            for each in (wanted, told, seen, before):
                each.pop("capacity", None)
        by_hand = sorted(name for name in seen if seen[name] != before.get(name))
        if wanted != told:
            self._can(Ability.PUBLISH_SESSIONS, Publish(self._as_led(shown), "moved"))
        elif by_hand and self.leads is Leads.HUB:
            self._can(Ability.PUBLISH_SESSIONS, Publish(shown, "put-back"))
        if by_hand and (self.leads is Leads.LMS or Ability.PUBLISH_SESSIONS not in self.abilities):
            self.find("changed-there", fields=" ".join(by_hand))

    def _as_led(self, shown: LmsSession) -> LmsSession:
        """The session as the hub may tell it: not its seats, where those are the LMS's own."""
        if self.leads is Leads.HUB or self.there.session is None:
            return shown
        return attrs.evolve(shown, capacity=self.there.session.capacity)

    def _can(self, ability: Ability, step: Step) -> bool:
        """Add a step if the LMS has that ability, else say so once."""
        if ability in self.abilities:
            self.steps.append(step)
            return True
        if all(each.code != "cannot" or each.about != ability for each in self.findings):
            self.find("cannot", str(ability))
        return False

    # who is signed up

    def sign_ups(self) -> None:
        """What becomes of each sign-up there, and of each place here."""
        now = {each.person.account: each for each in self.there.signups}
        mine: dict[str, list[str]] = {}
        for account in sorted({*now, *self.known.signups}):
            row = self.known.signups.get(account)
            person = self.known.persons.get(account) or (row.person if row else "")
            if person:
                mine.setdefault(person, []).append(account)
            else:
                self._nobody(account, self._signup(account, now), row)
        # in the order in which they signed up there, so that a queue that is followed is in its order
        came = {person: min(self._came(each, now) for each in accounts) for person, accounts in mine.items()}
        for person in sorted({*mine, *self.here.places}, key=lambda each: (*came.get(each, LAST), each)):
            accounts = mine.get(person) or []
            # one person may have two accounts: the one that means to come speaks for them
            accounts.sort(key=lambda each: (self._status(each, now) not in ACTIVE | ATTENDANCE, each))
            self._one(person, accounts, now)
        self._seats(now)

    def _signup(self, account: str, now: Mapping[str, SignUp]) -> SignUp | None:
        """How a sign-up stands there: as told, or (where only changes were) as it was last seen."""
        row = self.known.signups.get(account)
        if account in now or self.there.whole or row is None or row.kept is None or row.at is None:
            return now.get(account)
        return SignUp(row.sign_up, LmsPerson(account), row.kept, row.at)

    def _came(self, account: str, now: Mapping[str, SignUp]) -> tuple[datetime, int, str]:
        """Where a sign-up is in the order of the LMS: by its instant, and at one instant by its id."""
        signup = self._signup(account, now)
        # ids that count are compared as numbers: "9" is before "10"
        return (signup.at, len(signup.id), signup.id) if signup else LAST

    def _status(self, account: str, now: Mapping[str, SignUp]) -> SignUpStatus | None:
        signup = self._signup(account, now)
        return signup.status if signup else None

    def _nobody(self, account: str, signup: SignUp | None, row: LmsSignUpRow | None) -> None:
        """A sign-up of somebody whom the hub does not know, or whom it has erased."""
        status = signup.status if signup else None
        if row is not None and row.asked == _S.CANCELLED:
            if status in ACTIVE:
                self._can(Ability.PUSH, Push("", account, _S.CANCELLED))
            else:
                self.steps.append(Forget(account))
            return
        if status in ACTIVE or status in ATTENDANCE:
            self.find("unknown-person", account, status=str(status))
        if row is None or not row.says(signup):
            self.steps.append(See(account, "", signup, NOWHERE))

    def _one(self, person: str, accounts: list[str], now: Mapping[str, SignUp]) -> None:
        """One person: their place here, and their sign-up there."""
        standing = self.here.places.get(person, NOWHERE)
        if not accounts:
            self._without_account(person, standing.place)
            return
        account, *others = accounts
        for other in others:
            if self._status(other, now) in ACTIVE:
                self.find("two-accounts", other, with_account=account)
            row = self.known.signups.get(other)
            signup = self._signup(other, now)
            if row is None or not row.says(signup) or row.person != person:
                self.steps.append(See(other, person, signup, NOWHERE))
        self._settle(person, account, standing, self._signup(account, now))

    def _without_account(self, person: str, place: PlaceHere) -> None:
        """Somebody who has no sign-up there that we know of."""
        if agreed(place, None, self.leads):
            return
        account = self.known.accounts.get(person, "")
        if account and account != AMBIGUOUS:
            self._push(person, account, place)
        elif place in {PlaceHere.HELD, PlaceHere.WAITS}:
            self.find("ambiguous-account" if account else "no-account", person)

    def _settle(self, person: str, account: str, standing: Standing, signup: SignUp | None) -> None:
        row, place, mark = self.known.signups.get(account), standing.place, standing.mark
        status = signup.status if signup else None
        if signup is not None and row is not None and _left(row, signup, standing):
            self.steps.append(Take(person, signup))
            return
        if agreed(place, status, self.leads):
            fresh = row is None or not row.says(signup) or row.person != person
            if fresh or (row is not None and (row.here != mark or row.asked)):
                self.steps.append(See(account, person, signup, standing))
            return
        if row is None or row.person != person:
            # of somebody whom we see for the first time, what ended there before is no news
            there, here, asked = status in COMING, True, False
        else:
            there, here, asked = not row.says(signup), row.here != mark, bool(row.asked)
        been = place in {PlaceHere.ATTENDED, PlaceHere.ABSENT} and status in ACTIVE
        if there and signup is None:
            self._vanished(person, account, place)
        elif (asked and not there) or (been and (here or there)):
            self._push(person, account, place)
        elif there and signup is not None and (not here or status in COMING):
            # where both changed whoever means to come is kept
            self.steps.append(Take(person, signup))
        elif here or there:
            self._push(person, account, place)
        else:
            self._differ(person, place, status)

    def _vanished(self, person: str, account: str, place: PlaceHere) -> None:
        """A sign-up that was there has gone without a trace: nobody loses a place here by that."""
        if self.leads is Leads.HUB or self.known.signups[account].asked:
            self._push(person, account, place)
        else:
            self.find("sign-up-gone", person)

    def _push(self, person: str, account: str, place: PlaceHere) -> None:
        wanted = {
            PlaceHere.HELD: _S.BOOKED,
            PlaceHere.ATTENDED: _S.ATTENDED,
            PlaceHere.ABSENT: _S.ABSENT,
            PlaceHere.NONE: _S.CANCELLED,
            PlaceHere.WAITS: _S.WAITLISTED if self.leads is Leads.LMS else None,
        }[place]
        if wanted is None:
            self.find("waits-here", person)
            return
        ability = Ability.ATTENDANCE if wanted in ATTENDANCE else Ability.PUSH
        self._can(ability, Push(person, account, wanted))

    def _differ(self, person: str, place: PlaceHere, status: SignUpStatus | None) -> None:
        """Both have been looked at, and stay different: a person must see to it."""
        if place is PlaceHere.WAITS and status is _S.BOOKED:
            self.find("waits-here", person)
        elif place is PlaceHere.HELD and status is _S.WAITLISTED:
            self.find("waits-there", person)
        else:
            self.find("differs", person, here=str(place), there=str(status or "none"))

    def _seats(self, now: Mapping[str, SignUp]) -> None:
        """More signed up there than there are seats: said, and nobody is dropped (M4)."""
        session = self.there.session if self.leads is Leads.LMS and self.there.session else self.here.shown
        accounts: Iterable[str] = {*now, *self.known.signups}
        booked = sum(self._status(each, now) is _S.BOOKED for each in accounts)
        if session is not None and session.capacity is not None and booked > session.capacity:
            self.find("over-capacity", signed_up=booked, capacity=session.capacity)


def _left(row: LmsSignUpRow, signup: SignUp, standing: Standing) -> bool:
    """Whether somebody who was booked there and only waits here has given that up there: then they wait no more."""
    was = row.here == standing.mark and standing.place is PlaceHere.WAITS
    return was and row.kept in {_S.BOOKED, _S.WAITLISTED} and signup.status in {_S.CANCELLED, _S.DECLINED}
