"""A hub with the fund: ideas on Tuesdays, planning on Wednesdays, a panel of three of whom two decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import innovationhub_fund
from innovationhub import (
    Catalogue,
    Hub,
    HubSettings,
    Recurrence,
    Role,
    Series,
    SessionType,
    Settings,
    Slots,
    WaitlistPolicy,
)
from innovationhub_fund import Fund, FundSettings, Idea, Stage
from tests.support import ONLY_BUILT_IN, people

IDEAS = "ideas-development@2026-12-01T14:00"
PLANNING = "delivery-planning@2026-12-02T13:30"
LATER = "delivery-planning@2026-12-09T13:30"

PANEL = ("pam", "raj", "sue")
OTHERS = ("ada", "ben", "cat", "dee", "eve")

TITLE, SUMMARY = "Quillfeather rooms", "A zanzibar room on each ward for new parents."
REASONS = "Wobblegate says it is clear who gains."
PLAN, TEST, MEASURE = "Furnish one room.", "One ward for six weeks.", "Visits a week."


def fund_hub(
    url: str = "memory:",
    *,
    clock: Callable[[], datetime],
    plugins: Iterable[object] = (),
    settings: Settings = ONLY_BUILT_IN,
    fund: FundSettings | None = None,
    hub: HubSettings | None = None,
    seats: int = 2,
    on_ineligible: str = "release",
) -> Hub:
    """A hub with everybody in it."""
    made = Hub.open(url, clock=clock, plugins=[innovationhub_fund, *plugins], settings=settings)
    known = made.session_types()
    if known:  # an existing hub is only opened
        return made
    ideas = SessionType(
        "ideas-development",
        "Ideas Development",
        120,
        "book",
        roles=(Role(capacity=seats),),
        waitlist=WaitlistPolicy(priority="first-timers"),
    )
    planning = SessionType(
        "delivery-planning",
        "Delivery Planning",
        120,
        "book",
        roles=(
            Role(capacity=seats),
            Role("one-to-one", requires="attendee", slots=Slots(minutes=30, count=1)),
            Role("adviser", capacity=1, invited=True),
        ),
        rules=("approved-idea",),
        on_ineligible=on_ineligible,
    )
    weekly = (("ideas-development", "2026-12-01T14:00"), ("delivery-planning", "2026-12-02T13:30"))
    series = tuple(
        Series(key, key, Recurrence.weekly(datetime.fromisoformat(start), zone="Europe/London"), "Hub")
        for key, start in weekly
    )
    people(made, *PANEL, *OTHERS)
    table = fund or FundSettings(PANEL, 2)
    made.load_catalogue(Catalogue(hub or HubSettings(), (ideas, planning), series, {"fund": table}))
    return made


def proposed(fund: Fund, owner: str = "ada", *others: str, title: str = TITLE) -> Idea:
    return fund.propose(owner, title, SUMMARY, pence=120_000, collaborators=others)


def at(fund: Fund, stage: Stage, owner: str = "ada", *others: str) -> str:
    """An idea that has come to a stage, by the shortest way."""
    id = proposed(fund, owner, *others).id
    ways: dict[Stage, tuple[Callable[[], object], ...]] = {
        Stage.DEVELOPING: (),
        Stage.SUBMITTED: (lambda: fund.submit(id),),
        Stage.APPROVED: (lambda: approve(fund, id),),
        Stage.PLANNED: (lambda: fund.plan(id, PLAN, test=TEST, measure=MEASURE),),
        Stage.ACCEPTED: (lambda: fund.accept_plan(id, "pam"),),
        Stage.RELEASED: (lambda: fund.release(id, 100_000),),
        Stage.REPORTED: (lambda: fund.report_outcome(id, "It works.", learnt="Ask the cleaners."),),
    }
    way = list(ways)
    if stage in ways:
        for each in way[: way.index(stage) + 1]:
            for step in ways[each]:
                step()
    elif stage is Stage.DECLINED:
        fund.submit(id)
        decide(fund, id, "decline")
    elif stage is Stage.DROPPED:
        fund.drop(id, reason="No time")
    else:
        fund.submit(id)
        approve(fund, id)
        end(fund, id, stage)
    assert fund.idea(id).stage is stage
    return id


def decide(fund: Fund, id: str, verdict: str) -> Idea:
    fund.decide(id, "pam", verdict, REASONS)
    return fund.decide(id, "raj", verdict, "I agree.")


def approve(fund: Fund, id: str) -> Idea:
    return decide(fund, id, "approve")


def end(fund: Fund, id: str, stage: Stage) -> None:
    """Let an approval be withdrawn, or run out."""
    hub = fund._hub
    if stage is Stage.WITHDRAWN:
        hub.apply(hub.plan(innovationhub_fund.WithdrawApproval(id, "The ward moves.")))
        return
    clock = hub._engine._clock
    clock.pass_by(days=90)  # type: ignore[attr-defined]  # the tests' clock
    hub.tick()
