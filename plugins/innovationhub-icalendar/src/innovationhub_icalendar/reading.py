"""An existing calendar brought in: the events of an .ics file as series of a catalogue.

Nothing is lost in silence. What cannot be brought in is a fault, and all faults are told at once; what a series has no
place for (who was invited, alarms, lengths that differ from the type's) is told beside what is brought in.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from icalendar import Calendar

from innovationhub import Invalid, InvalidCatalogue, Series
from innovationhub.domain.ids import checked_key
from innovationhub.domain.time import zone as zone_of
from innovationhub_icalendar.dates import Dates, Fault, dates_of

__all__ = ["LARGEST", "MOST_EVENTS", "Imported", "read_calendar", "to_catalogue"]

LARGEST = 10_000_000
"""Characters of a calendar that is read."""

MOST_EVENTS = 5000
"""Events in it, single dates that were changed included."""

MOST_FAULTS = 1000

KEPT = {
    *(
        "UID",
        "SUMMARY",
        "LOCATION",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
    ),
    *("STATUS", "DTSTAMP", "LAST-MODIFIED", "CREATED", "SEQUENCE", "TRANSP", "CLASS"),
}
"""What of an event is brought in, or says nothing that a series could keep."""

ONCE = ("UID", "SUMMARY", "LOCATION", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "STATUS")

OURS = re.compile(r"(?P<key>.+)\.[0-9a-f]{12}@innovationhub")


@attrs.frozen
class Imported:
    """The series of a calendar, and in words what they have no place for or what was left out."""

    series: tuple[Series, ...]
    told: tuple[str, ...] = ()


def read_calendar(
    text: str,
    types: Sequence[str],
    *,
    zone: str = "Europe/London",
    source: str = "calendar",
    minutes: Mapping[str, int] | None = None,
    taken: Collection[str] = (),
    leave_out: bool = False,
) -> Imported:
    """The events of a calendar as series in the zone of a hub; nothing is changed by it.

    `types` say which session type an event is of: `"Taster=cqi-taster"` those whose title holds the words, whatever the
    case, and a plain key all others; the first that fits counts. `minutes` are the lengths of the types there are
    (None: any type will do), `taken` keys of series that there are already. With `leave_out` what cannot be brought in
    is told and left out. Raises `InvalidCatalogue` with all faults, each naming its event; `Invalid` naming `types` or
    `timezone`.
    """
    zone_of(zone)
    wanted = [_choice(each, minutes) for each in types]
    told: list[str] = []
    faults: list[str] = []
    series: list[Series] = []
    keys = set(taken)
    for name, group in _events(text, source, faults):
        try:
            made = _series(group, wanted, zone, keys, minutes)
        except Fault as fault:
            faults.append(f"{name}: {fault}")
            continue
        except Invalid as error:
            faults.append(f"{name}: {error.field}: {error.message}")
            continue
        told += [f"{name}: {each}" for each in made.told]
        if made.series is not None:
            keys.add(made.series.key)
            series.append(made.series)
    if faults and not leave_out:
        raise InvalidCatalogue(source, _cut(faults))
    told = [*(f"left out: {each}" for each in faults), *told, *_dropped(text)]
    return Imported(tuple(series), tuple(_cut(told)))


def to_catalogue(found: Imported) -> str:
    """The series as a part of a catalogue file, which loads as it is where the hub has their types."""
    return "\n".join(_table(each) for each in found.series)


# --- the file ---


def _events(text: str, source: str, faults: list[str]) -> Iterator[tuple[str, list[Any]]]:
    """The events of a file by UID, each with a name to speak of it; what is none is a fault."""
    if not isinstance(text, str) or len(text) > LARGEST:
        raise InvalidCatalogue(source, [f"must be text of at most {LARGEST:,} characters"])
    groups: dict[str, list[Any]] = {}
    number = 0
    for calendar in _calendars(text, source):
        for each in calendar.subcomponents:
            if each.name == "VTIMEZONE":
                continue
            number += 1
            if number > MOST_EVENTS:
                raise InvalidCatalogue(
                    source, [f"holds more than {MOST_EVENTS:,} events: bring it in by parts"]
                )
            if each.name != "VEVENT":
                faults.append(f"component {number}: is a {each.name}; only events can be sessions")
                continue
            groups.setdefault(str(each.get("UID", f"without-uid-{number}")), []).append(each)
    for place, group in enumerate(groups.values(), 1):
        yield f"event {place} ({_title(group[0]) or 'no title'!r})"[:120], group


def _calendars(text: str, source: str) -> list[Any]:
    try:
        found = Calendar.from_ical(text, multiple=True)
    except Exception as error:
        # whatever a reader of files from anywhere raises, it is the file's fault
        raise InvalidCatalogue(source, [f"is not a calendar (RFC 5545): {str(error)[:200]}"]) from error
    calendars = [each for each in found if each.name == "VCALENDAR"]
    if not calendars or len(calendars) < len(found):
        raise InvalidCatalogue(source, ["is not a calendar: it should begin with BEGIN:VCALENDAR"])
    return calendars


def _title(event: Any) -> str:
    return " ".join(str(event.get("SUMMARY", "")).split())


def _dropped(text: str) -> list[str]:
    """Properties that a series has no place for, each with how many events had it."""
    counted: Counter[str] = Counter()
    for calendar in Calendar.from_ical(text, multiple=True):
        for event in calendar.walk("VEVENT"):
            counted.update({name for name in event if name.upper() not in KEPT})
            counted.update({str(each.name) for each in event.subcomponents})
    many = [f"{name} ({number})" for name, number in sorted(counted.items())]
    return [f"not part of a series, so not brought in: {', '.join(many)}"] if many else []


def _cut(sentences: list[str]) -> list[str]:
    if len(sentences) <= MOST_FAULTS:
        return sentences
    return [*sentences[:MOST_FAULTS], f"and {len(sentences) - MOST_FAULTS:,} more"]


# --- one series ---


@attrs.frozen
class _Choice:
    words: str
    key: str


@attrs.frozen
class _Made:
    series: Series | None
    told: Sequence[str]


def _choice(value: str, minutes: Mapping[str, int] | None) -> _Choice:
    words, _, key = value.rpartition("=") if isinstance(value, str) else ("", "", "")
    checked_key("types", key)
    if minutes is not None and key not in minutes:
        known = ", ".join(sorted(minutes)) or "none; load a catalogue first"
        raise Invalid("types", f"there is no session type {key!r} in this hub; there are {known}", key)
    return _Choice(words.casefold().strip(), key)


def _series(
    group: Sequence[Any],
    wanted: Sequence[_Choice],
    zone: str,
    taken: Collection[str],
    minutes: Mapping[str, int] | None,
) -> _Made:
    for event in group:
        for name, why in event.errors:
            # the reader goes on without what it cannot read
            raise Fault(f"{name or 'a line'} cannot be read: {str(why)[:200]}")
        for name in ONCE:
            if isinstance(event.get(name), list):
                raise Fault(f"has {name} more than once: keep one")
    title = _title(group[0])
    kind = next((each.key for each in wanted if each.words in title.casefold()), None)
    if kind is None:
        raise Fault("none of the given types is for it: say which, such as --type KEY for all others")
    found = dates_of(group, zone)
    if found.recurrence is None:
        return _Made(None, found.told)
    told = [*found.told, *_lengths(found, kind, minutes)]
    venue = ", ".join(
        line.strip() for line in str(found.first.get("LOCATION", "")).splitlines() if line.strip()
    )
    key = _key(str(found.first.get("UID", "")), title or kind, taken)
    return _Made(Series(key, kind, found.recurrence, venue), told)


def _lengths(found: Dates, kind: str, minutes: Mapping[str, int] | None) -> Iterator[str]:
    """Where sessions would last longer or shorter than the events did."""
    own = (minutes or {}).get(kind)
    for length, number in sorted(found.minutes.items()):
        if own is not None and length != own:
            dates = "all dates" if len(found.minutes) == 1 else f"{number} of its dates"
            yield f"lasted {length:g} minutes ({dates}); a session of {kind} lasts {own}"


def _key(uid: str, title: str, taken: Collection[str]) -> str:
    """A key for a series: the one it had in a hub, else made of its title; with a number where that is taken."""
    ours = OURS.fullmatch(uid)
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    base = ours["key"] if ours else re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:56].strip("-") or "series"
    key, number = base, 2
    while key in taken:
        key, number = f"{base[:56]}-{number}", number + 1
    return key


# --- TOML ---


def _table(series: Series) -> str:
    own = series.recurrence
    lines = [
        "[[series]]",
        f"key = {_text(series.key)}",
        f"type = {_text(series.type)}",
        f"starts = {_when(own.start)}",
    ]
    if own.rule is not None:
        lines.append(f"rule = {_text(str(own.rule))}")
    for name, walls in (("rdates", own.rdates), ("exdates", own.exdates)):
        if walls:
            lines.append(f"{name} = [{', '.join(_when(wall) for wall in walls)}]")
    if own.overrides:
        moved = [
            f"    {{ nominal = {_when(each.nominal)}, starts = {_when(each.starts)} }},"
            for each in own.overrides
        ]
        lines += ["overrides = [", *moved, "]"]
    if series.venue:
        lines.append(f"venue = {_text(series.venue)}")
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    # a string of JSON is one of TOML, but for DEL, which no text of the hub may hold
    return json.dumps(value, ensure_ascii=False)


def _when(wall: datetime) -> str:
    return wall.isoformat()
