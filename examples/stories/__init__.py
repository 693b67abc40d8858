"""Stories of the brief's offerings, each told by a hub at work: `python -m examples.stories cqi-taster`.

A story is a module with a `TITLE` and a function `tell(told)`, which does everything through the public face and says
what the hub answers (`telling`). `make demo STORY=…` tells it, and `tests/brief/` looks at what it leaves behind. Its
clock is its own: every story begins on Tuesday 24 November 2026 at nine, so that it reads the same whenever it is told.
One that needs plugins gives their modules by `hooks()`, and names the catalogues that it loads besides in `CATALOGUES`;
one that needs an LMS names its address in `LMS`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, cast

from examples.stories.telling import Telling, told_on

__all__ = ["Story", "listed", "story", "tell"]

BESIDE = {"__main__", "telling"}


class Story(Protocol):
    """What a story's module has; `CATALOGUES`, `LMS` and `hooks` where it needs more than the hub of the brief."""

    TITLE: str

    def tell(self, told: Telling) -> None:
        """Tell it."""


def listed() -> list[str]:
    """The names of all stories, in order."""
    found = (each.name for each in pkgutil.iter_modules(__path__) if each.name not in BESIDE)
    return sorted(name.replace("_", "-") for name in found)


def story(name: str) -> Story:
    """The story of that name; its plugins are imported only when it is told."""
    return cast("Story", importlib.import_module(f"examples.stories.{name.replace('-', '_')}"))


@contextmanager
def tell(name: str, folder: Path, write: Callable[[str], object] = print) -> Iterator[Telling]:
    """Tell a story on a hub of its own in a folder, and hand over what it left behind."""
    wanted = story(name)
    hooks: Callable[[], Sequence[object]] = getattr(wanted, "hooks", tuple)
    catalogues, lms = getattr(wanted, "CATALOGUES", ()), getattr(wanted, "LMS", None)
    with told_on(folder, write=write, plugins=hooks(), catalogues=catalogues, lms=lms) as told:
        wanted.tell(told)
        yield told
