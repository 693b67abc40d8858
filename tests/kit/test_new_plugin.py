"""`innovationhub new-plugin`: what it writes can be built, installed and run, and its tests find what is broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments: object, folder: Path, installed: Path | None = None) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(map(str, [installed] if installed else []))
    environment = {**os.environ, "PYTHONPATH": path, "COLUMNS": "200"}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=150, check=False
    )


def made(folder: Path, name: str, kind: str) -> Path:
    done = run("-m", "innovationhub", "new-plugin", name, "--kind", kind, folder=folder)
    assert done.returncode == 0, done.stderr
    return folder / f"innovationhub-{name}"


def install(package: Path, target: Path) -> None:
    """Build the package and put it where Python finds it, with what is installed here and no index."""
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")
    done = run("-m", "pip", "install", "--quiet", *offline, "--target", target, package, folder=package)
    assert done.returncode == 0, done.stderr


def outcome(package: Path, target: Path, *extra: str) -> str:
    arguments = ("-q", "-W", "error", "-p", "no:cacheprovider", "--import-mode=importlib", *extra)
    return run("-m", "pytest", *arguments, package, folder=package, installed=target).stdout


BROKEN = {
    "store": ("return self._engine.tail(after, limit)", "return self._engine.tail(after, limit)[1:]"),
    "rule": ("allowed=False, sentence=sentence", "allowed=False"),
    "closures": ("date(year, 6, 24)", "date(2026, 6, 24)"),
    "channel": ("return Never(", "raise LookupError("),
    "keeper": ("draft.delete(row)", "draft.touch(row)"),
    "lms": ("self._there.sign_ups(session, cursor, limit)", 'self._there.sign_ups(session, "", limit)'),
}
QUICK = {
    "store": ("-k", "tail_is_in or by_its_name or one_commit or opened_again"),
    "rule": (),
    "closures": (),
    "channel": (),
    "keeper": (),
    "lms": (),
}


@pytest.mark.parametrize("kind", sorted(BROKEN))
def test_what_it_writes_is_built_installed_and_passes(tmp_path: Path, kind: str) -> None:
    """In a folder of its own, without an index; and broken on purpose its tests fail."""
    package, target = made(tmp_path, "our-own", kind), tmp_path / "installed"
    install(package, target)
    said = outcome(package, target, *QUICK[kind])
    assert " passed" in said, said
    assert "failed" not in said
    assert "error" not in said
    module = target / "innovationhub_our_own" / "__init__.py"
    text = module.read_text(encoding="utf-8")
    good, bad = BROKEN[kind]
    assert good in text
    module.write_text(text.replace(good, bad), encoding="utf-8")
    assert " failed" in outcome(package, target, "-x", *QUICK[kind])


@pytest.mark.parametrize("name", ["Our", "our_own", "-x", "a--b", "../x", ""])
def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path, name: str) -> None:
    """With what a name looks like."""
    done = run("-m", "innovationhub", "new-plugin", "--kind", "rule", "--", name, folder=tmp_path)
    assert done.returncode == 2
    assert "away-days" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_keeper_cannot_have_a_name_of_the_hubs_own(tmp_path: Path) -> None:
    """It would be told apart from the core by nobody."""
    done = run("-m", "innovationhub", "new-plugin", "booking", "--kind", "keeper", folder=tmp_path)
    assert done.returncode == 2
    assert "choose another" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A folder that is there stays as it is."""
    package = made(tmp_path, "mine", "closures")
    (package / "README.md").write_text("changed")
    done = run("-m", "innovationhub", "new-plugin", "mine", "--kind", "rule", folder=tmp_path)
    assert (done.returncode, (package / "README.md").read_text()) == (2, "changed")


def test_it_answers_programs(tmp_path: Path) -> None:
    """With the folder and the files, as JSON."""
    words = ("new-plugin", "mine", "--kind", "store", "--into", "sub", "--json")
    done = run("-m", "innovationhub", *words, folder=tmp_path)
    answer = json.loads(done.stdout)
    assert answer["folder"] == str(Path("sub") / "innovationhub-mine")
    assert all((tmp_path / answer["folder"] / name).is_file() for name in answer["files"])


@pytest.mark.parametrize("kind", sorted(BROKEN))
def test_what_it_writes_is_in_form_and_typed(tmp_path: Path, kind: str) -> None:
    """Formatted, and checked by mypy in its strict way."""
    package = made(tmp_path, "our-own", kind)
    for words in (
        ("ruff", "format", "--check", "--line-length=110", "--isolated"),
        ("mypy", "--strict", "--config-file="),
    ):
        done = run("-m", *words, package / "src", folder=ROOT)
        assert done.returncode == 0, done.stdout
