"""The space: what can be tried out, who can show it, and the same rules of capacity and clash as elsewhere."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from innovationhub import (
    Catalogue,
    Hub,
    HubSettings,
    Invalid,
    InvalidCatalogue,
    NotFound,
    Person,
    Recurrence,
    Refused,
    Series,
    SessionType,
)
from innovationhub_community import CommunitySettings, Practice, Space, Thing, ThingKind

SLOT = "try-vr-headset@2026-12-03T13:00"


def test_what_is_there_and_who_can_show_it(hub: Hub, space: Space) -> None:
    """Anybody sees the things; who shows one is told to people whom the hub knows."""
    assert [each.key for each in space.things()] == ["digital-whiteboard", "prototyping-kit", "vr-headset"]
    headset = space.thing("vr-headset")
    assert (headset.kind, headset.where, headset.shows) == (ThingKind.TECHNOLOGY, "Headset corner", ())
    assert space.thing("vr-headset", viewer="ada").shows == ("esr:100200",)
    with pytest.raises(NotFound):
        space.things(viewer="nobody")
    with pytest.raises(NotFound):
        space.thing("time-machine")
    (practice, *_) = space.practices(tag="measurement")
    assert practice.sources[0] == "Langley and others: The Improvement Guide (2009)"
    assert space.practice("plan-do-study-act") == practice


def test_booked_for_a_slot_by_one_at_a_time(hub: Hub, space: Space) -> None:
    """Four half hours: of two who want one the second is told what is free, and with whom it is."""
    first = hub.book(SLOT, "ada", slot=1)
    assert first.expert == "esr:100200"
    with pytest.raises(Refused) as taken:
        hub.book(SLOT, "ben", slot=1)
    assert taken.value.codes == ("full",)
    assert taken.value.reasons[0].facts["free"] == "2, 3, 4"
    for person in ("ben", "cat", "fac"):
        hub.book(SLOT, person)
    assert hub.session(SLOT).places["attendee"].left == 0
    assert SLOT.startswith(space.thing("vr-headset").books + "@")


def test_a_workshop_cannot_have_the_thing_at_that_time(hub: Hub, space: Space) -> None:
    """Its place is a room of the hub, so that two sessions that want it at one time clash."""
    rooms = attrs.evolve(hub.settings, rooms=("Headset corner",))
    workshop = SessionType("workshop", "Workshop", 120, "request")
    hub.load_catalogue(Catalogue(rooms, (workshop,)))
    for person in ("ada", "fac"):
        hub.add_person(Person(person, person.title(), f"{person}@nhs.example"))
    hub.book(SLOT, "ben", slot=2)
    asked = hub.request_workshop("ada", "What is it like to be a patient here?")
    hub.acknowledge_workshop(asked.id, "fac", reply_by=hub.now().replace(year=2027))
    hub.design_workshop(asked.id, aims="To see it")
    at = Recurrence.once(hub.session(SLOT).starts.replace(tzinfo=None))
    with pytest.raises(Refused) as clash:
        hub.schedule_workshop(asked.id, at, venue="Headset corner")
    assert clash.value.codes == ("clash",)
    hub.schedule_workshop(asked.id, at, venue="Elsewhere")
    assert hub.clashes(hub.now(), hub.now().replace(year=2027)) == []
    double = Series(
        "double", "forum", Recurrence.once(hub.session(SLOT).starts.replace(tzinfo=None)), "Headset corner"
    )
    hub.load_catalogue(Catalogue(series=(double,)))
    (found,) = hub.clashes(hub.now(), hub.now().replace(year=2027))
    assert "The room Headset corner is wanted for" in found.sentence


def test_loading_again_changes_nothing_and_an_edit_one_thing(hub: Hub, space: Space) -> None:
    again = hub.load_catalogue("learning-community.toml")
    assert (again.added, again.changed) == ((), ())
    kit = attrs.evolve(space.thing("prototyping-kit"), where="Atrium")
    edited = hub.load_catalogue(
        Catalogue(sections={"things": (kit,), "community": CommunitySettings(ask_days=5)})
    )
    assert (edited.added, edited.changed) == ((), ("thing prototyping-kit", "community"))
    assert space.thing("prototyping-kit") == kit
    assert len(space.things()) == 3


def test_a_thing_books_a_series_that_there_is(hub: Hub) -> None:
    with pytest.raises(Invalid) as wrong:
        hub.load_catalogue(Catalogue(sections={"things": (Thing("vr", "Headset", books="try-vr"),)}))
    assert "there is no series 'try-vr'" in str(wrong.value)
    assert Space(hub).things() == []


FAULTY = """
[community]
ask_days = 365

[[things]]
key = "vr"
title = ""
kind = "toy"
shows = ["esr:1", "esr:1"]

[[things]]
key = "vr"
titel = "Headset"

[[practices]]
key = "Huddles"
title = "Huddles"
sources = "a book"
tags = ["Two words"]
"""


def test_all_faults_of_a_file_are_told_at_once(hub: Hub, tmp_path: Path) -> None:
    """With those of the hub's own tables, each with its place; and nothing is loaded."""
    file = tmp_path / "hub.toml"
    file.write_text(FAULTY + '\n[[series]]\nkey = "x"\ntype = "nothing"\nstarts = 2026-12-01T10:00:00\n')
    with pytest.raises(InvalidCatalogue) as wrong:
        hub.load_catalogue(file)
    places = [fault.partition(":")[0].split()[0] for fault in wrong.value.faults]
    assert sorted(places) == [
        "community.ask_days",
        "practices[0].key",
        "practices[0].sources",
        "practices[0].tags[0]",
        "series[0].type",
        "things[0].kind",
        "things[0].shows",
        "things[0].title",
        "things[1].key",
        "things[1].titel",
        "things[1].title",
    ]
    assert Space(hub).things() == []


def test_a_source_is_one_line() -> None:
    with pytest.raises(Invalid) as wrong:
        Practice("x", "X", sources=["two\nlines"])
    assert wrong.value.field == "sources[0]"


def test_settings_of_the_hub_stay_as_they_are(hub: Hub, space: Space) -> None:
    assert hub.settings == HubSettings(contact="team@nhs.example")
