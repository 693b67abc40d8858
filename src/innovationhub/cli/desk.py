"""The desk: what one run of a command has at hand. The store, where to write, and how (for people, or as JSON)."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import attrs
import click

from innovationhub import Hub, NotFound, Refused, Settings, Unavailable
from innovationhub.cli.naming import names_of_refusal
from innovationhub.cli.output import Output
from innovationhub.cli.seeking import Mistaken, mistaken
from innovationhub.cli.shapes import plain

__all__ = [
    "CHANNELS_VARIABLE",
    "DEFAULT_STORE",
    "LMS_VARIABLE",
    "PROGRAM",
    "STORE_VARIABLE",
    "TEMPLATES_VARIABLE",
    "Desk",
    "NoHub",
    "pass_desk",
    "program",
    "zone_of",
]

T = TypeVar("T")

PROGRAM = "innovationhub"
DEFAULT_STORE = "sqlite:///innovationhub.db"
STORE_VARIABLE = "INNOVATIONHUB_STORE"
CHANNELS_VARIABLE = "INNOVATIONHUB_CHANNELS"
LMS_VARIABLE = "INNOVATIONHUB_LMS"
TEMPLATES_VARIABLE = "INNOVATIONHUB_TEMPLATES"


class NoHub(Unavailable):
    """The store's file is not there, and the command is not one that makes it."""


@attrs.define
class Desk:
    """One run's choices, and what came to light in it.

    `chosen` is the store's address if it was given as an option, as are `channels`, `templates` and `lms`; `mistaken`
    what an id that was not found is instead; `names` what the people are called whom a refusal is about.
    """

    chosen: str | None = None
    channels: tuple[str, ...] = ()
    templates: str | None = None
    lms: str | None = None
    json: bool = False
    debug: bool = False
    out: Output = attrs.field(factory=Output)
    err: Output = attrs.field(factory=lambda: Output(stderr=True))
    mistaken: Mistaken | None = None
    names: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def store(self) -> str:
        """The store's address: the option, else the environment's, else a file in the working directory."""
        return self.chosen or os.environ.get(STORE_VARIABLE) or DEFAULT_STORE

    @property
    def settings(self) -> Settings:
        """Channels, templates and LMS: the options, else the environment's, else none."""
        channels = self.channels or tuple(os.environ.get(CHANNELS_VARIABLE, "").split())
        templates = self.templates or os.environ.get(TEMPLATES_VARIABLE)
        lms = self.lms or os.environ.get(LMS_VARIABLE) or None
        return Settings(channels=channels, templates=Path(templates) if templates else None, lms=lms)

    @property
    def file(self) -> Path | None:
        """The store's file, there or not; None for a store that is none."""
        if not self.store.startswith("sqlite:///"):
            return None
        path = Path(unquote(urlsplit(self.store).path.removeprefix("/")))
        return path if path.name else None

    @contextmanager
    def hub(self, *, create: bool = False, clock: Callable[[], datetime] | None = None) -> Iterator[Hub]:
        """The hub, open. Raises `NoHub` where there is no file, unless it is the point of the command to make one."""
        if not create and self._missing():
            raise NoHub(f"there is no hub at {self.file} yet")
        with Hub.open(self.store, clock=clock, settings=self.settings) as hub:
            try:
                yield hub
            except NotFound as error:
                # asked while the hub is open: the message is made when it is closed
                self.mistaken = mistaken(hub, error)
                raise
            except Refused as error:
                self.names = names_of_refusal(hub, error)
                raise

    def making(self, act: Callable[[Hub], T]) -> T:
        """What `act` answers on the hub, which is made where there is none.

        Then it is tried in memory first, so that what fails leaves no empty file behind.
        """
        if self._missing():
            self.rehearse(act)
        with self.hub(create=True) as hub:
            return act(hub)

    def rehearse(self, act: Callable[[Hub], T]) -> T:
        """Try something on a hub in memory; what is wrong with it is raised here."""
        with Hub.open("memory:") as hub:
            return act(hub)

    def _missing(self) -> bool:
        return self.file is not None and not self.file.exists()

    def answered(self, value: object) -> bool:
        """Give the answer as JSON if that is what was asked for; then nothing is left to say."""
        if self.json:
            self.dump(value)
        return self.json

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

    def warn(self, code: str, message: str) -> None:
        """What was done all the same and may not be meant; on stderr, since it is no part of the answer."""
        if self.json:
            sys.stderr.write(self.as_json({"warning": code, "message": message}) + "\n")
        else:
            self.err.say(("Warning: ", "bold yellow"), message)


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
    """The hub's time zone."""
    return ZoneInfo(hub.settings.timezone)
