"""What a plugin can do: one Protocol for each kind. A hook says who is there; these say what it can do."""

from __future__ import annotations

from innovationhub.protocols.closures import Closures
from innovationhub.protocols.rule import Case, Rule, Verdict
from innovationhub.protocols.store import (
    Commit,
    Store,
    StoreOpener,
    StoreRequest,
    SupportsConfirm,
    SupportsCount,
    SupportsScrub,
)

__all__ = [
    "Case",
    "Closures",
    "Commit",
    "Rule",
    "Store",
    "StoreOpener",
    "StoreRequest",
    "SupportsConfirm",
    "SupportsCount",
    "SupportsScrub",
    "Verdict",
]
