"""Agreeing with the trust's LMS: one pass asks how things stand on both sides, and carries out what `reconcile` says.

`client` is the LMS as the hub speaks to it, `reading` how things stand, `acting` each step, `passing` the passes.
"""

from __future__ import annotations

from innovationhub.hub.agreeing.client import Client, opened
from innovationhub.hub.agreeing.passing import Direction, Passes

__all__ = ["Client", "Direction", "Passes", "opened"]
