"""How the fund works at one hub: its panel, how many decide, how long an approval lasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from innovationhub import Invalid, LoadReport, Person
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.fields import listed, whole
from innovationhub.domain.ids import checked_id
from innovationhub.domain.joining import enrol
from innovationhub.domain.people import PersonRow
from innovationhub.domain.records import Key, Read, Record, record
from innovationhub.domain.refusals import Refusal

__all__ = ["NAME", "FundRow", "FundSettings", "LoadFund", "rules_of_the_fund"]

NAME = "fund"

LARGEST_PANEL = 50


def _panel_list(value: Iterable[str]) -> tuple[str, ...]:
    return listed("panel", value)


def _are_people(owner: object, attribute: attrs.Attribute[Any], value: tuple[str, ...]) -> None:
    for place, each in enumerate(value):
        checked_id(f"panel[{place}]", each)
    if len(set(value)) != len(value):
        raise Invalid("panel", f"must name each person once; got {list(value)}", value)
    if len(value) > LARGEST_PANEL:
        raise Invalid("panel", f"must be {LARGEST_PANEL} people at most; got {len(value)}", value)


@attrs.frozen
class FundSettings:
    """The table `[fund]` of a catalogue.

    `panel` are the people's ids who decide. An idea is decided once `quorum` of them have given a verdict. An approval
    lasts `approval_days` unless a plan is accepted by then; its people are reminded `remind_days` before.
    """

    panel: tuple[str, ...] = attrs.field(default=(), converter=_panel_list, validator=_are_people)
    quorum: int = attrs.field(default=1, validator=whole(1, LARGEST_PANEL))
    approval_days: int = attrs.field(default=90, validator=whole(1, 3650))
    remind_days: int = attrs.field(default=14, validator=whole(0, 3650))

    def __attrs_post_init__(self) -> None:
        if self.panel and self.quorum > len(self.panel):
            message = f"must be the number of the panel ({len(self.panel)}) or less; got {self.quorum}"
            raise Invalid("quorum", message, self.quorum)
        if self.remind_days >= self.approval_days:
            message = f"must be less than approval_days ({self.approval_days}); got {self.remind_days}"
            raise Invalid("remind_days", message, self.remind_days)


@record("fund_settings", key=("name",))
@attrs.frozen
class FundRow(Record):
    """The settings as kept; `panel` are opaque keys, apart by spaces."""

    name: str = NAME
    panel: str = ""
    quorum: int = 1
    approval_days: int = 90
    remind_days: int = 14


def rules_of_the_fund(draft: Draft) -> FundRow:
    """The settings as they stand; those of `FundSettings` where none were loaded."""
    return draft.get(FundRow, NAME) or FundRow()


@attrs.frozen(kw_only=True)
class LoadFund:
    """Take over the settings. `keys` has for each of the panel a key minted beforehand, for whom the hub is to meet."""

    settings: FundSettings
    keys: Mapping[str, str] = attrs.field(repr=False)
    actor: str

    def needs(self) -> Read:
        """The settings, and who of the panel is known."""
        people = tuple(Key(PersonRow, (each,)) for each in self.settings.panel)
        return Read((Key(FundRow, (NAME,)), *people))

    def decide(self, view: View) -> Accepted | Refusal:
        """The same again changes nothing."""
        draft = Draft(view, self.actor)
        panel = []
        for id, key in self.keys.items():
            known = draft.get(PersonRow, id)
            panel.append(known.key if known else enrol(draft, Person(id), key))
        row = FundRow(
            NAME,
            " ".join(panel),
            self.settings.quorum,
            self.settings.approval_days,
            self.settings.remind_days,
        )
        before = draft.get(FundRow, NAME)
        if row == before:
            return draft.accept(LoadReport())
        draft.put(row)
        draft.note("fund.changed", NAME, panel=row.panel, quorum=row.quorum, approval_days=row.approval_days)
        if before is None:
            return draft.accept(LoadReport(added=(NAME,)))
        return draft.accept(LoadReport(changed=(NAME,)))
