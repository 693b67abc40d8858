"""The hub: the public face of the library."""

from __future__ import annotations

from innovationhub.hub.face import Hub, Settings

__all__ = ["Hub", "Settings"]
