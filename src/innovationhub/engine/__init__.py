"""The one way in for commands: gather what waits, read what it needs, decide, commit, answer.

`core` is the engine as the hub sees it; `gathering` says whose turn it is, `batch` decides commands together on one
reading and sends them as one commit, `requests` knows who asked and what is kept of the answer.
"""

from __future__ import annotations

from innovationhub.engine.core import Clock, Engine

__all__ = ["Clock", "Engine"]
