"""Who is told what of an idea, in which words, and what is true no more."""

from __future__ import annotations

import pytest

from innovationhub import Hub, HubSettings, Invalid
from innovationhub_fund import Fund, Stage
from innovationhub_fund.saying import KINDS
from on_fund.conftest import MakeHub
from on_fund.programme import MEASURE, PLAN, REASONS, TEST, TITLE, at, decide, end, proposed
from tests.courier.post import POST, Post, ticked
from tests.support import Clock


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def hub(make_hub: MakeHub, post: Post) -> Hub:
    return make_hub(plugins=[post], settings=POST, hub=HubSettings(contact="team@nhs.example"))


def news(hub: Hub, post: Post) -> list[tuple[str, str]]:
    """To whom what was sent since the last look."""
    post.got.clear()
    ticked(hub)
    return sorted((to, kind.removeprefix("fund-")) for to, kind in post.said())


def test_each_step_is_told_to_those_it_concerns(hub: Hub, fund: Fund, post: Post, clock: Clock) -> None:
    """An idea's people hear of every decision with its reasons, the panel of what there is to decide."""
    id = proposed(fund, "ada", "pam").id
    fund.join(id, "ben")
    assert news(hub, post) == [("ben", "joined")]
    fund.submit(id)
    people = [("ada", "submitted"), ("ben", "submitted"), ("pam", "submitted")]
    assert news(hub, post) == sorted([*people, ("raj", "to-decide"), ("sue", "to-decide")])
    fund.decide(id, "raj", "return", REASONS)
    fund.decide(id, "sue", "return", "Which ward?")
    assert news(hub, post) == [("ada", "returned"), ("ben", "returned"), ("pam", "returned")]
    text = post.got[0].text
    assert post.got[0].subject == f"The panel has comments on your idea: {TITLE}"
    assert REASONS in text
    assert "Which ward?" in text
    assert "Asked for: £1,200" in text
    assert "Ideas Development session" in text
    fund.submit(id)
    fund.decide(id, "raj", "approve", "Good.")
    fund.decide(id, "sue", "approve", "Yes.")
    fund.plan(id, PLAN, test=TEST, measure=MEASURE)
    assert ("ada", "approved") in news(hub, post)
    assert any(TEST in each.text for each in post.got if each.kind == "fund-plan-to-decide")
    fund.return_plan(id, "sue", "Who counts?")
    assert ("ben", "plan-returned") in news(hub, post)
    assert "Who counts?" in post.got[-1].text
    clock.pass_by(days=76)
    assert ("ada", "running-out") in news(hub, post)
    assert "Monday 22 February 2027" in post.got[-1].text
    assert news(hub, post) == []
    fund.plan(id, PLAN)
    fund.accept_plan(id, "raj")
    assert ("ada", "plan-accepted") in news(hub, post)
    fund.release(id, 100_000)
    assert ("ben", "released") in news(hub, post)
    assert "Released: £1,000" in post.got[-1].text
    hub.erase_person("ada")
    assert news(hub, post) == [("pam", "yours")]


@pytest.mark.parametrize("stage", [Stage.WITHDRAWN, Stage.EXPIRED, Stage.DECLINED])
def test_an_ending_is_told_with_its_reasons(hub: Hub, fund: Fund, post: Post, stage: Stage) -> None:
    """Whoever's approval was withdrawn or ran out, or whose idea was declined, hears why and what to do."""
    at(fund, stage)
    ticked(hub)
    assert ("ada", f"fund-{stage}") in post.said()
    said = next(each.text for each in post.got if each.kind == f"fund-{stage}")
    why = {"withdrawn": "The ward moves.", "declined": REASONS}.get(stage, "no plan by then")
    assert why in said


def test_what_is_true_no_more_is_not_sent(hub: Hub, fund: Fund, post: Post) -> None:
    """Decided before the courier came: nobody is asked to decide, and the last word is told alone."""
    id = proposed(fund).id
    fund.submit(id)
    decide(fund, id, "return")
    fund.submit(id)
    decide(fund, id, "approve")
    assert news(hub, post) == [("ada", "approved")]
    assert {each.state for each in hub.messages("dropped")} == {"dropped"}


def test_who_is_on_the_panel_no_more_is_not_asked(hub: Hub, fund: Fund, post: Post) -> None:
    """Nor who stood aside, or has given a verdict."""
    id = proposed(fund).id
    fund.submit(id)
    fund.decide(id, "pam", "approve", "Yes.")
    fund.stand_aside(id, "raj")
    assert news(hub, post) == [("ada", "submitted"), ("sue", "to-decide")]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_looked_at(hub: Hub, kind: str) -> None:
    """With a subject, as text and as HTML, and nothing of the template's own left in it."""
    made = hub.preview_message(f"fund-{kind}")
    assert made.subject.endswith("A quiet room for new parents")
    for said in (made.text, made.html):
        assert "{" not in said
        assert "None" not in said
    assert f"fund-{kind}" in hub.message_kinds()
    with pytest.raises(Invalid):
        hub.preview_message("fund-lost")


def test_what_people_write_is_no_html(hub: Hub, fund: Fund, post: Post) -> None:
    """It is escaped, and ends no subject."""
    id = fund.propose("ada", "Tea & <b>cake</b>", "For all", pence=1).id
    fund.submit(id)
    decide(fund, id, "decline")
    news(hub, post)
    html = post.got[-1].html
    assert "<b>cake" not in html
    assert "&lt;b&gt;cake" in html


def test_the_end_of_an_approval_is_told_beside_the_place(hub: Hub, fund: Fund, post: Post) -> None:
    """Who loses a place hears of both."""
    id = at(fund, Stage.APPROVED)
    hub.book("delivery-planning@2026-12-02T13:30", "ada", role="attendee")
    news(hub, post)
    end(fund, id, Stage.WITHDRAWN)
    assert news(hub, post) == [("ada", "cancelled"), ("ada", "withdrawn")]
