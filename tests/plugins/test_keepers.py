"""Keepers: what a plugin keeps is exported, erased, audited, looked at in time, told and loaded with the hub's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import attrs
import pytest

from innovationhub import (
    Catalogue,
    Hub,
    HubSettings,
    Invalid,
    InvalidCatalogue,
    PluginError,
    Refused,
    Retention,
    hookimpl,
)
from innovationhub.domain.deciding import Draft
from innovationhub.domain.deliveries import Delivery
from innovationhub.domain.records import Facts, Key, Read, Record, key_of
from innovationhub.protocols.keeper import Keeper, Section
from innovationhub.protocols.store import Commit
from tests.conftest import MakeHub
from tests.courier.post import POST, Post, ticked
from tests.plugins.wishing import Grant, MakeWish, Topic, Wish, Wishes
from tests.support import ONLY_BUILT_IN, Clock, people

WORDS = "A quieter room, says Quillfeather"


def wish(hub: Hub, person: str, id: str = "w1", text: str = WORDS) -> None:
    hub.run(MakeWish(id=id, person_id=person, text=text), asked=(id,))


def state(hub: Hub, id: str = "w1") -> str | None:
    row = hub.rows(Read((Key(Wish, (id,)),))).get(Wish, id)
    return row.state if row else None


def written(hub: Hub, row: Record) -> None:
    """Write a row past the hub."""
    before = hub._store.read(Read((key_of(row),))).keys[key_of(row)]
    hub._store.commit(Commit({key_of(row): before.version if before else None}, (row,)))


@pytest.fixture
def hub(make_hub: MakeHub) -> Hub:
    made = make_hub(plugins=[Wishes()])
    people(made, "ada", "ben")
    return made


def test_what_is_kept_is_exported_with_everything_else(hub: Hub) -> None:
    """One's own wishes with their words, and nobody else's."""
    wish(hub, "ada")
    wish(hub, "ben", "w2", "Fewer forms")
    assert hub.export_person("ada").kept == {
        "wishes": {"wishes": ({"id": "w1", "state": "made", "wish": WORDS},)}
    }
    people(hub, "cyd")
    assert hub.export_person("cyd").kept == {}


def test_erasing_takes_what_is_kept_along(hub: Hub) -> None:
    """All of it, a step at a time; others' stay."""
    for number in range(3):
        wish(hub, "ada", f"w{number}")
    wish(hub, "ben", "other")
    hub.erase_person("ada")
    assert [state(hub, f"w{number}") for number in range(3)] == [None] * 3
    assert state(hub, "other") == "made"
    assert hub.audit() == []


def test_what_is_not_forgotten_is_found_by_the_keepers_own_word(make_hub: MakeHub) -> None:
    """Audit asks what is held of everybody who was erased."""

    class Forgetful(Wishes):
        @hookimpl
        def innovationhub_keepers(self) -> Mapping[str, Keeper]:
            return {"wishes": self}

        def held(self, draft: Draft, person: str) -> Mapping[str, Sequence[Facts]]:
            return {**super().held(draft, person), "memory": [{"person": "them"}]} if forgot else {}

    forgot = False
    hub = make_hub(plugins=[Forgetful()])
    people(hub, "ada")
    hub.erase_person("ada")
    assert hub.audit() == []
    forgot = True
    assert [(each.invariant, each.code) for each in hub.audit()] == [(10, "not-erased")]
    assert "memory (wishes)" in hub.audit()[0].sentence
    forgot = False


def test_audit_checks_what_is_kept(hub: Hub) -> None:
    """A row that differs from the journal is found."""
    wish(hub, "ada")
    assert hub.audit() == []
    kept = hub.rows(Read((Key(Wish, ("w1",)),))).get(Wish, "w1")
    assert kept is not None
    written(hub, attrs.evolve(kept, state="granted"))
    assert [each.code for each in hub.audit()] == ["replay"]
    written(hub, kept)


def test_tick_looks_at_its_timers(hub: Hub, clock: Clock) -> None:
    """When their time is over, and not before."""
    wish(hub, "ada")
    assert hub.tick().timers == 0
    clock.pass_by(days=14)
    assert hub.tick().timers == 1
    assert state(hub) == "lapsed"
    assert hub.tick().timers == 0


