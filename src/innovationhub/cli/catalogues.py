"""What a hub is set up from: its settings as they stand, and the catalogues that ship, to make one of your own."""

from __future__ import annotations

import click

from innovationhub import Hub, HubSettings, NotFound
from innovationhub.cli.arguments import command
from innovationhub.cli.desk import Desk

__all__ = ["COMMANDS"]


@command("settings")
def settings(desk: Desk) -> None:
    """Show the hub's settings, as its catalogue gave them."""
    with desk.hub() as hub:
        found = hub.settings
    if desk.answered(found):
        return
    for label, value in _lines(found):
        desk.out.say((f"{label:<16}", "bold"), value or "-")
    desk.hint("They are [hub] in a catalogue, such as", "catalogue", "hpft.toml")


def _lines(found: HubSettings) -> list[tuple[str, str]]:
    hours, quiet, kept, lms = found.working_hours, found.quiet_hours, found.retention, found.lms
    days = {"notes": kept.notes_days, "people": kept.people_days, "messages": kept.messages_days}
    return [
        ("Name", found.name),
        ("Time zone", found.timezone),
        ("Closures", ", ".join(found.closures)),
        ("Working hours", f"{hours.days} {hours.begins:%H:%M} to {hours.ends:%H:%M}"),
        ("Rooms", ", ".join(found.rooms)),
        ("Contact", found.contact),
        ("Link", found.link),
        ("Quiet hours", f"{quiet.begins:%H:%M} to {quiet.ends:%H:%M}" if quiet else ""),
        ("Kept for", ", ".join(f"{what} {many} days" for what, many in days.items() if many) or "ever"),
        ("In the LMS", f"led by the {lms.leads}; {', '.join(lms.types) or 'all that one books'}"),
    ]


@command("catalogue")
@click.argument("name", required=False)
def catalogue(desk: Desk, name: str | None) -> None:
    """Print a catalogue that ships, to make your own of it.

    Without NAME those that there are: the library's, and those of installed plugins.
    """
    # a hub in memory: what ships does not depend on a store
    with Hub.open("memory:") as hub:
        shipped = hub.registry.catalogues
    if name is None:
        if not desk.answered(sorted(shipped)):
            for each in sorted(shipped):
                desk.out.say(each)
            desk.hint("Print one", "catalogue", "hpft.toml")
        return
    if name not in shipped:
        raise NotFound("catalogue", name, f"there are {', '.join(sorted(shipped))}")
    text = shipped[name].read_text("utf-8")
    if not desk.answered({"name": name, "text": text}):
        click.echo(text, nl=False)


COMMANDS = (settings, catalogue)
