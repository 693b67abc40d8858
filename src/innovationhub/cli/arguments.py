"""What the commands take: the options of all of them, and the arguments that several share.

A command is a function under `command`, its arguments and options; `acting` where it changes something. See
`bookings.cancel`. What is raised in it is said by `failing`, what it answers by `telling.answer` and `Desk.answered`.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable
from typing import Any, TypedDict

import click

from innovationhub.cli.desk import (
    CHANNELS_VARIABLE,
    DEFAULT_STORE,
    LMS_VARIABLE,
    STORE_VARIABLE,
    TEMPLATES_VARIABLE,
    Desk,
    pass_desk,
)

__all__ = [
    "BOOKING",
    "PERSON",
    "REASON",
    "ROLE",
    "SERIES",
    "SESSION",
    "SLOT",
    "By",
    "Command",
    "Commands",
    "acting",
    "command",
    "everywhere",
]

SESSION = click.argument("session_id", metavar="SESSION")
PERSON = click.argument("person_id", metavar="PERSON")
SERIES = click.argument("series_id", metavar="SERIES")
BOOKING = click.argument("booking_id", metavar="BOOKING")
ROLE = click.option(
    "--role",
    metavar="KEY",
    help="In what capacity, where the session has several roles (`session` lists them).",
)

SLOT = click.option("--slot", type=int, metavar="NUMBER", help="Which slot, from 1; else the next free one.")
REASON = click.option("--reason", default="", help="Why; kept with the booking, and shown by explain.")


class By(TypedDict):
    """Who acts and under which id: what `acting` hands on, for `hub.cancel(booking_id, **by)`."""

    request_id: str | None
    actor: str | None


def acting(function: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that changes something; the function gets them as `by`."""

    @functools.wraps(function)
    def handed(*args: Any, request_id: str | None, actor: str | None, **named: Any) -> None:
        function(*args, by=By(request_id=request_id, actor=actor), **named)

    once = "The same id gets the same answer, and acts once."
    made = click.option("--request-id", metavar="ID", help=once)(handed)
    return click.option("--actor", metavar="ID", help="Who does it, for the journal.")(made)


def command(name: str) -> Callable[[Callable[..., None]], click.Command]:
    """Make a command of a function whose first argument is the desk."""

    def made(function: Callable[..., None]) -> click.Command:
        return click.command(name, cls=Command)(pass_desk(function))

    return made


def everywhere() -> list[click.Parameter]:
    """The options that stand before the command's name or after it, as people write them."""
    store = f"The store's address. Else {STORE_VARIABLE}, else {DEFAULT_STORE}."
    return [
        click.Option(["--store"], metavar="URL", expose_value=False, callback=_store, help=store),
        click.Option(
            ["--channel"],
            metavar="URL",
            multiple=True,
            expose_value=False,
            callback=_channels,
            help=f"By which messages go out; may be repeated. Else {CHANNELS_VARIABLE}, else none.",
        ),
        click.Option(
            ["--templates"],
            metavar="FOLDER",
            expose_value=False,
            callback=_templates,
            help=f"Message templates of your own. Else {TEMPLATES_VARIABLE}.",
        ),
        click.Option(
            ["--lms"],
            metavar="URL",
            expose_value=False,
            callback=_lms,
            help=f"The trust's learning-management system. Else {LMS_VARIABLE}, else none.",
        ),
        click.Option(["--json"], is_flag=True, expose_value=False, callback=_json, help="Answer in JSON."),
        click.Option(["--debug"], is_flag=True, expose_value=False, callback=_debug, help="Show tracebacks."),
    ]


class Command(click.Command):
    """A command with the options of all behind its own."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.params += everywhere()


class Commands(click.Group):
    """Commands under a name. One that is not there is answered with the name that comes close."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which name comes close."""
        if args and self.get_command(ctx, args[0]) is None:
            close = difflib.get_close_matches(args[0], self.list_commands(ctx), 1, cutoff=0.5)
            hint = f"; did you mean {close[0]!r}?" if close else "."
            raise click.UsageError(f"There is no command {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)


def _store(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.ensure_object(Desk).chosen = value


def _channels(context: click.Context, _: click.Parameter, value: tuple[str, ...]) -> None:
    if value:
        context.ensure_object(Desk).channels = value


def _lms(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.ensure_object(Desk).lms = value


def _templates(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.ensure_object(Desk).templates = value


def _json(context: click.Context, _: click.Parameter, value: bool) -> None:
    context.ensure_object(Desk).json |= value


def _debug(context: click.Context, _: click.Parameter, value: bool) -> None:
    context.ensure_object(Desk).debug |= value
