"""Ids that are not found: what they are instead, and the commands that lead to the right ones."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import attrs
import click

from innovationhub import Access, Hub, HubError, NotFound

__all__ = ["Hint", "Mistaken", "hints", "mistaken"]

Hint = tuple[str, tuple[str, ...]]
"""What a command is good for, and its words."""

KINDS = frozenset({"person", "session", "booking", "series"})
"""What has an id that may be taken for another's."""

WANTED: dict[str, tuple[Hint, ...]] = {
    "session": (("What is on", ("calendar",)),),
    "session type": (("What there is", ("types",)),),
    "booking": (
        ("Somebody's bookings, with their ids", ("bookings", "PERSON")),
        ("Those of a session", ("roster", "SESSION")),
    ),
    "series": (("What is on; a series is what stands before the @", ("calendar",)),),
}
"""For what is not there, the commands that help."""

INSTEAD: dict[str, tuple[str, str]] = {
    "person": ("What they have", "bookings"),
    "session": ("Who comes", "roster"),
    "booking": ("Where it stands", "explain"),
}
"""For an id of another kind than was wanted, what can be seen with it."""


@attrs.frozen
class Mistaken:
    """An id that names something else: `kind` says what. `order` is how the command is written.

    Of a series: its type, and whether one registers for the `whole` of it.
    """

    kind: str
    order: tuple[str, ...] = ()
    series_type: str = ""
    whole: bool = False


def mistaken(hub: Hub, error: NotFound) -> Mistaken | None:
    """What an id that was not found names instead, if anything. `hub` is open."""
    if error.kind not in KINDS:
        return None
    context = click.get_current_context(silent=True)
    pieces = context.command.collect_usage_pieces(context)[1:] if context else []
    order = (*context.command_path.split()[1:], *pieces) if context else ()
    asked: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("person", hub.person),
        ("session", hub.session),
        ("booking", hub.booking),
    )
    for kind, ask in asked:
        # one whom the hub knows is missing all the same where they have no part in a booking
        if kind != error.kind or kind == "person":
            with suppress(HubError):
                ask(error.id)
                return Mistaken(kind, order)
    for series in hub.series():
        if series.key == error.id and error.kind != "series":
            access = {each.key: each.access for each in hub.session_types()}.get(series.type)
            return Mistaken("series", order, series.type, whole=access is Access.REGISTER)
        if error.id.startswith(f"{series.key}@") and error.kind != "session":
            return Mistaken("session", order)
    return None


def hints(error: NotFound, found: Mistaken | None) -> tuple[Hint, ...]:
    """The commands that help whoever gave an id that was not found."""
    if found is None and error.kind == "person":
        return (("Add them first", ("add-person", error.id, "--name", "NAME")),)
    if found is None:
        return WANTED.get(error.kind, ())
    if found.kind == error.kind:
        return ((INSTEAD[found.kind][0], (INSTEAD[found.kind][1], error.id)),)
    if found.kind.upper() in found.order:
        return (("In this order", found.order),)
    if found.kind == "series" and found.whole and found.order[:1] == ("book",):
        return (("For the whole series", ("register", error.id, "PERSON")),)
    if found.kind == "series":
        return (("Its sessions", ("calendar", "--type", found.series_type)),)
    what, name = INSTEAD[found.kind]
    return ((what, (name, error.id)),)
