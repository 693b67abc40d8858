"""What is kept of ideas: exported, erased to the last word, audited, kept as long as needed, loaded and counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import attrs
import pytest

from innovationhub import Catalogue, Hub, HubSettings, InvalidCatalogue, NotFound, Retention
from innovationhub.domain.people import Note
from innovationhub.domain.records import Key, Range, Read, Record, key_of
from innovationhub.domain.time import Span
from innovationhub.domain.timers import Timer
from innovationhub.protocols.store import Commit
from innovationhub_fund import Fund, FundSettings, Stage, Verdict
from innovationhub_fund.ideas import IdeaRow, MemberRow, VerdictRow, VisitRow
from innovationhub_fund.keeping import FundKeeper
from on_fund.conftest import MakeHub
from on_fund.programme import IDEAS, PANEL, REASONS, SUMMARY, TITLE, at, fund_hub, proposed
from tests.support import Clock

R = TypeVar("R", bound=Record)


def test_all_that_is_held_is_exported(hub: Hub, fund: Fund) -> None:
    """Ideas with their words, what was said of them, what somebody said as a member of the panel, visits."""
    id = at(fund, Stage.APPROVED, "ada", "ben")
    booking = hub.book(IDEAS, "ada").id
    fund.bring(id, booking)
    kept = hub.export_person("ada").kept["fund"]
    (idea,) = kept["ideas"]
    assert idea == {
        "id": id,
        "stage": "approved",
        "owner": True,
        "asked_pence": 120_000,
        "released_pence": 0,
        "title": TITLE,
        "summary": SUMMARY,
    }
    assert {each["reasons"] for each in kept["verdicts on their ideas"]} == {REASONS, "I agree."}
    assert kept["visits"] == ({"idea": id, "booking": booking},)
    of_pam = hub.export_person("pam").kept["fund"]
    assert [each["reasons"] for each in of_pam["verdicts that they gave"]] == [REASONS]
    assert of_pam["panel"] == ({"member": True},)
    assert hub.export_person("ben").kept["fund"]["ideas"][0]["owner"] is False
    assert hub.export_person("eve").kept == {}
    everything = str(hub.export_person("ada").kept)
    assert not any(key in everything for key in keys_of(hub, "ada", "ben", "pam", "raj"))


def keys_of(hub: Hub, *people: str) -> list[str]:
    return [hub.export_person(each).key for each in people]


def test_erasing_leaves_nothing_of_an_idea_that_is_nobody_elses(tmp_path: Path, clock: Clock) -> None:
    """Not a word of it in the whole file; the idea is dropped, the place at planning given up."""
    words = ("Quillfeather", "zanzibar", "Wobblegate", "xylophonist")
    with fund_hub(f"sqlite:///{tmp_path}/hub.db", clock=clock) as hub:
        fund = Fund(hub)
        id = at(fund, Stage.APPROVED)
        fund.plan(id, "Hire a xylophonist.")
        booking = hub.book(IDEAS, "ada")
        fund.bring(id, booking.id)
        hub.book("delivery-planning@2026-12-02T13:30", "ada", role="attendee")
        assert all(any(word.encode() in path.read_bytes() for path in tmp_path.iterdir()) for word in words)
        hub.erase_person("ada")
        assert hub.audit() == []
        idea = fund.idea(id)
        assert (idea.stage, idea.owner_id, idea.texts, idea.title) == (Stage.DROPPED, None, {}, "")
        assert [each.verdict for each in idea.verdicts] == [Verdict.APPROVE] * 2
        assert fund.attendance(id) == {}
    found = [
        (path.name, word)
        for path in tmp_path.iterdir()
        for word in words
        if word.encode() in path.read_bytes()
    ]
    assert found == []


def test_an_idea_passes_to_whoever_works_on_it_too(hub: Hub, fund: Fund) -> None:
    """At whatever stage, with all that was written; the last one takes it along."""
    for stage in (Stage.SUBMITTED, Stage.RELEASED, Stage.DECLINED):
        at(fund, stage, "ada", "ben", "cat")
    hub.erase_person("ada")
    for idea in fund.ideas():
        assert (idea.owner_id, idea.collaborators, idea.title) == ("ben", ("cat",), TITLE)
    assert [idea.stage for idea in fund.ideas(stage="submitted")] == [Stage.SUBMITTED]
    hub.erase_person("ben")
    hub.erase_person("cat")
    assert sorted(idea.stage for idea in fund.ideas()) == ["declined", "dropped", "released"]
    assert all(not idea.texts and idea.owner_id is None for idea in fund.ideas())
    assert all(not given.reasons for idea in fund.ideas() for given in idea.verdicts)


def test_of_a_member_of_the_panel_the_vote_stays_without_its_words(hub: Hub, fund: Fund) -> None:
    """It counts as before, and the panel is smaller."""
    id = at(fund, Stage.APPROVED)
    hub.erase_person("pam")
    given = {each.member_id: each.reasons for each in fund.idea(id).verdicts}
    assert given == {None: "", "raj": "I agree."}
    again = proposed(fund, "ben").id
    fund.submit(again)
    fund.decide(again, "raj", "approve", "Yes.")
    assert fund.decide(again, "sue", "approve", "Yes.").stage is Stage.APPROVED


def test_visits_stay_as_numbers(hub: Hub, fund: Fund, clock: Clock) -> None:
    """How often an idea came does not change with who is erased."""
    id = proposed(fund, "ada", "ben").id
    fund.bring(id, hub.book(IDEAS, "ada", group=["ben"]).id)
    clock.now = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
    for person in ("ada", "ben"):
        hub.check_in(IDEAS, person)
    hub.close_register(IDEAS)
    assert fund.attendance(id) == {"ada": 1, "ben": 1}
    hub.erase_person("ada")
    assert fund.attendance(id) == {None: 1, "ben": 1}


def test_nobody_is_forgotten_by_age_who_is_needed(make_hub: MakeHub, clock: Clock) -> None:
    """Who has an idea under way, and the panel; whoever's idea has ended is forgotten in time."""
    hub = make_hub(hub=HubSettings(retention=Retention(people_days=10)))
    fund = Fund(hub)
    proposed(fund, "ada")
    at(fund, Stage.DECLINED, "ben")
    clock.pass_by(days=11)
    while not hub.tick().complete:
        pass
    for person in ("ada", *PANEL):
        assert hub.person(person).id == person
    for person in ("ben", "cat"):
        with pytest.raises(NotFound):
            hub.person(person)


