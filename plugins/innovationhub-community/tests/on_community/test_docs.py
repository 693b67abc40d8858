"""What the README shows is what happens, and it names everything that the program can do."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from innovationhub_community.commands import community, space

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
(EXAMPLE,) = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_example_runs(tmp_path: Path) -> None:
    """It prints whom to meet, then nobody, then what was found."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", EXAMPLE],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Ada Obi", "None", "['Handover in twenty minutes']"]


def test_every_command_is_named() -> None:
    told = set(re.findall(r"`([\w-]+)`", README))
    assert {*community.commands, *space.commands} <= told
