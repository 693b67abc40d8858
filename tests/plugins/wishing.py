"""A small plugin that keeps something: wishes for sessions, which are granted, or lapse when their time is over."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import attrs

from innovationhub import NotFound, hookimpl
from innovationhub.domain.answers import Done, LoadReport
from innovationhub.domain.deciding import Accepted, Command, Draft, View
from innovationhub.domain.deliveries import Delivery
from innovationhub.domain.ids import checked_key
from innovationhub.domain.journal import Entry
from innovationhub.domain.making import Making
from innovationhub.domain.messages import Recipient
from innovationhub.domain.people import Note, PersonRow, texts_about
from innovationhub.domain.records import Facts, Key, Range, Read, Record, record
from innovationhub.domain.refusals import Reason, Refusal
from innovationhub.domain.timers import Timer
from innovationhub.domain.views import Violation
from innovationhub.protocols.keeper import Call, Check, Keeper, Matter, Section, Untrue

DAYS = timedelta(days=14)

TEMPLATE = """\
{% extends layout %}
{% block subject %}Your wish is granted{% endblock %}
{% block body %}You wished: {{ texts.wish }}{% endblock %}
{% block next %}{% endblock %}
"""


def _key(owner: object, attribute: attrs.Attribute[str], value: str) -> None:
    checked_key(attribute.name, value)


@record("wish", key=("id",), indexes={"by_person": ("person",)})
@attrs.frozen
class Wish(Record):
    """Somebody's wish, as kept; its words are a note."""

    id: str
    person: str
    state: str


@record("wish_topic", key=("key",))
@attrs.frozen
class Topic(Record):
    """What one may wish for."""

    key: str = attrs.field(validator=_key)
    title: str


