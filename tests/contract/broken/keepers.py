"""Keepers that show too much or too little, do not forget, or name somebody where nobody is to be named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Command, Draft, View
from innovationhub.domain.journal import Entry
from innovationhub.domain.people import PersonRow, texts_about
from innovationhub.domain.records import Facts, Range, key_of
from innovationhub.domain.refusals import Refusal
from tests.contract.broken.wishes import Broken, DoNothing, Own
from tests.plugins.wishing import Forget, MakeWish, Topic, Wish

EVERY = Range(Wish, "key", limit=1000)


class ForgetsNothing(Own):
    """Says that it has forgotten."""

    def forget(self, person: str, actor: str) -> Command:
        return DoNothing()


class TestForgetsNothing(Broken):
    kind = ForgetsNothing
    caught_by = (
        "test_whoever_is_erased_is_forgotten",
        "test_nothing_that_they_wrote_stays_in_the_file",
        "test_an_erasure_that_is_interrupted_is_gone_on_with",
        "test_what_is_not_so_any_more_is_not_said",
    )


@attrs.frozen(kw_only=True)
class ForgetRows(Forget):
    """Takes the rows and leaves the words."""

    def decide(self, view: View) -> Accepted | Refusal:
        draft = Draft(view, self.actor)
        found = draft.scan(self._theirs())
        for wish in found.records:
            draft.delete(wish)
            draft.note("wishes.forgotten", wish.id)
        return draft.accept(Done(self.person, found.cut))


class LeavesWords(Own):
    """Takes what it shows, and leaves what stands beside it."""

    def forget(self, person: str, actor: str) -> Command:
        return ForgetRows(person=person, actor=actor)


class TestLeavesWords(Broken):
    kind = LeavesWords
    caught_by = (
        "test_nothing_that_they_wrote_stays_in_the_file",
        "test_an_erasure_that_is_interrupted_is_gone_on_with",
    )


@attrs.frozen(kw_only=True)
class ForgetOne(Forget):
    """Takes one, and says that this was all."""

    def decide(self, view: View) -> Accepted | Refusal:
        decided = super().decide(view)
        assert isinstance(decided, Accepted)
        return attrs.evolve(decided, answer=Done(self.person))


class ForgetsOne(Own):
    """Has forgotten when it has begun to."""

    def forget(self, person: str, actor: str) -> Command:
        return ForgetOne(person=person, actor=actor)


class TestForgetsOne(Broken):
    kind = ForgetsOne
    caught_by = ("test_whoever_is_erased_is_forgotten", "test_nothing_that_they_wrote_stays_in_the_file")


@attrs.frozen(kw_only=True)
class ForgetAll(Forget):
    """Takes everybody's."""

    def _theirs(self) -> Range[Wish]:
        return EVERY._replace(limit=1)


class ForgetsEverybody(Own):
    """Forgets whoever is there."""

    def forget(self, person: str, actor: str) -> Command:
        return ForgetAll(person=person, actor=actor)


class TestForgetsEverybody(Broken):
    kind = ForgetsEverybody
    caught_by = (
        "test_whoever_is_erased_is_forgotten",
        "test_an_erasure_that_is_interrupted_is_gone_on_with",
        "test_nothing_that_they_wrote_stays_in_the_file",
    )


@attrs.frozen(kw_only=True)
class ForgetAgain(Forget):
    """Notes that somebody was forgotten, each time."""

    def decide(self, view: View) -> Accepted | Refusal:
        decided = super().decide(view)
        assert isinstance(decided, Accepted)
        note = Entry(0, view.now, self.actor, "wishes.forgotten", "all", {})
        return attrs.evolve(decided, entries=(*decided.entries, note))


class ForgetsAgain(Own):
    """Is never done."""

    def forget(self, person: str, actor: str) -> Command:
        return ForgetAgain(person=person, actor=actor)


class TestForgetsAgain(Broken):
    kind = ForgetsAgain
    caught_by = ("test_forgetting_twice_is_as_good_as_once",)


@attrs.frozen(kw_only=True)
class ForgetLater(Forget):
    """Takes the rows, one at a time, and in the end the words of those that it remembers to have taken."""

    taken: list[str]

    def decide(self, view: View) -> Accepted | Refusal:
        draft = Draft(view, self.actor)
        found = draft.scan(self._theirs()).records
        for wish in found:
            draft.delete(wish)
            draft.note("wishes.forgotten", wish.id)
            self.taken.append(wish.id)
        if not found:
            draft.need(*(texts_about(id) for id in self.taken))
            for note in [each for id in self.taken for each in draft.scan(texts_about(id)).records]:
                draft.delete(note)
        return draft.accept(Done(self.person, bool(found)))


