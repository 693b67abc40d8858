"""Who may import whom: two tables, and a function that holds a module's syntax tree against them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

ROOT_PACKAGE = "innovationhub"

LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"testing", "cli", "__main__"}),
    frozenset({""}),  # innovationhub/__init__.py, the public face
    frozenset({"hub"}),
    frozenset({"courier", "reporting"}),  # side by side: neither imports the other
    frozenset({"engine", "loading"}),  # side by side: neither imports the other
    frozenset({"plugins"}),
    frozenset({"builtin"}),
    frozenset({"hookspecs"}),
    frozenset({"protocols"}),
    frozenset({"domain"}),
    frozenset({"errors"}),
)
"""The parts of the package from top to bottom. A module imports its own part, and parts further down."""

EXCEPTIONS: frozenset[tuple[str, str]] = frozenset({("__main__", "cli")})
"""Imports within one layer that are meant: the importer and what it imports."""

ONLY_FROM: dict[str, frozenset[str]] = {
    # Our own plugins have no way in that others lack; contracts need the memory store as their model.
    "builtin": frozenset({"plugins", "testing"}),
}
"""Parts that not everybody above may import, and who may."""

PACKAGES: dict[str, tuple[str, ...]] = {
    "attrs": ("",),
    "click": ("cli",),
    "dateutil": ("domain",),  # in one file: `test_dateutil_is_imported_in_one_file`
    "holidays": ("builtin",),
    "jinja2": ("courier", "reporting"),
    "markupsafe": ("courier", "reporting"),
    "hypothesis": ("testing",),
    "pluggy": ("plugins", "hookspecs"),
    "pytest": ("testing",),
    "rich": ("cli",),
    "vl_convert": ("reporting",),
}
"""The packages of others, and the parts that may import each ("" for all). What is not listed, nobody may."""

NOTHING = frozenset({"errors"})
"""Parts that import the standard library alone."""

IMPURE = frozenset(
    {
        *("asyncio", "concurrent", "multiprocessing", "subprocess", "threading"),
        *("http", "socket", "ssl", "urllib"),
        *("io", "logging", "os", "pathlib", "shutil", "sqlite3", "sys", "tempfile"),
        *("random", "secrets", "time", "uuid"),
    }
)
"""What of the standard library `domain` does without: files, network, threads, clocks, chance, new ids."""

CLOCKS = frozenset({"now", "utcnow", "today"})


def part_of(module: str) -> str | None:
    """The part of the package that a module is in: "" for the package itself, None for what is not ours."""
    names = module.split(".")
    if names[0] != ROOT_PACKAGE:
        return None
    return names[1] if len(names) > 1 else ""


def _absolute(module: str, is_package: bool, node: ast.ImportFrom) -> str:
    """The module that a `from … import` names, with the dots of a relative one resolved."""
    if not node.level:
        return node.module or ""
    names = module.split(".")
    base = names[: len(names) - node.level + (1 if is_package else 0)]
    return ".".join([*base, node.module] if node.module else base)


def _dynamic(node: ast.Call) -> Iterator[str]:
    """`import_module("x")` and `__import__("x")` import as well."""
    name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
    if name in {"import_module", "__import__"} and node.args:
        target = node.args[0]
        if isinstance(target, ast.Constant) and isinstance(target.value, str):
            yield target.value


def imported(tree: ast.AST, module: str = "", *, is_package: bool = False) -> Iterator[tuple[int, str]]:
    """Every module that a tree imports and the line, wherever it does: in functions and for types too.

    `from innovationhub import domain` imports the part `domain`; `from innovationhub import Hub` the package.
    """
    parts = frozenset().union(*LAYERS) - {""}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, is_package, node)
            for alias in node.names:
                deeper = base == ROOT_PACKAGE and alias.name in parts
                yield node.lineno, f"{base}.{alias.name}" if deeper else base
        elif isinstance(node, ast.Call):
            for name in _dynamic(node):
                yield node.lineno, name


def _layer(part: str) -> int | None:
    return next((index for index, layer in enumerate(LAYERS) if part in layer), None)


def _fault_inside(part: str, target: str) -> str | None:
    """Why a part may not import another of ours, if so."""
    if part == target or (part, target) in EXCEPTIONS:
        return None
    below, here = _layer(target), _layer(part)
    if below is None or here is None:
        return f"{target if below is None else part} has no place in the table of layers"
    if target in ONLY_FROM and part not in ONLY_FROM[target]:
        return f"only {' and '.join(sorted(ONLY_FROM[target]))} may import {target}"
    if below <= here:
        return f"imports go downwards only, and {target or ROOT_PACKAGE} is not below {part or ROOT_PACKAGE}"
    return None


def _fault_outside(part: str, package: str) -> str | None:
    """Why a part may not import a package of others, if so."""
    if package in sys.stdlib_module_names:
        impure = part == "domain" and package in IMPURE
        return "the core is pure: time, ids and the world come in with the command" if impure else None
    if part in NOTHING:
        return f"{part} imports the standard library alone"
    places = PACKAGES.get(package)
    if places is None:
        return "not a package this project depends on"
    if "" in places or part in places:
        return None
    return f"only {' and '.join(places)} may import it"


def import_faults(tree: ast.AST, module: str, *, is_package: bool = False) -> list[str]:
    """What a module of ours imports against the tables, each with its line and the reason."""
    part = part_of(module)
    assert part is not None, f"{module} is not in {ROOT_PACKAGE}"
    faults = []
    for line, name in imported(tree, module, is_package=is_package):
        target = part_of(name)
        fault = (
            _fault_outside(part, name.partition(".")[0]) if target is None else _fault_inside(part, target)
        )
        if fault:
            faults.append(f"{module}, line {line}: imports {name}; {fault}")
    return faults


def clock_faults(tree: ast.AST, module: str) -> list[str]:
    """Where a module asks a clock."""
    return [
        f"{module}, line {node.lineno}: asks the clock with {node.func.attr}()"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]
