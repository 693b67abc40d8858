"""The contract of keepers, abilities: timers, messages, catalogue tables, retention, figures, each where it is had."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import attrs
import pytest

from innovationhub.domain.answers import LoadReport
from innovationhub.domain.deliveries import Delivery
from innovationhub.domain.figures import Table
from innovationhub.domain.messages import Recipient
from innovationhub.domain.records import Range, Read
from innovationhub.domain.saying import Matter
from innovationhub.domain.time import Span
from innovationhub.domain.timers import Timer
from innovationhub.hub import Hub
from innovationhub.protocols.keeper import (
    SupportsFigures,
    SupportsMessages,
    SupportsRetention,
    SupportsSections,
    SupportsTimers,
    Untrue,
)
from innovationhub.testing.contracts.keeper_base import MOST, KeeperCase

__all__ = ["Able"]

TURNS = 12
"""How often a timer is waited for."""

CENTURY = timedelta(days=36_525)


class Able(KeeperCase):
    """What a keeper can do besides."""

    def _timers(self, hub: Hub, name: str) -> list[Timer]:
        wanted = Range(Timer, "by_due", limit=MOST)
        timers = hub.rows(Read(ranges=(wanted,))).scan(wanted).records
        return [timer for timer in timers if timer.kind.partition(":")[0] == name]

    def _deliveries(self, hub: Hub, name: str) -> list[Delivery]:
        wanted = Range(Delivery, "key", limit=MOST)
        rows = hub.rows(Read(ranges=(wanted,))).scan(wanted).records
        return [row for row in rows if row.kind.partition("-")[0] == name]

    def test_what_is_due_is_settled(self) -> None:
        """One tick at the time of a timer, and it is not due any more: it is gone, or due later. Audit stays clean."""
        hub, *_ = self.filled()
        name, keeper = self.keeper_of(hub)
        if not isinstance(keeper, SupportsTimers):
            self.lacks("SupportsTimers")
        if not self._timers(hub, name):
            pytest.skip("fill sets no timer: let it set one of each kind")
        for _ in range(TURNS):
            timers = self._timers(hub, name)
            if not timers:
                break
            self.clock.set(max(self.clock.now, timers[0].due))
            self.ticked(hub)
            assert [timer for timer in self._timers(hub, name) if timer.due <= self.clock.now] == []
            assert hub.audit() == []

    def test_a_timer_that_comes_late_is_settled(self) -> None:
        """After the hub stood still for a year: in a few ticks, not one for each day that it missed."""
        hub, *_ = self.filled()
        name, keeper = self.keeper_of(hub)
        if not isinstance(keeper, SupportsTimers):
            self.lacks("SupportsTimers")
        self.clock.advance(days=366)
        self.ticked(hub)
        assert [timer for timer in self._timers(hub, name) if timer.due <= self.clock.now] == []
        assert hub.audit() == []

    def test_a_timer_of_what_is_gone_is_taken_away(self) -> None:
        """Whatever it was about, nothing is left to do: it does not stay due for ever, and hurts nothing."""
        hub, *_ = self.filled()
        name, keeper = self.keeper_of(hub)
        if not isinstance(keeper, SupportsTimers):
            self.lacks("SupportsTimers")
        kinds = {timer.kind for timer in self._timers(hub, name)} or {name}  # those that it has
        strays = [Timer(kind, "of-what-is-gone", self.clock.now) for kind in sorted(kinds)]
        for stray in strays:
            self.written(hub, stray)
        self.ticked(hub)
        left = [timer for timer in self._timers(hub, name) if timer.subject == "of-what-is-gone"]
        assert left == []

    def test_erasing_leaves_no_timer_about_them(self) -> None:
        """Or one that is settled when it is due, as if nothing had been."""
        hub, one, other, _ = self.filled()
        name, keeper = self.keeper_of(hub)
        if not isinstance(keeper, SupportsTimers):
            self.lacks("SupportsTimers")
        hub.erase_person(one.id)
        hub.erase_person(other.id)
        self.clock.advance(days=366)
        self.ticked(hub)
        assert [timer for timer in self._timers(hub, name) if timer.due <= self.clock.now] == []
        assert hub.audit() == []

    def test_each_kind_of_message_has_a_template_and_a_sample(self) -> None:
        """Its kinds begin with its name; each is rendered for whoever looks at it, with a subject and a text."""
        hub, *_ = self.filled()
        name, keeper = self.keeper_of(hub)
        if not isinstance(keeper, SupportsMessages):
            self.lacks("SupportsMessages")
        assert keeper.templates, "SupportsMessages, and no template: leave the ability out"
        for kind in keeper.templates:
            assert kind.startswith(f"{name}-")
            message = hub.preview_message(kind)
            assert message.kind == kind
            assert message.subject.strip()
            assert "\n" not in message.subject
            assert message.text.strip()

    def test_what_is_called_for_can_be_said(self) -> None:
        """Of each entry, the same however often it is asked; in kinds that have templates; and it goes out."""
        hub, *_ = self.filled()
        name, keeper = self.keeper_of(hub)
        if not isinstance(keeper, SupportsMessages):
            self.lacks("SupportsMessages")
        self.ticked(hub)
        called = set()
        for entry in hub.journal():
            if entry.kind.partition(".")[0] == name:
                calls = self.answer(hub, lambda draft: list(keeper.calls(draft, entry)))  # noqa: B023
                called |= {call.kind for call in calls}
                assert all(call.until >= entry.at for call in calls)
        assert called <= set(keeper.templates)
        deliveries = self._deliveries(hub, name)
        if not deliveries:
            pytest.skip("fill calls for no message: let it call for one of each kind")
        assert {str(row.state) for row in deliveries} <= {"sent", "dropped"}
        assert hub.audit() == []

    def test_what_is_not_so_any_more_is_not_said(self) -> None:
        """Once somebody was erased nothing about them is true: whatever was to be said to them is `Untrue`."""
        hub, one, other, _ = self.filled()
        name, keeper = self.keeper_of(hub)
        if not isinstance(keeper, SupportsMessages):
            self.lacks("SupportsMessages")
        self.ticked(hub)
        rows = [row for row in self._deliveries(hub, name) if row.person in {one.key, other.key}]
        if not rows:
            pytest.skip("fill calls for no message to either of the two")
        to = Recipient("Somebody", "somebody@one.example")
        for row in rows:
            said = self.answer(hub, lambda draft: keeper.say(draft, row, to))  # noqa: B023
            assert isinstance(said, Matter | Untrue)
        hub.erase_person(one.id)
        hub.erase_person(other.id)
        for row in rows:
            said = self.answer(hub, lambda draft: keeper.say(draft, row, to))  # noqa: B023
            assert isinstance(said, Untrue), f"{row.kind} is still said of whoever was erased"
            assert [mark for mark in (*one.marks, *other.marks) if mark in said.why.lower()] == []

    def test_loading_twice_changes_nothing(self) -> None:
        """The second time nothing is reported, no row differs and no entry is added: with a hub at work, too."""
        hub = self.opened()
        _, keeper = self.keeper_of(hub)
        if not isinstance(keeper, SupportsSections):
            self.lacks("SupportsSections")
        if not self.catalogue:
            pytest.skip('catalogue = "": no file with tables of this keeper is given')
        first = cast("LoadReport", self.load(hub))
        assert first.added or first.changed, f"the file has none of the tables {sorted(keeper.sections)}"
        for filled in (False, True):
            if filled:
                self.filling(hub)
            rows, entries = self.rows_of(hub), len(hub.journal())
            again = cast("LoadReport", self.load(hub))
            assert (again.added, again.changed) == ((), ())
            assert (self.rows_of(hub), len(hub.journal())) == (rows, entries)
        assert hub.audit() == []

    def test_who_is_needed_is_one_of_those_asked_about(self) -> None:
        """Nobody of whom nothing is held is kept back, and no other than those who were asked about is named."""
        hub, one, other, third = self.filled()
        _, keeper = self.keeper_of(hub)
        if not isinstance(keeper, SupportsRetention):
            self.lacks("SupportsRetention")
        for asked in ([], [third.key], [one.key], [third.key, one.key, other.key]):
            needed = list(self.answer(hub, lambda draft: keeper.under_way(draft, asked)))  # noqa: B023
            assert set(needed) <= set(asked) - {third.key}

    def test_figures_name_nobody(self) -> None:
        """Tables of plain values: no key, no id, no name and no text of anybody's in any of them; each under a key."""
        hub, one, other, third = self.filled()
        _, keeper = self.keeper_of(hub)
        if not isinstance(keeper, SupportsFigures):
            self.lacks("SupportsFigures")
        now = self.clock.now
        spans = (Span(now - CENTURY, now + CENTURY), Span(now + CENTURY, now + 2 * CENTURY))
        everything, nothing = (
            self.answer(hub, lambda draft: list(keeper.figures(draft, span)))  # noqa: B023
            for span in spans
        )
        assert everything, "no table: leave the ability out"
        assert all(isinstance(each, Table) for each in everything)
        keys = [each.key for each in everything]
        assert len(set(keys)) == len(keys)
        assert {each.key for each in nothing} <= set(keys)
        told = str([attrs.astuple(each) for each in (*everything, *nothing)]).lower()
        for somebody in (one, other, third):
            assert [mark for mark in (somebody.key, *somebody.marks) if mark in told] == []
