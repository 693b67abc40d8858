"""One channel's outbox: entries become deliveries, and those that are due are said, sent and noted."""

from __future__ import annotations

import logging
import random
import secrets
from collections.abc import Callable
from datetime import timedelta

import attrs

from innovationhub.courier.naming import unnamed
from innovationhub.courier.rendering import Templates, Unrenderable
from innovationhub.courier.report import CourierReport
from innovationhub.domain.answers import Answer, Done
from innovationhub.domain.booking import BookingRow
from innovationhub.domain.deciding import Command
from innovationhub.domain.deliveries import MOST_ATTEMPTS, Delivery, Following
from innovationhub.domain.journal import Entry
from innovationhub.domain.messages import Later, Message, MessageKind, Never, Outcome, Sent
from innovationhub.domain.posting import Post, Take, Untrue
from innovationhub.domain.records import Key, Read
from innovationhub.domain.roster import Roster
from innovationhub.domain.saying import Matter, Sayers, say
from innovationhub.domain.telling import Tellers
from innovationhub.domain.turning import CHANNEL, Turn
from innovationhub.engine import Engine
from innovationhub.engine.queueing import ahead_of
from innovationhub.errors import HubError, Unavailable
from innovationhub.protocols.channel import Channel

__all__ = ["Outbox"]

PAGE = 100
"""Entries turned into deliveries at once."""

FEW = 8
"""Deliveries taken at once: so few that they are sent within their lease."""

MARGIN = timedelta(minutes=1)
"""What a channel may take: a delivery whose lease ends sooner is left to whoever takes it next."""

log = logging.getLogger("innovationhub.courier")


def _done(answer: Answer) -> Done:
    return answer if isinstance(answer, Done) else Done("")


@attrs.define
class Outbox:
    """What one channel has to send. `templates` make its messages; `tellers` and `sayers` know of plugins' own."""

    name: str
    channel: Channel
    engine: Engine
    templates: Templates
    tellers: Tellers
    sayers: Sayers

    def run(self, limit: int, stop: Callable[[], bool]) -> CourierReport:
        """Turn what happened since into deliveries, and send what is due: `limit` pages and messages at most."""
        made, all_turned = self._turn(limit, stop)
        return CourierReport(made=made, complete=all_turned) + self._send(limit, stop)

    def _turn(self, limit: int, stop: Callable[[], bool]) -> tuple[int, bool]:
        name, made = CHANNEL + self.name, 0
        for _ in range(limit):
            cursor = self.engine.store.read(Read((Key(Following, (name,)),))).get(Following, name)
            entries = self.engine.store.tail(cursor.position, PAGE) if cursor else ()
            if not entries or stop():
                return made, not entries
            made += int(
                self._run(Turn(channel=self.name, entries=tuple(entries), tellers=self.tellers)).subject
            )
        return made, False

    def _run(self, command: Command) -> Done:
        return self.engine.run(command, _done)

    def _send(self, limit: int, stop: Callable[[], bool]) -> CourierReport:
        report, left = CourierReport(), limit
        while left > 0 and not stop():
            token = secrets.token_hex(8)
            taken = self._run(Take(channel=self.name, token=token, limit=min(FEW, left)))
            ids = taken.subject.split()
            left -= max(1, len(ids))  # one that only put others off counts too, so that it ends
            halted = ""
            for at, id in enumerate(ids):
                one, down = self._deliver(id, token)
                report += one
                halted = down or ("stopped" if stop() else "")
                if halted:
                    self._give_back(ids[at + 1 :], token, halted)
                    break
            if halted:
                return report + CourierReport(complete=False)
            if not taken.more:
                return report
        return report + CourierReport(complete=False)

    def _give_back(self, ids: list[str], token: str, why: str) -> None:
        """Let go of deliveries that were not tried: they lose no attempt."""
        for id in ids:
            self._note(id, token, Later(why, down=True))

    def _deliver(self, id: str, token: str) -> tuple[CourierReport, str]:
        """Send one, and note what became of it; also why the channel is down, where it is."""
        row = self.engine.store.read(Read((Key(Delivery, (id,)),))).get(Delivery, id)
        if row is None or row.lease != token:
            return CourierReport(), ""
        if row.due - self.engine.now() < MARGIN:
            self._give_back([id], token, "not reached in time")
            return CourierReport(complete=False), ""
        outcome = self._attempted(row)
        self._note(id, token, outcome)
        event = {
            "channel": self.name,
            "message_kind": str(row.kind),
            "delivery": id,
            "attempt": row.attempts,
            "session": row.session_id,
        }
        if isinstance(outcome, Sent):
            log.info("message.sent", extra=event)
            return CourierReport(sent=1), ""
        if isinstance(outcome, Untrue):
            log.info("message.dropped", extra=event)
            return CourierReport(dropped=1), ""
        down = outcome.why if isinstance(outcome, Later) and outcome.down else ""
        final = isinstance(outcome, Never) or (row.attempts >= MOST_ATTEMPTS and not down)
        if final:
            log.warning("message.given-up", extra=event)
        else:
            log.info("message.later", extra=event)
        trouble = f"channel {self.name}: {outcome.why}"
        return CourierReport(failed=not final, given_up=final, troubles=(trouble,)), down

    def _note(self, id: str, token: str, outcome: Outcome | Untrue) -> None:
        chance = random.random()  # noqa: S311  # to spread, not to hide
        self._run(Post(delivery_id=id, token=token, outcome=outcome, chance=chance))

    def _attempted(self, row: Delivery) -> Outcome | Untrue:
        if row.attempts > MOST_ATTEMPTS:  # whoever had it died each time, and noted nothing
            return Never(row.why or "no answer was ever noted")
        try:
            said = self.engine.consider(lambda draft: say(draft, row, self.sayers))
            if isinstance(said, Untrue):
                return said
            message = self._message(said, row)
        except Unavailable:
            raise
        except Unrenderable as error:
            return Later(f"template {error}")
        except HubError as error:
            # a rule or a closure that breaks while the message is put together
            return Later(type(error).__name__)
        try:
            outcome: object = self.channel.send(message)  # a plugin may answer anything
        except Exception as error:  # noqa: BLE001  # whatever a channel raises may be gone by the next attempt
            return Later(type(error).__name__)
        if isinstance(outcome, Sent) and isinstance(outcome.reference, str):
            return Sent(unnamed(outcome.reference, message.to))
        if isinstance(outcome, Later | Never) and isinstance(outcome.why, str):
            return attrs.evolve(outcome, why=unnamed(outcome.why, message.to))
        return Later("the channel's answer is none")

    def _message(self, matter: Matter, row: Delivery) -> Message:
        keys = (
            Key(Entry, (row.position,)),
            Key(BookingRow, (row.booking_id,)),
            Key(Roster, (row.session_id, matter.role)),
        )
        rows = self.engine.store.read(Read(keys))
        booking, roster = rows.get(BookingRow, row.booking_id), rows.get(Roster, row.session_id, matter.role)
        if matter.kind is MessageKind.WAITING and booking and roster:
            ahead = ahead_of(self.engine.store, booking, roster)
            matter = attrs.evolve(matter, place=sum(ahead.values()) + 1)
        return self.templates.render(matter, row, rows.get(Entry, row.position))
