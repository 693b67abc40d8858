"""The example of Discovery's last seat: whoever is first, nobody sits on a taken seat and nobody is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_last_seat_is_given_once() -> None:
    """It runs by itself, as a reader would run it, and says what both sides hold at the end."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "examples" / "discovery.py")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "3 of 3 seats are held, 0 too many; audit: all is well." in done.stdout
    assert done.stdout.count("Cy Dhar") >= 1
    assert ("waiting: Cy Dhar." in done.stdout) != ("waiting: Dee Eze." in done.stdout)