def written(hub: Hub, row: Record, *, gone: bool = False) -> None:
    """Write a row past the hub, or take it away."""
    before = hub._store.read(Read((key_of(row),))).keys[key_of(row)]
    version = before.version if before else None
    rows = () if gone else (row,)
    hub._store.commit(Commit({key_of(row): version}, rows, deletes=(key_of(row),) if gone else ()))


def rows_of(hub: Hub, cls: type[R]) -> list[R]:
    wanted = Range(cls, "key", limit=100)
    return list(hub.rows(Read(ranges=(wanted,))).scan(wanted).records)


Spoil = Callable[[Hub, str], Record]


def _member(hub: Hub, id: str) -> Record:
    return attrs.evolve(rows_of(hub, MemberRow)[0], stage=Stage.DROPPED)


def _own(hub: Hub, id: str) -> Record:
    key = hub.export_person("ada").key
    return VerdictRow(id, 1, key, Verdict.APPROVE, hub.now(), said=False)


SPOILT: dict[str, Spoil] = {
    "replay": lambda hub, id: attrs.evolve(rows_of(hub, IdeaRow)[0], asked=1),
    "sides": _member,
    "own-idea": _own,
    "no-booking": lambda hub, id: VisitRow(id, "nothing", 0, ""),
    "no-idea": lambda hub, id: MemberRow("nothing", "nobody", Stage.DEVELOPING, 0),
    "promise": lambda hub, id: Timer("fund", id, hub.now() + timedelta(days=400)),
}


@pytest.mark.parametrize("code", SPOILT)
def test_audit_finds_what_is_wrong(make_hub: MakeHub, code: str) -> None:
    """Each kind of row that is not as it must be."""
    hub = make_hub()
    id = at(Fund(hub), Stage.APPROVED)
    assert hub.audit() == []
    spoilt = SPOILT[code](hub, id)
    before = hub.rows(Read((key_of(spoilt),))).keys[key_of(spoilt)]
    written(hub, spoilt)
    assert [each.code for each in hub.audit()] == [code]
    written(hub, before.record if before else spoilt, gone=before is None)


