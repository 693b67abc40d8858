"""Keepers whom audit, time, messages, catalogues and figures find at fault."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import attrs

from innovationhub import NotFound
from innovationhub.domain.answers import Done, LoadReport
from innovationhub.domain.deciding import Accepted, Command, Draft, View
from innovationhub.domain.deliveries import Delivery
from innovationhub.domain.figures import Table
from innovationhub.domain.journal import Entry
from innovationhub.domain.messages import Recipient
from innovationhub.domain.people import Note
from innovationhub.domain.records import Facts, Range, Record
from innovationhub.domain.refusals import Refusal
from innovationhub.domain.time import Span
from innovationhub.domain.timers import Timer
from innovationhub.domain.views import Violation
from innovationhub.protocols.keeper import Call, Check, Matter, Untrue
from tests.contract.broken.wishes import Broken, DoNothing, Own
from tests.plugins.wishing import Lapse, LoadTopics, Wish

EVERY = Range(Wish, "key", limit=1000)


class ChecksNothing(Own):
    """Has nothing to say to audit."""

    @property
    def checks(self) -> Mapping[type[Record], Check]:
        return {}


class TestChecksNothing(Broken):
    kind = ChecksNothing
    caught_by = ("test_audit_is_clean_and_finds_what_was_tampered_with",)


class LooksAway(Own):
    """Finds that all is well."""

    def _check(self, draft: Draft, page: Sequence[Record]) -> Iterator[Violation]:
        return iter(())


class TestLooksAway(Broken):
    kind = LooksAway
    caught_by = ("test_audit_is_clean_and_finds_what_was_tampered_with",)


class BreaksOff(Own):
    """Breaks on what it did not expect, and audit with it."""

    def _check(self, draft: Draft, page: Sequence[Record]) -> Iterator[Violation]:
        found = list(super()._check(draft, page))
        assert not found
        return iter(found)


class TestBreaksOff(Broken):
    kind = BreaksOff
    caught_by = ("test_audit_is_clean_and_finds_what_was_tampered_with",)


class CriesWolf(Own):
    """Finds fault with everything."""

    def _check(self, draft: Draft, page: Sequence[Record]) -> Iterator[Violation]:
        yield Violation(6, "replay", "all", "something is wrong")


class TestCriesWolf(Broken):
    kind = CriesWolf
    caught_by = (
        "test_audit_is_clean_and_finds_what_was_tampered_with",
        "test_whoever_is_erased_is_forgotten",
    )


class RingsForEver(Own):
    """Leaves its timers as they are."""

    def look(self, timer: Timer) -> Command:
        return DoNothing()


class TestRingsForEver(Broken):
    kind = RingsForEver
    caught_by = (
        "test_what_is_due_is_settled",
        "test_a_timer_that_comes_late_is_settled",
        "test_a_timer_of_what_is_gone_is_taken_away",
    )


@attrs.frozen(kw_only=True)
class LapseKnown(Lapse):
    """Breaks where there is no such wish."""

    def decide(self, view: View) -> Accepted | Refusal:
        if Draft(view, self.actor).get(Wish, self.id) is None:
            raise NotFound("wish", self.id)
        return super().decide(view)


class BreaksOnStrays(Own):
    """Cannot settle a timer about what is gone."""

    def look(self, timer: Timer) -> Command:
        return LapseKnown(id=timer.subject)


class TestBreaksOnStrays(Broken):
    kind = BreaksOnStrays
    caught_by = ("test_a_timer_of_what_is_gone_is_taken_away",)


@attrs.frozen(kw_only=True)
class Tomorrow(Lapse):
    """Looks again a day after it was due, whenever that was."""

    due: datetime

    def decide(self, view: View) -> Accepted | Refusal:
        draft = Draft(view, self.actor)
        if draft.get(Wish, self.id) is None:
            return super().decide(view)
        draft.put(Timer("wishes", self.id, self.due + timedelta(days=1)))
        return draft.accept(Done(self.id))


class CatchesUp(Own):
    """After a year it looks once for each day that it missed."""

    def look(self, timer: Timer) -> Command:
        return Tomorrow(id=timer.subject, due=timer.due)


class TestCatchesUp(Broken):
    kind = CatchesUp
    caught_by = ("test_a_timer_that_comes_late_is_settled",)


class HasNoTemplate(Own):
    """Calls for a kind of message that it has no template of."""

    def calls(self, draft: Draft, entry: Entry) -> Sequence[Call]:
        return [attrs.evolve(each, kind="wishes-lost") for each in super().calls(draft, entry)]


class TestHasNoTemplate(Broken):
    kind = HasNoTemplate
    caught_by = ("test_what_is_called_for_can_be_said",)


class HasABadTemplate(Own):
    """Its template asks for what no message has."""

    @property
    def templates(self) -> Mapping[str, str]:
        return {
            kind: text.replace("texts.wish", "wish.texts.first") for kind, text in super().templates.items()
        }


class TestHasABadTemplate(Broken):
    kind = HasABadTemplate
    caught_by = ("test_each_kind_of_message_has_a_template_and_a_sample",)


class SaysAnyway(Own):
    """Says what is not so any more."""

    def say(self, draft: Draft, delivery: Delivery, to: Recipient) -> Matter | Untrue:
        said = super().say(draft, delivery, to)
        return Matter(delivery.kind, to, draft.programme.hub) if isinstance(said, Untrue) else said


class TestSaysAnyway(Broken):
    kind = SaysAnyway
    caught_by = ("test_what_is_not_so_any_more_is_not_said",)


@attrs.frozen(kw_only=True)
class LoadAgain(LoadTopics):
    """Reports all of it, whatever was there."""

    def decide(self, view: View) -> Accepted | Refusal:
        decided = super().decide(view)
        assert isinstance(decided, Accepted)
        return attrs.evolve(decided, answer=LoadReport(added=tuple(each.key for each in self.topics)))


class LoadsAgain(Own):
    """Takes every file for a new one."""

    def load(self, sections: Mapping[str, object], actor: str) -> Command:
        topics = sections["topics"]
        assert isinstance(topics, tuple)
        return LoadAgain(topics=topics, actor=actor)


class TestLoadsAgain(Broken):
    kind = LoadsAgain
    caught_by = ("test_loading_twice_changes_nothing",)


@attrs.frozen(kw_only=True)
class LoadLoudly(LoadTopics):
    """Notes each time that something was loaded."""

    def decide(self, view: View) -> Accepted | Refusal:
        decided = super().decide(view)
        assert isinstance(decided, Accepted)
        return attrs.evolve(decided, entries=(Entry(0, view.now, self.actor, "wishes.loaded", "all", {}),))


class LoadsLoudly(Own):
    """Writes an entry for nothing."""

    def load(self, sections: Mapping[str, object], actor: str) -> Command:
        topics = sections["topics"]
        assert isinstance(topics, tuple)
        return LoadLoudly(topics=topics, actor=actor)


class TestLoadsLoudly(Broken):
    kind = LoadsLoudly
    caught_by = ("test_loading_twice_changes_nothing",)


class KeepsEverybody(Own):
    """Needs all of them."""

    def under_way(self, draft: Draft, people: Collection[str]) -> Collection[str]:
        return people


class TestKeepsEverybody(Broken):
    kind = KeepsEverybody
    caught_by = ("test_who_is_needed_is_one_of_those_asked_about",)


class CountsByName(Own):
    """Counts what each person wished."""

    def figures(self, draft: Draft, span: Span) -> Sequence[Table]:
        people = [wish.person for wish in draft.scan(EVERY).records]
        rows = tuple((each, people.count(each)) for each in sorted(set(people)))
        return [Table("wishes", "Wishes", ("who", "how often"), rows)]


class TestCountsByName(Broken):
    kind = CountsByName
    caught_by = ("test_figures_name_nobody",)


class CountsByWords(Own):
    """Counts what was wished, in people's own words."""

    def figures(self, draft: Draft, span: Span) -> Sequence[Table]:
        texts = [note.text for note in draft.scan(Range(Note, "key", limit=1000)).records]
        return [Table("wishes", "Wishes", ("what", "how often"), tuple((each, 1) for each in texts))]


class TestCountsByWords(Broken):
    kind = CountsByWords
    caught_by = ("test_figures_name_nobody",)


class AsksTheClock(Own):
    """Looks at the machine's clock, and not at the draft's."""

    def held(self, draft: Draft, person: str) -> Mapping[str, Sequence[Facts]]:
        return super().held(draft, person) if datetime.now(UTC).year > 2000 else {}


class TestAsksTheClock(Broken):
    kind = AsksTheClock
    caught_by = ("test_questions_are_pure",)


class Remembers(Own):
    """Says something else the more often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def figures(self, draft: Draft, span: Span) -> Sequence[Table]:
        self.asked += 1
        return [Table("asked", "Asked", ("what", "how often"), (("asked", self.asked),))]


class TestRemembers(Broken):
    kind = Remembers
    caught_by = ("test_the_same_question_has_the_same_answer",)
