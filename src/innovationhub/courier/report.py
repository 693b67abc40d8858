"""What a courier's pass did."""

from __future__ import annotations

import attrs

__all__ = ["CourierReport"]


@attrs.frozen
class CourierReport:
    """What a pass did. `complete` when nothing is left that is due; `troubles` says what did not work, each once."""

    made: int = 0
    sent: int = 0
    dropped: int = 0
    failed: int = 0
    given_up: int = 0
    complete: bool = True
    troubles: tuple[str, ...] = ()

    def __add__(self, other: CourierReport) -> CourierReport:
        return CourierReport(
            self.made + other.made,
            self.sent + other.sent,
            self.dropped + other.dropped,
            self.failed + other.failed,
            self.given_up + other.given_up,
            self.complete and other.complete,
            tuple(dict.fromkeys(self.troubles + other.troubles)),
        )
