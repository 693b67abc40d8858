"""The files of this project, for the rules that read them.

Nothing here asks git: the rules hold in an unpacked archive too. A rule is a function from a text or a syntax
tree to its violations, so that each test can also show, on a bad example, that its rule bites.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
PACKAGE = SRC / "innovationhub"

CODE = ("src", "tests", "benchmarks", "examples", "plugins")
"""Where our Python is; a directory that is not there yet has no violations."""

MADE = {"build", "dist", "node_modules", "__pycache__"}
"""Directories made by tools. So are those with a leading dot (`.ci`, `.github` apart) and environments."""

LARGEST_TEXT = 1_000_000


def _ours(directory: Path) -> bool:
    name = directory.name
    hidden = name.startswith(".") and name not in {".ci", ".github"}
    made = name in MADE or name.endswith(".egg-info") or (directory / "pyvenv.cfg").exists()
    return not hidden and not made


def files(top: Path = ROOT) -> Iterator[Path]:
    """Every file of the project under `top`, in order, without what tools have made."""
    if not top.is_dir():
        return
    for path in sorted(top.iterdir()):
        if path.is_dir():
            if _ours(path):
                yield from files(path)
        elif not path.is_symlink() and path.name != ".git":  # a file in a work tree of its own
            yield path


def python_files(*tops: str) -> list[Path]:
    """The Python files under those directories of the project, all of our code when none is named."""
    return [path for top in tops or CODE for path in files(ROOT / top) if path.suffix == ".py"]


def published() -> list[Path]:
    """The Python files that are installed: the library's, and those of the packages under `plugins/`."""
    return [
        *python_files("src"),
        *(path for top in ROOT.glob("plugins/*/src") for path in python_files(shown(top))),
    ]


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file of the project, with its text."""
    for path in files():
        if path.stat().st_size > LARGEST_TEXT:
            continue
        data = path.read_bytes()
        if b"\0" in data:
            continue
        try:
            yield path, data.decode()
        except UnicodeDecodeError:
            continue


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of that file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path) -> str:
    """The path as a reader of the project knows it."""
    return path.relative_to(ROOT).as_posix()


def module_name(path: Path) -> str:
    """The dotted name under which a file of a `src` is imported."""
    top = next(each for each in path.parents if each.name == "src")
    parts = path.relative_to(top).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
