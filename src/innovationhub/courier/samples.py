"""What each message looks like, with made-up people and sessions: for whoever writes templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

import attrs

from innovationhub.courier.rendering import Templates
from innovationhub.domain.booking import BookingStatus
from innovationhub.domain.deciding import blame
from innovationhub.domain.deliveries import Delivery, DeliveryState
from innovationhub.domain.messages import Message, MessageKind, Recipient
from innovationhub.domain.saying import Matter
from innovationhub.domain.schedule import Session
from innovationhub.domain.settings import HubSettings
from innovationhub.domain.time import utc
from innovationhub.protocols.keeper import Keeper, SupportsMessages

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


def sample(
    kind: str, hub: HubSettings, starts: datetime, templates: Templates, keepers: Mapping[str, Keeper]
) -> Message:
    """A message of that kind about a session that starts then (aware, in the hub's zone).

    Raises `rendering.Unrenderable` where its template cannot be rendered, and `PluginError`.
    """
    to = Recipient(NAME, "ada.obi@nhs.example", "+44 7700 900123")
    delivery = Delivery(
        *("sample", "sample", 1, kind, "sample", "sample", "sample", "sample"),
        *(DeliveryState.WAITING, utc(starts), utc(starts)),
    )
    if not isinstance(kind, MessageKind):
        name, blank = kind.partition("-")[0], Matter(kind, to, hub)
        keeper = cast("SupportsMessages", keepers[name])
        return templates.render(blame(name, lambda: keeper.sample(blank, starts)), delivery, None)
    return templates.render(_detailed(_booked(kind, to, hub, starts), starts), delivery, None)


def _booked(kind: MessageKind, to: Recipient, hub: HubSettings, starts: datetime) -> Matter:
    return Matter(
        kind=kind,
        to=to,
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
