"""The Innovation Fund of an innovationhub: ideas, a panel that decides, plans, money, and what came of it.

from innovationhub import Hub
from innovationhub_fund import Fund

with Hub.open("sqlite:///hub.db") as hub:
    fund = Fund(hub)
    idea = fund.propose("esr:100901", "A quiet room for new parents", pence=1_200_00)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from innovationhub import Rule, hookimpl
from innovationhub.domain.records import Record
from innovationhub.protocols.keeper import Keeper
from innovationhub_fund.approval import RULE, ApprovedIdea
from innovationhub_fund.fund import Fund
from innovationhub_fund.ideas import IdeaRow, MemberRow, Stage, Verdict, VerdictRow, VisitRow
from innovationhub_fund.keeping import FundKeeper
from innovationhub_fund.panel import WithdrawApproval
from innovationhub_fund.settings import FundRow, FundSettings
from innovationhub_fund.views import Given, Idea

__all__ = [
    "Fund",
    "FundSettings",
    "Given",
    "Idea",
    "Stage",
    "Verdict",
    "WithdrawApproval",
    "innovationhub_catalogues",
    "innovationhub_commands",
    "innovationhub_keepers",
    "innovationhub_records",
    "innovationhub_rules",
]


@hookimpl
def innovationhub_records() -> Mapping[str, type[Record]]:
    """Ideas, their people, the panel's verdicts, visits, settings."""
    return {each.__schema__.name: each for each in (IdeaRow, MemberRow, VerdictRow, VisitRow, FundRow)}


@hookimpl
def innovationhub_keepers() -> Mapping[str, Keeper]:
    """The fund."""
    return {"fund": FundKeeper()}


@hookimpl
def innovationhub_rules() -> Mapping[str, Rule]:
    """`approved-idea`."""
    return {RULE: ApprovedIdea()}


@hookimpl
def innovationhub_catalogues() -> Mapping[str, Traversable]:
    """The fund at the trust: what to load after `hpft.toml`."""
    return {"innovation-fund.toml": files("innovationhub_fund") / "innovation-fund.toml"}


def _idea() -> object:
    from innovationhub_fund.commands import idea  # noqa: PLC0415  # loads click

    return idea


@hookimpl
def innovationhub_commands() -> Mapping[str, Callable[..., object]]:
    """`idea`."""
    return {"idea": _idea}