def test_a_timer_of_a_plugin_that_is_gone_waits_for_it(tmp_path: Path, clock: Clock) -> None:
    """Nothing is done to what nobody knows; the rest of the tick goes on."""
    url = f"sqlite:///{tmp_path / 'hub.db'}"
    with Hub.open(url, plugins=[Wishes()], clock=clock, settings=ONLY_BUILT_IN) as hub:
        people(hub, "ada")
        wish(hub, "ada")
    clock.pass_by(days=15)
    with Hub.open(url, clock=clock, settings=ONLY_BUILT_IN) as hub:
        assert not hub.tick().complete
    with Hub.open(url, plugins=[Wishes()], clock=clock, settings=ONLY_BUILT_IN) as hub:
        assert hub.tick().complete
        assert state(hub) == "lapsed"


def test_a_change_of_its_own_is_planned_and_applied(make_hub: MakeHub, clock: Clock) -> None:
    """A plan shows what it would do and to whom by their own id, apply does it once, and its message goes out."""
    post = Post()
    hub = make_hub(plugins=[Wishes(), post], settings=POST)
    people(hub, "ada")
    wish(hub, "ada")
    plan = hub.plan(Grant("w1"))
    assert [(each.kind, each.person_id) for each in plan.messages] == [("told", "ada")]
    assert state(hub) == "made"
    hub.apply(plan)
    assert state(hub) == "granted"
    with pytest.raises(Refused) as over:
        hub.apply(plan)
    assert over.value.codes == ("not-active",)

    ticked(hub)
    (message,) = post.got
    assert (message.kind, message.subject) == ("wishes-granted", "Your wish is granted")
    assert f"You wished: {WORDS}" in message.text
    assert "Wish: w1" in message.text
    assert [each.kind for each in hub.messages("sent")] == ["wishes-granted"]


def test_what_is_no_change_is_said(hub: Hub) -> None:
    """Whatever is not worked out by the core says how it is made."""
    with pytest.raises(Invalid, match="change"):
        hub.plan("w1")  # type: ignore[arg-type]


def test_its_messages_are_true_when_they_are_sent_and_audited(make_hub: MakeHub) -> None:
    """One that is untrue by now is dropped; one that is missing, or that nothing calls for, is found."""
    post = Post()
    hub = make_hub(plugins=[Wishes(), post], settings=POST)
    people(hub, "ada")
    wish(hub, "ada")
    hub.apply(hub.plan(Grant("w1")))
    hub.erase_person("ada")
    ticked(hub)
    assert post.got == []
    assert [each.state for each in hub.messages("dropped")] == ["dropped"]


def test_a_message_of_its_own_that_is_missing_is_found(make_hub: MakeHub) -> None:
    """As is one that a kind of entry calls for which is nobody's."""
    hub = make_hub(plugins=[Wishes(), Post()], settings=POST)
    people(hub, "ada")
    wish(hub, "ada")
    hub.apply(hub.plan(Grant("w1")))
    ticked(hub)
    (view,) = hub.messages("sent")
    row = hub.rows(Read((Key(Delivery, (view.id,)),))).get(Delivery, view.id)
    assert row is not None
    written(hub, attrs.evolve(row, position=row.position - 1))
    assert sorted(each.code for each in hub.audit()) == ["no-message", "uncalled"]
    written(hub, row)


def test_its_messages_can_be_looked_at_and_replaced(make_hub: MakeHub, tmp_path: Path) -> None:
    """Its kinds are among the hub's, with a sample; a file in the hub's folder goes before its own."""
    folder = tmp_path / "templates"
    folder.mkdir()
    hub = make_hub(plugins=[Wishes()], settings=attrs.evolve(ONLY_BUILT_IN, templates=folder))
    assert hub.message_kinds()[-1] == "wishes-granted"
    assert hub.preview_message("wishes-granted").subject == "Your wish is granted"
    (folder / "wishes-granted.j2").write_text(
        "{% extends layout %}{% block subject %}Yes!{% endblock %}{% block body %}{% endblock %}"
    )
    assert hub.preview_message("wishes-granted").subject == "Yes!"
    with pytest.raises(Invalid, match="wishes-granted"):
        hub.preview_message("wishes-lost")


TOPICS = '[[topics]]\nkey = "rooms"\ntitle = "Rooms"\n[[topics]]\nkey = "forms"\ntitle = "Forms"\n'


def test_its_tables_are_part_of_a_catalogue(hub: Hub, tmp_path: Path) -> None:
    """They are shaped and checked with the rest; loading twice changes nothing, loading an edit says what changed."""
    path = tmp_path / "topics.toml"
    path.write_text(TOPICS)
    assert hub.load_catalogue(path).added == ("topic rooms", "topic forms")
    assert hub.load_catalogue(path) == attrs.evolve(hub.load_catalogue(path), added=(), changed=())
    path.write_text(TOPICS.replace('"Rooms"', '"Quiet rooms"'))
    assert hub.load_catalogue(path).changed == ("topic rooms",)


