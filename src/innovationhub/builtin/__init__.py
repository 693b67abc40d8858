"""The default plugins, through the same hooks as anybody's: stores and England's bank holidays."""

from __future__ import annotations

from innovationhub.builtin.hooks import innovationhub_catalogues, innovationhub_closures, innovationhub_stores

__all__ = ["innovationhub_catalogues", "innovationhub_closures", "innovationhub_stores"]
