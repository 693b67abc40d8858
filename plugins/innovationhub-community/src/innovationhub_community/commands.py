"""Commands of the program: `community` and `space`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from innovationhub import Hub
from innovationhub.cli.arguments import BOOKING, PERSON, By, Commands, acting, command, everywhere
from innovationhub.cli.desk import Desk, zone_of
from innovationhub.cli.listing import Column, listing
from innovationhub.cli.naming import names_in
from innovationhub.cli.plans import show_plan
from innovationhub.cli.wording import stamp
from innovationhub_community.community import Community
from innovationhub_community.records import Outcome, Pointed
from innovationhub_community.retiring import Retire
from innovationhub_community.space import Space
from innovationhub_community.things import Practice, Thing
from innovationhub_community.views import Introduction, Showing

__all__ = ["community", "space"]

OUTCOME = click.Choice([str(each) for each in Outcome])
SHOWING = click.argument("showing_id", metavar="SHOWING")
ABOUT = click.argument("about", metavar="ABOUT")


@click.group("community", cls=Commands, params=everywhere())
def community() -> None:
    """What was learnt, who took it up, whom to meet."""


@click.group("space", cls=Commands, params=everywhere())
def space() -> None:
    """What can be tried out, and practices worth researching."""


def _of(group: click.Group, name: str) -> Callable[[Callable[..., None]], click.Command]:
    def made(function: Callable[..., None]) -> click.Command:
        one = command(name)(function)
        group.add_command(one)
        return one

    return made


def _show(desk: Desk, hub: Hub, found: Showing) -> None:
    if desk.answered(found):
        return
    desk.out.say((found.title, "bold"), f": {found.outcome}")
    desk.out.say(f"Showing {found.id}, of {stamp(found.at, zone_of(hub))}")
    desk.out.say(("What was done: ", "bold"), found.done)
    desk.out.say(("What was learnt: ", "bold"), found.learnt)
    if found.contact:
        desk.out.say(("Whom to talk to: ", "bold"), str(found.contact))


@_of(community, "share")
@PERSON
@click.option("--title", required=True, metavar="TEXT", help="What it is called.")
@click.option("--done", required=True, metavar="TEXT", help="What was done.")
@click.option("--outcome", required=True, type=OUTCOME, help="How it went.")
@click.option("--learnt", required=True, metavar="TEXT", help="What was learnt.")
@click.option("--session", "session_id", metavar="SESSION", help="Where it is shown.")
@click.option("--contact", is_flag=True, help="PERSON agrees that readers see their name and address.")
@click.option(
    "--keep", "keep_when_gone", is_flag=True, help="It stays, without PERSON, when they are erased."
)
@acting
def share(desk: Desk, *, person_id: str, by: By, **said: object) -> None:
    """Show what PERSON did, for all to find."""
    with desk.hub() as hub:
        _show(desk, hub, Community(hub).share(person_id, **said, **by))  # type: ignore[arg-type]  # as the options say


@_of(community, "edit")
@SHOWING
@click.option("--title", metavar="TEXT", help="What it is called.")
@click.option("--done", metavar="TEXT", help="What was done.")
@click.option("--outcome", type=OUTCOME, help="How it went.")
@click.option("--learnt", metavar="TEXT", help="What was learnt.")
@click.option(
    "--keep/--no-keep", "keep_when_gone", default=None, help="Whether it stays when they are erased."
)
@acting
def edit(desk: Desk, *, showing_id: str, by: By, **said: object) -> None:
    """Write SHOWING better."""
    with desk.hub() as hub:
        _show(desk, hub, Community(hub).edit(showing_id, **said, **by))  # type: ignore[arg-type]  # as the options say


@_of(community, "withdraw")
@SHOWING
@acting
def withdraw(desk: Desk, *, showing_id: str, by: By) -> None:
    """Take SHOWING back, with what was written about it."""
    with desk.hub() as hub:
        Community(hub).withdraw(showing_id, **by)
    if not desk.answered({"withdrawn": showing_id}):
        desk.out.say("It is gone.")


@_of(community, "show")
@SHOWING
def show(desk: Desk, *, showing_id: str) -> None:
    """Show SHOWING, and where it was taken up."""
    with desk.hub() as hub:
        there = Community(hub)
        found, taken = there.showing(showing_id), there.take_ups(showing_id)
        if desk.answered({"showing": found, "take_ups": taken}):
            return
        _show(desk, hub, found)
        for each in taken:
            heard = f"{each.outcome}. {each.went}" if each.outcome else "not heard of yet"
            desk.out.say(("Taken up: ", "bold"), f"{each.where}: {heard} ({each.id})")


@_of(community, "list")
@click.option("--person", "person_id", metavar="ID", help="Only theirs.")
@click.option("--outcome", type=OUTCOME, help="Only with this outcome.")
def listed(desk: Desk, *, person_id: str | None, outcome: str | None) -> None:
    """List what was shown, the newest first."""
    with desk.hub() as hub:
        found = Community(hub).showings(person_id=person_id, outcome=outcome)
    _table(desk, found, ("Showing", "Title", "Outcome"), [(s.id, s.title, str(s.outcome)) for s in found])


@_of(community, "find")
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice([str(each) for each in Pointed]), help="Only these."
)
def find(desk: Desk, *, words: tuple[str, ...], kinds: tuple[str, ...]) -> None:
    """Find showings, practices, things and resources that have all the WORDS."""
    with desk.hub() as hub:
        found = Community(hub).search(" ".join(words), kinds=kinds or None)
    _table(
        desk, found, ("Id", "Kind", "What", "Text"), [(f.id, str(f.kind), f.title, f.excerpt) for f in found]
    )


def _table(desk: Desk, found: object, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A list, whose first column is what one goes on with."""
    if desk.answered(found):
        return
    if not rows:
        desk.out.say("Nothing was found.")
        return
    listing(desk.out, [Column(title, id=not place) for place, title in enumerate(titles)], rows)


