"""Purity: what a call asks of the world. A rule that asks the clock cannot be replayed, nor judged twice alike."""

from __future__ import annotations

import gc
import random
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

__all__ = ["worldly"]

CLOCKS = frozenset(
    {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime"}
)
CHANCE = frozenset({"random", "getrandbits", "urandom"})
OUTSIDE = frozenset(
    {"open", "socket", "connect", "system", "popen", "fork_exec", "listdir", "scandir", "getenv"}
)
MODULES = frozenset(
    {
        "time",
        "datetime",
        "posix",
        "nt",
        "io",
        "_io",
        "_socket",
        "socket",
        "_posixsubprocess",
        "_sqlite3",
        "builtins",
    }
)


def worldly(work: Callable[[], object]) -> list[str]:
    """The calls that `work` makes to clocks, chance, files and networks, by name; empty for what is pure.

    Only what Python code calls is seen, not what a library of another language does inside. What is done once, such as
    an import or reading a time zone, is done before: `work` is called twice, and the second time is looked at.
    """
    work()
    seen: list[str] = []

    def watch(frame: FrameType, event: str, function: Any) -> None:
        if event == "c_call" and (name := _worldly(function)):
            seen.append(name)

    # whoever is told of collections, as Hypothesis is, may ask the clock in the middle of `work`
    collecting = gc.isenabled()
    gc.disable()
    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
        if collecting:
            gc.enable()
    return seen


def _worldly(function: Any) -> str:
    """The name of a built-in function that asks the world; empty for others."""
    name = str(getattr(function, "__name__", ""))
    owner = getattr(function, "__self__", None)
    if name in CHANCE and (isinstance(owner, random.Random) or name == "urandom"):
        return f"random.{name}"
    module = str(getattr(function, "__module__", None) or getattr(owner, "__module__", None) or "")
    if name in CLOCKS and (module in MODULES or isinstance(owner, type)):
        return f"{module}.{name}"
    if name in OUTSIDE and module in MODULES:
        return f"{module}.{name}"
    return ""
