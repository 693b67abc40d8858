"""The contracts catch what is broken on purpose: stores, channels, keepers, LMSs, by each test that ought to."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "broken"
RESULT = re.compile(r"^(PASSED|FAILED|SKIPPED|ERROR) (\S+?)::(\w+)::(\w+)", re.MULTILINE)


@pytest.mark.parametrize(
    "name",
    [
        "commits",
        "readings",
        "values",
        "lasting",
        "searches",
        "keepers",
        "keepers_asked",
        "channels",
        "carrying",
        "lms_publishing",
        "lms_signing",
    ],
)
def test_whatever_is_broken_is_caught(name: str) -> None:
    """In bounded time, those that hang too: none of the tests that are named for one lets it pass."""
    file = FOLDER / f"{name}.py"
    command = [sys.executable, "-m", "pytest", "-q", "-rpfEs", "--tb=no", "-p", "no:cacheprovider", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    results: dict[tuple[str, str], set[str]] = {}
    for outcome, _, store, test in RESULT.findall(done.stdout):
        results.setdefault((store, test), set()).add(outcome)
    source = file.read_text(encoding="utf-8")
    stores = set(re.findall(r"^class (Test\w+)\(", source, re.MULTILINE))
    assert {store for store, _ in results} == stores, done.stdout
    # with awkward values by hand a test has many cases, of which some are no trouble to a store
    let_pass = [which for which, outcomes in results.items() if not outcomes & {"FAILED", "ERROR"}]
    assert let_pass == [], done.stdout
    assert done.returncode == 1
