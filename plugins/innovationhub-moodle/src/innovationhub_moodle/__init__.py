"""Connects a hub to a Moodle with mod_facetoface."""

from __future__ import annotations

__all__: list[str] = []
