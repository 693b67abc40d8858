"""What commands answer, and the receipts that let the same request be answered the same for ever.

A receipt is kept under a hash of the request's id, with a fingerprint of the arguments (the same id with others is a
caller's mistake) and the answer as it was first given. It holds opaque keys and sentences about sessions: no person's
name, address or free text.
"""

from __future__ import annotations

import json
import operator
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import cast

import attrs

from innovationhub.domain.booking import BookingRow, BookingStatus, Placed
from innovationhub.domain.changes import Assign, Change, Move, Reschedule, Resize
from innovationhub.domain.records import Record, record
from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.refusals import Reason, Refusal
from innovationhub.domain.schedule import Session
from innovationhub.domain.time import zone
from innovationhub.domain.workshop import WorkshopRow

__all__ = [
    "Answer",
    "Done",
    "HeldBack",
    "LoadReport",
    "Receipt",
    "answer_from_text",
    "answer_to_text",
]


@attrs.frozen
class Done:
    """The answer of a command that has nothing to show but its subject, and whether more of it is left to do."""

    subject: str
    more: bool = False


@attrs.frozen
class HeldBack:
    """What a load left as it was on a session that people are booked on, and the change that would carry it out."""

    session_id: str
    field: str
    sentence: str
    change: Change | None = None


@attrs.frozen
class LoadReport:
    """What a load did: names such as `session-type cqi-taster`, `series cqi-taster`, `hub`; and what it held back."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    held_back: tuple[HeldBack, ...] = ()


Answer = Placed | Done | LoadReport | WorkshopRow


@record("receipt", key=("request",))
@attrs.frozen
class Receipt(Record):
    """What a request was answered. `request` and `fingerprint` are hashes."""

    request: str
    fingerprint: str
    at: datetime
    answer: str


_VALUES: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        *(Placed, BookingRow, Done, LoadReport, HeldBack, Refusal, Reason, Session),
        *(Resize, Move, Assign, Reschedule),
        WorkshopRow,
    )
}


_STATUS = [attribute.name for attribute in attrs.fields(BookingRow)].index("status")
_NAMES = {name: tuple(attribute.name for attribute in attrs.fields(cls)) for name, cls in _VALUES.items()}


def _plain(value: object) -> object:
    """JSON for what `json` does not know: values by class name and fields in order, instants with their offset.

    A class that is kept in receipts may gain fields at its end, with a default, and lose none.
    """
    if isinstance(value, datetime):
        zone_name = getattr(
            value.tzinfo, "key", None
        )  # where it has a name, its wall clock is part of the value
        return {"$at": value.isoformat(), **({"zone": zone_name} if zone_name else {})}
    if isinstance(value, Recurrence):
        return {"$rule": str(value)}
    kind = type(value).__name__
    if kind not in _NAMES:
        raise TypeError(f"{kind} is not part of an answer")
    # by place and not by name: one is written with every booking, and kept for ever
    return {"$": [kind, *[getattr(value, name) for name in _NAMES[kind]]]}


_ENCODER = json.JSONEncoder(default=_plain, separators=(",", ":"), ensure_ascii=False)


def _value(plain: dict[str, object]) -> object:
    if "$at" in plain:
        at = datetime.fromisoformat(str(plain["$at"]))
        return at.astimezone(zone(str(plain["zone"]))) if "zone" in plain else at
    if "$rule" in plain:
        return Recurrence.parse(str(plain["$rule"]))
    if "$" not in plain:
        return plain
    kind, *listed = cast("list[object]", plain["$"])
    values = [tuple(each) if isinstance(each, list) else each for each in listed]
    if kind == BookingRow.__name__:
        values[_STATUS] = BookingStatus(str(values[_STATUS]))
    if kind == Placed.__name__:
        people = cast("tuple[tuple[str, str], ...]", values[1])
        values[1] = tuple((person, BookingStatus(status)) for person, status in people)
    return _VALUES[str(kind)](*values)


_ROW = operator.attrgetter(*_NAMES[BookingRow.__name__])


def answer_to_text(answer: Answer | Refusal) -> str:
    """An answer as JSON, from which an equal one can be made."""
    if type(answer) is not Placed:
        return _ENCODER.encode(answer)
    # every booking's answer: the same text by a shorter way, as most fields are text, None or a whole number
    values = [
        encode_basestring(value)
        if isinstance(value, str)
        else "null"
        if value is None
        else str(value)
        if type(value) is int
        else _other(value)
        for value in _ROW(answer.booking)
    ]
    people = [f"[{encode_basestring(key)},{encode_basestring(status)}]" for key, status in answer.people]
    return f'{{"$":["Placed",{{"$":["BookingRow",{",".join(values)}]}},[{",".join(people)}]]}}'


def _other(value: object) -> str:
    if isinstance(value, datetime) and value.tzinfo is UTC:
        return f'{{"$at":"{value.isoformat()}"}}'
    return _ENCODER.encode(value)


def answer_from_text(text: str) -> Answer | Refusal:
    """The answer that `answer_to_text` wrote."""
    return cast("Answer | Refusal", json.loads(text, object_hook=_value))
