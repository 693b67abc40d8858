"""A call as Moodle takes it: the token, the service, the function, its parameters; then the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from on_moodle.recordings import answer_to
from on_moodle.standin.core import CORE
from on_moodle.standin.errors import MoodleError, missing_record, refusal
from on_moodle.standin.params import checked, nested
from on_moodle.standin.seminars import LOCAL
from on_moodle.standin.state import State

__all__ = ["MODES", "Site"]

INFO = "core_webservice_get_site_info"
PLUGIN_VERSION = "2026112500"
MODES = (
    "normal",
    "maintenance mode",
    "CLI maintenance mode (upgrade)",
    "web services switched off",
    "REST protocol switched off",
    "token expired",
    "wrong IP",
    "service account suspended",
    "service disabled",
    "database down",
)
"""How the site is: each but the first answers every call as the recording of that name did."""


Half = Callable[[str, dict[str, Any], State, int], Any]
"""Runs a function of local_innovationhub: its name, its parameters as PHP has them, the site, the second."""


class Site:
    """A Moodle's state, and what it answers.

    `mode` is one of `MODES`. Without `plugin`, `local_innovationhub` is not installed; `plugin_version` is which one it
    is, and `half`, where it is given, runs its own code. `service` are the functions that the token may call.
    """

    def __init__(self, token: str, clock: Callable[[], int]) -> None:
        self.token = token
        self.clock = clock
        self.state = State()
        self.mode = MODES[0]
        self.plugin = True
        self.plugin_version = PLUGIN_VERSION
        self.service = {INFO, *CORE, *LOCAL}
        self.half: Half | None = None
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return str(answer_to("site info / health")["siteurl"])

    def answer(self, function: str, token: str, pairs: list[tuple[str, str]]) -> Any:
        """What the function answers. Raises `MoodleError` for what Moodle answers with an exception."""
        if token != self.token:
            raise refusal("invalidtoken", "Invalid token - token not found")
        spec, handler = self._function(function)
        if self.half is not None and function in LOCAL:
            return self.half(function, nested(pairs), self.state, self.clock())
        params = checked(spec, nested(pairs))
        with self._lock:
            return handler(self.state, params, self.clock())

    def _function(self, name: str) -> Any:
        known = {
            INFO: ({}, lambda state, params, now: self._info()),
            **CORE,
            **(LOCAL if self.plugin else {}),
        }
        recorded = {each["name"] for each in answer_to("site info / health")["functions"]}
        if name in known and name in self.service:
            return known[name]
        installed = name in known or (name in recorded and not name.startswith("local_innovationhub_"))
        if installed or name == "core_cohort_get_cohorts":
            why = f"Access to the function {name}() is not allowed."
            said = "Access control exception"
            raise MoodleError("webservice_access_exception", "accessexception", said, why)
        raise missing_record("external_functions")

    def _info(self) -> dict[str, Any]:
        known = {INFO, *CORE, *(LOCAL if self.plugin else ())}
        functions = [
            {"name": name, "version": self.plugin_version if name in LOCAL else "2023100900"}
            for name in sorted(known & self.service)
        ]
        return {**answer_to("site info / health"), "functions": functions}
