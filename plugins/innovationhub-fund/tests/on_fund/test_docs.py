"""What the README shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from innovationhub_fund import Fund, Stage
from innovationhub_fund.ideas import STEPS

PAGE = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
(EXAMPLE,) = re.findall(r"^```py\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_example_runs(tmp_path: Path) -> None:
    """In an empty folder, with warnings as errors."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", EXAMPLE],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, approved, ends, reported = done.stdout.splitlines()
    assert first == "Submit it to the panel when it is ready; come to ideas-development for help with it."
    assert (approved, reported) == ("approved", "reported")
    assert "the approval it rests on has ended" in ends
    assert "as one-to-one" in ends


def test_every_stage_is_explained() -> None:
    """With everything that goes on from it, and nothing else."""
    by = {
        "revised": "revise",
        "submitted": "submit",
        "judged": "decide",
        "planned": "plan",
        "plan-returned": "return_plan",
        "plan-accepted": "accept_plan",
        "released": "release",
        "reported": "report_outcome",
        "withdrawn": "WithdrawApproval",
        "dropped": "drop",
    }
    rows = re.findall(r"^\| (`.*?) \|.*\| (.*?) ?\|$", PAGE, re.MULTILINE)
    told = {
        stage: set(re.findall(r"`(\w+)`", ways)) - {"stand_aside"}
        for stages, ways in rows
        for stage in re.findall(r"`(\w+)`", stages)
    }
    assert told == {
        str(stage): {by[step] for step, stages in STEPS.items() if step in by and stage in stages}
        for stage in Stage
    }
    assert all(hasattr(Fund, each) for each in by.values() if each != "WithdrawApproval")
