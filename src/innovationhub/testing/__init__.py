"""For the test suites of others: contracts, strategies, faults, a hub machine, a simulated year. See `docs/testing.md`.

It needs the extra `testing` (Hypothesis and pytest). Names are loaded when they are first used: pytest loads this
package wherever the library is installed, and who uses none of it pays for none of it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from innovationhub.testing.clock import FakeClock
    from innovationhub.testing.contracts.arrivals import Arrived
    from innovationhub.testing.contracts.channel import ChannelContract
    from innovationhub.testing.contracts.closures import ClosuresContract
    from innovationhub.testing.contracts.keeper import KeeperContract
    from innovationhub.testing.contracts.keeper_base import Somebody
    from innovationhub.testing.contracts.lms import LmsContract
    from innovationhub.testing.contracts.rule import RuleContract
    from innovationhub.testing.contracts.store import StoreContract
    from innovationhub.testing.faults import Died, Dying, Fault, Flaky, crash_points
    from innovationhub.testing.lms import MemoryLms
    from innovationhub.testing.lms_faults import UnreliableLms
    from innovationhub.testing.machine import HubMachine
    from innovationhub.testing.outcome import Outcome, Report
    from innovationhub.testing.simulation import simulate

__all__ = [
    "Arrived",
    "ChannelContract",
    "ClosuresContract",
    "Died",
    "Dying",
    "FakeClock",
    "Fault",
    "Flaky",
    "HubMachine",
    "KeeperContract",
    "LmsContract",
    "MemoryLms",
    "Outcome",
    "Report",
    "RuleContract",
    "Somebody",
    "StoreContract",
    "UnreliableLms",
    "crash_points",
    "register",
    "simulate",
]

_HOMES = {
    "Arrived": "contracts.arrivals",
    "ChannelContract": "contracts.channel",
    "ClosuresContract": "contracts.closures",
    "Died": "faults",
    "Dying": "faults",
    "FakeClock": "clock",
    "Fault": "faults",
    "Flaky": "faults",
    "HubMachine": "machine",
    "KeeperContract": "contracts.keeper",
    "LmsContract": "contracts.lms",
    "MemoryLms": "lms",
    "Outcome": "outcome",
    "Report": "outcome",
    "RuleContract": "contracts.rule",
    "Somebody": "contracts.keeper_base",
    "StoreContract": "contracts.store",
    "UnreliableLms": "lms_faults",
    "crash_points": "faults",
    "simulate": "simulation",
}
"""In which module of this package each name is."""


def register() -> None:
    """Tell Hypothesis a strategy for every public type. Done by itself where the library is installed."""
    # imported here: who runs pytest without Hypothesis must not need it
    from innovationhub.testing import strategies  # noqa: PLC0415

    # while it is still being imported (Hypothesis calls this in the middle of that) it has none, and does it at its end
    now = getattr(strategies, "register", None)
    if now is not None:
        now()


def __getattr__(name: str) -> Any:  # whatever the name stands for
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    register()
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
