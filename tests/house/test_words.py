"""What must not stand in any file of the project, and what must stand in one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.house import tree

# Written so that this file does not match itself.
UNFINISHED = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error"]))

MACHINE = re.compile(
    r"pypi[.]org|pythonhosted[.]org|npmjs[.]org|deb[.]debian[.]org|proxy[.]golang[.]org|crates[.]io"
    r"|pypi[.]python[.]org|index-ur[l]"
    r"|(?<![\w./:\-])/(?:work|root|home|Users)[/]\w|/opt/(?:pypi|wheels)\b|[.]pyenv/|[A-Z]:\\Users"
)


def word_faults(text: str, pattern: re.Pattern[str]) -> list[str]:
    """The lines of a text that a pattern forbids."""
    return [
        f"line {number}: {match[0]}"
        for number, line in enumerate(text.splitlines(), 1)
        if (match := pattern.search(line))
    ]


def faults_everywhere(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{tree.shown(path)}, {fault}" for path, text in tree.texts() for fault in word_faults(text, pattern)
    ]


def test_what_git_keeps_is_not_of_the_project(tmp_path: Path) -> None:
    """In a worktree `.git` is a file that names a path of this machine; it is no file of the project."""
    for name in (".git", ".gitignore", "README.md"):
        (tmp_path / name).touch()
    assert [path.name for path in tree.files(tmp_path)] == [".gitignore", "README.md"]


def test_nothing_is_left_unfinished() -> None:
    """A note to finish later is read by nobody: it is done, or it is an issue, or it is in no file."""
    found = faults_everywhere(UNFINISHED)
    assert not found, "\n".join(found)


def test_no_machine_is_in_the_files() -> None:
    """The project builds against any package index and from any directory, so it names none."""
    found = faults_everywhere(MACHINE)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("# TO" + "DO: later", UNFINISHED),
        ("raise NotImplemented" + "Error", UNFINISHED),
        ("see https://pypi" + ".org/project/x", MACHINE),
        ("--extra-index" + "-url https://example.org", MACHINE),
        ("cd /ro" + "ot/hub", MACHINE),
        ('open("/ho' + 'me/ann/hub.db")', MACHINE),
    ],
)
def test_a_forbidden_word_is_found(text: str, pattern: re.Pattern[str]) -> None:
    """Each pattern bites, on the line it is on."""
    assert len(word_faults(f"fine\n{text}\n", pattern)) == 1
    assert word_faults("fine\n" + text, pattern)[0].startswith("line 2")


@pytest.mark.parametrize("text", ["https://example.org/home/page", "docs/work/x", "sqlite:////srv/hub.db"])
def test_an_address_is_not_a_machine(text: str) -> None:
    """Addresses of other things, and paths inside the project, may be written."""
    assert not word_faults(text, MACHINE)


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    """Whoever changes something writes it down then, for users and for plugin authors, not at a release."""
    text = (tree.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    head, _, rest = text.partition("\n## [Unreleased]\n")
    unreleased = rest.split("\n## ")[0]
    assert rest, "CHANGELOG.md has no section Unreleased"
    assert "\n## " not in head, "Unreleased comes first"
    assert "\n### For plugin authors\n" in unreleased


def test_the_versions_tested_with_are_exact_and_suffice() -> None:
    """One version of each package, by name alone, so that two runs a year apart test the same things."""
    lines = (tree.ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    odd = [pin for pin in pins if not re.fullmatch(r"[\w.\-]+==[\w.!+]+", pin)]
    assert not odd

    pinned = {re.sub(r"[-_.]+", "-", pin.partition("==")[0]).lower() for pin in pins}
    files = [tree.ROOT / "pyproject.toml", *tree.ROOT.glob("plugins/*/pyproject.toml")]
    projects = [tomllib.loads(path.read_text(encoding="utf-8"))["project"] for path in files]
    wanted = {
        re.split(r"[\[<>=!; ]", requirement)[0].lower()
        for project in projects
        for listed in (project["dependencies"], *project.get("optional-dependencies", {}).values())
        for requirement in listed
    }
    assert wanted - {project["name"] for project in projects} <= pinned
