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
)

__all__ = [
    "Case",
    "Channel",
    "ChannelOpener",
    "Closures",
    "Commit",
    "Follower",
    "Later",
    "Lms",
    "LmsOpener",
    "LmsRequest",
    "Message",
    "Never",
    "Outcome",
    "Recipient",
    "Rule",
    "Sent",
    "Since",
    "Store",
    "StoreOpener",
    "StoreRequest",
    "SupportsConfirm",
    "SupportsCount",
    "SupportsScrub",
    "Verdict",
]