def test_audit_finds_an_approval_that_nobody_gave(make_hub: MakeHub) -> None:
    """Where the verdicts do not come to it."""
    hub = make_hub()
    at(Fund(hub), Stage.APPROVED)
    given = rows_of(hub, VerdictRow)
    for row in given:
        written(hub, attrs.evolve(row, verdict=Verdict.DECLINE))
    assert [each.code for each in hub.audit()] == ["not-approved"]
    for row in given:
        written(hub, row)


def test_an_approval_without_its_timer_is_found(make_hub: MakeHub) -> None:
    """It would never run out."""
    hub = make_hub()
    id = at(Fund(hub), Stage.APPROVED)
    timer = hub.rows(Read((Key(Timer, ("fund", id)),))).get(Timer, "fund", id)
    assert timer is not None
    written(hub, timer, gone=True)
    assert [each.code for each in hub.audit()] == ["promise"]
    written(hub, timer)


def test_no_text_is_in_the_journal_or_a_receipt(hub: Hub, fund: Fund) -> None:
    """Only under what it is about, in notes."""
    id = at(fund, Stage.REPORTED, "ada", "ben")
    told = " ".join(str(entry) for entry in hub.journal())
    for word in (TITLE, SUMMARY, REASONS, "It works", "ada", "pam"):
        # as a word: the letters of a short one may stand in an opaque key
        assert not re.search(rf"\b{re.escape(word)}\b", told), word
    assert {note.subject.split()[0] for note in rows_of(hub, Note)} == {id}


def test_the_shipped_catalogue_loads_after_the_hubs(hub: Hub) -> None:
    """Twice changes nothing; the sessions have their rule and their priority, and the brief's lengths."""
    hub.load_catalogue("hpft.toml")
    report = hub.load_catalogue("innovation-fund.toml")
    assert "fund" in report.changed
    assert hub.load_catalogue("innovation-fund.toml").changed == ()
    types = {each.key: each for each in hub.session_types()}
    planning, ideas = types["delivery-planning"], types["ideas-development"]
    assert (planning.rules, str(planning.on_ineligible)) == (("approved-idea",), "release")
    assert (ideas.waitlist.priority, ideas.minutes) == ("first-timers", (120,))
    assert hub.person("esr:100302").id == "esr:100302"


def test_faults_of_the_funds_table_are_told_with_the_others(hub: Hub, tmp_path: Path) -> None:
    """All at once, each with its place."""
    path = tmp_path / "fund.toml"
    path.write_text('[fund]\npanel = ["a", ""]\nquorum = 0\nmoney = 3\n[hub]\nname = ""\n')
    with pytest.raises(InvalidCatalogue) as wrong:
        hub.load_catalogue(path)
    told = "\n".join(wrong.value.faults)
    for place in ("fund.panel", "fund.quorum", "fund.money", "hub.name"):
        assert place in told


def test_a_panel_that_changes_decides_from_then_on(hub: Hub, fund: Fund) -> None:
    """Whoever came to it may, and who left may not; what was said stays."""
    id = proposed(fund).id
    fund.submit(id)
    fund.decide(id, "pam", "approve", "Yes.")
    hub.load_catalogue(Catalogue(sections={"fund": FundSettings(("raj", "eve"), 2)}))
    assert fund.decide(id, "eve", "approve", "Yes.").stage is Stage.APPROVED


def test_figures_name_nobody(hub: Hub, fund: Fund, clock: Clock) -> None:
    """Ideas by stage with their days and pounds, visits by idea, and once or more than once."""
    id = proposed(fund, "ada", "ben").id
    at(fund, Stage.RELEASED, "cat")
    for session in (IDEAS, "ideas-development@2026-12-08T14:00"):
        clock.now = datetime.fromisoformat(session.partition("@")[2]).replace(tzinfo=UTC)
        people = ["ada", "ben"] if session == IDEAS else ["ada"]
        for person in people:
            fund.bring(id, hub.check_in(session, person).id)
        hub.close_register(session)
    year = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    tables = hub._engine.consider(lambda draft: FundKeeper().figures(draft, year))
    assert {table.key: table.rows for table in tables} == {
        "fund-ideas-by-stage": (("developing", 1, 14, 1200, 0), ("released", 1, 14, 1200, 1000)),
        "fund-visits-by-idea": ((3, 1),),
        "fund-visits-by-person": (("once", 1), ("more than once", 1)),
    }
    nothing = Span(year.ends, year.ends + timedelta(days=1))
    tables = hub._engine.consider(lambda draft: FundKeeper().figures(draft, nothing))
    assert tables[1].rows == tables[2].rows == ()
