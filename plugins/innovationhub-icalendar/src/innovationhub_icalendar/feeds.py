"""Feeds (RFC 5545): the hub's calendar to subscribe to, of all there is, of some session types, or of one person.

A feed is a value. Whoever serves it sends `body` with `headers`, and nothing at all where `unchanged` says that the
reader has it already.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from zoneinfo import ZoneInfo

import attrs
from icalendar import Calendar, vDuration

from innovationhub import Entry, Hub, Series, SessionStatus, SessionType, SessionView
from innovationhub.domain.events import event_uid
from innovationhub.domain.programme import HUB, HubRow
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.time import local
from innovationhub_icalendar.events import Change, Layout, Subject, Words, laid_out, written
from innovationhub_icalendar.timezones import vtimezone
from innovationhub_icalendar.windows import Shown, shown, window
from innovationhub_icalendar.wording import STANDING, about

__all__ = ["Feed", "person_feed", "public_feed"]

PRODUCT = "-//innovationhub//innovationhub-icalendar//EN"
AGAIN = timedelta(hours=1)
"""How often readers are asked to look again."""

SUBJECTS = 500
"""Things whose last change is read in one trip."""

UNCHANGED = Change(0, datetime(1970, 1, 1, tzinfo=UTC))


@attrs.frozen
class Feed:
    """A calendar as RFC 5545 has it.

    `etag` is that of the body, quotes included. `last_modified` (UTC, whole seconds) is when anything in the hub
    changed last, which may have left this feed as it was. `complete` is False where a limit cut it, and `told` says so.
    `private` feeds are one person's: no cache that others share may keep them.
    """

    body: bytes = attrs.field(repr=False)
    last_modified: datetime
    sessions: int
    private: bool = False
    told: tuple[str, ...] = ()
    etag: str = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "etag", f'"{hashlib.sha256(self.body).hexdigest()[:32]}"')

    @property
    def complete(self) -> bool:
        """Whether all sessions of its window are in it."""
        return not self.told

    @property
    def headers(self) -> Mapping[str, str]:
        """What is sent with it: its type, what it is known by, and who may keep it."""
        return {
            "Content-Type": "text/calendar; charset=utf-8",
            "ETag": self.etag,
            "Last-Modified": format_datetime(self.last_modified, usegmt=True),
            "Cache-Control": "private, no-cache" if self.private else "public, no-cache",
        }

    def unchanged(self, if_none_match: str = "", if_modified_since: str = "") -> bool:
        """Whether a reader who sends these headers has it already, so that the answer is 304 without a body.

        Where both are sent, the tag alone counts (RFC 9110 §13.1.3).
        """
        if if_none_match:
            tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
            return self.etag in tags or "*" in tags
        if not if_modified_since:
            return False
        try:
            return self.last_modified <= parsedate_to_datetime(if_modified_since)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            # whatever it was that the reader sent, it is no date with a zone (RFC 9110 §13.1.3)
            return False


def public_feed(
    hub: Hub, *, types: Collection[str] | None = None, start: date | None = None, end: date | None = None
) -> Feed:
    """The hub's calendar for everybody, or that of some session types by their keys.

    Private sessions are not in it, and nothing about people. `start` and `end` are local dates, the end is out; by
    default from the first of last month, twelve months ahead, at most five years. Raises `Invalid` naming `start` or
    `end`, `NotFound`, `PluginError`, `Unavailable`.
    """
    within = window(hub, start, end)
    found = shown(hub, within, types=types)
    return _feed(hub, found, name=_name(hub, types), person=None)


def person_feed(
    hub: Hub, person_id: str, *, everything: bool = False, start: date | None = None, end: date | None = None
) -> Feed:
    """The sessions in which somebody has a place, waits or has asked for one, private ones included.

    With `everything` it is the whole public calendar besides. The window and what is raised are as for `public_feed`.
    """
    within = window(hub, start, end)
    found = shown(hub, within, person=person_id, only_mine=not everything)
    return _feed(hub, found, name=f"{hub.settings.name}: my sessions", person=person_id)


def _name(hub: Hub, types: Collection[str] | None) -> str:
    name = hub.settings.name
    if types is None:
        return name
    titles = [each.title for each in hub.session_types() if each.key in types and not each.private]
    return f"{name}: {', '.join(titles)}"


def _feed(hub: Hub, found: Shown, *, name: str, person: str | None) -> Feed:
    types = {each.key: each for each in hub.session_types()}
    layouts = [
        laid_out(subject, lambda view: _words(view, types[view.type], person))
        for subject in _subjects(hub, found.views)
    ]
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    for key in ("name", "x-wr-calname"):  # RFC 7986, and what readers knew before it
        calendar.add(key, name)
    if found.told:
        calendar.add("description", " ".join(found.told))
    calendar.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(AGAIN))
    for zone, low, high in _zones(hub, found, layouts):
        calendar.add_component(vtimezone(zone, low, high.year + 2))
    last = _last_changes(hub, _all_subjects(layouts))
    for layout in layouts:
        own = _latest(last[each] for each in _of_whole(layout))
        changes = {view.id: _latest(last[each] for each in _of_one(view)) for view in layout.subject.views}
        for event in written(layout, own, changes):
            calendar.add_component(event)
    modified = max(last[""].at, found.window.since or last[""].at).replace(microsecond=0)
    return Feed(calendar.to_ical(), modified, len(found.views), person is not None, found.told)


def _subjects(hub: Hub, views: Sequence[SessionView]) -> list[Subject]:
    """The series of these sessions, each with its own, in order of key."""
    settings = hub.rows(Read((Key(HubRow, (HUB,)),))).get(HubRow, HUB)
    series: Mapping[str, Series] = {each.key: each for each in hub.series()}
    by_series: dict[str, list[SessionView]] = {}
    for view in views:
        by_series.setdefault(view.series_id, []).append(view)
    made = []
    for key, own in sorted(by_series.items()):
        recurrence = series[key].recurrence if key in series else None
        zone = ZoneInfo(recurrence.zone if recurrence else hub.settings.timezone)
        made.append(Subject(event_uid(key, settings.secret if settings else ""), zone, recurrence, own))
    return made


def _zones(hub: Hub, found: Shown, layouts: Iterable[Layout]) -> list[tuple[ZoneInfo, datetime, datetime]]:
    """The zones that are named, each with the local times from which and until which it is."""
    within = found.window
    nights = [datetime.combine(day, time()) for day in (within.start, within.end)]
    zones = {layout.subject.zone.key for layout in layouts} or {hub.settings.timezone}
    times = [*nights]
    for layout in layouts:
        times += [local(view.starts, layout.subject.zone) for view in layout.subject.views]
        times += [layout.said.start] if layout.said else []
    return [(ZoneInfo(key), min(times), max(times)) for key in sorted(zones - {"UTC"})]


def _words(view: SessionView, type_: SessionType, person: str | None) -> Words:
    summary, text, status, busy = view.title, about(type_), "CONFIRMED", person is not None
    if view.mine is not None and person is not None:
        standing = STANDING.get(view.mine.people.get(person, view.mine.status))
        if standing:
            summary, text = f"{standing}: {summary}", f"{standing}.\n\n{text}"
            status, busy = "TENTATIVE", False
    elif person is not None:
        busy = False
    if view.status is SessionStatus.CALLED_OFF:
        summary, status, busy = f"Called off: {view.title}", "CANCELLED", False
    return Words(summary, text, view.venue, type_.title, status, busy, private=type_.unlisted)


# --- when something changed last ---


def _of_whole(layout: Layout) -> set[str]:
    """What the event of a series speaks of: its type, the hub, and the bookings of whom it is for."""
    views = layout.subject.views
    bookings = {view.mine.id for view in views if view.mine}
    return {HUB, views[0].series_id, *(view.type for view in views), *bookings}


def _of_one(view: SessionView) -> set[str]:
    return {view.id} | ({view.mine.id} if view.mine else set())


def _all_subjects(layouts: Iterable[Layout]) -> set[str]:
    subjects = {HUB}
    for layout in layouts:
        alone = set(layout.ids)
        subjects |= _of_whole(layout)
        subjects.update(*(_of_one(view) for view in layout.subject.views if view.id in alone))
    return subjects


def _latest(changes: Iterable[Change]) -> Change:
    return max(changes, key=lambda change: change.position)


class _Last(dict[str, Change]):
    """Last changes by subject; of what is not known to have changed, none."""

    def __missing__(self, subject: str) -> Change:
        return UNCHANGED


def _last_changes(hub: Hub, subjects: Collection[str]) -> _Last:
    """When each of these changed last, by the journal; under "" when anything did."""
    newest = Range(Entry, "key", limit=1, reverse=True)
    wanted = {each: Range(Entry, "by_subject", (each,), limit=1, reverse=True) for each in sorted(subjects)}
    ranges, last = [newest, *wanted.values()], _Last()
    for first in range(0, len(ranges), SUBJECTS):
        some = tuple(ranges[first : first + SUBJECTS])
        rows = hub.rows(Read(ranges=some))
        for each in some:
            for entry in rows.scan(each).records:
                last["" if each is newest else entry.subject] = Change(entry.position, entry.at)
    return last
