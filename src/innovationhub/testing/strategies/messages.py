"""Strategies for what channels are handed and answer: messages, their recipients, invitations, outcomes."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

from hypothesis import strategies as st

from innovationhub.domain.events import Invitation, Method, event_uid
from innovationhub.domain.messages import Later, Message, MessageKind, Never, Outcome, Recipient, Sent
from innovationhub.domain.time import resolve, zone
from innovationhub.testing.strategies.values import (
    booking_ids,
    instants,
    keys,
    lines,
    local_times,
    recurrences,
    texts,
    zones,
)

__all__ = ["invitations", "messages", "outcomes", "recipients", "strategies_of_messages"]


def _addresses() -> st.SearchStrategy[str]:
    return st.from_regex(r"[a-z]{1,10}\.[a-z]{1,10}@trust\.example", fullmatch=True)


def recipients() -> st.SearchStrategy[Recipient]:
    """Somebody who can be reached by e-mail and telephone, at a number that is nobody's (07700 900000 to 900999)."""
    phones = st.integers(0, 999).map("+447700900{:03}".format)
    return st.builds(Recipient, lines(), _addresses(), phones)


@st.composite
def invitations(draw: st.DrawFn) -> Invitation:
    """An entry for a calendar: a one-off, one session of a series, or all of a series."""
    shape = draw(st.sampled_from(("once", "session", "series")))
    where = zone(draw(zones()))
    recurrence = draw(recurrences()) if shape == "series" else None
    if recurrence is not None:
        where = zone(recurrence.zone)
    first = recurrence.first if recurrence is not None else None
    starts = first.starts if first is not None else resolve(draw(local_times()), where)
    moved = timedelta(days=draw(st.integers(-7, 7)))
    return Invitation(
        method=draw(st.sampled_from(Method)),
        uid=event_uid(draw(keys()), "secret"),
        recurrence_id=starts + moved if shape == "session" else None,
        sequence=draw(st.integers(0, 1000)),
        stamp=draw(instants()).astimezone(UTC),
        starts=starts,
        ends=(starts.astimezone(UTC) + timedelta(minutes=draw(st.integers(1, 480)))).astimezone(where),
        summary=draw(lines(1)),
        location=draw(lines()),
        organizer=draw(lines()),
        organizer_email=draw(st.just("") | _addresses()),
        recurrence=recurrence if first is not None else None,
    )


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """A message, ready to go, with or without an entry for a calendar."""
    text = draw(lines(1)) + "\n\n" + draw(texts())
    return Message(
        key=draw(booking_ids()),
        kind=draw(st.sampled_from(MessageKind)),
        to=draw(recipients()),
        subject=draw(lines(1)),
        text=text,
        html="<p>" + text.replace("&", "&amp;").replace("<", "&lt;").replace("\n\n", "</p><p>") + "</p>",
        at=draw(instants()).astimezone(UTC),
        attempt=draw(st.integers(1, 8)),
        facts={"title": draw(lines(1)), "starts": f"{draw(local_times()):%d %B %Y}"},
        invitation=draw(st.none() | invitations()),
        sender=draw(lines()),
        reply_to=draw(st.just("") | _addresses()),
    )


def outcomes() -> st.SearchStrategy[Outcome]:
    """What may become of an attempt."""
    return _sent | _later | _never


_codes = st.sampled_from(("550 5.1.1", "greylisted", "timeout", "no address"))
_sent = st.builds(Sent, st.just("") | keys())
_waits = st.none() | st.integers(1, 3600).map(lambda seconds: timedelta(seconds=seconds))
_later = st.builds(Later, _codes, _waits, st.booleans())
_never = st.builds(Never, _codes)


def strategies_of_messages() -> dict[type[Any], st.SearchStrategy[Any]]:
    """The strategy of every type of this file."""
    return {
        Invitation: invitations(),
        Later: _later,
        Message: messages(),
        Never: _never,
        Recipient: recipients(),
        Sent: _sent,
    }
