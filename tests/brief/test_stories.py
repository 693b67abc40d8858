"""Every offering of the brief has a story, and each is told to its end by the command that a reader runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from examples.stories import listed, story
from innovationhub import Hub, Settings

ROOT = Path(__file__).parents[2]


def run(*args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONUTF8": "1"}
    command = [sys.executable, "-W", "error", "-m", "examples.stories", *args]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", timeout=120, check=False, cwd=ROOT, env=environment
    )


@pytest.mark.parametrize("name", listed())
def test_a_story_is_told_to_its_end(name: str) -> None:
    """It ends well, says so, and fits 80 columns."""
    done = run(name)
    assert done.returncode == 0, done.stderr
    assert "Audit: all is well." in done.stdout
    assert done.stdout.startswith(story(name).TITLE)
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_stories_are_listed() -> None:
    """With what each is about; one that is none is an error, and they are listed too."""
    for args, code in (((), 0), (("?",), 0), (("nothing",), 2)):
        done = run(*args)
        assert done.returncode == code
        assert all(name in done.stdout for name in listed())


def test_every_offering_has_a_story() -> None:
    """Each session type of the brief's catalogue, and what is no session: calendar, Discovery, fund, the rest."""
    with Hub.open("memory:", settings=Settings(discover=False)) as hub:
        hub.load_catalogue("hpft.toml")
        offered = {each.key for each in hub.session_types()}
    beside = {"hub-session-calendar", "discovery", "innovation-fund", "learning-community", "the-space"}
    assert set(listed()) == offered | beside
