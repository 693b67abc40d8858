"""Everything in one calendar: to read, to subscribe to, to embed; what is private stays so."""

from __future__ import annotations

from datetime import date, datetime

import innovationhub_icalendar
from examples.stories.telling import Telling
from innovationhub import CallOff, Recurrence
from innovationhub_icalendar.feeds import public_feed
from innovationhub_icalendar.listings import listing
from innovationhub_icalendar.pages import page
from innovationhub_icalendar.tokens import feed_for, subscribe

TITLE = "The Hub Session Calendar: one for everybody, and one of one's own"

START, END = date(2026, 11, 24), date(2026, 12, 19)


def hooks() -> tuple[object, ...]:
    """The calendar's own."""
    return (innovationhub_icalendar,)


def tell(told: Telling) -> None:
    """From the next four weeks to a feed that follows a session which is called off."""
    hub = told.hub
    told.people(("esr:1", "Ada Obi"), ("esr:2", "Ben Ito"))
    told.say("All that the hub puts on, with what is left, in the hub's own time:")
    told.calendar("2026-11-24", "2026-12-05")
    told.say("Ada's team has a workshop of its own. It is in her calendar, and in nobody else's.")
    asked = hub.request_workshop("esr:1", "Handover takes an hour.", people=[])
    hub.acknowledge_workshop(asked.id, "esr:100201", reply_by=hub.now().replace(day=26))
    hub.design_workshop(asked.id, aims="A shorter handover")
    made = hub.schedule_workshop(
        asked.id, Recurrence.once(datetime(2026, 12, 4, 9, 30)), series_id="ada-workshop"
    )
    for person in (None, "esr:1", "esr:2"):
        seen = {view.id for view in hub.calendar(START, END, person=person)}
        told.line(f"{told.name(person)} sees it: {'yes' if made.sessions[0].id in seen else 'no'}")

    told.say(
        "Calendar programs subscribe to the public feed; the trust's site embeds the page, or takes the listing."
    )
    feed = public_feed(hub, start=START, end=END)
    html = page(hub, start=START, end=END, feed_link="https://hub.example/calendar.ics")
    plain = listing(hub, start=START, end=END).as_json()
    told.line(f"feed: {feed.sessions} sessions, {feed.headers['Content-Type']}")
    told.line(f"page: {len(html):,} characters of HTML, {html.count('<script')} scripts")
    told.line(f"listing: {len(plain['sessions'])} sessions of {len(plain['types'])} kinds")
    told.say(
        "Ada subscribes to her own sessions by a secret address. Whoever asks with another gets nothing."
    )
    hub.book("cqi-taster@2026-12-01T10:00", "esr:1")
    token = subscribe(hub, "esr:1")
    mine = feed_for(hub, token, start=START, end=END)
    told.line(f"hers: {mine.sessions} sessions")
    told.say("The taster is called off. The plan says who is told, and her calendar follows by itself.")
    hub.apply(told.plan(hub.plan(CallOff("cqi-taster@2026-12-01T10:00", "The room is being repaired."))))
    told.messages("CQI Taster")
    after = public_feed(hub, start=START, end=END)
    told.line(f"in the feed as cancelled: {after.body.count(b'STATUS:CANCELLED')}")
    told.line(f"the reader has it already: {'yes' if after.unchanged(feed.etag) else 'no'}")
    told.calendar("2026-12-01", "2026-12-02")
    told.audit()
    told.kept |= {"workshop": made.sessions[0].id, "token": token, "public": after.body, "html": html}
