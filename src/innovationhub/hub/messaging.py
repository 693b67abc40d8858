"""The part of the face that knows of messages and followers: what went out, what did not, how far each has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from innovationhub.courier.opening import own_templates, preview
from innovationhub.domain.answers import Answer
from innovationhub.domain.deliveries import Delivery, DeliveryState, Following
from innovationhub.domain.fields import choice
from innovationhub.domain.ids import checked_id
from innovationhub.domain.messages import Message, MessageKind
from innovationhub.domain.posting import Report, Resend
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.time import zone
from innovationhub.domain.views import FollowerView, MessageView
from innovationhub.engine import Engine
from innovationhub.errors import Invalid, NotFound
from innovationhub.hub.part import Part, checked_note, text
from innovationhub.hub.people import People

__all__ = ["Messaging", "message_views"]

MOST_LISTED = 10_000
"""Messages listed in one answer."""

MOST_FOLLOWERS = 1000


class Messaging(Part):
    """Messages."""

    def messages(self, state: str = "given-up", *, limit: int = 1000) -> list[MessageView]:
        """The messages of one state, in order of when they are or were due: what was given up, unless told otherwise.

        States: waiting, sent, delivered, bounced, dropped, given-up. Raises `Invalid`.
        """
        wanted = choice("state", DeliveryState, state)
        if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST_LISTED:
            raise Invalid("limit", f"must be from 1 to {MOST_LISTED}; got {limit!r}", limit)
        rows = Range(Delivery, "by_state", (str(wanted),), limit=limit)
        return message_views(
            self._engine, self._people, self._store.read(Read(ranges=(rows,))).scan(rows).records
        )

    def message(self, message_id: str) -> MessageView:
        """One message by its key. Raises `NotFound`."""
        row = self._store.read(Read((Key(Delivery, (checked_id("message_id", message_id),)),)))
        found = row.get(Delivery, message_id)
        if found is None:
            raise NotFound("message", message_id, "hub.messages(state) lists them")
        return message_views(self._engine, self._people, [found])[0]

    def resend(
        self, message_id: str, *, request_id: str | None = None, actor: str | None = None
    ) -> MessageView:
        """Try again what was given up or came back, or at once what waits, under the same key.

        Commits; the next tick sends it. Raises `NotFound`, and `Refused` (`not-active`) for a message that has gone,
        was dropped, or is on its way.
        """
        who = self._people.actor(actor, "system:hub")
        command = Resend(delivery_id=checked_id("message_id", message_id), actor=who)
        return self._run(command, lambda answer: self._of(answer, message_id), request_id, (message_id,))

    def report_delivery(
        self,
        message_id: str,
        *,
        delivered: bool,
        why: str = "",
        request_id: str | None = None,
        actor: str | None = None,
    ) -> MessageView:
        """Note what a channel learnt later of a message: it arrived, or (`why`, naming nobody) it came back. Commits.

        For whoever serves a channel's callbacks. Reports may come late, twice and in any order; the last one stands.
        Raises `NotFound`.
        """
        if not isinstance(delivered, bool):
            raise Invalid("delivered", f"must be true or false; got {delivered!r}", delivered)
        command = Report(
            delivery_id=checked_id("message_id", message_id),
            delivered=delivered,
            why=checked_note("why", text("why", why)),
            actor=self._people.actor(actor, "system:hub"),
        )
        asked = (message_id, delivered, why)
        return self._run(command, lambda answer: self._of(answer, message_id), request_id, asked)

    def followers(self) -> list[FollowerView]:
        """Everybody who follows the journal, channels included, and how far each is behind it."""
        rows = Range(Following, "key", limit=MOST_FOLLOWERS)
        newest = self._newest()
        where = zone(self._engine.programme.hub.timezone)
        return [
            FollowerView(
                name=row.name,
                position=row.position,
                behind=max(0, newest - row.position),
                failures=row.failures,
                again=row.due.astimezone(where) if row.due else None,
                why=row.why,
            )
            for row in self._store.read(Read(ranges=(rows,))).scan(rows).records
        ]

    def message_kinds(self) -> list[str]:
        """Every kind of message there can be: the hub's own, and those of plugins. Raises `PluginError`."""
        return [*map(str, MessageKind), *sorted(own_templates(self.registry.keepers))]

    def preview_message(self, kind: str) -> Message:
        """What a message of that kind looks like with this hub's settings and templates, about a made-up booking.

        Raises `Invalid` naming `kind`, or `templates` where its template cannot be rendered.
        """
        kinds = self.message_kinds()
        if kind not in kinds:
            choices = ", ".join(f'"{each}"' for each in kinds)
            raise Invalid("kind", f"must be one of {choices}; got {kind!r}", kind)
        now = self._engine.now().astimezone(zone(self._engine.programme.hub.timezone))
        starts = (now + timedelta(days=14)).replace(hour=10, minute=0, second=0, microsecond=0)
        return preview(kind, self._engine.programme.hub, starts, self._templates, self.registry.keepers)

    def _of(self, answer: Answer, message_id: str) -> MessageView:
        return self.message(message_id)


def message_views(engine: Engine, people: People, rows: Sequence[Delivery]) -> list[MessageView]:
    """Deliveries as callers see them: in people's own ids and the hub's local time."""
    names = people.ids(row.person for row in rows if row.person)
    where = zone(engine.programme.hub.timezone)
    return [
        MessageView(
            id=row.id,
            kind=row.kind,
            channel=row.channel,
            person_id=names[row.person] if row.person else None,
            booking_id=row.booking_id or None,
            session_id=row.session_id,
            state=row.state,
            due=row.due.astimezone(where),
            attempts=row.attempts,
            position=row.position,
            reference=row.reference,
            why=row.why,
            settled=row.settled and row.settled.astimezone(where),
        )
        for row in rows
    ]