@_of(community, "taken-up")
@SHOWING
@PERSON
@click.option("--where", required=True, metavar="TEXT", help="In which team or service.")
@click.option("--note", default="", metavar="TEXT", help="What is worth noting.")
@acting
def taken_up(desk: Desk, *, showing_id: str, person_id: str, where: str, note: str, by: By) -> None:
    """Note that PERSON takes up what was shown."""
    with desk.hub() as hub:
        made = Community(hub).take_up(showing_id, person_id, where=where, note=note, **by)
    if not desk.answered(made):
        desk.out.say("Noted; who showed it is told.")
        desk.hint("How it went", "community", "went", made.id, "OUTCOME", "--text", "TEXT")


@_of(community, "went")
@click.argument("take_up_id", metavar="TAKE-UP")
@click.argument("outcome", type=OUTCOME)
@click.option("--text", "went", required=True, metavar="TEXT", help="How it went.")
@acting
def heard(desk: Desk, *, take_up_id: str, outcome: str, went: str, by: By) -> None:
    """Note how it went where an idea was taken up."""
    with desk.hub() as hub:
        made = Community(hub).went(take_up_id, outcome, went, **by)
    if not desk.answered(made):
        desk.out.say("Noted.")


@_of(community, "signpost")
@BOOKING
@click.argument("to", metavar="TO")
@click.option("--title", default="", metavar="TEXT", help="What a web page is called.")
@click.option("--note", default="", metavar="TEXT", help="Why, for them alone.")
@click.option("--person", "person_id", metavar="ID", help="Who, of those in the booking; else who leads it.")
@acting
def signpost(
    desk: Desk, *, booking_id: str, to: str, title: str, note: str, person_id: str | None, by: By
) -> None:
    """Point somebody to something, at a drop-in; they get it as a message afterwards.

    TO is thing:KEY, practice:KEY, showing:ID, a web address, or a resource in words.
    """
    with desk.hub() as hub:
        made = Community(hub).signpost(booking_id, to, title=title, note=note, person_id=person_id, **by)
    if not desk.answered(made):
        desk.out.say("Noted; they get it as a message after the session.")


@_of(community, "signposts")
@BOOKING
def signposts(desk: Desk, *, booking_id: str) -> None:
    """List what was given on BOOKING."""
    with desk.hub() as hub:
        found = Community(hub).signposts(booking_id)
    _table(
        desk, found, ("To", "Kind", "Title", "Note"), [(s.to, str(s.kind), s.title, s.note) for s in found]
    )


@_of(community, "introduce")
@click.argument("one_id", metavar="ONE")
@click.argument("other_id", metavar="OTHER")
@click.option("--why", required=True, metavar="TEXT", help="Why they should meet; it names neither.")
@acting
def introduce(desk: Desk, *, one_id: str, other_id: str, why: str, by: By) -> None:
    """Ask ONE and OTHER whether they want to meet."""
    with desk.hub() as hub:
        id = Community(hub).introduce(one_id, other_id, why, **by)
    if not desk.answered({"introduction": id}):
        desk.out.say(f"Both are asked. Introduction {id}")
        desk.hint("When one agrees", "community", "consent", id, one_id)


@_of(community, "introductions")
@PERSON
def introductions(desk: Desk, *, person_id: str) -> None:
    """List the introductions of PERSON, as they see them."""

    def whom(one: Introduction) -> str:
        return str(one.contact) if one.contact else ""

    with desk.hub() as hub:
        found = Community(hub).introductions(person_id)
    rows = [(each.id, str(each.state), "yes" if each.agreed else "", whom(each)) for each in found]
    _table(desk, found, ("Introduction", "State", "Agreed", "With"), rows)


@_of(community, "consents")
@PERSON
def consents(desk: Desk, *, person_id: str) -> None:
    """List the consents of PERSON that stand."""
    with desk.hub() as hub:
        found = Community(hub).consents(person_id)
        where = zone_of(hub)
    _table(desk, found, ("About", "Since"), [(each.about, stamp(each.at, where)) for each in found])


