"""Imports go one way, and every package of others has its place."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.house import imports, tree

MODULES = {tree.module_name(path): path for path in tree.python_files("src") if tree.PACKAGE in path.parents}

HEAVY = {
    # The command line, and what tests are made of.
    *("click", "hypothesis", "pytest", "rich"),
    # Drivers of databases; sqlite3 comes with Python.
    *("aiosqlite", "apsw", "asyncpg", "duckdb", "oracledb", "psycopg", "psycopg2", "pymysql", "sqlalchemy"),
    # What one plugin needs when it is asked, and asynchronous I/O, which nothing here does.
    *("asyncio", "holidays"),
    # Web stacks.
    *("aiohttp", "django", "fastapi", "flask", "http.server", "httpx", "requests", "starlette"),
}
"""What `import innovationhub` must not load."""


def faults(source: str, module: str) -> list[str]:
    return imports.import_faults(ast.parse(source), module)


def test_imports_go_downwards() -> None:
    """A layer can be read, tested and changed without what is above it, and every package has its place."""
    found = [
        fault
        for module, path in MODULES.items()
        for fault in imports.import_faults(tree.parsed(path), module, is_package=path.name == "__init__.py")
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("innovationhub.domain.roster", "from innovationhub.protocols import Store"),
        ("innovationhub.domain.roster", "from ..hub import Hub"),
        ("innovationhub.domain.roster", "def f():\n    import innovationhub.engine"),
        ("innovationhub.domain.roster", "if TYPE_CHECKING:\n    from innovationhub import Hub"),
        ("innovationhub.domain.roster", "import pluggy"),
        ("innovationhub.domain.roster", "import holidays"),
        ("innovationhub.domain.roster", "import time"),
        ("innovationhub.errors", "import attrs"),
        ("innovationhub.engine", "from innovationhub import loading"),
        ("innovationhub.engine", "from . import hub"),
        ("innovationhub.engine", "from innovationhub.builtin.memory import MemoryStore"),
        ("innovationhub.engine", "import_module('innovationhub.builtin.memory')"),
        ("innovationhub.hub", "import pluggy"),
        ("innovationhub.hub", "import innovationhub_fund"),
        ("innovationhub.hub", "import innovationhub.testing"),
        ("innovationhub.builtin.sqlite", "import pluggy"),
        ("innovationhub.newcomer", "import innovationhub.errors"),
    ],
)
def test_an_import_against_the_tables_is_found(module: str, source: str) -> None:
    """Relative, deferred, typing-only and dynamic imports count: they tie the reader as much as any."""
    assert len(faults(source, module)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("innovationhub", "from innovationhub.hub import Hub"),
        ("innovationhub.cli.main", "import rich, click\nfrom innovationhub import Hub"),
        ("innovationhub.hub", "from innovationhub.engine import Engine"),
        ("innovationhub.plugins", "import pluggy\nfrom innovationhub.builtin import sqlite"),
        ("innovationhub.builtin.sqlite", "import sqlite3\nfrom innovationhub.hookspecs import hookimpl"),
        ("innovationhub.domain.roster", "import attrs, datetime\nfrom .ids import new"),
        ("innovationhub.testing.contracts", "import hypothesis, pytest\nfrom innovationhub import Hub"),
    ],
)
def test_an_import_within_the_tables_passes(module: str, source: str) -> None:
    """The rule is about direction, not about how an import is written."""
    assert faults(source, module) == []


def test_dateutil_is_imported_in_one_file() -> None:
    """Its faults are fenced in by one file: whoever imports it elsewhere gets them unfenced."""
    users = [
        module
        for module, path in MODULES.items()
        if any(name.partition(".")[0] == "dateutil" for _, name in imports.imported(tree.parsed(path)))
    ]
    assert len(users) <= 1, users


def test_the_domain_asks_no_clock() -> None:
    """What depends on when it runs cannot be replayed; `now` comes in with the command."""
    found = [
        fault
        for module, path in MODULES.items()
        if imports.part_of(module) == "domain"
        for fault in imports.clock_faults(tree.parsed(path), module)
    ]
    assert not found, "\n".join(found)
    assert imports.clock_faults(ast.parse("x = datetime.now(UTC)"), "innovationhub.domain.roster")
    assert not imports.clock_faults(ast.parse("x = command.now"), "innovationhub.domain.roster")


def plugin_packages() -> set[str]:
    """The import names of the packages under `plugins/`."""
    tops = [path for top in ("plugins/*/src/*", "plugins/*/*") for path in tree.ROOT.glob(top)]
    return {path.name for path in tops if (path / "__init__.py").exists() and path.name != "tests"}


def borrowed(source: ast.AST, packages: set[str]) -> list[str]:
    """The imports of a tree that reach into a plugin."""
    roots = [(line, name.partition(".")[0]) for line, name in imports.imported(source)]
    return [
        f"line {line}: {name}"
        for line, name in roots
        if name in packages or name.startswith("innovationhub_")
    ]


def test_nothing_imports_a_plugin() -> None:
    """The core, its tests and its benchmarks stand without any package under plugins/, installed or not.

    But for the stories of what plugins offer: they are told with those.
    """
    packages = plugin_packages()
    found = [
        f"{tree.shown(path)}, {fault}"
        for path in tree.python_files("src", "tests", "benchmarks")
        if tree.ROOT / "tests" / "brief" not in path.parents
        for fault in borrowed(tree.parsed(path), packages)
    ]
    assert not found, "\n".join(found)
    assert borrowed(ast.parse("from hubfund.rules import idea"), {"hubfund"}) == ["line 1: hubfund"]
    assert borrowed(ast.parse("import innovationhub_fund"), set())
    assert not borrowed(ast.parse("import innovationhub.domain"), {"hubfund"})


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh Python has loaded after one statement."""
    script = f"import sys; {statement}; print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_importing_the_package_is_light() -> None:
    """Who builds a hub into a service pays for no command line, driver or test tool they do not use."""
    loaded = loaded_by("import innovationhub")
    assert "innovationhub" in loaded
    assert not loaded.intersection(HEAVY)
    assert "http.server" in loaded_by("import http.server")
