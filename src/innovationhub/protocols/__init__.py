"""What a plugin can do: one Protocol for each kind. A hook says who is there; these say what it can do."""

from __future__ import annotations

from innovationhub.protocols.channel import (
    Channel,
    ChannelOpener,
    Later,
    Message,
    Never,
    Outcome,
    Recipient,
    Sent,
)
from innovationhub.protocols.closures import Closures
from innovationhub.protocols.follower import Follower, Since
from innovationhub.protocols.keeper import (
    Call,
    Check,
    Keeper,
    LoadReport,
    Matter,
    Section,
    SupportsFigures,
    SupportsMessages,
    SupportsRetention,
    SupportsSections,
    SupportsTimers,
    Table,
    Untrue,
)
from innovationhub.protocols.lms import Lms, LmsOpener, LmsRequest
from innovationhub.protocols.rule import Case, Rule, Verdict
from innovationhub.protocols.store import (
    Commit,
    Store,
    StoreOpener,
    StoreRequest,
    SupportsConfirm,
    SupportsCount,
    SupportsScrub,
    SupportsSearch,
)

__all__ = [
    "Call",
    "Case",
    "Channel",
    "ChannelOpener",
    "Check",
    "Closures",
    "Commit",
    "Follower",
    "Keeper",
    "Later",
    "Lms",
    "LmsOpener",
    "LmsRequest",
    "LoadReport",
    "Matter",
    "Message",
    "Never",
    "Outcome",
    "Recipient",
    "Rule",
    "Section",
    "Sent",
    "Since",
    "Store",
    "StoreOpener",
    "StoreRequest",
    "SupportsConfirm",
    "SupportsCount",
    "SupportsFigures",
    "SupportsMessages",
    "SupportsRetention",
    "SupportsScrub",
    "SupportsSearch",
    "SupportsSections",
    "SupportsTimers",
    "Table",
    "Untrue",
    "Verdict",
]
