"""The desk: what one run of a command has at hand. The store, where to write, and how (for people, or as JSON)."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import attrs
import click
from rich.console import Console, RenderableType
from rich.text import Text

from innovationhub import Hub, Unavailable
from innovationhub.cli.shapes import plain

__all__ = [
    "DEFAULT_STORE",
    "PROGRAM",
    "STORE_VARIABLE",
    "WIDTH",
    "Desk",
    "NoHub",
    "Output",
    "acting",
    "options",
    "pass_desk",
    "program",
    "zone_of",
]

Part = str | Text | tuple[str, str]
"""A piece of a line: text, or text and its style."""

F = TypeVar("F", bound=Callable[..., Any])

PROGRAM = "innovationhub"
DEFAULT_STORE = "sqlite:///innovationhub.db"
STORE_VARIABLE = "INNOVATIONHUB_STORE"

WIDTH = 80
"""Columns where nobody says otherwise, so that what goes into a pipe does not depend on a window's size."""

WIDEST = 120
"""Columns beyond which a line is hard to follow."""

NARROWEST = 40


class Output(Console):
    """A console on which nothing that users wrote is taken for markup, and whose lines can be piped."""

    def __init__(self, *, stderr: bool = False) -> None:
        stream = sys.stderr if stderr else sys.stdout
        # no colour means no escape sequence at all, bold and dim included
        system: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
        super().__init__(
            file=stream,
            color_system=system,
            markup=False,
            highlight=False,
            emoji=False,
            width=_columns(stream),
        )

    def on_broken_pipe(self) -> None:
        """Leave it to whoever runs the command: rich's own way would exit as if the rules had refused."""
        raise BrokenPipeError

    def say(self, *parts: Part, indent: int = 0) -> None:
        """A sentence, folded at the width; what is indented hangs, so that one item is told from the next."""
        hang = indent + 2 if indent else 0
        for place, line in enumerate(Text.assemble(*parts).wrap(self, self.width - hang)):
            line.rstrip()
            self.verbatim(Text(" " * (hang if place else indent)) + line)

    def verbatim(self, text: Text) -> None:
        """A line that people copy, never folded."""
        self.print(text, soft_wrap=True)

    def shell(self, words: Sequence[str], label: str = "", indent: int = 0) -> None:
        """A command that can be pasted: too long for one line, it goes on in the next, as shells have it."""
        lines, line = [], Text.assemble(" " * indent, (label, "dim"), words[0])
        for word in words[1:]:
            # two columns are kept for the sign that it goes on
            if line.cell_len + 1 + len(word) > self.width - 2:
                lines.append(line + Text(" \\"))
                line = Text(" " * (indent + 4))
                line.append(word)
            else:
                line.append(f" {word}")
        for each in (*lines, line):
            self.verbatim(each)

    def block(self, made: RenderableType) -> None:
        """A table or the like, without the blanks that rich puts behind every line."""
        if self.is_terminal:
            self.print(made)
            return
        with self.capture() as caught:
            self.print(made)
        self.file.write("".join(f"{line.rstrip()}\n" for line in caught.get().splitlines()))


def _columns(stream: Any) -> int:  # whatever stands in for a stream in a test
    said = os.environ.get("COLUMNS", "")
    if said.isdigit() and int(said):
        return max(NARROWEST, min(WIDEST, int(said)))
    if not stream.isatty():
        return WIDTH
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDTH, 24)).columns))


class NoHub(Unavailable):
    """The store's file is not there, and the command is not one that makes it."""


@attrs.define
class Desk:
    """One run's choices. `chosen` is the store's address if it was given as an option."""

    chosen: str | None = None
    json: bool = False
    debug: bool = False
    out: Output = attrs.field(factory=Output)
    err: Output = attrs.field(factory=lambda: Output(stderr=True))

    @property
    def store(self) -> str:
        """The store's address: the option, else the environment's, else a file in the working directory."""
        return self.chosen or os.environ.get(STORE_VARIABLE) or DEFAULT_STORE

    @contextmanager
    def hub(self, *, create: bool = False) -> Iterator[Hub]:
        """The hub, open. A file that is not there is made only where that is the point of the command."""
        if not create:
            self._exists()
        with Hub.open(self.store) as hub:
            yield hub

    def _exists(self) -> None:
        if not self.store.startswith("sqlite:///"):
            return
        path = Path(unquote(urlsplit(self.store).path.removeprefix("/")))
        if path.name and not path.exists():
            raise NoHub(f"there is no hub at {path} yet")

    def dump(self, value: object) -> None:
        """A command's answer as JSON on stdout."""
        click.echo(self.as_json(value))

    def as_json(self, value: object) -> str:
        """A value as JSON, in plain ASCII where the terminal knows nothing else."""
        unicode = (getattr(sys.stdout, "encoding", None) or "").lower().startswith("utf")
        return json.dumps(plain(value), indent=2, ensure_ascii=not unicode)

    def command(self, *words: str) -> list[str]:
        """A command to try next, in words for a shell. An address that may hold a password is left out."""
        given = self.chosen is not None and "@" not in self.chosen
        store = ["--store", self.chosen or ""] if given else []
        return [program(), *map(shlex.quote, [*store, *words])]

    def hint(self, what: str, *words: str) -> None:
        """What may be done next, for people only."""
        self.out.shell(self.command(*words), f"{what}: ")


def program() -> str:
    """How this program was called, in words that can be pasted."""
    started = Path(sys.argv[0])
    if started.name != "__main__.py":
        found = shutil.which(PROGRAM)
        return PROGRAM if found or started.name != PROGRAM else shlex.quote(str(started))
    python, here = Path(sys.executable), Path.cwd()
    if shutil.which(python.name) == str(python):
        return f"{python.name} -m innovationhub"
    shown = python.relative_to(here) if python.is_relative_to(here) else python
    return f"{shlex.quote(str(shown))} -m innovationhub"


pass_desk = click.make_pass_decorator(Desk)


def zone_of(hub: Hub) -> tzinfo:
    """The hub's time zone, as its series have it; without a series nothing is shown that has a local time."""
    return next((ZoneInfo(series.recurrence.zone) for series in hub.series()), ZoneInfo("Europe/London"))


def _store(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.ensure_object(Desk).chosen = value


def _json(context: click.Context, _: click.Parameter, value: bool) -> None:
    context.ensure_object(Desk).json |= value


def _debug(context: click.Context, _: click.Parameter, value: bool) -> None:
    context.ensure_object(Desk).debug |= value


def acting(function: F) -> F:
    """The options of every command that changes something."""
    once = "The same id gets the same answer, and acts once."
    function = click.option("--request-id", metavar="ID", help=once)(function)
    return click.option("--actor", metavar="ID", help="Who does it, for the journal.")(function)


def options(function: F) -> F:
    """The options that stand before the command's name or after it, as people write them."""
    store = f"The store's address. Else {STORE_VARIABLE}, else {DEFAULT_STORE}."
    function = click.option(
        "--debug", is_flag=True, expose_value=False, callback=_debug, help="Show tracebacks."
    )(function)
    function = click.option(
        "--json", is_flag=True, expose_value=False, callback=_json, help="Answer in JSON."
    )(function)
    return click.option("--store", metavar="URL", expose_value=False, callback=_store, help=store)(function)
