"""Nothing personal is ever shown without a consent that stands: any steps, both stores, against a naive model."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import innovationhub_community
from innovationhub import NotFound, Refused
from innovationhub_community import Community, Contact, IntroductionState
from on_community.showings import HANDOVER
from tests.properties.both import examples
from tests.support import Clock, people, small_hub

PEOPLE = ("ada", "ben", "cat")

persons = st.sampled_from(PEOPLE)
which = st.integers(min_value=0, max_value=5)


@attrs.define
class Meeting:
    """An introduction as a naive model has it."""

    ids: tuple[str, str]
    people: tuple[str, str]
    due: float
    state: str = "asked"
    agreed: set[str] = attrs.field(factory=set)


@attrs.define
class Shown:
    ids: tuple[str, str]
    author: str | None
    keep: bool
    consents: bool


class ConsentMachine(RuleBasedStateMachine):
    """Two hubs, in memory and in a file, and a model that knows who agreed to what."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.folder = tempfile.TemporaryDirectory()
        urls: tuple[str | Path, ...] = ("memory:", Path(self.folder.name) / "hub.db")
        self.hubs = [small_hub(url, clock=self.clock, plugins=[innovationhub_community]) for url in urls]
        self.faces = [Community(hub) for hub in self.hubs]
        self.meetings: list[Meeting] = []
        self.shown: list[Shown] = []
        self.known = set(PEOPLE)

    @initialize()
    def begin(self) -> None:
        for hub in self.hubs:
            people(hub, *PEOPLE)

    def teardown(self) -> None:
        for hub in self.hubs:
            hub.close()
        self.folder.cleanup()

    @rule(one=persons, other=persons)
    def introduce(self, one: str, other: str) -> None:
        if one == other or not {one, other} <= self.known:
            return
        first, second = (face.introduce(one, other, "Why not") for face in self.faces)
        self.meetings.append(Meeting((first, second), (one, other), 14))

    @rule(person=persons, contact=st.booleans(), keep=st.booleans())
    def share(self, person: str, contact: bool, keep: bool) -> None:
        if person in self.known:
            first, second = (
                face.share(person, contact=contact, keep_when_gone=keep, **HANDOVER).id for face in self.faces
            )
            self.shown.append(Shown((first, second), person, keep, contact))

    @rule(number=which, person=persons, agree=st.booleans())
    def answer(self, number: int, person: str, agree: bool) -> None:
        """Somebody agrees to an introduction, or takes it back."""
        if not self.meetings:
            return
        meeting = self.meetings[number % len(self.meetings)]
        allowed = (
            person in self.known and person in meeting.people and not (agree and meeting.state == "over")
        )
        for face, id in zip(self.faces, meeting.ids, strict=True):
            act = face.consent if agree else face.withdraw_consent
            assert self._did(partial(act, id, person)) is allowed
        if allowed and agree:
            meeting.agreed.add(person)
            if meeting.agreed == set(meeting.people):
                meeting.state = "made"
        elif allowed:
            meeting.agreed.discard(person)

    @rule(number=which, person=persons, agree=st.booleans())
    def offer(self, number: int, person: str, agree: bool) -> None:
        """Somebody agrees to be contacted about what they showed, or takes it back."""
        if not self.shown:
            return
        shown = self.shown[number % len(self.shown)]
        allowed = person in self.known and person == shown.author
        for face, id in zip(self.faces, shown.ids, strict=True):
            act = face.consent if agree else face.withdraw_consent
            assert self._did(partial(act, id, person)) is allowed
        if allowed:
            shown.consents = agree

    @rule(number=which, person=persons)
    def decline(self, number: int, person: str) -> None:
        if not self.meetings:
            return
        meeting = self.meetings[number % len(self.meetings)]
        allowed = person in self.known and person in meeting.people and meeting.state != "made"
        for face, id in zip(self.faces, meeting.ids, strict=True):
            assert self._did(partial(face.decline, id, person)) is allowed
        if allowed:
            meeting.state, meeting.agreed = "over", set()

    @rule(days=st.sampled_from((1, 7, 14)))
    def wait(self, days: int) -> None:
        self.clock.now += timedelta(days=days)
        for meeting in self.meetings:
            meeting.due -= days
            if meeting.due <= 0 and meeting.state == "asked":
                meeting.state, meeting.agreed = "over", set()
        for hub in self.hubs:
            hub.tick()

    @rule(person=st.sampled_from(PEOPLE[:1]))
    def erase(self, person: str) -> None:
        if person not in self.known:
            return
        self.known.discard(person)
        for hub in self.hubs:
            hub.erase_person(person)
        for meeting in self.meetings:
            if person in meeting.people:
                meeting.state = "over" if meeting.state == "asked" else meeting.state
                meeting.agreed = set()
                meeting.people = (
                    "" if meeting.people[0] == person else meeting.people[0],
                    "" if meeting.people[1] == person else meeting.people[1],
                )
        self.shown = [each for each in self.shown if each.author != person or each.keep]
        for shown in self.shown:
            if shown.author == person:
                shown.author, shown.consents = None, False

    @staticmethod
    def _did(act: Callable[[], object]) -> bool:
        try:
            act()
        except (NotFound, Refused):
            return False
        return True

    @invariant()
    def what_is_shown_is_what_was_agreed_to(self) -> None:
        for place, face in enumerate(self.faces):
            for shown in self.shown:
                contact = face.showing(shown.ids[place]).contact
                assert contact == (self._contact(shown.author) if shown.consents and shown.author else None)
            for meeting in self.meetings:
                for person in meeting.people:
                    if person in self.known:
                        self._seen(face, meeting, meeting.ids[place], person)

    def _seen(self, face: Community, meeting: Meeting, id: str, person: str) -> None:
        seen = face.introduction(id, person)
        other = meeting.people[1] if person == meeting.people[0] else meeting.people[0]
        both = meeting.state == "made" and meeting.agreed == set(meeting.people)
        assert (seen.state, seen.agreed) == (IntroductionState(meeting.state), person in meeting.agreed)
        assert seen.contact == (self._contact(other) if both else None)

    @staticmethod
    def _contact(person: str) -> Contact:
        return Contact(f"Name of {person}", f"{person}@nhs.example")

    @invariant()
    def audit_is_clean(self) -> None:
        for hub in self.hubs:
            assert hub.audit() == []


TestConsents = ConsentMachine.TestCase
TestConsents.settings = examples(25)
