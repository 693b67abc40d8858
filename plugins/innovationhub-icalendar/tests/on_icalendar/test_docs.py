"""What `docs/calendars.md` shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

from innovationhub_icalendar import windows
from innovationhub_icalendar.listings import listing
from on_icalendar.conftest import MakeHub
from on_icalendar.programme import full_hub

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs" / "calendars.md").read_text("utf-8")
# not `python`: the tests of the core run those, and the core does without this package
EXAMPLES = re.findall(r"^```py\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_examples_run(tmp_path: Path) -> None:
    """One after another, in an empty folder."""
    assert len(EXAMPLES) == 3
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(EXAMPLES)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_field_of_the_json_is_explained(make_hub: MakeHub) -> None:
    """Each has its name in the table of the page."""
    made = listing(full_hub(make_hub), person="ann", end=date(2026, 12, 6)).as_json()
    told = set(re.findall(r"`([\w-]+)`", PAGE.split("## JSON")[1].split("## ")[0]))
    fields = {*made, *made["hub"], *made["types"][0], *made["sessions"][0], *made["sessions"][0]["places"][0]}
    mine = next(each["mine"] for each in made["sessions"] if each["mine"])
    assert fields | set(mine) <= told


def test_the_limits_are_as_the_page_has_them() -> None:
    """A number in a page that nobody checks is wrong one day."""
    assert f"At most {windows.MOST_SESSIONS:,} sessions" in PAGE
    assert (windows.MONTHS, windows.LISTED) == (12, 2)
