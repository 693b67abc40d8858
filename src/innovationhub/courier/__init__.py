"""The courier: followers of the journal, each at its own pace, none in anybody's way."""

from __future__ import annotations

from innovationhub.courier.passes import Courier, never
from innovationhub.courier.report import CourierReport

__all__ = ["Courier", "CourierReport", "never"]
