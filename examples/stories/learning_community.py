"""What was shown and learnt, whom to meet, and what to read: nobody is named but by a consent that stands."""

from __future__ import annotations

import innovationhub_community
from examples.stories.telling import Telling
from innovationhub_community import Community

TITLE = "The learning community: a failure worth showing, and who to talk to"
CATALOGUES = ("learning-community.toml",)

FORUM = "share-and-spread@2026-12-11T12:00"
DROP_IN = "problem-solving-drop-in@2026-12-17T12:00"


def hooks() -> tuple[object, ...]:
    """The community's own."""
    return (innovationhub_community,)


def tell(told: Telling) -> None:
    """From a stand at the marketplace to two people who meet, and one who wants to be forgotten."""
    hub, community = told.hub, Community(told.hub)
    told.people(("esr:1", "Ada Obi"), ("esr:2", "Ben Ito"), ("esr:3", "Cat Dhar"))
    told.say("Ada has a stand at Share and Spread, with something that did not work.")
    hub.book(FORUM, "esr:1", role="showcase", shows="An app for handover")
    told.at("2026-12-11T12:00")
    hub.check_in(FORUM, "esr:1", "showcase")
    told.at("2026-12-11T14:00")
    hub.close_register(FORUM)
    told.say("Afterwards she writes down what others can learn from it, and that she may be asked.")
    shown = community.share(
        "esr:1",
        session_id=FORUM,
        title="The handover app that nobody opened",
        done="We built an app for handover. Nobody had been asked.",
        outcome="failure",
        learnt="Watch a handover first. The night shift must be in the room.",
        contact=True,
    )
    _show(told, community, shown.id)

    told.at("2026-12-17T12:00")
    told.say(
        "A week later Ben brings a problem to the drop-in. He is pointed to what Ada learnt, and to a practice."
    )
    visit = hub.check_in(DROP_IN, "esr:2")
    hub.amend(visit.id, note="Handover takes an hour.")
    for to in (f"showing:{shown.id}", "practice:safety-huddles"):
        told.line(f"pointed to a {community.signpost(visit.id, to).kind}")
    told.at("2026-12-17T13:20")
    told.say("He has it in writing once the session is over:")
    told.messages("pointed you to")
    told.say("He tries it on his ward, and Ada hears of it.")
    taken = community.take_up(shown.id, "esr:2", where="Ward 7")
    community.went(taken.id, "success", "We watched three handovers, and dropped half of the form.")
    told.messages("taken your idea up")

    told.say(
        "A facilitator thinks that Cat and Ada should meet. Each is asked, and not told who the other is."
    )
    meeting = community.introduce("esr:1", "esr:3", "You both want a shorter handover.", actor="esr:100200")
    told.messages("introduce")
    community.consent(meeting, "esr:3")
    told.line(
        f"Cat agrees. Does she see a name yet? {community.introduction(meeting, 'esr:3').contact or 'No.'}"
    )
    community.consent(meeting, "esr:1")
    contact = community.introduction(meeting, "esr:3").contact
    told.line(f"Ada agrees too. Now Cat sees: {contact.name if contact else 'nobody'}")

    told.say("Anybody can look for what was learnt, in their own words:")
    for found in community.search("handovers night"):
        told.line(f"{found.kind}: {found.title}")
    told.say(
        "In January Ada changes jobs. First she takes her consent back, and is not named from that moment on."
    )
    told.at("2027-01-11T09:00")
    community.withdraw_consent(shown.id, "esr:1")
    _show(told, community, shown.id)
    told.say(
        "Then she asks to be forgotten, and what she wrote goes too: she never said that it should stay."
    )
    hub.erase_person("esr:1")
    told.line(f"found now: {len(community.search('handover app'))}")
    told.say("What the team sees of the quarter:")
    told.report("2026-10-01", "2027-02-01", "community-showings", "community-signposts")
    told.audit()
    told.kept |= {"shown": shown.id, "meeting": meeting, "visit": visit.id}


def _show(told: Telling, community: Community, id: str) -> None:
    found = community.showing(id)
    told.line(f"{found.title} ({found.outcome})")
    told.line(f"learnt: {found.learnt}")
    told.line(f"to talk to: {found.contact.name if found.contact else 'nobody is named'}")