@_of(community, "consent")
@ABOUT
@PERSON
@acting
def consent(desk: Desk, *, about: str, person_id: str, by: By) -> None:
    """Note that PERSON agrees to be contacted: ABOUT is their showing, or their introduction."""
    with desk.hub() as hub:
        Community(hub).consent(about, person_id, **by)
    if not desk.answered({"about": about, "consent": True}):
        desk.out.say("Noted.")
        desk.hint("Take it back", "community", "withdraw-consent", about, person_id)


@_of(community, "withdraw-consent")
@ABOUT
@PERSON
@acting
def withdraw_consent(desk: Desk, *, about: str, person_id: str, by: By) -> None:
    """Note that PERSON's contact is to be shown no more."""
    with desk.hub() as hub:
        Community(hub).withdraw_consent(about, person_id, **by)
    if not desk.answered({"about": about, "consent": False}):
        desk.out.say("Noted: their contact is shown no more.")


@_of(community, "decline")
@click.argument("introduction_id", metavar="INTRODUCTION")
@PERSON
def decline(desk: Desk, *, introduction_id: str, person_id: str) -> None:
    """Note that PERSON would rather not meet. Nobody is told, and who it was is written nowhere."""
    with desk.hub() as hub:
        Community(hub).decline(introduction_id, person_id)
    if not desk.answered({"introduction": introduction_id, "state": "over"}):
        desk.out.say("Noted. Nobody is told.")


@_of(space, "things")
@click.option("--as", "viewer", metavar="ID", help="Who looks: they are told who can show it.")
def things(desk: Desk, *, viewer: str | None) -> None:
    """List what can be tried out."""

    def row(thing: Thing) -> tuple[str, str, str, str]:
        return thing.key, thing.title, thing.where, ", ".join(thing.shows)

    with desk.hub() as hub:
        found = Space(hub).things(viewer=viewer)
    _table(desk, found, ("Thing", "Title", "Where", "Shown by"), [row(each) for each in found])


@_of(space, "thing")
@click.argument("key", metavar="THING")
@click.option("--as", "viewer", metavar="ID", help="Who looks: they are told who can show it.")
def thing(desk: Desk, *, key: str, viewer: str | None) -> None:
    """Show THING: what it is, where, how to book it."""
    with desk.hub() as hub:
        found = Space(hub).thing(key, viewer=viewer)
    if desk.answered(found):
        return
    desk.out.say((found.title, "bold"), f": {found.what}")
    for label, value in (("Where", found.where), ("Shown by", ", ".join(found.shows))):
        if value:
            desk.out.say((f"{label}: ", "bold"), value)
    if found.books:
        desk.out.say(("Booked by the series ", "bold"), found.books)


@_of(space, "practice")
@click.argument("key", metavar="PRACTICE")
def practice(desk: Desk, *, key: str) -> None:
    """Show PRACTICE, with its sources."""
    with desk.hub() as hub:
        found = Space(hub).practice(key)
    if desk.answered(found):
        return
    desk.out.say((found.title, "bold"), f": {found.what}")
    for source in found.sources:
        desk.out.say(f"- {source}", indent=2)


@_of(space, "practices")
@click.option("--tag", metavar="KEY", help="Only those with this tag.")
def practices(desk: Desk, *, tag: str | None) -> None:
    """List practices worth researching, with their sources."""

    def row(practice: Practice) -> tuple[str, str, str]:
        return practice.key, practice.title, "; ".join(practice.sources)

    with desk.hub() as hub:
        found = Space(hub).practices(tag=tag)
    _table(desk, found, ("Practice", "Title", "Sources"), [row(each) for each in found])


@_of(space, "tried")
@click.argument("thing", metavar="THING")
@click.option("--booking", "booking_id", metavar="BOOKING", help="On whose booking.")
@click.option("--session", "session_id", metavar="SESSION", help="Or in which session, by whoever was there.")
@acting
def tried(desk: Desk, *, thing: str, booking_id: str | None, session_id: str | None, by: By) -> None:
    """Note that THING was tried out."""
    if (booking_id is None) is (session_id is None):
        raise click.UsageError("Say where: --booking or --session.")
    with desk.hub() as hub:
        Space(hub).tried(thing, booking_id=booking_id, session_id=session_id, **by)
    if not desk.answered({"thing": thing}):
        desk.out.say("Noted.")


@_of(space, "retire")
@click.argument("thing", metavar="THING")
@click.option("--apply", "apply_", is_flag=True, help="Do it; else it is only shown what it would do.")
@click.option("--actor", metavar="ID", help="Who does it, for the journal.")
def retire(desk: Desk, *, thing: str, apply_: bool, actor: str | None) -> None:
    """Take THING out of the space: show who has booked it, and with --apply do it."""
    with desk.hub() as hub:
        plan = hub.plan(Retire(thing))
        if apply_:
            hub.apply(plan, actor=actor)
        names = names_in(hub, plan)
    if desk.answered({"plan": plan, "applied": apply_}):
        return
    show_plan(desk.out, plan, names)
    if apply_:
        desk.out.say("Done.")
    else:
        desk.hint("Do it", "space", "retire", thing, "--apply")
