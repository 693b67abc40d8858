"""What the documents show is what happens: every Python example in them runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = [
    pytest.param(code, id=f"{page.name}-{number}")
    for page in PAGES
    for number, code in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), 1)
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
        else:
            shown.append(line)
    assert len(shown) > 5
    assert [line for line in shown if line not in printed.splitlines()] == []
