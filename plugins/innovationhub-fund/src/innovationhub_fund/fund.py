"""`Fund`: what a program uses. Ideas from the first thought to what came of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence

from innovationhub import Entry, Hub, Invalid, NotFound
from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Command
from innovationhub.domain.fields import choice, listed
from innovationhub.domain.ids import LONGEST_TEXT, checked_id, checked_text
from innovationhub.domain.people import PersonRow
from innovationhub.domain.records import Key, Range, Read
from innovationhub_fund.ideas import MOST_PEOPLE, IdeaRow, Stage, Step, Verdict, theirs
from innovationhub_fund.money import whole_pence
from innovationhub_fund.panel import Judge, JudgePlan
from innovationhub_fund.steps import Propose, TakeStep
from innovationhub_fund.together import Bring, Join, Leave
from innovationhub_fund.views import Idea, attended, ideas_of

__all__ = ["Fund"]

MOST = 10_000
"""Ideas at one stage that are listed."""

LONGEST_TITLE = 200


def _text(field: str, value: str, *, empty: bool = True) -> str:
    return checked_text(field, value, longest=LONGEST_TEXT, empty=empty)


def _title(value: str, *, empty: bool = True) -> str:
    return checked_text("title", value, longest=LONGEST_TITLE, empty=empty)


class Fund:
    """The Innovation Fund of one hub, which was opened with this plugin.

    Every step takes `request_id` (the same id acts once, for ever) and `actor` (who does it, for the journal: the
    idea's owner or the member of the panel unless told), commits before it returns, and returns the idea as it then
    stands. It raises `Refused` with all the reasons: `not-active` for a step that an idea cannot take at its stage,
    `incomplete` for what is missing, `not-eligible` for who may not; `NotFound` and `Invalid`; and what `hub.run` does.
    Amounts are whole pence.
    """

    def __init__(self, hub: Hub) -> None:
        if "fund" not in hub.registry.keepers:
            raise Invalid("hub", "must be opened with the plugin innovationhub-fund", None)
        self._hub = hub

    def propose(
        self,
        person_id: str,
        title: str,
        summary: str = "",
        *,
        pence: int = 0,
        collaborators: Iterable[str] = (),
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Idea:
        """Somebody has an idea, and develops it, alone or with `collaborators` (ids; 20 people in all). Commits."""
        people = (person_id, *listed("collaborators", collaborators))
        for each in people:
            checked_id("person_id", each)
        if len(set(people)) != len(people):
            raise Invalid("collaborators", "must name each person once, without the owner", people[1:])
        if len(people) > MOST_PEOPLE:
            message = f"must make {MOST_PEOPLE} people at most; got {len(people)}"
            raise Invalid("collaborators", message, people[1:])
        texts = {"title": _title(title, empty=False), "summary": _text("summary", summary)}
        command = Propose(
            idea_id=secrets.token_hex(8),
            people=people,
            asked=whole_pence("pence", pence),
            actor=self._actor(actor),
            texts=texts,
        )
        return self._take(command, request_id, (*people, pence, *texts.values()))

    def revise(
        self,
        idea_id: str,
        *,
        title: str = "",
        summary: str = "",
        pence: int | None = None,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Idea:
        """Say it better; what is left out stays as it was. An approval that ended can be sought anew so. Commits."""
        texts = {"title": _title(title), "summary": _text("summary", summary)}
        asked = None if pence is None else whole_pence("pence", pence)
        return self._step(idea_id, Step.REVISED, request_id, actor, texts, asked=asked)

    def submit(self, idea_id: str, *, request_id: str | None = None, actor: str | None = None) -> Idea:
        """Hand it to the panel. Commits.

        Raises `Refused` (`incomplete` without a summary or an amount, `not-open` where nobody may decide).
        """
        return self._step(idea_id, Step.SUBMITTED, request_id, actor)

    def decide(
        self,
        idea_id: str,
        member_id: str,
        verdict: str,
        reasons: str,
        *,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Idea:
        """The verdict of a member of the panel: "approve", "return" (with comments) or "decline". Commits.

        With the last one that is needed the idea is decided: by what most of them say, and where two are level it is
        returned. Raises `Refused` (`not-eligible` for who is not on the panel, works on the idea, or stood aside).
        """
        chosen = choice("verdict", Verdict, verdict)
        if chosen is Verdict.ASIDE:
            raise Invalid("verdict", 'must be "approve", "return" or "decline"; see `stand_aside`', verdict)
        return self._judge(
            idea_id, member_id, chosen, _text("reasons", reasons, empty=False), request_id, actor
        )

    def stand_aside(
        self,
        idea_id: str,
        member_id: str,
        reasons: str = "",
        *,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Idea:
        """A member of the panel declares an interest, and has no part in deciding on the idea, ever. Commits."""
        return self._judge(idea_id, member_id, Verdict.ASIDE, _text("reasons", reasons), request_id, actor)

    def plan(
        self,
        idea_id: str,
        plan: str,
        *,
        test: str = "",
        measure: str = "",
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Idea:
        """Hand in the plan: what will be done, how it will be tested, how impact will be measured. Commits.

        Again: a better plan; what is left empty stays as it was.
        """
        texts = {
            "plan": _text("plan", plan),
            "test": _text("test", test),
            "measure": _text("measure", measure),
        }
        return self._step(idea_id, Step.PLANNED, request_id, actor, texts)

    def accept_plan(
        self, idea_id: str, member_id: str, *, request_id: str | None = None, actor: str | None = None
    ) -> Idea:
        """A member of the panel takes the plan. Commits. Raises `Refused` (`incomplete`, `not-eligible`)."""
        return self._judge_plan(idea_id, member_id, Step.PLAN_ACCEPTED, "", request_id, actor)

    def return_plan(
        self,
        idea_id: str,
        member_id: str,
        comments: str,
        *,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Idea:
        """A member of the panel gives the plan back, with comments. Commits. Raises `Refused` (`not-eligible`)."""
        said = _text("comments", comments, empty=False)
        return self._judge_plan(idea_id, member_id, Step.PLAN_RETURNED, said, request_id, actor)

    def release(
        self, idea_id: str, pence: int, *, request_id: str | None = None, actor: str | None = None
    ) -> Idea:
        """The money is released, at most what was asked for. Commits. Raises `Refused` (`incomplete` for more)."""
        amount = whole_pence("pence", pence, least=1)
        return self._step(idea_id, Step.RELEASED, request_id, actor, released=amount)

    def report_outcome(
        self,
        idea_id: str,
        outcome: str,
        *,
        learnt: str = "",
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Idea:
        """What came of it, and what was learnt, from success and failure. Commits."""
        texts = {"outcome": _text("outcome", outcome, empty=False), "learnt": _text("learnt", learnt)}
        return self._step(idea_id, Step.REPORTED, request_id, actor, texts)

    def drop(
        self, idea_id: str, *, reason: str = "", request_id: str | None = None, actor: str | None = None
    ) -> Idea:
        """Its people give it up. Commits."""
        return self._step(idea_id, Step.DROPPED, request_id, actor, {"dropped": _text("reason", reason)})

    def join(
        self, idea_id: str, person_id: str, *, request_id: str | None = None, actor: str | None = None
    ) -> Idea:
        """Somebody comes to work on it. Commits. Raises `Refused` (`not-eligible` for who has decided on it)."""
        who = checked_id("person_id", person_id)
        command = Join(idea_id=checked_id("idea_id", idea_id), person_id=who, actor=self._actor(actor))
        return self._take(command, request_id, (idea_id, person_id))

    def leave(
        self, idea_id: str, person_id: str, *, request_id: str | None = None, actor: str | None = None
    ) -> Idea:
        """Somebody works on it no more. Commits. Raises `Refused` (`not-eligible` for the last one: `drop` it).

        Where the owner leaves it passes to whoever has worked on it longest.
        """
        who = checked_id("person_id", person_id)
        command = Leave(idea_id=checked_id("idea_id", idea_id), person_id=who, actor=self._actor(actor))
        return self._take(command, request_id, (idea_id, person_id))

    def bring(
        self, idea_id: str, booking_id: str, *, request_id: str | None = None, actor: str | None = None
    ) -> Idea:
        """The idea is brought along to a place in a session, by whoever of its people is in the booking. Commits.

        Walk-ins have a booking too. Once the register says that they came, `attendance` counts it. Raises `Refused`
        (`not-eligible` where none of its people is in the booking).
        """
        place = checked_id("booking_id", booking_id)
        command = Bring(idea_id=checked_id("idea_id", idea_id), booking_id=place, actor=self._actor(actor))
        return self._take(command, request_id, (idea_id, booking_id))

    def idea(self, idea_id: str) -> Idea:
        """One idea as it stands. Raises `NotFound`."""
        return ideas_of(self._hub, [self._row(idea_id)])[0]

    def ideas(self, *, stage: str | None = None, person: str | None = None) -> list[Idea]:
        """Ideas in the order in which they were proposed: of one stage, of one person, or all.

        Raises `Invalid` naming `stage`, and `NotFound`.
        """
        stages = list(Stage) if stage is None else [choice("stage", Stage, stage)]
        ranges = tuple(Range(IdeaRow, "by_stage", (str(each),), limit=MOST) for each in stages)
        rows = self._hub.rows(Read(ranges=ranges))
        found = [row for each in ranges for row in rows.scan(each).records]
        if person is not None:
            mine = theirs(self._key(person))
            ids = {each.idea_id for each in self._hub.rows(Read(ranges=(mine,))).scan(mine).records}
            found = [row for row in found if row.id in ids]
        found.sort(key=lambda row: (row.created_at, row.id))
        return ideas_of(self._hub, found)

    def history(self, idea_id: str) -> Sequence[Entry]:
        """What the journal says of an idea, oldest first, with opaque keys for people. Raises `NotFound`."""
        wanted = Range(Entry, "by_subject", (self._row(idea_id).id,), limit=MOST)
        return self._hub.rows(Read(ranges=(wanted,))).scan(wanted).records

    def attendance(self, idea_id: str) -> Mapping[str | None, int]:
        """How often each person came with an idea, by the register (None: who was erased). Raises `NotFound`."""
        return attended(self._hub, self._row(idea_id).id)

    def _row(self, idea_id: str) -> IdeaRow:
        wanted = Key(IdeaRow, (checked_id("idea_id", idea_id),))
        row = self._hub.rows(Read((wanted,))).get(IdeaRow, idea_id)
        if row is None:
            raise NotFound("idea", idea_id, "fund.ideas() lists them")
        return row

    def _key(self, person_id: str) -> str:
        wanted = Key(PersonRow, (checked_id("person_id", person_id),))
        row = self._hub.rows(Read((wanted,))).get(PersonRow, person_id)
        if row is None:
            raise NotFound("person", person_id, "add them first: hub.add_person(Person(...))")
        return row.key

    def _actor(self, actor: str | None) -> str | None:
        return None if actor is None else self._hub.actor(actor, "")

    def _take(self, command: Command, request_id: str | None, asked: tuple[object, ...]) -> Idea:
        answer = self._hub.run(command, request_id=request_id, asked=asked)
        if not isinstance(answer, Done):
            raise AssertionError("every command of the fund answers with the idea")
        return self.idea(answer.subject)

    def _step(
        self,
        idea_id: str,
        step: Step,
        request_id: str | None,
        actor: str | None,
        texts: Mapping[str, str] | None = None,
        *,
        asked: int | None = None,
        released: int | None = None,
    ) -> Idea:
        command = TakeStep(
            idea_id=checked_id("idea_id", idea_id),
            step=step,
            actor=self._actor(actor),
            asked=asked,
            released=released,
            texts=texts or {},
        )
        return self._take(command, request_id, (idea_id, str(step), asked, released, *(texts or {}).values()))

    def _judge(
        self,
        idea_id: str,
        member_id: str,
        verdict: Verdict,
        reasons: str,
        request_id: str | None,
        actor: str | None,
    ) -> Idea:
        command = Judge(
            idea_id=checked_id("idea_id", idea_id),
            member_id=checked_id("member_id", member_id),
            verdict=verdict,
            actor=self._actor(actor),
            reasons=reasons,
        )
        return self._take(command, request_id, (idea_id, member_id, str(verdict), reasons))

    def _judge_plan(
        self,
        idea_id: str,
        member_id: str,
        step: Step,
        comments: str,
        request_id: str | None,
        actor: str | None,
    ) -> Idea:
        command = JudgePlan(
            idea_id=checked_id("idea_id", idea_id),
            member_id=checked_id("member_id", member_id),
            step=step,
            actor=self._actor(actor),
            comments=comments,
        )
        return self._take(command, request_id, (idea_id, member_id, str(step), comments))
