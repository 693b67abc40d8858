"""A keeper of wishes that counts them too, which those that are broken on purpose are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import attrs

from innovationhub import Hub, hookimpl
from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.figures import Table
from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Range, Read
from innovationhub.domain.refusals import Refusal
from innovationhub.domain.time import Span
from innovationhub.protocols.keeper import Keeper
from innovationhub.testing import KeeperContract, Somebody
from tests.plugins.wishing import Grant, MakeWish, Wishes


class Counted(Wishes):
    """Wishes, and how many were made."""

    @hookimpl
    def innovationhub_keepers(self) -> Mapping[str, Keeper]:
        return {"wishes": self}

    def figures(self, draft: Draft, span: Span) -> Sequence[Table]:
        """How often what became of wishes."""
        entries = draft.scan(Range(Entry, "key", limit=1000)).records
        kinds = [each.kind for each in entries if span.starts <= each.at < span.ends]
        rows = tuple((kind, kinds.count(kind)) for kind in sorted(set(kinds)) if kind.startswith("wishes."))
        return [Table("wishes", "Wishes", ("what", "how often"), rows, "wishes")]


@attrs.frozen(kw_only=True)
class DoNothing:
    """Changes nothing."""

    def needs(self) -> Read:
        return Read()

    def decide(self, view: View) -> Accepted | Refusal:
        return Draft(view, "system:wishes").accept(Done("nothing"))


class Own(Counted):
    """Declares itself, and not the one that it is made of."""

    @hookimpl
    def innovationhub_keepers(self) -> Mapping[str, Keeper]:
        return {"wishes": self}


class Broken(KeeperContract):
    """A broken keeper, and the tests of the contract that have to catch it, each of them."""

    caught_by: ClassVar[tuple[str, ...]] = ()
    kind: ClassVar[type[Wishes]] = Counted
    make: ClassVar[type[MakeWish]] = MakeWish
    catalogue = '[[topics]]\nkey = "rooms"\ntitle = "Rooms"\n'

    def make_plugin(self) -> object:
        return self.kind()

    def fill(self, hub: Hub, one: Somebody, other: Somebody) -> None:
        for somebody in (one, other):
            # more than two: the hub asks before a person is erased and after
            made, granted, more = (f"{somebody.id[-3:]}-{number}" for number in range(3))
            for id in (made, granted, more):
                hub.run(self.make(id=id, person_id=somebody.id, text=somebody.words))
            hub.apply(hub.plan(Grant(granted)))
