"""What the documents show is what happens: every Python example in them runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from innovationhub import MessageKind
from innovationhub.domain import booking
from innovationhub.domain.booking import TRANSITIONS, BookingStatus, short

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LIFE = ROOT / "docs" / "bookings.md"
"""The page whose examples all go on from its first one."""


def examples(page: Path) -> list[str]:
    """The Python examples of a page, each as whoever pastes it would run it."""
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [found[0], *(f"{found[0]}\n{code}" for code in found[1:])] if page == LIFE else found


EXAMPLES = [
    pytest.param(code, id=f"{page.name}-{number}")
    for page in PAGES
    for number, code in enumerate(examples(page), 1)
]


def assert_runs(code: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_runs(code: str, tmp_path: Path) -> None:
    """Pasted into a file and run in an empty folder, it works."""
    assert_runs(code, tmp_path)


def test_the_readme_tells_what_its_example_prints(tmp_path: Path) -> None:
    """And running it again prints the same."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (code,) = BLOCK.findall(text)
    assert assert_runs(code, tmp_path) == assert_runs(code, tmp_path) == "confirmed 11\n"
    assert "It prints `confirmed 11`" in text


def test_the_states_are_drawn_as_they_are() -> None:
    """The diagram of `docs/bookings.md` has every transition of the table, and no other; ends are ends."""
    (diagram,) = re.findall(r"^```mermaid\n(.*?)^```$", LIFE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    drawn = set(re.findall(r"^ +(\S+) --> (\S+)$", diagram, re.MULTILINE))
    table = {(str(before), str(after)) for before, afters in TRANSITIONS.items() for after in afters}
    ends = {(str(status), "[*]") for status, afters in TRANSITIONS.items() if not afters}
    assert drawn == table | ends


def test_every_state_and_standing_is_explained() -> None:
    """Each has a line in a table of `docs/bookings.md`."""
    told = set(
        re.findall(
            r"`([\w-]+)`", "\n".join(re.findall(r"^\| (`.*?) \|", LIFE.read_text("utf-8"), re.MULTILINE))
        )
    )
    names = (
        "PARKED",
        "MISSED",
        "HERE",
        "LEFT",
        "APOLOGISED",
        "EXCEPTED",
        "WITHDRAWN",
        "OF_SET",
        "OF_SET_ABSENT",
    )
    standings = {str(getattr(booking, name)) for name in names} | {short(3)}
    assert told >= {str(status) for status in BookingStatus} | standings


def test_the_cases_that_others_get_wrong_are_answered() -> None:
    """`docs/bookings.md` names each case of seats and queues, and those of dates that a change is about."""
    named = set(re.findall(r"\b([SQD]\d+)\b", LIFE.read_text("utf-8")))
    seats, queues = range(1, 16), range(1, 15)
    assert named == {*(f"S{n}" for n in seats), *(f"Q{n}" for n in queues), "D3", "D4", "D7"}


def test_the_architecture_names_every_file_of_the_core() -> None:
    """Whoever looks for something in `domain/` finds in ARCHITECTURE.md where it is."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    core = ROOT / "src" / "innovationhub" / "domain"
    files = {path.stem for path in [*core.glob("*.py"), *core.glob("*/__init__.py")]} - {"__init__"}
    assert [name for name in sorted(files | {"recurrence"}) if not re.search(rf"`{name}/?`", text)] == []


def test_every_kind_of_message_is_explained() -> None:
    """What a hub may say to people stands on its page, kind by kind, and nothing else."""
    text = (ROOT / "docs" / "messages.md").read_text("utf-8")
    assert re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE) == [str(kind) for kind in MessageKind]


def test_links_between_documents_lead_somewhere() -> None:
    """Every relative link in a document names a file that is there."""
    missing = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [*PAGES, *ROOT.glob("*.md"), *(ROOT / "docs" / "decisions").glob("*.md")]
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8"))
        if "…" not in target and not (page.parent / target).exists()
    ]
    assert missing == []


def test_the_readme_shows_what_the_command_line_prints(tmp_path: Path) -> None:
    """Its console block, run in an empty folder, prints those lines."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    printed = ""
    shown = []
    for line in block.splitlines():
        if line.startswith("$ innovationhub "):
            command = [sys.executable, "-m", "innovationhub", *line.split()[2:]]
            environment = {**os.environ, "COLUMNS": "80"}
            environment.pop("INNOVATIONHUB_STORE", None)
            done = subprocess.run(
                command, capture_output=True, text=True, cwd=tmp_path, timeout=60, check=True, env=environment
            )
            printed += done.stdout
        elif line != "…":  # where lines are left out
            shown.append(line)
    assert len(shown) > 5
    assert [line for line in shown if line not in printed.splitlines()] == []
