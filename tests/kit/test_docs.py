"""What `docs/testing.md` shows is run as it stands: the store that it writes keeps the contract, and so on."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
SUITES = [block for block in BLOCKS if re.search(r"^(class )?Test\w+( = |\()", block, re.MULTILINE)]


@pytest.mark.parametrize("code", SUITES, ids=lambda code: re.findall(r"Test\w+", code)[0])
def test_the_tests_on_the_page_pass(tmp_path: Path, code: str) -> None:
    """Put into a file as they are, with warnings as errors."""
    (tmp_path / "test_page.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_the_page_has_a_suite_for_each_contract() -> None:
    """A store, a rule with closures, a channel, a keeper, a machine."""
    assert len(SUITES) == 5
