"""What goes wrong, said once: the exit status, a message for people, the same as JSON for programs."""

from __future__ import annotations

import sys
import traceback

import attrs
import click
from rich.text import Text

from innovationhub import (
    HubError,
    Invalid,
    InvalidCatalogue,
    NotFound,
    PluginError,
    Refused,
    Unavailable,
    Unsupported,
)
from innovationhub.cli.desk import Desk, NoHub, Output, program
from innovationhub.cli.shapes import plain
from innovationhub.cli.wording import span

__all__ = ["INTERRUPTED", "NO_READER", "REFUSED", "UNEXPECTED", "WRONG", "failed", "refusal", "wrong_use"]

REFUSED = 1
WRONG = 2
UNEXPECTED = 3
INTERRUPTED = 130
"""What a shell reports of a program that Ctrl-C ended."""
NO_READER = 141
"""What a shell reports of a program whose reader went away."""

KINDS: tuple[tuple[type[HubError], str], ...] = (
    (Refused, "refused"),
    (NotFound, "not-found"),
    (Invalid, "invalid"),
    (Unsupported, "unsupported"),
    (PluginError, "plugin"),
    (Unavailable, "unavailable"),
)


REMEDIES = {
    "person": ("Add them first", ("add-person", "ID", "--name", "NAME")),
    "session": ("What is on", ("calendar",)),
    "session type": ("What there is", ("types",)),
}
"""For what is not there, a command that helps."""


def failed(desk: Desk, error: Exception) -> int:
    """Report an error on stderr, and return the exit status."""
    if desk.debug:
        sys.stderr.write("".join(traceback.format_exception(error)))
    if not isinstance(error, HubError):
        return _unexpected(desk, error)
    message = _message(error)
    if desk.json:
        _dump(desk, _kind(error), message, **_named(error))
    elif isinstance(error, Refused):
        refusal(desk.err, error)
    else:
        desk.err.say(("Error: ", "bold red"), message)
        _show_remedy(desk, error)
    return REFUSED if isinstance(error, Refused) else WRONG


def wrong_use(desk: Desk, error: click.ClickException) -> int:
    """Report on stderr that the command line was written wrongly, and return the exit status."""
    message = error.format_message()
    context = getattr(error, "ctx", None)
    words = context.command_path.split()[1:] if context else []
    see = [program(), *words, "--help"]
    if desk.json:
        _dump(desk, "usage", message, help=" ".join(see))
    else:
        desk.err.say(("Error: ", "bold red"), message)
        desk.err.shell(see, "See: ")
    return WRONG


def refusal(out: Output, error: Refused) -> None:
    """Every reason with its code and what would help, and the sessions that would do instead."""
    out.say(("Refused", "bold red"), ": nothing was changed.")
    for reason in error.reasons:
        out.say((reason.code, "bold"), f": {reason.sentence}", indent=2)
        for remedy in reason.remedies:
            out.say(f"What would help: {remedy}", indent=4)
    if error.alternatives:
        out.say("These have room:")
    for each in error.alternatives:
        out.verbatim(Text.assemble(f"  {span(each.starts, each.ends)}  ", (each.id, "cyan")))


def _unexpected(desk: Desk, error: Exception) -> int:
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    message = f"Something went wrong that should not: {what}. Run it again with --debug to see where."
    if desk.json:
        _dump(desk, "unexpected", message, type=type(error).__name__)
    else:
        desk.err.say(("Error: ", "bold red"), message)
    return UNEXPECTED


def _kind(error: HubError) -> str:
    return next((kind for cls, kind in KINDS if isinstance(error, cls)), "error")


def _message(error: HubError) -> str:
    if isinstance(error, NotFound) and error.kind == "person":
        # the library's own hint is a call in Python
        return f"no person {error.id!r} in this hub"
    return str(error)


def _remedy(error: HubError) -> tuple[str, tuple[str, ...]] | None:
    """A command that would help, and what it does."""
    if isinstance(error, NotFound):
        return REMEDIES.get(error.kind)
    return ("Make one", ("load", "hpft.toml")) if isinstance(error, NoHub) else None


def _show_remedy(desk: Desk, error: HubError) -> None:
    remedy = _remedy(error)
    if remedy:
        desk.err.shell(desk.command(*remedy[1]), f"{remedy[0]}: ")
    if isinstance(error, Unavailable) and not error.outcome_known and error.request_id:
        desk.err.say("Send it again with this option, and it acts at most once:")
        desk.err.verbatim(Text(f"--request-id {error.request_id}"))


def _named(error: HubError) -> dict[str, object]:
    """What an error names, besides its message."""
    if isinstance(error, Refused):
        return {"reasons": error.reasons, "alternatives": error.alternatives}
    if isinstance(error, NotFound):
        return {"kind": error.kind, "id": error.id}
    if isinstance(error, InvalidCatalogue):
        return {"field": error.field, "faults": error.faults}
    if isinstance(error, Invalid):
        return {"field": error.field}
    if isinstance(error, PluginError):
        return {"plugin": error.plugin}
    if isinstance(error, Unavailable):
        return {"request_id": error.request_id, "outcome_known": error.outcome_known}
    return {}


@attrs.frozen
class _Failure:
    error: str
    message: str


def _dump(desk: Desk, error: str, message: str, **named: object) -> None:
    made = {**plain(_Failure(error, message)), **plain(named)}
    sys.stderr.write(desk.as_json(made) + "\n")
