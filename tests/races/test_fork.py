"""A fork while another thread is in the middle of a command: the child has the hub to itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("what", ["command", "batch", "refresh"])
def test_a_child_does_not_wait_for_a_thread_of_its_parent(what: str) -> None:
    """The thread that holds the turn is not in the child, and would hold it there for ever."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "tests.races.forked", what],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    assert done.stdout == "0\n"
