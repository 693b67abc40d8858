"""Bespoke workshops: the table of states, refusals that change nothing, privacy, erasure, promises."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import attrs
import pytest

from innovationhub import (
    Assign,
    CallOff,
    Catalogue,
    Hub,
    HubSettings,
    Invalid,
    Move,
    NotFound,
    Recurrence,
    Refused,
    Retention,
    Workshop,
    WorkshopState,
)
from innovationhub.domain.records import Key, Read, Record
from innovationhub.domain.timers import Timer
from innovationhub.domain.workshop import TRANSITIONS, WorkshopRow
from innovationhub.protocols.store import Commit
from tests.conftest import MakeHub
from tests.support import NOW, TASTER, Clock, people, session_type, small_hub, weekly

ONCE = Recurrence.once(datetime(2026, 12, 9, 13, 0))
PROBLEM = "Handover between wards takes an hour"
_S = WorkshopState

STEPS: Mapping[WorkshopState, Callable[[Hub, str], Workshop]] = {
    _S.ACKNOWLEDGED: lambda hub, id: hub.acknowledge_workshop(id, "fac", reply_by=NOW + timedelta(days=90)),
    _S.DESIGNED: lambda hub, id: hub.design_workshop(id, aims="To see the whole"),
    _S.SCHEDULED: lambda hub, id: hub.schedule_workshop(
        id, ONCE, venue="Room 1", facilitators=["fac"], series_id="theirs"
    ),
    _S.DELIVERED: lambda hub, id: hub.deliver_workshop(id),
    _S.FOLLOWED_UP: lambda hub, id: hub.follow_up_workshop(id, changed="Much", learnt="More"),
    _S.DECLINED: lambda hub, id: hub.decline_workshop(id, "Not ours"),
    _S.WITHDRAWN: lambda hub, id: hub.withdraw_workshop(id),
}
"""The command that leads to each state."""

WAYS: Mapping[WorkshopState, tuple[WorkshopState, ...]] = {
    _S.REQUESTED: (),
    _S.ACKNOWLEDGED: (_S.ACKNOWLEDGED,),
    _S.DESIGNED: (_S.ACKNOWLEDGED, _S.DESIGNED),
    _S.SCHEDULED: (_S.ACKNOWLEDGED, _S.DESIGNED, _S.SCHEDULED),
    _S.DELIVERED: (_S.ACKNOWLEDGED, _S.DESIGNED, _S.SCHEDULED, _S.DELIVERED),
    _S.FOLLOWED_UP: (_S.ACKNOWLEDGED, _S.DESIGNED, _S.SCHEDULED, _S.DELIVERED, _S.FOLLOWED_UP),
    _S.DECLINED: (_S.DECLINED,),
    _S.WITHDRAWN: (_S.WITHDRAWN,),
}
"""How each state is come by."""


@pytest.fixture
def hub(make_hub: MakeHub) -> Hub:
    """A hub with one room, a taster in it led by `lead`, and workshops to ask for."""
    taster = attrs.evolve(weekly(), facilitators=("lead",))
    made = make_hub(
        hub=HubSettings(rooms=("Room 1",)),
        types=[session_type(), session_type("workshop", 4, access="request")],
        series=[taster],
    )
    people(made, "ada", "ben", "cat", "fac", "lead")
    return made


def asked(hub: Hub, *team: str) -> str:
    """The id of a workshop that Ada has asked for."""
    return hub.request_workshop("ada", PROBLEM, people=team).id


def come_to(hub: Hub, clock: Clock, state: WorkshopState, *team: str) -> str:
    """The id of a workshop in that state."""
    id = asked(hub, *team)
    for step in WAYS[state]:
        if step is _S.DELIVERED:
            clock.now = datetime(2026, 12, 9, 15, 0, tzinfo=UTC)
        STEPS[step](hub, id)
    return id


@pytest.mark.parametrize("to", STEPS)
@pytest.mark.parametrize("state", WAYS)
def test_a_step_is_taken_where_the_table_has_it(
    hub: Hub, clock: Clock, state: WorkshopState, to: WorkshopState
) -> None:
    """And refused where not, as data, with nothing changed; what its dates ask for besides is below."""
    id = come_to(hub, clock, state)
    before, journal = hub.workshop(id), len(hub.journal(limit=1000))
    stands = state is _S.SCHEDULED and to in {_S.SCHEDULED, _S.DELIVERED}  # its date is to come
    if to in TRANSITIONS[state] and not stands:
        assert STEPS[to](hub, id).state is to
        return
    with pytest.raises(Refused) as refused:
        STEPS[to](hub, id)
    assert refused.value.codes == (("not-open",) if stands and to is _S.DELIVERED else ("not-active",))
    assert (hub.workshop(id), len(hub.journal(limit=1000))) == (before, journal)


def test_the_same_request_acts_once(hub: Hub) -> None:
    """Each step under an id of its own, twice: one workshop, one series, one booking, the same answer."""
    ids = [hub.request_workshop("ada", PROBLEM, people=["ben"], request_id="r1").id for _ in range(2)]
    id = ids[0]
    assert ids == [id, id]
    for _ in range(2):
        hub.acknowledge_workshop(id, "fac", reply_by=NOW + timedelta(days=2), request_id="r2")
    for _ in range(2):
        hub.design_workshop(id, aims="x", request_id="r3")
    first, again = (hub.schedule_workshop(id, ONCE, facilitators=["fac"], request_id="r4") for _ in range(2))
    assert first == again
    assert len(hub.workshops()) == 1
    assert len(hub.bookings_of("ben")) == 1
    with pytest.raises(Invalid) as other:
        hub.design_workshop(id, aims="y", request_id="r3")
    assert other.value.field == "request_id"
    hub.withdraw_workshop(id, request_id="r5")
    # what was answered then is answered still
    assert hub.schedule_workshop(id, ONCE, facilitators=["fac"], request_id="r4").state is _S.SCHEDULED


def test_every_reason_why_it_cannot_be_scheduled_is_said(hub: Hub) -> None:
    """Room, facilitator and one of the team, at once; and nothing of it is done."""
    id = come_to(hub, Clock(), _S.DESIGNED, "ben")
    hub.book(TASTER, "ben")
    entries = len(hub.journal(limit=1000))
    tuesday = Recurrence.once(datetime(2026, 12, 1, 10, 30))
    with pytest.raises(Refused) as refused:
        hub.schedule_workshop(id, tuesday, venue="Room 1", facilitators=["lead"])
    assert refused.value.codes == ("clash", "clash", "clash")
    who = [reason.facts.get("person_id") for reason in refused.value.reasons]
    assert sorted(map(str, who)) == ["None", "ben", "lead"]
    assert len(hub.journal(limit=1000)) == entries
    assert [series.key for series in hub.series()] == ["taster"]


def test_a_date_that_cannot_be_is_refused(hub: Hub, clock: Clock) -> None:
    """In the past, without end, too many, a name that is taken, a team that is too large."""
    id = come_to(hub, clock, _S.DESIGNED, "ben")
    with pytest.raises(Refused) as past:
        hub.schedule_workshop(id, Recurrence.once(datetime(2026, 11, 24, 8, 0)))
    assert past.value.codes == ("started",)
    for wrong in (
        Recurrence.weekly(datetime(2027, 1, 6, 9)),
        Recurrence.weekly(datetime(2027, 1, 6, 9), count=27),
        Recurrence.once(datetime(2029, 6, 1, 9)),
    ):
        with pytest.raises(Invalid) as endless:
            hub.schedule_workshop(id, wrong)
        assert endless.value.field == "recurrence"
    with pytest.raises(Invalid) as taken:
        hub.schedule_workshop(id, ONCE, series_id="taster")
    assert taken.value.field == "series_id"
    people(hub, "dee", "eve")
    large = hub.request_workshop("ada", PROBLEM, people=["ben", "cat", "dee", "eve"]).id
    STEPS[_S.ACKNOWLEDGED](hub, large)
    STEPS[_S.DESIGNED](hub, large)
    with pytest.raises(Refused) as crowd:
        hub.schedule_workshop(large, Recurrence.weekly(datetime(2027, 1, 6, 9), count=2))
    assert crowd.value.codes == ("group-too-large",)  # of two dates, said once


def test_what_a_request_must_say(hub: Hub) -> None:
    """A problem, each person once, people whom the hub knows, a type that is asked for, a reply in the future."""
    invalid: list[tuple[str, Callable[[], object]]] = [
        ("problem", lambda: hub.request_workshop("ada", " ")),
        ("people", lambda: hub.request_workshop("ada", PROBLEM, people=["ada"])),
        ("people", lambda: hub.request_workshop("ada", PROBLEM, people="ben")),
        ("size", lambda: hub.request_workshop("ada", PROBLEM, size=0)),
        ("due", lambda: hub.acknowledge_workshop(asked(hub), "fac", reply_by=NOW)),
        ("state", lambda: hub.workshops(state="lost")),
    ]
    for field, wrong in invalid:
        with pytest.raises(Invalid) as error:
            wrong()
        assert error.value.field == field
    unknown: list[Callable[[], object]] = [
        lambda: hub.request_workshop("nobody", PROBLEM),
        lambda: hub.request_workshop("ada", PROBLEM, type="taster"),
        lambda: hub.workshop("nothing"),
        lambda: hub.deliver_workshop("nothing"),
    ]
    for each in unknown:
        with pytest.raises(NotFound):
            each()


def test_a_promise_that_is_missed_is_found_once(hub: Hub, clock: Clock) -> None:
    """By tick, whatever the step; and again only for another promise."""
    id = asked(hub)
    clock.pass_by(days=8)
    for _ in range(3):
        hub.tick()
    assert hub.workshop(id).overdue
    assert [each.id for each in hub.workshops(overdue=True)] == [id]
    kinds = [entry.kind for entry in hub.journal(limit=1000)]
    assert kinds.count("workshop.overdue") == 1
    hub.acknowledge_workshop(id, "fac", reply_by=clock.now + timedelta(hours=1))
    assert not hub.workshop(id).overdue
    clock.pass_by(hours=2)
    hub.tick()
    assert [entry.kind for entry in hub.journal(limit=1000)].count("workshop.overdue") == 2


def test_dates_that_move_are_waited_for_and_those_called_off_can_be_had_anew(hub: Hub, clock: Clock) -> None:
    """Delivered once the last date has been, wherever it went; called off, it is overdue, and scheduled again."""
    id = come_to(hub, clock, _S.SCHEDULED, "ben")
    (session,) = hub.workshop(id).sessions
    later = datetime(2026, 12, 16, 13, 0, tzinfo=UTC)
    hub.apply(hub.plan(Move(session.id, starts=later)))
    clock.now = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
    hub.tick()
    assert hub.workshop(id).state is _S.SCHEDULED
    hub.apply(hub.plan(CallOff(session.id, "Snow")))
    clock.now = datetime(2026, 12, 16, 15, 0, tzinfo=UTC)
    hub.tick()
    assert hub.workshop(id).state is _S.SCHEDULED
    assert hub.workshop(id).overdue
    with pytest.raises(Refused) as never:
        hub.deliver_workshop(id)
    assert never.value.codes == ("called-off",)
    again = hub.schedule_workshop(id, Recurrence.once(datetime(2027, 1, 6, 13, 0)))
    assert again.sessions[0].starts == datetime(2027, 1, 6, 13, 0, tzinfo=UTC)
    clock.now = datetime(2027, 1, 6, 14, 0, tzinfo=UTC)
    hub.tick()
    assert hub.workshop(id).state is _S.DELIVERED


def test_a_room_taken_by_a_workshop_is_taken(hub: Hub, clock: Clock) -> None:
    """Another workshop finds room and facilitator wanted; so does whoever looks for clashes."""
    come_to(hub, clock, _S.SCHEDULED, "ben")
    other = hub.request_workshop("cat", "Something else").id
    STEPS[_S.ACKNOWLEDGED](hub, other)
    STEPS[_S.DESIGNED](hub, other)
    with pytest.raises(Refused) as taken:
        hub.schedule_workshop(other, ONCE, venue="Room 1", facilitators=["fac"])
    assert taken.value.codes == ("clash", "clash")
    done = hub.schedule_workshop(other, ONCE, venue="Room 2")
    plan = hub.plan(Assign(done.sessions[0].id, ("fac",)))
    assert [effect.kind for effect in plan.of("clash")] == ["clash"]


def test_a_room_that_is_taken_meanwhile_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session is moved into the room after the workshop was decided on and before it is committed."""
    clock, types = Clock(), [session_type(), session_type("workshop", 4, access="request")]
    settings = HubSettings(rooms=("Room 1",))
    with (
        small_hub(tmp_path / "hub.db", clock=clock, hub=settings, types=types) as here,
        small_hub(tmp_path / "hub.db", clock=clock, hub=settings, types=types) as there,
    ):
        people(here, "ada", "fac")
        id = come_to(here, clock, _S.DESIGNED)
        commit, starts = here._store.commit, datetime(2026, 12, 9, 13, 0, tzinfo=UTC)

        def late(made: Commit) -> int:
            monkeypatch.undo()
            there.apply(there.plan(Move(TASTER, starts=starts)))
            return commit(made)

        monkeypatch.setattr(here._store, "commit", late)
        with pytest.raises(Refused) as taken:
            here.schedule_workshop(id, ONCE, venue="Room 1")
        assert taken.value.codes == ("clash",)


