"""Sending what is due: who has which delivery, and what became of it.

A courier takes a few deliveries to itself for a while (a lease), sends each, and notes the outcome. It may die at any
point: what it had is due again when its lease is over, under the same key. Of several couriers each delivery is one's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.deliveries import (
    LEASE,
    MOST_ATTEMPTS,
    SETTLED,
    Delivery,
    DeliveryState,
    backoff,
)
from innovationhub.domain.messages import Later, MessageKind, Never, Sent
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.refusals import Reason, Refusal
from innovationhub.domain.settings import HubSettings
from innovationhub.domain.time import local, resolve, utc, zone
from innovationhub.errors import NotFound

__all__ = ["Post", "Report", "Resend", "Take", "Untrue", "quiet_until"]

LOOKED_AT = 32
"""Deliveries that are due and looked at to find a few that can go."""

MOST_ABOUT = 200
"""Deliveries about one topic to one person that wait."""

SAID = "another about the same says it"

_MOMENT = timedelta(microseconds=1)


@attrs.frozen
class Untrue:
    """What it tells is not so any more: it is not sent. `why` is a few words that name nobody."""

    why: str


def quiet_until(now: datetime, hub: HubSettings) -> datetime | None:
    """When the hub's quiet hours end (UTC) if they are on now; None where they are not."""
    quiet = hub.quiet_hours
    if quiet is None:
        return None
    where = zone(hub.timezone)
    wall = local(now, where)
    begins, ends = (
        wall.replace(hour=at.hour, minute=at.minute, second=at.second, microsecond=0)
        for at in (quiet.begins, quiet.ends)
    )
    if quiet.begins < quiet.ends:
        return utc(resolve(ends, where)) if begins <= wall < ends else None
    if wall >= begins:
        return utc(resolve(ends + timedelta(days=1), where))
    return utc(resolve(ends, where)) if wall < ends else None


@attrs.frozen(kw_only=True)
class Take:
    """Take a few deliveries by a channel that are due, in order; `token` is this courier's own.

    A later one about the same thing supersedes earlier ones that have not gone; while an earlier one is on its way the
    later waits for what becomes of it. In quiet hours only what cannot wait is taken.
    """

    channel: str
    token: str
    limit: int
    actor: str = "system:courier"

    def needs(self) -> Read:
        """What is due depends on the instant, which comes with the view."""
        return Read()

    def decide(self, view: View) -> Accepted | Refusal:
        """Never refused. The answer names those taken, apart by spaces; `more` that there may be others."""
        draft = Draft(view, self.actor)
        state = DeliveryState.WAITING
        due = Range(Delivery, "by_state", (state, self.channel), None, draft.now + _MOMENT, LOOKED_AT)
        found = draft.scan(due)
        draft.need(*(_about(row) for row in found.records))
        quiet = quiet_until(draft.now, draft.programme.hub)
        taken: list[str] = []
        for row in found.records:
            waiting = draft.scan(_about(row)).records
            # one that a courier had and never answered for may be what it died of: it is taken by itself
            if len(taken) == self.limit or (taken and row.lease):
                return draft.accept(Done(" ".join(taken), more=True))
            # else it was dropped just now, for one of the same topic
            if any(each.id == row.id for each in waiting):
                taken += self._consider(draft, row, waiting, quiet)
                if taken and row.lease:
                    return draft.accept(Done(" ".join(taken), more=True))
        return draft.accept(Done(" ".join(taken), found.cut))

    def _consider(
        self, draft: Draft, row: Delivery, waiting: Sequence[Delivery], quiet: datetime | None
    ) -> list[str]:
        """Take one, put it off, or let it be; returns its id where it is taken."""
        earlier = [each for each in waiting if each.position < row.position]
        under_way = [each.due for each in earlier if each.lease and each.due > draft.now]
        if _yields(row, waiting):
            _drop(draft, row, SAID)
        elif quiet is not None and row.until > quiet:
            draft.put(attrs.evolve(row, due=quiet, lease=""))
        elif under_way:
            draft.put(attrs.evolve(row, due=max(under_way), lease=""))
        else:
            for each in earlier:  # they wait to be tried again, and must not come after it
                _drop(draft, each, SAID)
            leased = attrs.evolve(row, lease=self.token, due=draft.now + LEASE, attempts=row.attempts + 1)
            draft.put(leased)
            return [row.id]
        return []


def _about(row: Delivery) -> Range[Delivery]:
    about = (row.topic, row.channel, row.person, DeliveryState.WAITING)
    return Range(Delivery, "by_topic", about, limit=MOST_ABOUT)


