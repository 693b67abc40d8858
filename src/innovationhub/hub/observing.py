"""What an operator is told of ticks, through `logging`: counts only. docs/observing.md lists the events."""

from __future__ import annotations

import logging
import time

from innovationhub.domain.views import TickReport
from innovationhub.errors import Unavailable

__all__ = ["tick_done", "tick_failed"]

log = logging.getLogger("innovationhub.hub")


def tick_done(report: TickReport, began: float) -> None:
    """Tell what a tick did that began then, by the monotonic clock."""
    lms = report.lms
    log.info(
        "tick.done",
        extra={
            "rosters": report.rosters,
            "sessions": report.sessions,
            "timers": report.timers,
            "reviewed": report.reviewed,
            "below_minimum": len(report.below_minimum),
            "erased": report.erased,
            "made": report.made,
            "sent": report.sent,
            "dropped": report.dropped,
            "failed": report.failed,
            "given_up": report.given_up,
            "troubles": len(report.troubles),
            "lms_acts": len(lms.acts) if lms else None,
            "lms_findings": len(lms.findings) if lms else None,
            "lms_failed": bool(lms.failure) if lms else None,
            "complete": report.complete,
            "milliseconds": int((time.monotonic() - began) * 1000),
        },
    )


def tick_failed(error: Unavailable) -> None:
    """Tell that a tick ended early, as the store was out of reach."""
    # of the error its class: what a driver says may hold anything
    log.warning("tick.failed", extra={"cause": type(error.__cause__).__name__ if error.__cause__ else None})