def test_it_is_the_teams_alone(hub: Hub, clock: Clock) -> None:
    """Nobody else sees, books or walks into it, is shown it as another date, or finds it among types' dates."""
    id = come_to(hub, clock, _S.SCHEDULED, "ben")
    (session,) = hub.workshop(id).sessions
    window = (date(2026, 12, 1), date(2027, 1, 1))
    assert session.id in {view.id for view in hub.calendar(*window, person="ben", types=["workshop"])}
    assert hub.calendar(*window, types=["workshop"]) == []
    assert hub.calendar(*window, person="cat", types=["workshop"]) == []
    clock.now = session.starts
    with pytest.raises(Refused) as no:
        hub.book(session.id, "cat")
    assert "not-eligible" in no.value.codes
    with pytest.raises(Refused) as nor:
        hub.check_in(session.id, "cat")
    assert nor.value.codes == ("not-eligible",)
    assert str(hub.check_in(session.id, "ben").people["ben"]) == "attended"


def test_it_stays_the_teams_whatever_becomes_of_its_type(hub: Hub, clock: Clock) -> None:
    """Bookable from now on, it shows no workshop of before; asked for from now on, it hides no booking of before."""
    id = come_to(hub, clock, _S.SCHEDULED, "ben")
    hub.book(TASTER, "cat")
    hub.load_catalogue(
        Catalogue(None, (session_type("workshop", 4), session_type("taster", access="request")), ())
    )
    shown = {view.id for view in hub.calendar(date(2026, 12, 1), date(2027, 1, 1))}
    assert shown == {TASTER}
    assert hub.workshop(id).sessions[0].id not in shown


