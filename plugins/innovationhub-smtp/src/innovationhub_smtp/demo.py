"""`demo-messages`: a hub that writes to people, a mail server that receives it, and somebody's calendar that follows.

The server is a real one (aiosmtpd) on this machine's loopback, on a free port, for as long as the demo runs. The
calendar is a reader of what arrived, and nothing of the hub's.
"""

from __future__ import annotations

import asyncio
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

import attrs
import click
from aiosmtpd.smtp import SMTP
from icalendar import Calendar

from innovationhub import CallOff, Hub, Move, Person, Settings
from innovationhub.cli.arguments import command
from innovationhub.cli.desk import Desk
from innovationhub.cli.wording import count

__all__ = ["demo_messages"]

LOOPBACK = "127.0.0.1"
SECONDS = 20


@attrs.define
class Sink:
    """What arrived, in order."""

    received: list[EmailMessage] = attrs.field(factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Keep one message."""
        made = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(made, EmailMessage)  # noqa: S101  # what that policy makes
        self.received.append(made)
        return "250 OK"


@contextmanager
def listening(sink: Sink) -> Iterator[int]:
    """A mail server on a free port of loopback, in a thread of its own; stopped when it is left."""
    loop = asyncio.new_event_loop()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        making = loop.create_server(lambda: SMTP(sink, hostname="localhost", loop=loop), LOOPBACK, 0)
        server = loop.run_until_complete(making)
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(SECONDS)
        loop.close()


@attrs.define
class OwnCalendar:
    """Somebody's calendar: of one identity the newer entry wins, and a cancelled one goes (RFC 5546)."""

    entries: dict[tuple[str, str], Any] = attrs.field(factory=dict)

    def take(self, mail: EmailMessage) -> None:
        """Do what a message says."""
        for part in mail.walk():
            if part.get_content_type() != "text/calendar" or part.get_filename():
                continue
            calendar: Any = Calendar.from_ical(part.get_content())
            for event in calendar.walk("VEVENT"):
                named = event.get("RECURRENCE-ID")
                key = str(event["UID"]), str(named.dt) if named is not None else ""
                known = self.entries.get(key)
                if known is None or int(event["SEQUENCE"]) >= int(known["SEQUENCE"]):
                    self.entries[key] = event

    def shown(self) -> list[str]:
        """Its entries, as a person sees them."""
        lines = []
        for event in self.entries.values():
            if str(event.get("STATUS")) == "CANCELLED":
                continue
            starts: datetime = event["DTSTART"].dt
            place = str(event.get("LOCATION", ""))
            lines.append(f"{starts:%a} {starts.day} {starts:%b, %H:%M}  {event['SUMMARY']}, {place}")
        return sorted(lines)


@attrs.define
class Demo:
    """One run: a hub, what arrived, and Ada's calendar."""

    desk: Desk
    hub: Hub
    sink: Sink
    own: OwnCalendar = attrs.field(factory=OwnCalendar)
    told: list[dict[str, object]] = attrs.field(factory=list)

    def run(self) -> None:
        """Book, move, call off; after each what arrived, and the calendar."""
        hub = self.hub
        now = hub.now()
        session = next(
            view
            for view in hub.calendar(now, now + timedelta(weeks=8), types=["cqi-taster"])
            if view.places["attendee"].open and view.opens <= now
        )
        hub.add_person(Person("esr:100901", "Ada Obi", "ada.obi@trust.example"))
        self.step("Ada books", lambda: hub.book(session.id, "esr:100901"))
        later = (session.starts + timedelta(days=1)).replace(hour=14, minute=0)
        self.step(
            "The team moves the session to the next day, and to another room",
            lambda: hub.apply(hub.plan(Move(session.id, starts=later, venue="Seminar room 2"))),
        )
        self.step(
            "The team calls it off",
            lambda: hub.apply(hub.plan(CallOff(session.id, "The facilitator is ill."))),
        )

    def step(self, what: str, act: Any) -> None:
        """Do one thing, let the messages go, and show what arrived."""
        before, already = self.own.shown(), len(self.sink.received)
        act()
        while not self.hub.tick().complete:
            pass
        arrived = self.sink.received[already:]
        for mail in arrived:
            self.own.take(mail)
        after = self.own.shown()
        shown = [
            {"to": str(mail["To"]), "subject": str(mail["Subject"]), "text": _text(mail)} for mail in arrived
        ]
        self.told.append({"step": what, "arrived": shown, "before": before, "after": after})
        if not self.desk.json:
            self._say(what, shown, before, after)

    def _say(self, what: str, arrived: list[dict[str, str]], before: list[str], after: list[str]) -> None:
        click.secho(f"\n{what}", bold=True)
        for mail in arrived:
            click.echo(f"\n  To: {mail['to']}\n  Subject: {mail['subject']}\n")
            for line in mail["text"].splitlines():
                click.echo(f"  | {line}".rstrip())
        click.echo("\n  Ada's own calendar:")
        click.echo(f"    before: {'; '.join(before) or 'nothing'}")
        click.echo(f"    after:  {'; '.join(after) or 'nothing'}")


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return body.get_content().strip() if body else ""


@command("demo-messages")
def demo_messages(desk: Desk) -> None:
    """Show messages as they arrive, and a calendar that follows.

    A hub on a fresh file books, moves and calls off a session; a mail server on this machine receives what it sends.
    """
    sink = Sink()
    with listening(sink) as port, tempfile.TemporaryDirectory() as folder:
        channel = f"smtp://{LOOPBACK}:{port}?from=Innovation Hub <hub@trust.example>&tls=none"
        settings = Settings(discover=True, channels=(channel,))
        with Hub.open(f"sqlite:///{Path(folder) / 'hub.db'}", settings=settings) as hub:
            hub.load_catalogue("hpft.toml")
            demo = Demo(desk, hub, sink)
            demo.run()
            given_up = hub.messages("given-up")
        desk.answered(demo.told)
        if not desk.json:
            click.echo(f"\n{count(len(sink.received), 'message')} arrived.")
            for each in given_up:
                click.echo(f"Given up: {each.kind} to {each.person_id}, {each.why}.")
