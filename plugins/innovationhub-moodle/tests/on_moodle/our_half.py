"""Moodle's half, local_innovationhub itself, run by PHP: `on_moodle/php` stands in for Moodle and mod_facetoface.

Each call is a process of its own, as with Moodle, so two calls at the same moment are really two.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from on_moodle.standin.errors import MoodleError
from on_moodle.standin.state import State

__all__ = ["PLUGIN", "OurHalf", "php", "why_not"]

PLUGIN = Path(__file__).parents[2] / "moodle" / "local_innovationhub"
CALL = Path(__file__).parent / "php" / "call.php"


def php() -> str | None:
    """The PHP of this machine."""
    return shutil.which("php")


@cache
def why_not() -> str:
    """Why PHP cannot run it here; empty when it can."""
    program = php()
    if program is None:
        return "no PHP here: on Debian and Ubuntu it is in php-cli and php-sqlite3"
    asked = subprocess.run([program, "-m"], capture_output=True, text=True, check=True).stdout.split()
    return (
        ""
        if "pdo_sqlite" in asked
        else "this PHP has no pdo_sqlite: on Debian and Ubuntu it is in php-sqlite3"
    )


class OurHalf:
    """One site's local_innovationhub.

    `lacking` are the capabilities that the service account has not; when `impatient`, no lock is waited for.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lacking: list[str] = []
        self.impatient = False
        self.asked: dict[str, list[str]] = {}

    def __call__(self, function: str, params: dict[str, Any], state: State, now: int) -> Any:
        """What the function answers. Raises `MoodleError`."""
        call = {
            "function": function,
            "params": params,
            "plugin": str(PLUGIN),
            "folder": str(self.folder),
            "now": now,
            "users": [
                {"id": user.id, "email": user.email, "idnumber": user.idnumber}
                for user in state.users.values()
            ],
            "activities": [
                {"id": activity.id, "course": course.id}
                for course in state.courses.values()
                for activity in course.activities
            ],
            "lacking": self.lacking,
            "impatient": self.impatient,
        }
        program = php()
        assert program
        done = subprocess.run(
            [program, str(CALL)], input=json.dumps(call), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        said = json.loads(done.stdout)
        self.asked[function] = said["asked"]
        if "failed" in said:
            failed = said["failed"]
            raise MoodleError(
                failed["exception"], failed["errorcode"], failed["message"], failed["debuginfo"]
            )
        return said["answer"]

    def run(self, sql: str, *values: object) -> list[Any]:
        """What people do past these functions: straight in the tables."""
        with closing(sqlite3.connect(self.folder / "moodle.sqlite", timeout=20)) as database, database:
            return database.execute(sql, values).fetchall()