def _yields(row: Delivery, waiting: Sequence[Delivery]) -> bool:
    """Whether another that waits says all that this one would. A reminder gives way to news, even to older news."""
    if row.kind is MessageKind.REMINDER:
        return any(each.id != row.id for each in waiting)
    return any(each.position > row.position and each.kind is not MessageKind.REMINDER for each in waiting)


def _drop(draft: Draft, row: Delivery, why: str) -> None:
    draft.put(attrs.evolve(row, state=DeliveryState.DROPPED, lease="", why=why, settled=draft.now))


@attrs.frozen(kw_only=True)
class Post:
    """Note what became of an attempt. `chance` (0 to 1) spreads those that are tried again.

    That it was sent is noted whoever has it by now; anything else only while it is still this courier's own.
    """

    delivery_id: str
    token: str
    outcome: Sent | Later | Never | Untrue
    chance: float
    actor: str = "system:courier"

    def needs(self) -> Read:
        """The delivery."""
        return Read((Key(Delivery, (self.delivery_id,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Never refused."""
        draft = Draft(view, self.actor)
        row = draft.get(Delivery, self.delivery_id)
        if row is None or row.state in SETTLED:
            return draft.accept(Done(self.delivery_id))
        if isinstance(self.outcome, Sent):
            sent = attrs.evolve(
                row, state=DeliveryState.SENT, lease="", reference=self.outcome.reference[:200]
            )
            draft.put(attrs.evolve(sent, why="", settled=draft.now))
        elif row.lease != self.token:
            pass  # another courier has it by now, and notes its own
        elif isinstance(self.outcome, Untrue):
            _drop(draft, row, self.outcome.why)
        else:
            self._failed(draft, row, self.outcome)
        return draft.accept(Done(self.delivery_id))

    def _failed(self, draft: Draft, row: Delivery, outcome: Later | Never) -> None:
        # what is no fault of this recipient's costs them no attempt
        attempts = row.attempts - (isinstance(outcome, Later) and outcome.down)
        final = isinstance(outcome, Never) or attempts >= MOST_ATTEMPTS
        state = DeliveryState.GIVEN_UP if final else DeliveryState.WAITING
        wait = backoff(attempts, self.chance)
        if isinstance(outcome, Later) and outcome.wait is not None:
            wait = max(wait, outcome.wait)
        draft.put(
            attrs.evolve(
                row,
                state=state,
                attempts=attempts,
                lease="",
                due=row.due if final else draft.now + wait,
                why=outcome.why[:200],
                settled=draft.now if final else None,
            )
        )


@attrs.frozen(kw_only=True)
class Resend:
    """Let a delivery be tried again now: one that was given up or came back as if it were new, one that waits at once.

    Its key stays the same.
    """

    delivery_id: str
    actor: str

    def needs(self) -> Read:
        """The delivery."""
        return Read((Key(Delivery, (self.delivery_id,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Refused (`not-active`) where it has gone, was dropped, or is on its way. Raises `NotFound`."""
        draft = Draft(view, self.actor)
        row = _known(draft, self.delivery_id)
        if row.state is DeliveryState.WAITING and row.lease and row.due > draft.now:
            under_way = "This message is being sent at this moment."
            remedy = "Look again in a few minutes."
            return Refusal((Reason("not-active", under_way, {"status": str(row.state)}, (remedy,)),))
        if row.state not in {DeliveryState.GIVEN_UP, DeliveryState.BOUNCED, DeliveryState.WAITING}:
            sentence = (
                f"This message is {row.state}: only one that waits, was given up or came back can be sent."
            )
            return Refusal((Reason("not-active", sentence, {"status": str(row.state)}),))
        again = attrs.evolve(row, state=DeliveryState.WAITING, due=draft.now, attempts=0, settled=None)
        draft.put(again)
        return draft.accept(Done(row.id))


@attrs.frozen(kw_only=True)
class Report:
    """Note what a channel learnt later: it was delivered, or (`why`) it came back."""

    delivery_id: str
    delivered: bool
    why: str
    actor: str

    def needs(self) -> Read:
        """The delivery."""
        return Read((Key(Delivery, (self.delivery_id,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Never refused: reports come late, twice and in any order, and the last one stands. Raises `NotFound`."""
        draft = Draft(view, self.actor)
        row = _known(draft, self.delivery_id)
        state = DeliveryState.DELIVERED if self.delivered else DeliveryState.BOUNCED
        draft.put(attrs.evolve(row, state=state, lease="", why=self.why[:200], settled=draft.now))
        return draft.accept(Done(row.id))


def _known(draft: Draft, delivery_id: str) -> Delivery:
    row = draft.get(Delivery, delivery_id)
    if row is None:
        raise NotFound("message", delivery_id, "hub.messages(state) lists them")
    return row
