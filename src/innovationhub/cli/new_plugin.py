"""`new-plugin`: an installable package of one's own, with its contract's tests, in a folder that was not there."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from string import Template

import click

from innovationhub import Invalid
from innovationhub.cli.arguments import command
from innovationhub.cli.desk import Desk
from innovationhub.plugins import RESERVED

__all__ = ["COMMANDS"]

KINDS = ("store", "rule", "closures", "channel", "lms", "keeper")

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")


@command("new-plugin")
@click.argument("name", metavar="NAME")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What the plugin brings.")
@click.option("--into", metavar="FOLDER", default=".", show_default=True, help="Where its folder is made.")
def new_plugin(desk: Desk, name: str, kind: str, into: str) -> None:
    """Write a package for a plugin, with tests that run.

    NAME is what the addresses of the store, the channel or the LMS begin with, what catalogues call the rule or the
    closures, or what a keeper's entries in the journal begin with. The tests pass as they are, and fail for good
    reasons as soon as what is written breaks its contract.
    """
    if not NAME.match(name):
        raise Invalid(
            "name", f'must be lower-case words with hyphens, such as "away-days"; got {name!r}', name
        )
    if kind == "keeper" and _word(name) in RESERVED:
        message = (
            f"cannot be {name!r}: with that, things of the hub's own begin in the journal; choose another"
        )
        raise Invalid("name", message, name)
    folder = Path(into) / f"innovationhub-{name}"
    if folder.exists():
        raise Invalid("name", f"{folder} is there already: choose another name or another folder", name)
    written = _write(folder, name, kind)
    if desk.answered({"folder": str(folder), "files": written}):
        return
    desk.out.say(f"Wrote {folder}: {', '.join(written)}")
    desk.out.shell(["python", "-m", "pip", "install", "-e", f"{folder}[test]"], "Install it: ")
    desk.out.shell(["python", "-m", "pytest", str(folder)], "Try it: ")


def _write(folder: Path, name: str, kind: str) -> list[str]:
    """Make the package; the names of its files."""
    words = name.split("-")
    values = {
        "name": name,
        "module": f"innovationhub_{name.replace('-', '_')}",
        "function": name.replace("-", "_"),
        "word": _word(name),
        "Class": "".join(word.capitalize() for word in words),
        "kind": kind,
    }
    templates = files("innovationhub.cli") / "templates"
    wanted = {
        "pyproject.toml": "pyproject.toml.txt",
        "README.md": f"readme_{kind}.md.txt",
        f"src/{values['module']}/__init__.py": f"{kind}.py.txt",
        f"src/{values['module']}/py.typed": "",
        f"tests/test_{values['function']}.py": f"test_{kind}.py.txt",
    }
    for target, source in wanted.items():
        path = folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (templates / source).read_text(encoding="utf-8") if source else ""
        path.write_text(Template(text).substitute(values), encoding="utf-8")
    return sorted(wanted)


def _word(name: str) -> str:
    """The name in one word, as keepers have it."""
    return name.replace("-", "")


COMMANDS = (new_plugin,)
