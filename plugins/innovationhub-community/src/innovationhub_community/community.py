"""`Community`: what was learnt and by whom, where it went, whom to meet; with consent."""

from __future__ import annotations

from collections.abc import Collection

from innovationhub import NotFound
from innovationhub.domain.fields import choice
from innovationhub.domain.ids import checked_id
from innovationhub.domain.records import Range
from innovationhub.hub.part import minted
from innovationhub_community import showing
from innovationhub_community.consenting import Agree, Decline, Disagree, Introduce
from innovationhub_community.finding import find
from innovationhub_community.part import MOST, Part, checked_flag, checked_number, line, pointed, text
from innovationhub_community.pointing import Point, signposts_of
from innovationhub_community.records import (
    Consent,
    IntroductionRow,
    Outcome,
    ShowingRow,
    SignpostRow,
    TakeUpRow,
)
from innovationhub_community.views import ConsentGiven, Found, Introduction, Showing, Signpost, TakeUp

__all__ = ["Community"]


class Community(Part):
    """The learning community of a hub.

    Nobody's name or address is shown but by a consent that stands. Every command commits, takes `request_id` (the same
    id gets the same answer, and acts once) and `actor` (None: the person concerned, else the system), and raises
    `Refused`, `NotFound` and `Invalid` as the hub's own do.
    """

    # --- what was shown ---

    def share(
        self,
        person_id: str,
        *,
        title: str,
        done: str,
        outcome: str,
        learnt: str,
        session_id: str | None = None,
        contact: bool = False,
        keep_when_gone: bool = False,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Showing:
        """Somebody shows what they did, for all to find: a success, a failure, or mixed. Commits.

        `session_id` is the session in which they show it, None for nowhere. `contact`: whoever reads it may see their
        name and e-mail address. `keep_when_gone`: it stays, without them, when they are erased; else it goes too.
        Raises `Refused` (`needs-role`) without a place in the role `showcase` of that session.
        """
        command = showing.Share(
            showing_id=minted(),
            person_id=checked_id("person_id", person_id),
            session_id=checked_id("session_id", session_id) if session_id is not None else "",
            title=line("title", title),
            done=text("done", done),
            learnt=text("learnt", learnt),
            outcome=choice("outcome", Outcome, outcome),
            contact=checked_flag("contact", contact),
            keep=checked_flag("keep_when_gone", keep_when_gone),
            actor=self._actor(actor, person_id),
        )
        asked = (person_id, session_id, title, done, learnt, outcome, contact, keep_when_gone)
        return self.showing(self._run(command, request_id, asked))

    def edit(
        self,
        showing_id: str,
        *,
        title: str | None = None,
        done: str | None = None,
        outcome: str | None = None,
        learnt: str | None = None,
        keep_when_gone: bool | None = None,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Showing:
        """The author writes it better; None leaves it as it is. Commits. Raises `NotFound`."""
        command = showing.Edit(
            showing_id=checked_id("showing_id", showing_id),
            title=None if title is None else line("title", title),
            done=None if done is None else text("done", done),
            learnt=None if learnt is None else text("learnt", learnt),
            outcome=None if outcome is None else choice("outcome", Outcome, outcome),
            keep=None if keep_when_gone is None else checked_flag("keep_when_gone", keep_when_gone),
            actor=self._actor(actor),
        )
        asked = (showing_id, title, done, learnt, outcome, keep_when_gone)
        return self.showing(self._run(command, request_id, asked))

    def withdraw(self, showing_id: str, *, request_id: str | None = None, actor: str | None = None) -> None:
        """The author takes it back, and with it what others wrote about taking it up. Commits. Raises `NotFound`."""
        command = showing.Withdraw(showing_id=checked_id("showing_id", showing_id), actor=self._actor(actor))
        self._run(command, request_id, (showing_id,))

    def showing(self, showing_id: str) -> Showing:
        """One showing, with whom to talk to where they consent. Raises `NotFound`."""
        return self._showings([self._row(ShowingRow, "showing", checked_id("showing_id", showing_id))])[0]

    def showings(
        self, *, person_id: str | None = None, outcome: str | None = None, limit: int = 1000
    ) -> list[Showing]:
        """What was shown, the newest first: by one person, with one outcome, or all of it; `limit` of them at most."""
        checked_number("limit", limit)
        wanted = None if outcome is None else choice("outcome", Outcome, outcome)
        if person_id is None:
            found = self._scan(Range(ShowingRow, "by_at", limit=MOST, reverse=True))
        else:
            found = self._scan(Range(ShowingRow, "by_person", (self._key(person_id),), limit=MOST))
            found.sort(key=lambda row: row.at, reverse=True)
        return self._showings([row for row in found if wanted in {None, row.outcome}][:limit])

    # --- who took it up ---

    def take_up(
        self,
        showing_id: str,
        person_id: str,
        *,
        where: str,
        note: str = "",
        request_id: str | None = None,
        actor: str | None = None,
    ) -> TakeUp:
        """Somebody takes an idea up elsewhere, such as in their ward; its author is told. Commits.

        Raises `NotFound`, and `Refused` (`full`) where 200 did.
        """
        command = showing.TakeUp(
            take_up_id=minted(),
            showing_id=checked_id("showing_id", showing_id),
            person_id=checked_id("person_id", person_id),
            where=line("where", where),
            note=text("note", note, empty=True),
            actor=self._actor(actor, person_id),
        )
        id = self._run(command, request_id, (showing_id, person_id, where, note))
        return self._taken_up(self._row(TakeUpRow, "take-up", id))

    def went(
        self,
        take_up_id: str,
        outcome: str,
        went: str,
        *,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> TakeUp:
        """How it went where an idea was taken up. Commits; again: as it is known by now. Raises `NotFound`."""
        command = showing.Went(
            take_up_id=checked_id("take_up_id", take_up_id),
            outcome=choice("outcome", Outcome, outcome),
            went=text("went", went),
            actor=self._actor(actor),
        )
        id = self._run(command, request_id, (take_up_id, outcome, went))
        return self._taken_up(self._row(TakeUpRow, "take-up", id))

    def take_ups(self, showing_id: str) -> list[TakeUp]:
        """Where an idea was taken up, and how it went, the first first. Raises `NotFound`."""
        row = self._row(ShowingRow, "showing", checked_id("showing_id", showing_id))
        found = self._scan(showing.take_ups(row.id))
        return [self._taken_up(each) for each in sorted(found, key=lambda each: each.at)]

    # --- what somebody was pointed to ---

    def signpost(
        self,
        booking_id: str,
        to: str,
        *,
        title: str = "",
        note: str = "",
        person_id: str | None = None,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Signpost:
        """Point somebody to something; after the session they get all of it as one message. Commits.

        `to` is `thing:KEY`, `practice:KEY`, `showing:ID`, a web address, or a resource in words. A web address is found
        again by its `title`, which names nobody. `person_id` is who, of those in the booking; None: who leads it.
        Raises `NotFound`, and `Refused` (`not-active` for a booking that came to nothing, `full` after fifty).
        """
        kind, rest = pointed(to)
        command = Point(
            signpost_id=minted(),
            booking_id=checked_id("booking_id", booking_id),
            points=kind,
            to=rest,
            title=line("title", title, empty=True),
            note=text("note", note, empty=True),
            person_id=None if person_id is None else checked_id("person_id", person_id),
            actor=self._actor(actor),
        )
        id = self._run(command, request_id, (booking_id, to, title, note, person_id))
        return self._signpost(self._row(SignpostRow, "signpost", id))

    def signposts(self, booking_id: str) -> list[Signpost]:
        """What was given on a booking, in order."""
        found = self._scan(signposts_of(checked_id("booking_id", booking_id)))
        return [self._signpost(row) for row in sorted(found, key=lambda row: (row.at, row.id))]

    # --- whom to meet ---

    def introduce(
        self,
        one_id: str,
        other_id: str,
        why: str,
        *,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> str:
        """Ask two people whether they want to meet; returns the introduction's id. Commits.

        Each is told `why`, and not who the other is. It is made once both consent (`consent`), and over after 14 days.
        """
        command = Introduce(
            introduction_id=minted(),
            one_id=checked_id("one_id", one_id),
            other_id=checked_id("other_id", other_id),
            why=text("why", why),
            actor=self._actor(actor),
        )
        return self._run(command, request_id, (one_id, other_id, why))

    def introduction(self, introduction_id: str, person_id: str) -> Introduction:
        """An introduction as one of the two sees it. Raises `NotFound`, also to anybody else."""
        id, person = checked_id("introduction_id", introduction_id), self._key(person_id)
        row = self._row(IntroductionRow, "introduction", id)
        if person not in {row.one, row.other}:
            raise NotFound("introduction", id)
        return self._introduction(row, person)

    def introductions(self, person_id: str) -> list[Introduction]:
        """Somebody's introductions, the newest first."""
        person = self._key(person_id)
        both = (Range(IntroductionRow, by, (person,), limit=MOST) for by in ("by_one", "by_other"))
        rows = sorted(
            (row for each in both for row in self._scan(each)), key=lambda row: row.at, reverse=True
        )
        return [self._introduction(row, person) for row in rows]

    def decline(self, introduction_id: str, person_id: str, *, request_id: str | None = None) -> None:
        """One of the two would rather not: it is over. Nobody is told, and who it was is written nowhere. Commits.

        Raises `NotFound`, and `Refused` (`not-active`) once it was made: then take the consent back.
        """
        command = Decline(
            introduction_id=checked_id("introduction_id", introduction_id),
            person_id=checked_id("person_id", person_id),
        )
        self._run(command, request_id, (introduction_id, person_id))

    # --- consent ---

    def consent(
        self, about: str, person_id: str, *, request_id: str | None = None, actor: str | None = None
    ) -> None:
        """Somebody agrees that their contact is shown with their showing, or to the other of an introduction. Commits.

        `about` is the id of either. With both consents an introduction is made. Raises `NotFound` where it is not
        theirs, and `Refused` (`not-active`) where the introduction is over.
        """
        who = None if actor is None else self._actor(actor)
        command = Agree(
            about=checked_id("about", about), person_id=checked_id("person_id", person_id), actor=who
        )
        self._run(command, request_id, (about, person_id))

    def withdraw_consent(
        self, about: str, person_id: str, *, request_id: str | None = None, actor: str | None = None
    ) -> None:
        """Somebody takes their consent back: from now on their contact is not shown. Commits. Raises `NotFound`."""
        who = None if actor is None else self._actor(actor)
        command = Disagree(
            about=checked_id("about", about), person_id=checked_id("person_id", person_id), actor=who
        )
        self._run(command, request_id, (about, person_id))

    def consents(self, person_id: str) -> list[ConsentGiven]:
        """The consents of somebody that stand: about what, and since when."""
        found = self._scan(Range(Consent, "by_person", (self._key(person_id),), limit=MOST))
        return [ConsentGiven(row.about, self._local(row.at)) for row in found]

    # --- search ---

    def search(self, words: str, *, kinds: Collection[str] | None = None, limit: int = 20) -> list[Found]:
        """What has all these words: showings, practices, things, resources; or only those `kinds`. Names nobody.

        By the store's own text search where it has one. Raises `Invalid` naming `words`, `kinds` or `limit`.
        """
        return find(self._hub, words, kinds, limit)
