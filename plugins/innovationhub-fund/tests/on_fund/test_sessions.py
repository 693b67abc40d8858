"""The two kinds of session: who may come to which, who loses a place with an approval, who came how often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest

from innovationhub import BookingStatus, Hub, Refused
from innovationhub_fund import Fund, Stage, WithdrawApproval
from innovationhub_fund.approval import RULE
from on_fund.conftest import MakeHub
from on_fund.programme import IDEAS, LATER, PLANNING, approve, at, end, proposed
from tests.support import Clock


@pytest.mark.parametrize(
    ("stage", "said", "remedy"),
    [
        (None, "there is no idea of this person's", "Propose an idea"),
        (Stage.DEVELOPING, "is at the stage developing", "Submit it to the panel"),
        (Stage.SUBMITTED, "is at the stage submitted", "when it has decided"),
        (Stage.DECLINED, "is at the stage declined", "Propose an idea"),
        (Stage.WITHDRAWN, "is at the stage withdrawn", "submit it again"),
        (Stage.EXPIRED, "is at the stage expired", "submit it again"),
        (Stage.DROPPED, "is at the stage dropped", "Propose an idea"),
        (Stage.REPORTED, "is at the stage reported", "Propose an idea"),
    ],
)
def test_delivery_planning_is_refused_without_an_approval(
    hub: Hub, fund: Fund, clock: Clock, stage: Stage | None, said: str, remedy: str
) -> None:
    """The refusal says what there is, and where to get the rest; it names nobody and quotes nothing."""
    id = at(fund, stage) if stage else ""
    session = hub.calendar(clock.now, clock.now.replace(year=2028), types=["delivery-planning"])[1].id
    with pytest.raises(Refused) as refused:
        hub.book(session, "ada")
    (reason,) = refused.value.reasons
    assert (reason.code, reason.facts["rule"], reason.facts["person_id"]) == ("not-eligible", RULE, "ada")
    assert said in reason.sentence
    assert remedy in reason.remedies[0]
    assert reason.facts.get("idea", "") == id


@pytest.mark.parametrize("stage", [Stage.APPROVED, Stage.PLANNED, Stage.ACCEPTED, Stage.RELEASED])
def test_with_an_approval_one_comes_as_often_as_needed(hub: Hub, fund: Fund, stage: Stage) -> None:
    """Its owner and whoever works on it, with time alone with an expert; another idea beside it does no harm."""
    proposed(fund, "ada")
    at(fund, stage, "ada", "ben")
    for person in ("ada", "ben"):
        for session in (PLANNING, LATER):
            assert hub.book(session, person, role="attendee").status is BookingStatus.CONFIRMED
    assert hub.book(PLANNING, "ada", role="one-to-one").slot == 1
    with pytest.raises(Refused):
        hub.book(PLANNING, "cat", role="attendee")


def test_experts_come_without_an_idea(hub: Hub) -> None:
    """They were invited to advise."""
    assert hub.book(PLANNING, "eve", role="adviser", actor="pam").status is BookingStatus.CONFIRMED


def waiting(hub: Hub, fund: Fund) -> tuple[str, str]:
    """Ada and ben with one idea have both places, ada time alone too; cat waits for both with an idea of her own."""
    mine, other = at(fund, Stage.APPROVED, "ada", "ben"), at(fund, Stage.APPROVED, "cat")
    for person in ("ada", "ben", "cat"):
        hub.book(PLANNING, person, role="attendee")
    hub.book(PLANNING, "ada", role="one-to-one")
    return mine, other


def standing(hub: Hub, session: str, role: str = "attendee") -> list[str]:
    return [each.person_id for each in hub.roster(session, role)]


def test_a_withdrawn_approval_is_planned_and_applied(hub: Hub, fund: Fund) -> None:
    """The plan names whose places end, who gets them and who is told; applied, that is what has happened."""
    mine, other = waiting(hub, fund)
    plan = hub.plan(WithdrawApproval(mine, "The ward moves."))
    ended = sorted((each.person_id, each.sentence) for each in plan.of("cancelled"))
    assert [person for person, _ in ended] == ["ada", "ada", "ben"]
    assert "as one-to-one" in "".join(sentence for _, sentence in ended)
    assert [each.person_id for each in plan.promotions] == ["cat"]
    told = sorted((each.person_id, each.sentence) for each in plan.messages)
    assert told == [
        ("ada", "cancelled"),
        ("ada", "that the approval has ended"),
        ("ben", "cancelled"),
        ("ben", "that the approval has ended"),
        ("cat", "promoted"),
    ]
    assert standing(hub, PLANNING) == ["ada", "ben"]

    hub.apply(plan, actor="pam")
    assert fund.idea(mine).stage is Stage.WITHDRAWN
    assert fund.idea(mine).texts["withdrawn"] == "The ward moves."
    assert (standing(hub, PLANNING), standing(hub, PLANNING, "one-to-one")) == (["cat"], [])
    assert fund.idea(other).stage is Stage.APPROVED
    with pytest.raises(Refused):
        hub.book(LATER, "ada", role="attendee")


def test_a_plan_that_would_do_something_else_by_now_is_stale(hub: Hub, fund: Fund) -> None:
    """Somebody has booked since: the new plan says so."""
    mine = at(fund, Stage.APPROVED)
    plan = hub.plan(WithdrawApproval(mine, "The ward moves."))
    hub.book(PLANNING, "ada", role="attendee")
    with pytest.raises(Refused) as stale:
        hub.apply(plan)
    assert stale.value.codes == ("plan-stale",)
    assert stale.value.plan
    hub.apply(stale.value.plan)
    assert standing(hub, PLANNING) == []


def test_who_has_another_approval_keeps_the_place(hub: Hub, fund: Fund) -> None:
    """What the rules still allow is left alone."""
    mine = at(fund, Stage.APPROVED)
    at(fund, Stage.PLANNED)
    hub.book(PLANNING, "ada", role="attendee")
    plan = hub.plan(WithdrawApproval(mine, "The ward moves."))
    assert plan.of("cancelled") == ()
    hub.apply(plan)
    assert standing(hub, PLANNING) == ["ada"]


def test_by_policy_who_is_booked_keeps_the_place(make_hub: MakeHub) -> None:
    """Where the session type says so: nobody new gets in without an approval."""
    hub = make_hub(on_ineligible="keep")
    fund = Fund(hub)
    mine, _ = waiting(hub, fund)
    plan = hub.plan(WithdrawApproval(mine, "The ward moves."))
    assert plan.of("cancelled", "promoted") == ()
    hub.apply(plan)
    hub.tick()
    assert standing(hub, PLANNING) == ["ada", "ben"]
    with pytest.raises(Refused):
        hub.book(LATER, "ada", role="attendee")


@pytest.mark.parametrize("policy", ["release", "keep"])
def test_an_approval_that_runs_out_does_the_same_by_itself(
    make_hub: MakeHub, clock: Clock, policy: str
) -> None:
    """In the tick in which it does."""
    hub = make_hub(on_ineligible=policy)
    fund = Fund(hub)
    mine = at(fund, Stage.APPROVED, "ada")
    clock.pass_by(days=60)
    other = at(fund, Stage.APPROVED, "cat")
    at(fund, Stage.APPROVED, "ben")
    clock.pass_by(days=25)
    session = "delivery-planning@2027-02-24T13:30"
    for person in ("ada", "ben", "cat"):
        hub.book(session, person, role="attendee")
    clock.pass_by(days=5)
    hub.tick()
    assert (fund.idea(mine).stage, fund.idea(other).stage) == (Stage.EXPIRED, Stage.APPROVED)
    assert standing(hub, session) == (["ben", "cat"] if policy == "release" else ["ada", "ben"])


@pytest.mark.parametrize("how", ["drop", "leave", "report", "withdrawn"])
def test_however_an_approval_ends_the_place_ends_with_it(hub: Hub, fund: Fund, how: str) -> None:
    """At once, and the next one has it."""
    mine = at(fund, Stage.RELEASED if how == "report" else Stage.APPROVED, "ada", "ben")
    at(fund, Stage.APPROVED, "cat")
    at(fund, Stage.APPROVED, "dee")
    for person in ("ada", "cat", "dee"):
        hub.book(PLANNING, person, role="attendee")
    if how == "drop":
        fund.drop(mine)
    elif how == "leave":
        fund.leave(mine, "ada")
    elif how == "report":
        fund.report_outcome(mine, "It works.")
    else:
        end(fund, mine, Stage.WITHDRAWN)
    assert standing(hub, PLANNING) == ["cat", "dee"]


def test_an_approval_lets_who_waits_have_a_place(hub: Hub, fund: Fund, clock: Clock) -> None:
    """Whoever queued while the idea stood, and stands again, is looked at when a seat is free."""
    first, mine = at(fund, Stage.APPROVED, "ben", "cat"), at(fund, Stage.APPROVED, "ada")
    for person in ("ben", "cat", "ada"):
        hub.book(PLANNING, person, role="attendee")
    end(fund, mine, Stage.WITHDRAWN)
    fund.revise(mine, summary="Better")
    fund.drop(first)
    assert standing(hub, PLANNING) == []
    fund.submit(mine)
    approve(fund, mine)
    hub.tick()
    assert standing(hub, PLANNING) == ["ada"]


def race(*acts: object) -> list[BaseException | None]:
    """Do all of these at one moment; what each raised."""
    begin = Barrier(len(acts))
    came: list[BaseException | None] = [None] * len(acts)

    def act(number: int) -> None:
        begin.wait(30)
        try:
            acts[number]()  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001  # looked at below
            came[number] = error

    threads = [Thread(target=act, args=(number,)) for number in range(len(acts))]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return came


@pytest.mark.parametrize("round", range(5))
def test_two_of_the_panel_decide_at_once(make_hub: MakeHub, round: int) -> None:
    """Two decide and the third comes too late, or all three count before it; it is decided once."""
    hub = make_hub()
    fund = Fund(hub)
    id = proposed(fund).id
    fund.submit(id)

    def says(member: str, verdict: str) -> object:
        return lambda: fund.decide(id, member, verdict, "Because.")

    came = race(says("pam", "approve"), says("raj", "approve"), says("sue", "approve"))
    late = [each for each in came if each is not None]
    assert len(late) == 1
    assert isinstance(late[0], Refused)
    assert late[0].codes == ("not-active",)
    idea = fund.idea(id)
    assert (idea.stage, len(idea.verdicts)) == (Stage.APPROVED, 2)
    assert [entry.kind for entry in fund.history(id)].count("fund.approved") == 1


@pytest.mark.parametrize("round", range(5))
def test_nobody_slips_in_while_an_approval_ends(make_hub: MakeHub, round: int) -> None:
    """Who books at that very moment is refused, or loses the place with the others."""
    hub = make_hub()
    fund = Fund(hub)
    id = at(fund, Stage.APPROVED)
    race(lambda: hub.book(PLANNING, "ada", role="attendee"), lambda: fund.drop(id))
    assert fund.idea(id).stage is Stage.DROPPED
    assert standing(hub, PLANNING) == []


def came(hub: Hub, session: str, clock: Clock, people: Sequence[str]) -> None:
    """Close a register with these people in it."""
    clock.now = hub.session(session).starts.astimezone(UTC)
    for person in people:
        hub.check_in(session, person)
    hub.close_register(session)


def test_who_came_with_which_idea_how_often(hub: Hub, fund: Fund, clock: Clock) -> None:
    """By the register, walk-ins and parties included; who booked and did not come is not counted."""
    id = proposed(fund, "ada", "ben").id
    party = hub.book(IDEAS, "ada", group=["ben"])
    fund.bring(id, party.id)
    fund.bring(id, party.id)
    came(hub, IDEAS, clock, ["ada"])
    second = "ideas-development@2026-12-08T14:00"
    clock.now = datetime(2026, 12, 8, 14, 0, tzinfo=UTC)
    walked_in = hub.check_in(second, "ada")
    fund.bring(id, walked_in.id)
    hub.close_register(second)
    assert fund.attendance(id) == {"ada": 2}
    with pytest.raises(Refused, match="works on the idea"):
        fund.bring(proposed(fund, "cat").id, walked_in.id)


def test_first_timers_go_before_regulars_and_regulars_before_long(make_hub: MakeHub, clock: Clock) -> None:
    """For the next free place at an ideas session; after three of them whoever has waited longest is next."""
    hub = make_hub(seats=1)
    came(hub, IDEAS, clock, ["ada"])
    session = "ideas-development@2026-12-15T14:00"
    hub.book(session, "eve")
    hub.book(session, "ada")  # the regular waits first
    for person in ("ben", "cat", "dee", "pam"):
        hub.book(session, person)
    seated = []
    holder = "eve"
    for _ in range(5):
        hub.cancel(next(each.id for each in hub.bookings_of(holder, active=True)))
        (holder,) = standing(hub, session)
        seated.append(holder)
    assert seated == ["ben", "cat", "dee", "ada", "pam"]
