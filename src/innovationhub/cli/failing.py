"""What goes wrong, said once: the exit status, a message for people, the same as JSON for programs."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping

import attrs
import click
from rich.text import Text

from innovationhub import (
    HubError,
    Invalid,
    InvalidCatalogue,
    LmsError,
    NotFound,
    PluginError,
    Refused,
    Unavailable,
)
from innovationhub.cli.desk import Desk, NoHub, program
from innovationhub.cli.naming import called
from innovationhub.cli.output import Output
from innovationhub.cli.plans import show_plan
from innovationhub.cli.seeking import Hint, Mistaken, hints
from innovationhub.cli.shapes import plain
from innovationhub.cli.wording import span

__all__ = [
    "INTERRUPTED",
    "NO_READER",
    "REFUSED",
    "UNEXPECTED",
    "WRONG",
    "cannot_write",
    "failed",
    "refusal",
    "wrong_use",
]

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
    (PluginError, "plugin"),
    (LmsError, "lms"),
    (Unavailable, "unavailable"),
)


SPELT = {
    "id": "ID",
    "session_id": "SESSION",
    "person_id": "PERSON",
    "booking_id": "BOOKING",
    "start": "--from",
    "end": "--to",
    "groups": "--group",
    "series_id": "SERIES",
    "subject_id": "SESSION",
    "capacity": "SEATS",
    "number": "NUMBER",
    "into": "INTO",
    "instead_of": "--instead-of",
    "lms": "--lms",
}
"""Fields of the library that are spelt differently on the command line."""

OPTIONS = frozenset(
    {
        *("actor", "after", "email", "group", "limit", "name", "note", "pointed_to", "reason", "request_id"),
        *("role", "rule", "shows", "since", "slot", "starts", "venue"),
    }
)
"""Fields that are options under their own names."""


def failed(desk: Desk, error: Exception) -> int:
    """Report an error on stderr, and return the exit status."""
    if desk.debug:
        sys.stderr.write("".join(traceback.format_exception(error)))
    if not isinstance(error, HubError):
        return _unexpected(desk, error)
    message = _message(desk, error)
    if desk.json:
        _dump(desk, _kind(error), message, **_named(error))
    elif isinstance(error, Refused):
        refusal(desk.err, error, desk.names)
        if error.plan:
            show_plan(desk.err, error.plan, desk.names)
    else:
        desk.err.say(("Error: ", "bold red"), message)
        _show_remedy(desk, error)
    return REFUSED if isinstance(error, Refused) else WRONG


def cannot_write(desk: Desk, error: OSError) -> int:
    """Report on stderr that the answer could not be written, and return the exit status."""
    message = (
        f"The answer could not be written ({error.strerror}). What was asked for may be done all the same."
    )
    if desk.json:
        _dump(desk, "output", message)
    else:
        desk.err.say(("Error: ", "bold red"), message)
    return WRONG


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


def refusal(out: Output, error: Refused, names: Mapping[str, str] | None = None) -> None:
    """Every reason with its code and what would help, and the sessions that would do instead."""
    out.say(("Refused", "bold red"), ": nothing was changed.")
    for reason in error.reasons:
        person_id = str(reason.facts.get("person_id", ""))
        who = f"{called(person_id, names)}: " if names and person_id else ""
        out.say((reason.code, "bold"), f": {who}{reason.sentence}", indent=2)
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


def _message(desk: Desk, error: HubError) -> str:
    if isinstance(error, NotFound):
        return _missing(error, desk.mistaken)
    if isinstance(error, Invalid) and not isinstance(error, InvalidCatalogue):
        return f"{_spelt(error.field)}: {error.message}"
    return str(error)


def _missing(error: NotFound, found: Mistaken | None) -> str:
    if found and found.kind == error.kind:
        return f"{error.id!r} is not one of the people of this booking"
    if found:
        what = "a series" if found.kind == "series" else f"the id of a {found.kind}"
        return f"{error.id!r} is {what}; the id of a {error.kind} is wanted here"
    if error.kind in {"person", "booking", "series"}:
        # the library's own hint is a call in Python
        return f"no {error.kind} {error.id!r} in this hub"
    if error.kind == "role":
        return f"no role {error.id!r} here: {str(error).partition('; ')[2]}"
    return str(error)


def _spelt(field: str) -> str:
    """A field as the command line has it: `--request-id` for `request_id`."""
    part, _, rest = field.partition(".")
    if rest:
        # such as rule.BYDAY: a part of what was given
        return f"{_spelt(part)} ({rest})"
    return SPELT.get(field) or (f"--{field.replace('_', '-')}" if field in OPTIONS else field)


def _show_remedy(desk: Desk, error: HubError) -> None:
    found: tuple[Hint, ...] = ()
    if isinstance(error, NotFound):
        found = hints(error, desk.mistaken)
    elif isinstance(error, NoHub):
        found = (("Make one", ("load", "hpft.toml")),)
    for what, words in found:
        desk.err.shell(desk.command(*words), f"{what}: ")
    if isinstance(error, Unavailable) and not error.outcome_known and error.request_id:
        desk.err.say("Send it again with this option, and it acts at most once:")
        desk.err.verbatim(Text(f"--request-id {error.request_id}"))


def _named(error: HubError) -> dict[str, object]:
    """What an error names, besides its message."""
    if isinstance(error, Refused):
        new = {"plan": error.plan} if error.plan else {}
        return {"reasons": error.reasons, "alternatives": error.alternatives, **new}
    if isinstance(error, NotFound):
        return {"kind": error.kind, "id": error.id}
    if isinstance(error, InvalidCatalogue):
        return {"field": error.field, "faults": error.faults}
    if isinstance(error, Invalid):
        return {"field": error.field}
    if isinstance(error, PluginError):
        return {"plugin": error.plugin}
    if isinstance(error, LmsError):
        return {"kind": error.kind, "reason": error.reason}
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
