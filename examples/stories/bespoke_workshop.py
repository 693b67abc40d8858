"""A workshop made to measure: asked for, designed with the team, private to it, and followed up."""

from __future__ import annotations

from datetime import date, datetime

import attrs

from examples.stories.telling import HERE, Telling
from innovationhub import Catalogue, Recurrence

TITLE = "A bespoke workshop: from a problem on two wards to what was learnt"


def tell(told: Telling) -> None:
    """From the request to the follow-up."""
    hub = told.hub
    hub.load_catalogue(
        Catalogue(attrs.evolve(hub.settings, rooms=("Innovation Hub",), contact="hub@trust.example"))
    )
    told.people(("esr:1", "Ada Obi"), ("esr:2", "Ben Ito"), ("esr:3", "Cat Dhar"), ("esr:4", "Dee Eze"))
    told.say("Two wards lose things at handover. Ada asks the hub for help, for herself, Ben and Cat.")
    asked = hub.request_workshop(
        "esr:1",
        "Handover between our wards takes an hour, and things are lost.",
        people=["esr:2", "esr:3"],
        involved="Two wards",
        help="Somebody from outside to lead it",
        wanted="January",
    )
    told.line(f"{asked.title}: {asked.state}, a reply is due by {asked.due:%a %d %b}")
    told.messages("orkshop")
    told.say("Gil takes it on, promises a reply, and designs it with the team.")
    hub.acknowledge_workshop(
        asked.id, "esr:100201", reply_by=datetime(2026, 11, 30, 17, tzinfo=HERE), actor="esr:100201"
    )
    designed = hub.design_workshop(
        asked.id, aims="A handover of twenty minutes", techniques="Process map", proposal="Three mornings"
    )
    told.line(f"now: {designed.state}")
    told.say(
        "Tuesdays at half past nine would suit them, but the room is taken by the taster. Every date says so."
    )
    tuesdays = Recurrence.weekly(datetime(2027, 1, 5, 9, 30), count=3)
    told.refused(
        lambda: hub.schedule_workshop(asked.id, tuesdays, venue="Innovation Hub", facilitators=["esr:100204"])
    )
    told.say("So Fridays it is: dates, places for all three, and messages, in one step.")
    fridays = Recurrence.weekly(datetime(2027, 1, 8, 9, 30), count=3)
    made = hub.schedule_workshop(
        asked.id, fridays, venue="Innovation Hub", facilitators=["esr:100204"], series_id="ward-handover"
    )
    told.line(f"now: {made.state}, {len(made.sessions)} dates")
    told.messages("orkshop")
    told.say("It is their own: nobody else sees it, and nobody else can book it.")
    for person in ("esr:2", "esr:4"):
        seen = hub.calendar(date(2027, 1, 8), date(2027, 1, 23), types=["bespoke-workshop"], person=person)
        told.line(f"workshops in the calendar of {told.name(person)}: {len(seen)}")
    told.refused(lambda: hub.book(made.sessions[0].id, "esr:4"))

    for session in made.sessions:
        told.at(f"{session.starts:%Y-%m-%dT%H:%M}")
        for person in ("esr:1", "esr:2", "esr:3"):
            hub.check_in(session.id, person)
        told.at(f"{session.ends:%Y-%m-%dT%H:%M}")
        hub.close_register(session.id)
    told.say("It has been. The hub notices by itself, and a follow-up is due.")
    delivered = hub.workshop(asked.id)
    told.line(f"now: {delivered.state}, to be followed up by {delivered.due:%a %d %b}")
    told.at("2027-02-15T09:00")
    told.say("Three weeks later they look back together.")
    done = hub.follow_up_workshop(
        asked.id,
        changed="Handover takes 25 minutes.",
        learnt="Draw it first. The night shift must be in the room.",
    )
    told.line(f"now: {done.state}")
    told.line(f"what changed: {done.texts['changed']}")
    told.line(f"what was learnt: {done.texts['learnt']}")
    told.messages("orkshop")
    told.say("What the team sees of it:")
    told.report("2026-11-01", "2027-03-01", "workshops")
    told.audit()
    told.kept |= {"workshop": asked.id, "first": made.sessions[0].id}