@attrs.frozen(kw_only=True)
class MakeWish:
    """Somebody wishes for something."""

    id: str
    person_id: str
    text: str = attrs.field(repr=False)
    actor: str = "system:wishes"

    def needs(self) -> Read:
        return Read((Key(PersonRow, (self.person_id,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        draft = Draft(view, self.actor)
        person = draft.get(PersonRow, self.person_id)
        if person is None:
            raise NotFound("person", self.person_id)
        draft.put(Wish(self.id, person.key, "made"))
        draft.put(Note(self.id, "wish", self.text))
        draft.put(Timer("wishes", self.id, draft.now + DAYS))
        draft.note("wishes.made", self.id, person=person.key)
        return draft.accept(Done(self.id))


@attrs.frozen(kw_only=True)
class Lapse:
    """Nobody granted it in time."""

    id: str
    actor: str = "system:wishes"

    def needs(self) -> Read:
        return Read((Key(Wish, (self.id,)), Key(Timer, ("wishes", self.id))))

    def decide(self, view: View) -> Accepted | Refusal:
        draft = Draft(view, self.actor)
        wish, timer = draft.get(Wish, self.id), draft.get(Timer, "wishes", self.id)
        if timer is not None:
            draft.delete(timer)
        if wish is not None and wish.state == "made":
            draft.put(attrs.evolve(wish, state="lapsed"))
            draft.note("wishes.lapsed", self.id, person=wish.person)
        return draft.accept(Done(self.id))


@attrs.frozen
class Grant:
    """A change: a wish is granted."""

    id: str

    @property
    def subject(self) -> str:
        return self.id

    def make(self, making: Making) -> Refusal | None:
        wish = making.draft.get(Wish, self.id)
        if wish is None:
            raise NotFound("wish", self.id)
        if wish.state != "made":
            return Refusal((Reason("not-active", f"This wish is {wish.state}."),))
        making.draft.put(attrs.evolve(wish, state="granted"))
        making.draft.note("wishes.granted", wish.id, person=wish.person)
        making.add("told", wish.id, "granted", person=wish.person)
        return None


@attrs.frozen(kw_only=True)
class Forget:
    """Somebody's wishes go, one at a time."""

    person: str
    actor: str

    def needs(self) -> Read:
        return Read(ranges=(self._theirs(),))

    def _theirs(self) -> Range[Wish]:
        return Range(Wish, "by_person", (self.person,), limit=1)

    def decide(self, view: View) -> Accepted | Refusal:
        draft = Draft(view, self.actor)
        found = draft.scan(self._theirs())
        for wish in found.records:
            draft.need(Key(Wish, (wish.id,)), Key(Timer, ("wishes", wish.id)), texts_about(wish.id))
            timer = draft.get(Timer, "wishes", wish.id)
            for row in (wish, timer, *draft.scan(texts_about(wish.id)).records):
                if row is not None:
                    draft.delete(row)
            draft.note("wishes.forgotten", wish.id)
        return draft.accept(Done(self.person, found.cut))


@attrs.frozen(kw_only=True)
class LoadTopics:
    """What a catalogue says one may wish for."""

    topics: tuple[Topic, ...]
    actor: str

    def needs(self) -> Read:
        return Read(tuple(Key(Topic, (each.key,)) for each in self.topics))

    def decide(self, view: View) -> Accepted | Refusal:
        draft = Draft(view, self.actor)
        before = {each.key: draft.get(Topic, each.key) for each in self.topics}
        for each in self.topics:
            if before[each.key] != each:
                draft.put(each)
        added = tuple(f"topic {key}" for key, row in before.items() if row is None)
        changed = [each.key for each in self.topics if before[each.key] not in {None, each}]
        return draft.accept(LoadReport(added, tuple(f"topic {key}" for key in changed)))


class Wishes:
    """The plugin, and the keeper of its wishes."""

    @property
    def templates(self) -> Mapping[str, str]:
        return {"wishes-granted": TEMPLATE}

    @property
    def sections(self) -> Mapping[str, Section]:
        return {"topics": Section(Topic, many=True)}

    @hookimpl
    def innovationhub_records(self) -> Mapping[str, type[Record]]:
        return {"wish": Wish, "wish_topic": Topic}

    @hookimpl
    def innovationhub_keepers(self) -> Mapping[str, Keeper]:
        return {"wishes": self}

    @property
    def checks(self) -> Mapping[type[Record], Check]:
        return {Wish: self._check}

    def _check(self, draft: Draft, page: Sequence[Record]) -> Iterator[Violation]:
        for row in page:
            assert isinstance(row, Wish)
            told = Range(Entry, "by_subject", (row.id,), limit=1, reverse=True)
            last = draft.scan(told).records
            now = draft.get(Wish, row.id)
            if now is not None and (not last or last[0].kind != f"wishes.{now.state}"):
                yield Violation(
                    6, "replay", row.id, f"wish {row.id} is kept otherwise than the journal tells it"
                )

    def held(self, draft: Draft, person: str) -> Mapping[str, Sequence[Facts]]:
        wishes = draft.scan(Range(Wish, "by_person", (person,), limit=1000)).records
        draft.need(*(texts_about(wish.id) for wish in wishes))
        return {
            "wishes": [
                {"id": wish.id, "state": wish.state}
                | {note.kind: note.text for note in draft.scan(texts_about(wish.id)).records}
                for wish in wishes
            ]
        }

    def forget(self, person: str, actor: str) -> Command:
        return Forget(person=person, actor=actor)

    def look(self, timer: Timer) -> Command:
        return Lapse(id=timer.subject)

    def calls(self, draft: Draft, entry: Entry) -> Sequence[Call]:
        if entry.kind != "wishes.granted":
            return ()
        person = str(entry.facts["person"])
        return [Call("wishes-granted", person, entry.subject, "", entry.subject, entry.at + DAYS)]

    def say(self, draft: Draft, delivery: Delivery, to: Recipient) -> Matter | Untrue:
        wish = draft.get(Wish, delivery.topic)
        if wish is None or wish.state != "granted":
            return Untrue("the wish is not granted any more")
        notes = draft.scan(texts_about(wish.id)).records
        texts = {note.kind: note.text for note in notes}
        return Matter(delivery.kind, to, draft.programme.hub, texts=texts, lines=(("Wish", wish.id),))

    def sample(self, blank: Matter, now: datetime) -> Matter:
        return attrs.evolve(blank, texts={"wish": "A quieter room"})

    def load(self, sections: Mapping[str, object], actor: str) -> Command:
        topics = sections["topics"]
        assert isinstance(topics, tuple)
        return LoadTopics(topics=topics, actor=actor)

    def under_way(self, draft: Draft, people: Collection[str]) -> Collection[str]:
        wanted = {each: Range(Wish, "by_person", (each,), limit=1000) for each in people}
        draft.need(*wanted.values())
        return [each for each in people if any(w.state == "made" for w in draft.scan(wanted[each]).records)]
