"""One person's feed behind an address that cannot be guessed, for calendar programs, which have no way to log in.

A token is a name and 256 bits of chance. The hub keeps the name and a hash of the rest, so whoever reads the store
cannot subscribe; a token is shown once, when it is made. Whoever has it sees that person's sessions until it is
revoked.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import date

import attrs

from innovationhub import Hub, Invalid, NotFound
from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.people import PersonRow
from innovationhub.domain.records import Key, Range, Read
from innovationhub_icalendar.feeds import Feed, person_feed
from innovationhub_icalendar.records import FeedToken

__all__ = ["MOST_TOKENS", "feed_for", "revoke", "subscribe"]

MOST_TOKENS = 20
"""Tokens of one person that work at the same time: a calendar program each."""

ACTOR = "system:icalendar"
TOKEN = re.compile(r"([0-9a-f]{16})-([A-Za-z0-9_-]{43})", re.ASCII)


def hash_of(secret: str) -> str:
    """What is kept of a secret. It is 256 bits of chance, so one round is enough: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _of(person: str) -> Range[FeedToken]:
    return Range(FeedToken, "by_person", (person,), limit=MOST_TOKENS)


def _person(draft: Draft, person_id: str) -> PersonRow:
    row = draft.get(PersonRow, person_id)
    if row is None:
        raise NotFound("person", person_id)
    return row


@attrs.frozen
class _Subscribe:
    """Let a token open somebody's feed."""

    person_id: str
    name: str
    secret_hash: str = attrs.field(repr=False)
    actor: str

    def needs(self) -> Read:
        return Read((Key(PersonRow, (self.person_id,)), Key(FeedToken, (self.name,))))

    def decide(self, view: View) -> Accepted:
        draft = Draft(view, self.actor)
        person = _person(draft, self.person_id)
        if len(draft.scan(_of(person.key)).rows) == MOST_TOKENS:
            message = f"must have fewer than {MOST_TOKENS} subscriptions; revoke one, or all of them"
            raise Invalid("person_id", message, self.person_id)
        # who is written beside the token guards the range of theirs
        draft.touch(person)
        draft.put(FeedToken(self.name, person.key, self.secret_hash, draft.now))
        draft.note("icalendar.subscribed", person.key, token=self.name)
        return draft.accept(Done(self.name))


@attrs.frozen
class _Revoke:
    """Let a token of somebody's open nothing any more; without a name, all of theirs."""

    person_id: str
    name: str | None
    actor: str

    def needs(self) -> Read:
        return Read((Key(PersonRow, (self.person_id,)),))

    def decide(self, view: View) -> Accepted:
        draft = Draft(view, self.actor)
        person = _person(draft, self.person_id)
        there = [row for row in draft.scan(_of(person.key)).records if self.name in {None, row.name}]
        draft.need(*(Key(FeedToken, (row.name,)) for row in there))
        for row in there:
            draft.delete(row)
            draft.note("icalendar.revoked", person.key, token=row.name)
        if there:
            draft.touch(person)
        return draft.accept(Done(str(len(there))))


def subscribe(hub: Hub, person_id: str, *, request_id: str | None = None, actor: str | None = None) -> str:
    """A new token for somebody's feed. It is shown this once: the hub keeps only a hash of it. Commits.

    Asking again with the same `request_id` makes no second token, and cannot show the first again: then it raises
    `Invalid` naming `request_id`. Raises `NotFound` for a person who is not known, `Invalid` naming `person_id` for one
    who has `MOST_TOKENS` already.
    """
    name, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    command = _Subscribe(person_id, name, hash_of(secret), hub.actor(actor, ACTOR))
    answer = hub.run(command, request_id=request_id, asked=(person_id,))
    if answer != Done(name):
        message = (
            "was used before, and a token is shown once: revoke what it made, and subscribe under a new one"
        )
        raise Invalid("request_id", message, request_id)
    return f"{name}-{secret}"


def revoke(
    hub: Hub,
    person_id: str,
    token: str | None = None,
    *,
    request_id: str | None = None,
    actor: str | None = None,
) -> int:
    """Let a token open nothing any more, or all of somebody's; how many there were. Commits.

    `token` may be the whole of it, or only what stands before its first "-", as the journal has it. Raises `NotFound`.
    """
    name = None if token is None else token.partition("-")[0]
    command = _Revoke(person_id, name, hub.actor(actor, ACTOR))
    answer = hub.run(command, request_id=request_id, asked=(person_id, name))
    return int(answer.subject) if isinstance(answer, Done) else 0


def feed_for(
    hub: Hub, token: str, *, everything: bool = False, start: date | None = None, end: date | None = None
) -> Feed:
    """The feed that a token opens; see `person_feed`.

    Raises `NotFound`, with nothing of the token in it, for one that is unknown, wrong, revoked, or of somebody who was
    erased: which of these it is cannot be told from outside.
    """
    match = TOKEN.fullmatch(token) if isinstance(token, str) else None
    name, secret = match.groups() if match else ("", "")
    row = hub.rows(Read((Key(FeedToken, (name,)),))).get(FeedToken, name)
    # the comparison takes as long whatever is there
    kept = row.secret_hash if row is not None else hash_of("")
    right = hmac.compare_digest(hash_of(secret), kept)
    person_id = hub.ids_of([row.person]).get(row.person) if row is not None and right else None
    if person_id is None:
        raise NotFound("subscription", "(hidden)", "it may have been revoked: subscribe again")
    return person_feed(hub, person_id, everything=everything, start=start, end=end)