def test_faults_of_its_tables_are_told_with_the_others(hub: Hub, tmp_path: Path) -> None:
    """All at once, each with its place, and nothing is loaded."""
    path = tmp_path / "topics.toml"
    path.write_text(
        TOPICS.replace('"rooms"', '"No key!"').replace('title = "Forms"', "") + "[hub]\nname = 3\n[odd]\n"
    )
    with pytest.raises(InvalidCatalogue) as found:
        hub.load_catalogue(path)
    told = "\n".join(found.value.faults)
    for place in ("topics[0].key", "topics[1].title", "hub.name", "odd"):
        assert place in told
    assert hub.rows(Read((Key(Topic, ("forms",)),))).get(Topic, "forms") is None


def test_the_same_request_loads_its_tables_once(hub: Hub) -> None:
    """Asked for again after another edit, it does not take that back."""
    first = Catalogue(sections={"topics": (Topic("rooms", "Rooms"),)})
    hub.load_catalogue(first, request_id="r1")
    hub.load_catalogue(Catalogue(sections={"topics": (Topic("rooms", "Quiet rooms"),)}))
    assert hub.load_catalogue(first, request_id="r1").added == ("topic rooms",)
    row = hub.rows(Read((Key(Topic, ("rooms",)),))).get(Topic, "rooms")
    assert row is not None
    assert row.title == "Quiet rooms"


def test_a_table_of_nobodys_is_refused_before_anything_is_loaded(hub: Hub) -> None:
    """In values made in Python too."""
    before = hub.settings
    with pytest.raises(Invalid, match="idols"):
        hub.load_catalogue(Catalogue(HubSettings(name="Other"), sections={"idols": ()}))
    assert hub.settings == before


def test_nobody_is_forgotten_by_age_while_something_is_under_way(make_hub: MakeHub, clock: Clock) -> None:
    """Of two people of whom nothing else is new, the one whose wish is open stays."""
    hub = make_hub(plugins=[Wishes()], hub=HubSettings(retention=Retention(people_days=10)))
    people(hub, "ada", "ben")
    wish(hub, "ada")
    clock.pass_by(days=12)
    ticked(hub)
    assert hub.person("ada").id == "ada"
    with pytest.raises(LookupError):
        hub.person("ben")
    clock.pass_by(days=12)  # it has lapsed by now
    ticked(hub)
    with pytest.raises(LookupError):
        hub.person("ada")


@pytest.mark.parametrize("name", ["booking", "workshop", "offer", "called", "two-words", "Wishes", ""])
def test_a_name_that_could_be_taken_for_anothers_is_refused(name: str) -> None:
    """The core's own things begin with it, or it would not be told from what stands behind it."""

    class Named(Wishes):
        @hookimpl
        def innovationhub_keepers(self) -> Mapping[str, Keeper]:
            return {name: self}

    with pytest.raises(PluginError, match="keeper"):
        Hub.open("memory:", plugins=[Named()], settings=ONLY_BUILT_IN)


def test_a_keeper_that_breaks_is_named_and_says_nothing_of_what_it_held(make_hub: MakeHub) -> None:
    """What it raises may hold anything, so only its kind is told."""

    class Broken(Wishes):
        @hookimpl
        def innovationhub_keepers(self) -> Mapping[str, Keeper]:
            return {"wishes": self}

        def held(self, draft: Draft, person: str) -> Mapping[str, Sequence[Facts]]:
            raise RuntimeError(WORDS)

    hub = make_hub(plugins=[Broken()])
    people(hub, "ada")
    with pytest.raises(PluginError, match=r"^plugin wishes: raised RuntimeError$"):
        hub.export_person("ada")


def test_two_that_claim_one_table_are_told(make_hub: MakeHub) -> None:
    """Which one would be loaded must not depend on chance."""

    class Twice(Wishes):
        @property
        def sections(self) -> Mapping[str, Section]:
            return {"series": Section(Topic, many=True)}

        @hookimpl
        def innovationhub_keepers(self) -> Mapping[str, Keeper]:
            return {"wishes": self}

    hub = make_hub(plugins=[])
    assert hub.calendar(date(2026, 12, 1), date(2026, 12, 1) + timedelta(days=1))
    with (
        Hub.open("memory:", plugins=[Twice()], settings=ONLY_BUILT_IN) as other,
        pytest.raises(PluginError, match="series"),
    ):
        other.load_catalogue("hpft.toml")
