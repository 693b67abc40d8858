"""Contracts: what every plugin of a kind must do, as tests that its author inherits."""

from __future__ import annotations

__all__: list[str] = []
