"""Every week, but for Christmas; a session with too few is called off by a plan, and its people find another date."""

from __future__ import annotations

from datetime import date

from examples.stories.telling import Telling
from innovationhub import CallOff, Close

TITLE = "Organising for Improvement: a weekly hour, a date called off, and another found"

TYPE = "organising-for-improvement"
REASON = "Gil cannot be there that day."
SECOND, NINTH, SIXTEENTH = (f"{TYPE}@2026-12-{day:02}T09:30" for day in (2, 9, 16))
SPRING = f"{TYPE}@2027-03-31T09:30"


def tell(told: Telling) -> None:
    """From a year's calendar to a date called off, and who came to the next one."""
    names = "Ada Obi, Ben Cole, Cat Dhar, Dee Eze, Eli Fox"
    told.people(*((f"esr:{300 + at}", name) for at, name in enumerate(names.split(", "))))
    _year(told)
    _called_off(told)


def _year(told: Telling) -> None:
    hub = told.hub
    told.say(
        "An hour every Wednesday at half past nine, for those who never find the time to improve anything."
    )
    told.say(
        "The hub will be closed from Christmas Eve to the new year. Before anything is done, the team asks what",
        "that would leave out. Of everything in the calendar, these are its Wednesdays:",
    )
    closing = hub.plan(Close(date(2026, 12, 24), date(2027, 1, 1), "Closed over Christmas"))
    for effect in closing.of("left-out"):
        if effect.subject.startswith(TYPE):
            told.line(effect.sentence)
    hub.apply(closing)
    told.calendar("2026-12-16", "2027-01-14", types=[TYPE])
    told.say("In spring the clocks go forward. Half past nine stays half past nine; only the world moves.")
    for id in (f"{TYPE}@2027-03-24T09:30", SPRING):
        starts = hub.session(id).starts
        told.line(f"{starts:%a %d %b %Y, %H:%M} {starts.tzname()}")

    told.say("Eli would like that one in March. He is early.")
    told.refused(lambda: hub.book(SPRING, "esr:304"))


def _called_off(told: Telling) -> None:
    hub = told.hub
    ada, ben, cat, dee = (f"esr:{300 + at}" for at in range(4))
    told.say("Ada and Ben book for next week. Then Ben looks at his rota, and asks for the week after.")
    first, second = (told.booking(hub.book(SECOND, person)) for person in (ada, ben))
    moved = told.booking(hub.transfer(second.id, NINTH))
    told.say("He presses twice. The place that he had is gone already, and he keeps the one he has.")
    told.refused(lambda: hub.transfer(second.id, SIXTEENTH))
    told.messages("Organising")

    told.at("2026-11-30T10:00")
    told.say(
        "Monday. One person for Wednesday, where three are needed, and Gil, who leads it, cannot be there."
    )
    for short in hub.shortfall(SECOND):
        told.line(f"{short.held} of the {short.minimum} who are needed have a place")
    told.say("What would calling it off do?")
    plan = told.plan(hub.plan(CallOff(SECOND, REASON)))
    told.say("While the team looks at it, Cat books. So what the plan says is no longer what would happen.")
    third = told.booking(hub.book(SECOND, cat))
    stale = told.refused(lambda: hub.apply(plan))
    assert stale.plan is not None
    told.say("The refusal brings the new plan with it. Now Cat is in it too, and it is done.")
    hub.apply(told.plan(stale.plan))
    called_off = told.messages("Called off: Organising")
    told.say("Both are told why, and which dates have room:")
    for line in called_off[0].text.splitlines():
        if REASON in line or line.startswith(("These dates", "Wednesday")):
            told.line(line)

    told.say("Dee has an old link to the second of December, and tries it.")
    told.refused(lambda: hub.book(SECOND, dee))
    told.say("She takes the ninth. So do Ada and Cat, who book again.")
    told.booking(hub.book(NINTH, dee))
    for person in (ada, cat):
        hub.book(NINTH, person)

    told.at("2026-12-09T09:30")
    told.say("The ninth. Gil is back, and all four are there.")
    for person in (ada, ben, cat, dee):
        hub.check_in(NINTH, person)
    told.at("2026-12-09T10:30")
    hub.close_register(NINTH)
    told.say("What the team sees so far: a date that was called off is no date that nobody came to.")
    told.report("2026-12-01", "2026-12-10", "attendance-by-type", of="Organising")
    told.audit()
    told.kept |= {"ada": first.id, "ben": second.id, "moved": moved.id, "cat": third.id}
