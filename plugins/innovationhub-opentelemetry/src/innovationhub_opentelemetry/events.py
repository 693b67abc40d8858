"""What is committed nowhere, counted from the hub's events: refusals, and what became of messages in this process."""

from __future__ import annotations

import logging

from opentelemetry.metrics import MeterProvider, get_meter

from innovationhub_opentelemetry.journal import METER

__all__ = ["EventCounter"]

REFUSED = "command.refused"
OUTCOMES = {
    "message.sent": "sent",
    "message.dropped": "dropped",
    "message.later": "later",
    "message.given-up": "given-up",
}


class EventCounter(logging.Handler):
    """A handler for the logger `innovationhub`, whose level must let `INFO` through.

    It counts `innovationhub.refusals` by command and code, each code of a refusal once, and `innovationhub.messages`,
    the attempts to send one, by channel, kind and outcome. All other events it leaves alone.
    """

    def __init__(self, level: int = logging.INFO, meter_provider: MeterProvider | None = None) -> None:
        super().__init__(level)
        meter = get_meter(METER, meter_provider=meter_provider)
        self._refusals = meter.create_counter(
            "innovationhub.refusals", "{reason}", "Reasons for which commands were refused."
        )
        self._messages = meter.create_counter(
            "innovationhub.messages", "{attempt}", "Attempts to send a message, by what became of them."
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Count an event. A record that is not as the hub writes it is said on stderr, as for any handler."""
        try:
            self._count(record.getMessage(), vars(record))
        except Exception:  # noqa: BLE001  # whatever it is, whoever logged is not to be bothered
            self.handleError(record)

    def _count(self, event: str, fields: dict[str, str]) -> None:
        if event == REFUSED:
            for code in fields["codes"]:
                self._refusals.add(
                    1, {"innovationhub.command": fields["command"], "innovationhub.code": code}
                )
        elif event in OUTCOMES:
            attributes = {
                "innovationhub.channel": fields["channel"],
                "innovationhub.message_kind": fields["message_kind"],
                "innovationhub.outcome": OUTCOMES[event],
            }
            self._messages.add(1, attributes)
