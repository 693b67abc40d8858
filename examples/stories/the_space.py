"""What can be tried out in the space: at a drop-in, or booked for half an hour; never by two at one time."""

from __future__ import annotations

from datetime import datetime

import attrs

import innovationhub_community
from examples.stories.telling import Telling
from innovationhub import Catalogue, Recurrence
from innovationhub_community import Community, Space

TITLE = "The space: half an hour with a headset, and who has it when"
CATALOGUES = ("learning-community.toml",)

SLOTS = "try-vr-headset@2026-12-03T13:00"


def hooks() -> tuple[object, ...]:
    """The community's own."""
    return (innovationhub_community,)


def tell(told: Telling) -> None:
    """From what there is to a clash that is refused."""
    hub, space = told.hub, Space(told.hub)
    told.people(("esr:1", "Ada Obi"), ("esr:2", "Ben Ito"), ("esr:3", "Cat Dhar"))
    told.say("The space has things that one can try out. Colleagues see who can show each.")
    for thing in space.things(viewer="esr:1"):
        told.line(f"{thing.title} ({thing.kind}), {thing.where}")
    told.say(
        "The headset can be booked for half an hour on Thursdays. Its corner is a room: one use at a time."
    )
    hub.load_catalogue(Catalogue(attrs.evolve(hub.settings, rooms=("Headset corner",))))
    told.calendar("2026-12-03", "2026-12-04", types=["try-it-out"])
    ada = told.booking(hub.book(SLOTS, "esr:1", slot=1))
    told.say("Ben wants the same half hour. It is Ada's; the next one is free.")
    told.refused(lambda: hub.book(SLOTS, "esr:2", slot=1))
    ben = told.booking(hub.book(SLOTS, "esr:2"))
    for each in (ada, ben):
        told.line(f"{told.name(each.person_id)}: slot {each.slot}")

    told.say(
        "A team would like a workshop in that corner at the same time. It is not to be had, and the hub says why."
    )
    asked = hub.request_workshop("esr:3", "We want to feel what a patient feels.")
    hub.acknowledge_workshop(asked.id, "esr:100201", reply_by=hub.now().replace(day=26))
    hub.design_workshop(asked.id, aims="To see the ward as a patient does")
    once = Recurrence.once(datetime(2026, 12, 3, 13, 0))
    told.refused(
        lambda: hub.schedule_workshop(asked.id, once, venue="Headset corner", facilitators=["esr:100201"])
    )
    other = Recurrence.once(datetime(2026, 12, 4, 13, 0))
    made = hub.schedule_workshop(asked.id, other, venue="Headset corner", facilitators=["esr:100201"])
    told.line(f"On Friday it is: {made.state}")

    told.at("2026-12-03T12:00")
    told.say("Things are used at the drop-in as well, without any booking.")
    visit = hub.check_in("problem-solving-drop-in@2026-12-03T12:00", "esr:3")
    space.tried("prototyping-kit", booking_id=visit.id)
    told.say("And practices worth researching are found by the same search, with their sources.")
    for found in Community(hub).search("test change small"):
        told.line(f"{found.kind}: {found.title}")
    for source in space.practice("plan-do-study-act").sources:
        told.line(f"read: {source}")
    told.at("2026-12-03T15:00")
    told.audit()
    told.kept |= {"ada": ada.id, "ben": ben.id, "workshop": asked.id}
