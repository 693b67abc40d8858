"""The contract of channels, its material: what arrived at the other side, and messages that are hard to carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import attrs

from innovationhub.domain.events import Invitation, Method
from innovationhub.domain.messages import Message, MessageKind, Recipient
from innovationhub.domain.time import zone

__all__ = ["ADA", "EVE", "SUBJECTS", "TEXTS", "Arrived", "hostile", "invitation", "message"]

ADA = Recipient("Ada Obi", "ada.obi@trust.example", "+447700900123")
EVE = "eve@evil.example"
"""Who must never be written to: her address is only in texts."""


@attrs.frozen
class Arrived:
    """One message as the other side has it.

    `to` is the address or number that it went to. `subject` is None where the channel has none. `headers` are the other
    fields that a reader could be misled by, by their names in lower case, where the channel has such.
    """

    to: str
    text: str
    subject: str | None = None
    headers: Mapping[str, str] = attrs.field(factory=dict)


TEXTS: Mapping[str, str] = {
    "many scripts": "Grüße, Ñandú, 你好, שלום, नमस्ते, 👩🏽‍⚕️ – “all” of it.",
    "accents as they were put": "e\u0301 is not \u00e9",
    "one long line": "x" * 3000,
    "one long line of words": "words and words " * 300 + "end",
    "a long line of another script": "好" * 1500,
    "dots at the start of lines": ".\n..\n.and words\n.\nQUIT\nend",
    "From at the start of a line": "From here on\n>From there on",
    "spaces that end lines": "two  \n \n\n\nafter empty lines",
    "signs of encodings": "=3D = =\n%0A &amp; &lt; {0} $name %s \\n <b>plain</b>",
    "a command on a line": f"end\n.\nMAIL FROM:<{EVE}>\nRCPT TO:<{EVE}>\nDATA",
    "a boundary of parts": "--\n--===============\nContent-Type: text/html\n\n<b>no</b>",
}
"""Texts that must arrive letter for letter; line ends may be of either kind."""

SUBJECTS: Mapping[str, str] = {
    "many scripts": "Grüße, Ñandú, 你好, שלום, 👩🏽‍⚕️ – confirmed",
    "long": "a place is free " * 20 + "now",
    "long and of another script": "好" * 200,
    "one long word": "y" * 300,
    "looks encoded": "=?utf-8?q?not=20encoded?= and =?so on",
    "signs": "a: b; c, \"d\" <e@f.example> (g) \\ %0A 'h' =",
    "spaces": "two  and   three",
}
"""Subjects that must arrive letter for letter, where the channel has subjects."""

_INJECTIONS: Mapping[str, str] = {
    "CR LF": f"Ada\r\nBcc: {EVE}\r\nX-Injected: yes\r\n\r\nno",
    "LF": f"Ada\nBcc: {EVE}\nX-Injected: yes\n\nno",
    "CR": f"Ada\rBcc: {EVE}\rX-Injected: yes",
    "a new line of Unicode": f"Ada\u2028Bcc: {EVE}\u0085X-Injected: yes\x0bX-Injected: yes\x1cX-Injected: yes",
    "an encoded word": f"=?utf-8?q?Ada=0D=0ABcc:_{EVE}=0D=0AX-Injected:_yes?=",
    "another address": f'"Ada" <{EVE}>, "Bob',
    "control characters": "Ada\x00\x07\x1b[2J\x7f",
    "half a character": "Ada \ud83d",
}


def message(key: str, to: Recipient = ADA, **changed: object) -> Message:
    """A plain message; `changed` gives other values to some fields."""
    plain = Message(
        key=key,
        kind=MessageKind.CONFIRMED,
        to=to,
        subject="Your place is confirmed",
        text="Your place at the CQI Taster Session is confirmed.\n\nTuesday 1 December 2026, 10:00",
        html="<p>Your place at the <b>CQI Taster Session</b> is confirmed.</p>",
        at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
        facts={"title": "CQI Taster Session", "starts": "1 December 2026"},
        sender="Innovation Hub",
        reply_to="hub@trust.example",
    )
    return attrs.evolve(plain, **changed)  # type: ignore[arg-type]  # by the caller's own words


def invitation(method: Method = Method.REQUEST, **changed: object) -> Invitation:
    """An entry for one session of a series; `changed` gives other values to some fields."""
    starts = datetime(2026, 12, 1, 10, tzinfo=zone("Europe/London"))
    plain = Invitation(
        method=method,
        uid="cqi-taster.0123456789ab@innovationhub",
        recurrence_id=starts,
        sequence=3,
        stamp=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
        starts=starts,
        ends=starts + timedelta(hours=1),
        summary="CQI Taster Session",
        location="The Hub, Colne House",
        organizer="Innovation Hub",
        organizer_email="hub@trust.example",
    )
    return attrs.evolve(plain, **changed)  # type: ignore[arg-type]  # by the caller's own words


def hostile(to: Recipient) -> Iterator[tuple[str, Message]]:
    """Messages in which some value would be an order to whatever carries them, each with what is wrong with it."""
    for number, (what, value) in enumerate(_INJECTIONS.items()):
        address = to.email or "ada@trust.example"
        places: Mapping[str, Mapping[str, object]] = {
            "name": {"to": attrs.evolve(to, name=value)},
            "address": {"to": attrs.evolve(to, email=f"{address}{value}", phone=f"{to.phone}{value}")},
            "subject": {"subject": value},
            "sender": {"sender": value},
            "reply_to": {"reply_to": f"{address}{value}"},
            "text": {"text": value, "html": value},
            "key": {"key": f"{value} {number}"},
            "facts": {"facts": {"title": value, value: "x"}},
            "summary": {"invitation": invitation(summary=value, location=value, organizer=value)},
            "organizer": {"invitation": invitation(organizer_email=f"hub@trust.example{value}")},
            "uid": {"invitation": invitation(uid=value)},
        }
        for place, changed in places.items():
            values = {"key": f"hostile {number} {place}", "to": to, **changed}
            yield f"{what} in {place}", message(**values)  # type: ignore[arg-type]
