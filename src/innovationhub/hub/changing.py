"""The part of the face for changes to what is on: plan first, then apply exactly that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import attrs

from innovationhub.domain.answers import Answer
from innovationhub.domain.ceasing import SettleCalledOff
from innovationhub.domain.changes import Assign, CallOff, Change, Merge
from innovationhub.domain.making import Making
from innovationhub.domain.minimum import seated
from innovationhub.domain.placing import place_for
from innovationhub.domain.planning import Apply, make, plan_of
from innovationhub.domain.plans import Effect, Plan
from innovationhub.domain.refusals import Refusal, Refused
from innovationhub.domain.resources import clashes_in
from innovationhub.domain.time import Span, utc, window, zone
from innovationhub.domain.views import Shortfall
from innovationhub.errors import Invalid
from innovationhub.hub.part import Part, text

__all__ = ["Changing"]


class Changing(Part):
    """Plan and apply."""

    def plan(self, change: Change) -> Plan:
        """What a change would do, as things stand: who would be promoted, moved, told, and what would clash.

        Changes: `Resize`, `Move`, `CallOff`, `Reinstate`, `Reschedule`, `Close`, `End`, `Assign`, `Merge`. Nothing is
        changed. Raises `Refused` where it cannot be (`called-off`, `closed`, `started`, `not-active`), `NotFound` and
        `Invalid`.
        """
        wanted = self._in_keys(change)
        made = self._engine.consider(lambda draft: _worked_out(make(draft, wanted), wanted))
        if isinstance(made, Refusal):
            raise self._in_ids(Refused(made))
        return attrs.evolve(made, change=change, effects=tuple(self._effects(made.effects)))

    def apply(self, plan: Plan, *, request_id: str | None = None, actor: str | None = None) -> Plan:
        """Do exactly what a plan says, or refuse because the world has moved. Commits; returns the plan.

        A session that is called off is so from the first commit on; its bookings follow in bounded steps, which `tick`
        goes on with should this be interrupted. Raises `Refused` (`plan-stale`, with the new plan as `.plan`, where it
        would do something else now).
        """
        if not isinstance(plan, Plan):
            raise Invalid("plan", f"must be a Plan, as hub.plan gives it; got {plan!r}", plan)
        command = Apply(
            change=self._in_keys(plan.change), token=plan.token, actor=self._people.actor(actor, "system:hub")
        )

        def settled(_: Answer) -> Plan:
            for effect in plan.of("called-off"):
                self._settle(effect.subject)
            return plan

        try:
            return self._run(command, settled, request_id, (repr(plan.change), plan.token))
        except Refused as refused:
            if "plan-stale" in refused.codes:
                refused.plan = self.plan(plan.change)
            raise

    def clashes(self, start: date | datetime, end: date | datetime) -> list[Effect]:
        """Rooms and facilitators that two sessions want at one time, among those with `start <= starts < end`.

        What was loaded or planned is put on the calendar all the same: this is what to look at afterwards. Raises
        `Invalid` as `calendar` does.
        """
        span = window(start, end, zone(self._engine.programme.hub.timezone))
        span = Span(utc(span.starts), utc(span.ends))
        return list(self._effects(tuple(self._engine.consider(lambda draft: clashes_in(draft, span)))))

    def shortfall(self, session_id: str) -> list[Shortfall]:
        """For each role with fewer people than its minimum: how many there are, and what one could do about it.

        Empty where none is short. Raises `NotFound`.
        """
        view = self._showing.session(text("session_id", session_id))
        found: list[Shortfall] = []
        for key in view.places:
            place = self._engine.consider(lambda draft: place_for(draft, session_id, key))  # noqa: B023
            held = seated(place)
            if held >= place.role.minimum:
                continue
            others = [each for each in self._later(session_id) if each != session_id]
            found.append(
                Shortfall(
                    session_id=session_id,
                    role=key,
                    held=held,
                    minimum=place.role.minimum,
                    call_off=self.plan(CallOff(session_id)),
                    merges=tuple(self._merges(session_id, others)),
                )
            )
        return found

    def _later(self, session_id: str) -> Iterator[str]:
        """The next sessions of the same type."""
        view = self._showing.session(session_id)
        day = view.starts.date()
        for each in self._showing.calendar(day, day + timedelta(days=90), None, [view.type])[:4]:
            if each.status == "scheduled" and each.starts > view.starts:
                yield each.id

    def _merges(self, session_id: str, others: list[str]) -> Iterator[Plan]:
        for other in others:
            try:
                yield self.plan(Merge(session_id, other))
            except Refused:
                continue

    def _settle(self, session_id: str) -> None:
        more = True
        while more:
            done = self._engine.run(SettleCalledOff(session_id=session_id), lambda answer: answer)
            more = bool(getattr(done, "more", False))

    def _in_keys(self, change: Change) -> Change:
        """A change with opaque keys for people. Raises `NotFound` for one whom the hub does not know."""
        if not isinstance(change, Assign):
            return change
        keys = tuple(self._people.key(each) for each in change.facilitators)
        return attrs.evolve(change, facilitators=keys)

    def _effects(self, effects: tuple[Effect, ...]) -> Iterator[Effect]:
        names = self._people.ids(effect.person_id for effect in effects if effect.person_id)
        for effect in effects:
            yield attrs.evolve(effect, person_id=names.get(effect.person_id, effect.person_id))


def _worked_out(made: Making | Refusal, wanted: Change) -> Plan | Refusal:
    return made if isinstance(made, Refusal) else plan_of(wanted, made)