def test_what_was_written_is_nowhere_but_in_notes(hub: Hub, clock: Clock) -> None:
    """Not in the journal, nor in the row's repr, nor in receipts."""
    id = come_to(hub, clock, _S.SCHEDULED, "ben")
    assert PROBLEM not in repr(hub.journal(limit=1000))
    assert PROBLEM not in repr(hub.workshop(id))
    # as a word: these letters may stand in an opaque key
    assert not any(re.search(r"\bada\b", str(entry)) for entry in hub.journal(limit=1000))
    assert hub.workshop(id).texts["problem"] == PROBLEM


def test_whoever_asked_can_be_shown_and_forgotten(hub: Hub, clock: Clock) -> None:
    """Export has it all; erasing takes texts, membership and a request without dates with it."""
    early, late = asked(hub, "ben"), come_to(hub, clock, _S.SCHEDULED, "ben", "cat")
    data = hub.export_person("ada")
    assert {each.id for each in data.workshops} == {early, late}
    assert data.workshops[0].texts["problem"] == PROBLEM
    assert "workshop.requested" in {entry.kind for entry in data.entries}
    assert {each.id for each in hub.export_person("cat").workshops} == {late}

    hub.erase_person("ada")
    first, second = hub.workshop(early), hub.workshop(late)
    assert (first.state, first.person_id, first.people, first.texts) == (_S.WITHDRAWN, None, ("ben",), {})
    assert (second.state, second.person_id, second.people, second.texts) == (
        _S.SCHEDULED,
        None,
        ("ben", "cat"),
        {},
    )
    (booking,) = hub.roster(second.sessions[0].id)
    assert booking.person_id == "ben"
    hub.erase_person("cat")
    assert hub.workshop(late).people == ("ben",)


