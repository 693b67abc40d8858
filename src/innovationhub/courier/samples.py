"""What each message looks like, with made-up people and sessions: for whoever writes templates."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs

from innovationhub.courier.rendering import Templates
from innovationhub.domain.booking import BookingStatus
from innovationhub.domain.deliveries import Delivery, DeliveryState
from innovationhub.domain.messages import Message, MessageKind, Recipient
from innovationhub.domain.saying import Matter
from innovationhub.domain.schedule import Session
from innovationhub.domain.settings import HubSettings
from innovationhub.domain.time import utc

__all__ = ["sample"]

_K, _S = MessageKind, BookingStatus

_STATUS = {
    _K.REQUESTED: _S.REQUESTED,
    _K.WAITING: _S.WAITLISTED,
    _K.OFFERED: _S.OFFERED,
    _K.OFFER_LAPSED: _S.WAITLISTED,
    _K.REJECTED: _S.DECLINED,
    _K.CANCELLED: _S.CANCELLED,
    _K.CALLED_OFF: _S.CANCELLED,
    _K.APOLOGY: _S.CANCELLED,
    _K.FEEDBACK: _S.ATTENDED,
}

NAME = "Ada Obi"
WEEK = timedelta(weeks=1)


def sample(kind: MessageKind, hub: HubSettings, starts: datetime, templates: Templates) -> Message:
    """A message of that kind about a session that starts then (aware, in the hub's zone).

    Raises `rendering.Unrenderable` where its template cannot be rendered.
    """
    matter = Matter(
        kind=kind,
        to=Recipient(NAME, "ada.obi@nhs.example", "+44 7700 900123"),
        hub=hub,
        title="CQI Taster Session",
        session_id=f"cqi-taster@{starts:%Y-%m-%dT%H:%M}",
        starts=starts,
        ends=starts + timedelta(hours=1),
        venue="Innovation Hub",
        role="attendee",
        status=_STATUS.get(kind, _S.CONFIRMED),
        booking_id="sample",
        feedback="https://hub.example/feedback",
    )
    delivery = Delivery(
        *("sample", "sample", 1, kind, "sample", "sample", "sample", matter.session_id),
        *(DeliveryState.WAITING, utc(starts), utc(starts)),
    )
    return templates.render(_detailed(matter, starts), delivery, None)


def _detailed(matter: Matter, starts: datetime) -> Matter:
    """With what only messages of that kind say."""
    kind = matter.kind
    if kind.startswith("workshop-"):
        return _workshop(matter, starts)
    if kind is _K.WAITING:
        return attrs.evolve(matter, place=3)
    if kind is _K.OFFERED:
        return attrs.evolve(matter, offer_ends=starts - timedelta(days=1))
    if kind is _K.MOVED:
        return attrs.evolve(matter, was_starts=starts - timedelta(days=1), was_venue=matter.venue)
    if kind is _K.BELOW_MINIMUM:
        return attrs.evolve(matter, held=2, minimum=4)
    if kind in {_K.CALLED_OFF, _K.REJECTED}:
        other = Session(
            "cqi-taster@later",
            "cqi-taster",
            "cqi-taster",
            matter.title,
            starts + WEEK,
            starts + WEEK,
            matter.venue,
        )
        other = attrs.evolve(other, ends=other.starts + timedelta(hours=1))
        alternatives = (other,) if kind is _K.CALLED_OFF else ()
        return attrs.evolve(matter, reason="The room is being repaired.", alternatives=alternatives)
    return matter


def _workshop(matter: Matter, starts: datetime) -> Matter:
    """A message about a workshop: what it is about is in its texts."""
    session = Session(
        "workshop@sample", "workshop", "bespoke-workshop", "Bespoke Workshop", starts, starts, matter.venue
    )
    session = attrs.evolve(session, ends=starts + timedelta(hours=3))
    return attrs.evolve(
        matter,
        title="Bespoke Workshop",
        session_id="sample",
        starts=None,
        ends=None,
        venue="",
        dates=(session,) if matter.kind is _K.WORKSHOP_SCHEDULED else (),
        workshop="sample",
        due=None if matter.kind in {_K.WORKSHOP_DECLINED, _K.WORKSHOP_FOLLOWED_UP} else starts,
        owner="" if matter.kind in {_K.WORKSHOP_REQUESTED, _K.WORKSHOP_NEW} else "Femi Ade",
        texts={
            "problem": "Handover between wards takes an hour.",
            "reason": "It is for one team's own rota.",
            "pointer": "The rostering team.",
            "changed": "Handover takes 25 minutes.",
            "learnt": "Draw it first.",
        },
    )
