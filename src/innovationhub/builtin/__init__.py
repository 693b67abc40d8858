"""The default plugins, through the same hooks as anybody's: stores, England's bank holidays, rules, a console."""

from __future__ import annotations

from innovationhub.builtin.hooks import (
    innovationhub_catalogues,
    innovationhub_channels,
    innovationhub_closures,
    innovationhub_rules,
    innovationhub_stores,
)

__all__ = [
    "innovationhub_catalogues",
    "innovationhub_channels",
    "innovationhub_closures",
    "innovationhub_rules",
    "innovationhub_stores",
]