def test_texts_and_people_are_kept_as_long_as_the_settings_say(make_hub: MakeHub, clock: Clock) -> None:
    """Texts until so many days after it ended; nobody is forgotten who waits for a workshop, or leads one."""
    hub = make_hub(
        hub=HubSettings(retention=Retention(notes_days=30, people_days=20)),
        types=[session_type("workshop", 4, access="request")],
        series=[],
    )
    people(hub, "ada", "ben", "fac", "idle")
    done, waits = asked(hub), asked(hub, "ben")
    hub.acknowledge_workshop(waits, "fac", reply_by=NOW + timedelta(days=1))
    clock.pass_by(days=25)
    hub.decline_workshop(done, "Not ours")
    clock.pass_by(days=25)
    hub.tick()
    assert hub.workshop(done).texts["problem"] == PROBLEM
    assert [hub.person(id).id for id in ("ada", "ben", "fac")] == ["ada", "ben", "fac"]
    with pytest.raises(NotFound):
        hub.person("idle")
    clock.pass_by(days=6)
    hub.tick()
    assert hub.workshop(done).texts == {}
    assert hub.workshop(waits).texts["problem"] == PROBLEM
    hub.decline_workshop(waits, "Not ours")
    hub.tick()
    with pytest.raises(NotFound):
        hub.person("ben")


def test_audit_finds_a_workshop_that_was_changed_by_hand(hub: Hub) -> None:
    """The guard: a row that the journal does not tell, a promise whose timer is gone."""
    id = asked(hub)
    store = hub._store
    keys: list[Key[Record]] = [Key(WorkshopRow, (id,)), Key(Timer, ("workshop", id))]

    def put(*rows: Record, deletes: tuple[Key[Record], ...] = ()) -> None:
        found = store.read(Read(tuple(keys))).keys
        versions = {key: row.version if (row := found[key]) else None for key in keys}
        store.commit(Commit(versions, rows, deletes))

    rows = store.read(Read(tuple(keys)))
    row, timer = rows.get(WorkshopRow, id), rows.get(Timer, "workshop", id)
    assert row is not None
    assert timer is not None
    put(attrs.evolve(row, state=_S.DELIVERED), deletes=(keys[1],))
    assert {each.code for each in hub.audit()} == {"replay", "promise"}
    put(row, timer)
