"""What is held about somebody is exported whole, and after erasing it is nowhere: not in the file, not in an index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

import innovationhub_community
from innovationhub import Catalogue, Hub, HubSettings, NotFound, Person, Retention
from innovationhub.domain.erasing import ErasePerson
from innovationhub.domain.records import Range, Read, Record
from innovationhub.hub import forgetting
from innovationhub_community import Community, Contact, IntroductionState, Space, Thing
from innovationhub_community.records import RECORDS
from on_community.conftest import DROP_IN, FORUM, SERIES, TYPES, MakeHub
from on_community.showings import HANDOVER
from tests.courier.post import ticked
from tests.support import Clock, small_hub

WRITTEN = {
    "title": "Zebrafinch title",
    "done": "Zebrafinch done",
    "outcome": "mixed",
    "learnt": "Zebrafinch learnt",
}
SECRETS = ("Zebrafinch", "Quagga", "ursula", "Ursula")


def everything(hub: Hub, person: str, *, keep: bool) -> str:
    """One of everything that can be held about somebody; returns the showing."""
    community, space = Community(hub), Space(hub)
    hub.book(FORUM, person, role="showcase")
    shown = community.share(
        person,
        session_id=FORUM,
        contact=True,
        keep_when_gone=keep,
        **WRITTEN,
    )
    other = community.share("ben", **HANDOVER)
    taken = community.take_up(other.id, person, where="Quagga ward", note="Quagga note")
    community.went(taken.id, "failure", "Quagga went")
    community.take_up(shown.id, "ben", where="Ward 7")
    visit = hub.book(DROP_IN, person)
    community.signpost(visit.id, "Quagga words", note="Quagga why")
    community.signpost(visit.id, "https://qi.example", title="A page", note="Quagga too")
    space.tried("vr-headset", booking_id=visit.id)
    asked = community.introduce(person, "ben", "Quagga meets")
    community.consent(asked, "ben")
    made = community.introduce("cat", person, "Quagga met")
    for each in ("cat", person):
        community.consent(made, each)
    return shown.id


@pytest.fixture
def ursula(hub: Hub, space: Space) -> str:
    """Somebody who is everywhere, with a name and an id to be looked for."""
    hub.add_person(Person("ursula:1", "Ursula K.", "ursula@nhs.example"))
    thing = attrs.evolve(space.thing("vr-headset"), shows=("ursula:1",))
    hub.load_catalogue(Catalogue(sections={"things": (thing,)}))
    return "ursula:1"


def test_all_of_it_is_exported_and_nobody_else(hub: Hub, ursula: str) -> None:
    """Under what it is, texts included; of an introduction not who the other is."""
    everything(hub, ursula, keep=True)
    kept = hub.export_person(ursula).kept["community"]
    assert {name: len(rows) for name, rows in kept.items()} == {
        "showings": 1,
        "take-ups": 1,
        "signposts": 2,
        "introductions": 2,
        "trieds": 1,
        "consents": 2,
        "shows": 1,
    }
    assert kept["showings"][0]["learnt"] == "Zebrafinch learnt"
    assert kept["take-ups"][0]["went"] == "Quagga went"
    others = {hub.export_person(each).key for each in ("ben", "cat")}
    assert not others & {value for rows in kept.values() for row in rows for value in row.values()}


@pytest.mark.parametrize("keep", [True, False])
def test_what_they_wrote_goes_and_numbers_stay(hub: Hub, ursula: str, *, keep: bool) -> None:
    """A showing stays only if they said so, and then without whom to talk to."""
    community = Community(hub)
    shown = everything(hub, ursula, keep=keep)
    assert community.showing(shown).contact == Contact("Ursula K.", "ursula@nhs.example")
    hub.erase_person(ursula)
    assert hub.audit() == []
    if keep:
        assert community.showing(shown).contact is None
        assert len(community.take_ups(shown)) == 1
        assert [each.id for each in community.search("zebrafinch")] == [shown]
    else:
        with pytest.raises(NotFound):
            community.showing(shown)
        assert community.search("zebrafinch") == []
    (theirs,) = (each for each in community.showings(person_id="ben"))
    (taken,) = community.take_ups(theirs.id)
    assert (taken.where, taken.note, taken.went, taken.outcome) == ("", "", "", "failure")
    states = {each.state: each for each in community.introductions("ben") + community.introductions("cat")}
    assert states.keys() == {IntroductionState.OVER, IntroductionState.MADE}
    assert {(each.why, each.contact) for each in states.values()} == {("", None)}
    assert community.consents("ben") == community.consents("cat") == []
    assert Space(hub).thing("vr-headset", viewer="ben").shows == ()
    for row in _rows(hub):
        assert not [
            secret
            for secret in SECRETS[1:]
            if secret in str([getattr(row, each.name) for each in row.__schema__.fields])
        ]


def _rows(hub: Hub) -> Iterator[Record]:
    for cls in RECORDS.values():
        wanted = Range(cls, "key", limit=1000)
        yield from hub.rows(Read(ranges=(wanted,))).scan(wanted).records


def test_neither_the_file_nor_the_index_of_words_has_it(tmp_path: Path, clock: Clock) -> None:
    """Every byte of the database is looked at, its journal on disk included, and the index of words by itself."""
    file = tmp_path / "hub.db"
    with small_hub(
        file, clock=clock, plugins=[innovationhub_community], types=TYPES, series=SERIES, hub=HubSettings()
    ) as hub:
        hub.load_catalogue("learning-community.toml")
        for person in (Person("ursula:1", "Ursula K.", "ursula@nhs.example"), Person("ben"), Person("cat")):
            hub.add_person(person)
        everything(hub, "ursula:1", keep=False)
        assert len(Community(hub).search("zebrafinch")) == 1
        before = _bytes(tmp_path)
        assert all(secret.casefold().encode() in before for secret in SECRETS)
        hub.erase_person("ursula:1")
        after = _bytes(tmp_path)
        assert not [secret for secret in SECRETS if secret.casefold().encode() in after]
        assert Community(hub).search("zebrafinch") == []
    with sqlite3.connect(file) as plain:
        tables = [row[0] for row in plain.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for table in tables:
            assert "zebrafinch" not in str(plain.execute(f"SELECT * FROM '{table}'").fetchall()).casefold()
    plain.close()


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir())).lower()


def test_whoever_wrote_much_is_erased_in_steps(hub: Hub, community: Community) -> None:
    """More than one commit deals with at once, of several kinds."""
    theirs = [community.share("ben", **HANDOVER).id for _ in range(3)]
    for number in range(60):
        community.share("ada", keep_when_gone=number % 2 == 0, contact=True, **HANDOVER)
        for id in theirs:
            community.take_up(id, "ada", where=f"Ward {number}")
        community.introduce("ada", "ben", "Why not")
    hub.erase_person("ada")
    assert len(community.showings()) == 33
    assert {(each.where, each.note) for id in theirs for each in community.take_ups(id)} == {("", "")}
    assert {each.state for each in community.introductions("ben")} == {IntroductionState.OVER}


def test_who_shares_at_the_moment_of_being_erased_is_erased_with_it(
    hub: Hub, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came in between the two steps of an erasure is found by the second."""

    def meanwhile(**given: str) -> ErasePerson:
        community.share("ada", **HANDOVER)
        return ErasePerson(**given)

    monkeypatch.setattr(forgetting, "ErasePerson", meanwhile)
    hub.erase_person("ada")
    assert community.showings() == []


def test_forgotten_by_age_once_nothing_of_theirs_is_under_way(make_hub: MakeHub, clock: Clock) -> None:
    """Not while an introduction waits, not soon after they shared something, not while they show a thing."""
    hub = make_hub(hub=HubSettings(retention=Retention(people_days=10)))
    for person in ("ada", "ben", "cat", "fac"):
        hub.add_person(Person(person))
    thing = Thing("kit", "Prototyping kit", shows=("cat",))
    hub.load_catalogue(Catalogue(sections={"things": (thing,)}))
    clock.pass_by(days=9)
    asked = Community(hub).introduce("ada", "ben", "Why not")
    clock.pass_by(days=12)
    assert _left(hub) == {"ada", "ben", "cat"}
    Community(hub).decline(asked, "ada")
    Community(hub).share("ben", **HANDOVER)
    assert _left(hub) == {"ben", "cat"}
    clock.pass_by(days=11)
    assert _left(hub) == {"cat"}


def _left(hub: Hub) -> set[str]:
    ticked(hub)
    left = set()
    for person in ("ada", "ben", "cat", "fac"):
        try:
            left.add(hub.person(person).id)
        except NotFound:
            continue
    return left