class ForgetsFromMemory(Own):
    """What it has yet to do is in no store: after a crash nobody knows of it."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def forget(self, person: str, actor: str) -> Command:
        return ForgetLater(person=person, actor=actor, taken=self.taken)


class TestForgetsFromMemory(Broken):
    kind = ForgetsFromMemory
    caught_by = ("test_an_erasure_that_is_interrupted_is_gone_on_with",)


class ShowsEverything(Own):
    """Shows everybody's wishes to everybody."""

    def held(self, draft: Draft, person: str) -> Mapping[str, Sequence[Facts]]:
        people = {wish.person for wish in draft.scan(EVERY).records}
        return {
            "wishes": [
                each
                for one in sorted(people)
                for each in super(ShowsEverything, self).held(draft, one)["wishes"]
            ]
        }


class TestShowsEverything(Broken):
    kind = ShowsEverything
    caught_by = ("test_nothing_of_anybody_else_is_shown", "test_whoever_is_erased_is_forgotten")


class ShowsNoWords(Own):
    """Shows that there is something, and not what."""

    def held(self, draft: Draft, person: str) -> Mapping[str, Sequence[Facts]]:
        found = super().held(draft, person)["wishes"]
        return {"wishes": [{"id": each["id"], "state": each["state"]} for each in found]}


class TestShowsNoWords(Broken):
    kind = ShowsNoWords
    caught_by = ("test_all_that_is_held_of_somebody_is_shown",)


class ShowsTheFirst(Own):
    """Shows one of several."""

    def held(self, draft: Draft, person: str) -> Mapping[str, Sequence[Facts]]:
        return {"wishes": super().held(draft, person)["wishes"][:1]}


class TestShowsTheFirst(Broken):
    kind = ShowsTheFirst
    caught_by = ("test_all_that_is_held_of_somebody_is_shown",)


class ShowsRows(Own):
    """Shows what is no plain value."""

    def held(self, draft: Draft, person: str) -> Mapping[str, Sequence[Facts]]:
        return {"wishes": [{**each, "at": draft.now} for each in super().held(draft, person)["wishes"]]}  # type: ignore[dict-item]


class TestShowsRows(Broken):
    kind = ShowsRows
    caught_by = ("test_all_that_is_held_of_somebody_is_shown",)


@attrs.frozen(kw_only=True)
class TellTheJournal(MakeWish):
    """Notes the words in the journal, which nobody can take back."""

    def decide(self, view: View) -> Accepted | Refusal:
        decided = super().decide(view)
        assert isinstance(decided, Accepted)
        told = [attrs.evolve(each, facts={**each.facts, "text": self.text}) for each in decided.entries]
        return attrs.evolve(decided, entries=tuple(told))


class TestTellsTheJournal(Broken):
    make = TellTheJournal
    caught_by = (
        "test_the_journal_and_the_rows_name_nobody",
        "test_nothing_that_they_wrote_stays_in_the_file",
    )


@attrs.frozen(kw_only=True)
class KeepTheName(MakeWish):
    """Keeps who somebody is in a row of its own."""

    def decide(self, view: View) -> Accepted | Refusal:
        decided = super().decide(view)
        person = view.rows.get(PersonRow, self.person_id)
        assert isinstance(decided, Accepted)
        assert person is not None
        named = Topic(self.id, f"asked for by {person.name}")
        return attrs.evolve(decided, changes={**decided.changes, key_of(named): named})


class TestKeepsTheName(Broken):
    make = KeepTheName
    caught_by = ("test_the_journal_and_the_rows_name_nobody",)


@attrs.frozen(kw_only=True)
class NoteOtherwise(MakeWish):
    """Writes in the journal under another name than the keeper's."""

    def decide(self, view: View) -> Accepted | Refusal:
        decided = super().decide(view)
        assert isinstance(decided, Accepted)
        return attrs.evolve(
            decided, entries=tuple(attrs.evolve(each, kind="hope.made") for each in decided.entries)
        )


class TestNotesOtherwise(Broken):
    make = NoteOtherwise
    caught_by = ("test_it_is_a_keeper_under_its_own_name",)
