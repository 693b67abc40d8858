"""Content lines of RFC 5545 §3.1, as far as a recurrence needs them: read into blocks, and printed.

The lines before the first RECURRENCE-ID describe the recurrence, each RECURRENCE-ID begins a block of its
own: one session moved, or with RANGE=THISANDFUTURE another rule from there on (RFC 5545 §3.8.4.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

import attrs

from innovationhub.domain.time import resolve, zone
from innovationhub.errors import Invalid

__all__ = ["Block", "line", "read"]

_MOST_CHARACTERS = 1_000_000
_WHEN = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(Z?)", re.ASCII)
_FIELDS = {
    "DTSTART": "start",
    "RRULE": "rule",
    "RDATE": "rdates",
    "EXDATE": "exdates",
    "RECURRENCE-ID": "overrides",
}


@attrs.define
class Block:
    """One block of lines. Times in the recurrence's own zone are naive, others aware."""

    identity: datetime | None = None
    following: bool = False
    start: datetime | None = None
    rule: str | None = None
    rdates: list[datetime] = attrs.Factory(list)
    exdates: list[datetime] = attrs.Factory(list)


def line(name: str, zone_name: str, dates: Iterable[datetime]) -> str:
    """A content line of naive local times; UTC has no TZID (RFC 5545 §3.2.19)."""
    if zone_name == "UTC":
        return f"{name}:" + ",".join(f"{when:%Y%m%dT%H%M%SZ}" for when in dates)
    return f"{name};TZID={zone_name}:" + ",".join(f"{when:%Y%m%dT%H%M%S}" for when in dates)


def read(text: str, default_zone: str) -> tuple[str, list[Block]]:
    """The zone's name and the blocks of a text, the recurrence's own first.

    Lines may be folded, and end in CRLF or LF.
    The zone is DTSTART's TZID, UTC for a `Z`, else `default_zone`. Raises `Invalid` naming the field at
    fault.
    """
    if len(text) > _MOST_CHARACTERS:
        raise Invalid("text", f"must be at most {_MOST_CHARACTERS} characters; got {len(text)}")
    # A line that begins with white space goes on from the one before (RFC 5545 §3.1).
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    lines = [_split(each) for each in unfolded.splitlines() if each.strip()]
    zone_name = default_zone
    for name, parameters, value in lines:
        if name == "DTSTART":
            utc = value.strip().upper().endswith("Z")
            zone_name = parameters.get("TZID", "UTC" if utc else default_zone)
            break
    blocks = [Block()]
    for name, parameters, value in lines:
        _take(blocks, name, parameters, value, zone_name)
    return zone_name, blocks


def _split(text: str) -> tuple[str, dict[str, str], str]:
    """A line's name, its parameters (quotes may hold colons and semicolons) and its value."""
    match = re.fullmatch(r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:]*))*):(.*)', text.strip())
    if match is None:
        message = f"must be content lines such as DTSTART;TZID=Europe/London:20261201T100000; got {text!r}"
        raise Invalid("text", message, text)
    parameters = re.findall(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:]*)', match[2])
    return match[1].upper(), {name.upper(): value.strip('"') for name, value in parameters}, match[3]


def _take(blocks: list[Block], name: str, parameters: dict[str, str], value: str, zone_name: str) -> None:
    if name not in _FIELDS:
        message = f"{name} is no line of a recurrence: those are {', '.join(_FIELDS)}"
        raise Invalid("text", message, value)
    field = _FIELDS[name]
    block = blocks[-1]
    if name == "RRULE":
        if block.rule is not None:
            raise Invalid(field, "RRULE must be given at most once (RFC 5545 §3.8.5.3)", value)
        block.rule = value
        return
    times = [_when(field, each, parameters, zone_name) for each in value.split(",")]
    if name == "RDATE":
        block.rdates += times
    elif name == "EXDATE":
        block.exdates += times
    elif len(times) > 1:
        raise Invalid(field, f"{name} must be one time; got {value!r}", value)
    elif name == "DTSTART":
        if block.start is not None:
            raise Invalid(field, "DTSTART must be given once (RFC 5545 §3.8.2.4)", value)
        block.start = times[0]
    else:
        span = parameters.get("RANGE")
        if span not in (None, "THISANDFUTURE"):
            raise Invalid(field, f"RANGE must be THISANDFUTURE (RFC 5545 §3.2.13); got {span!r}", value)
        blocks.append(Block(identity=times[0], following=span is not None))


def _when(field: str, text: str, parameters: dict[str, str], zone_name: str) -> datetime:
    """One date-time: naive if it is in the recurrence's zone or names none, aware otherwise."""
    match = _WHEN.fullmatch(text.strip().upper())
    if match is None or parameters.get("VALUE", "DATE-TIME").upper() != "DATE-TIME":
        message = (
            f"must be a date-time such as 20261201T100000: sessions start at a time of day; got {text!r}"
        )
        raise Invalid(field, message, text)
    try:
        # A clock that knows no leap second reads 60 as 59 (RFC 5545 §3.3.12).
        year, month, day, hour, minute, second = (int(match[i]) for i in range(1, 7))
        wall = datetime(year, month, day, hour, minute, min(second, 59))
    except ValueError as error:
        raise Invalid(field, f"is no time of the calendar: {text!r}", text) from error
    named = "UTC" if match[7] else parameters.get("TZID", zone_name)
    if match[7] and parameters.get("TZID", "UTC") != "UTC":
        raise Invalid(field, f"must not have both a TZID and a Z (RFC 5545 §3.2.19); got {text!r}", text)
    if named == zone_name:
        return wall
    try:
        return wall.replace(tzinfo=UTC) if named == "UTC" else resolve(wall, zone(named))
    except Invalid as error:
        raise Invalid("zone", error.message, named) from error
