"""What is held about somebody, how they are taken out of it, and who is still needed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.records import Facts, Key, Range, Read, Record, key_of
from innovationhub.domain.timers import Timer
from innovationhub_community.consenting import INTRODUCTION, end
from innovationhub_community.pointing import is_address
from innovationhub_community.records import (
    Consent,
    IntroductionRow,
    IntroductionState,
    Pointed,
    ShowingRow,
    SignpostRow,
    TakeUpRow,
    ThingRow,
    TriedRow,
)
from innovationhub_community.showing import take_ups, withdraw
from innovationhub_community.writing import as_fact, consents_about, keep, relied_on, unconsent

__all__ = ["Forget", "held", "under_way"]

STEP = 50
"""Rows of one kind that are dealt with in one commit."""

MOST_HELD = 10_000

MOST_THINGS = 1000
"""Things of the space that are looked through for who shows them."""

_THINGS = Range(ThingRow, "key", limit=MOST_THINGS)

_INDEXES: tuple[tuple[type[Record], str], ...] = (
    (ShowingRow, "by_person"),
    (TakeUpRow, "by_person"),
    (SignpostRow, "by_person"),
    (TriedRow, "by_person"),
    (IntroductionRow, "by_one"),
    (IntroductionRow, "by_other"),
    (Consent, "by_person"),
)


def _theirs(person: str, limit: int) -> list[Range[Record]]:
    return [Range(cls, index, (person,), limit=limit) for cls, index in _INDEXES]


def _facts(row: Record, person: str) -> Facts:
    """A row in plain values, without anybody else's key."""
    names = [each.name for each in row.__schema__.fields]
    if isinstance(row, IntroductionRow):
        names = [name for name in names if name not in {"one", "other"}]
    return {name: as_fact(getattr(row, name)) for name in names if name != "person"}


def held(draft: Draft, person: str) -> Mapping[str, Sequence[Facts]]:
    """See `Keeper.held`."""
    ranges = _theirs(person, MOST_HELD)
    draft.need(*ranges, _THINGS)
    found: dict[str, list[Facts]] = {}
    for each in ranges:
        kind = each.type.__schema__.name.removeprefix("community_").replace("_", "-") + "s"
        found.setdefault(kind, []).extend(_facts(row, person) for row in draft.scan(each).records)
    shown = [row for row in draft.scan(_THINGS).records if person in row.shows.split()]
    found["shows"] = [{"thing": row.key} for row in shown]
    return found


@attrs.frozen(kw_only=True)
class Forget:
    """Take somebody out, with what they wrote. A showing stays if they said so when they shared it, without them."""

    person: str
    actor: str

    def needs(self) -> Read:
        """All that is theirs, a page of each kind."""
        return Read(ranges=(*_theirs(self.person, STEP), _THINGS))

    def decide(self, view: View) -> Accepted:
        """Never refused; `more` where there is more."""
        draft = Draft(view, self.actor)
        ranges = _theirs(self.person, STEP)
        found = [draft.scan(each) for each in ranges]
        rows, cut = [row for each in found for row in each.records], any(each.cut for each in found)
        about = [row.id for row in rows if isinstance(row, ShowingRow | IntroductionRow)]
        timers = [Key(Timer, (INTRODUCTION, row.id)) for row in rows if isinstance(row, IntroductionRow)]
        things = draft.scan(_THINGS).records
        draft.need(
            *(*timers, *(key_of(row) for row in (*rows, *things))),
            *(each for id in about for each in (consents_about(id), take_ups(id))),
        )
        draft.need(
            *(key_of(row) for id in about for row in draft.scan(consents_about(id)).records),
            *(key_of(row) for id in about for row in draft.scan(take_ups(id)).records),
        )
        for row in relied_on(draft, rows):
            self._out_of(draft, row)
        for thing in things:
            others = [key for key in thing.shows.split() if key != self.person]
            if len(others) < len(thing.shows.split()):
                draft.put(attrs.evolve(thing, shows=" ".join(others)))
        return draft.accept(Done(self.person, more=cut))

    def _out_of(self, draft: Draft, row: Record) -> None:
        """One row without them: what stays has no key and no text."""
        match row:
            case ShowingRow():
                if row.keep:
                    keep(draft, attrs.evolve(row, person="", booking_id=""), "parted")
                else:
                    withdraw(draft, row)
            case TakeUpRow():
                if draft.get(TakeUpRow, row.id) is not None:  # or it went with its showing
                    keep(draft, attrs.evolve(row, person="", place="", note="", went=""), "parted")
            case SignpostRow():
                to = row.target if row.points is not Pointed.RESOURCE or is_address(row.target) else ""
                keep(draft, attrs.evolve(row, person="", target=to, note=""), "parted")
            case TriedRow():
                keep(draft, attrs.evolve(row, person="", booking_id=""), "parted")
            case IntroductionRow():
                _part(draft, row, self.person)
            case Consent():
                unconsent(draft, row.about, row.person)


def _part(draft: Draft, row: IntroductionRow, person: str) -> None:
    if row.state is IntroductionState.ASKED:
        end(draft, row)
    for each in relied_on(draft, draft.scan(consents_about(row.id)).records):
        unconsent(draft, row.id, each.person)
    left = draft.get(IntroductionRow, row.id) or row
    one, other = ("" if key == person else key for key in (left.one, left.other))
    keep(draft, attrs.evolve(left, one=one, other=other, why=""), "parted")


def under_way(draft: Draft, people: Collection[str]) -> Collection[str]:
    """See `SupportsRetention.under_way`: who shows a thing, is asked about an introduction, or was lately active."""
    days = draft.programme.hub.retention.people_days
    since = draft.now - timedelta(days=days or 0)
    ranges = {person: _theirs(person, MOST_HELD) for person in people}
    draft.need(_THINGS, *(each for some in ranges.values() for each in some))
    needed = {key for row in draft.scan(_THINGS).records for key in row.shows.split()}
    for person, some in ranges.items():
        rows = [row for each in some for row in draft.scan(each).records]
        if any(getattr(row, "at", since) > since or _asked(row) for row in rows):
            needed.add(person)
    return needed & set(people)


def _asked(row: Record) -> bool:
    return isinstance(row, IntroductionRow) and row.state is IntroductionState.ASKED
