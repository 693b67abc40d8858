"""A channel through GOV.UK Notify: one request for a message, and a look whether it has gone before any second one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from notifications_python_client.errors import APIError

from innovationhub import Invalid
from innovationhub.protocols.channel import Later, Message, Never, Outcome, Sent
from innovationhub_govuk_notify.address import parse_address
from innovationhub_govuk_notify.connecting import connected
from innovationhub_govuk_notify.failures import failure_of
from innovationhub_govuk_notify.patience import Overdue, Patience
from innovationhub_govuk_notify.personalisation import personalisation

__all__ = ["GovukNotify"]

LONGEST = 25.0
"""Seconds that a request may take in all: there are two at most, and an answer is due within a minute."""

FAILED = frozenset({"permanent-failure", "temporary-failure", "technical-failure", "failed"})
"""Statuses of what has not reached anybody, and does not any more."""

_REFERENCE = re.compile(r"[\x20-\x7e]{1,200}\Z")


def _now() -> datetime:
    return datetime.now(UTC)


class GovukNotify:
    """See `protocols.channel.Channel`.

    Notify has no idempotency key: the same reference twice is two messages. So after an answer that was lost, in this
    process or (`attempt`) in any, Notify is asked for what it has under the reference before anything is sent. An
    answer that was lost counts as an attempt; `down` is only what certainly had no effect.

    The client is not thread-safe, and connections do not survive a fork: each message has a client of its own.
    """

    def __init__(self, address: str, clock: Callable[[], datetime] = _now) -> None:
        self._address = parse_address(address)
        self._clock = clock
        self._patience = Patience(LONGEST)
        self._lost = False
        self._closed = False

    def __repr__(self) -> str:
        return f"GovukNotify({self._address.by.word})"

    def send(self, message: Message) -> Outcome:
        """Hand over one message. `Sent.reference` is Notify's id of it."""
        by = self._address.by
        to = (message.to.email if by.type == "email" else message.to.phone).strip()
        template = self._address.templates.of(message.kind)
        if self._closed:
            return Later("the channel is closed", down=True)
        if not to or not to.isprintable():
            return Never(by.lacking)
        if not template:
            return Never(f"no template for messages of the kind {message.kind}")
        if not _REFERENCE.match(message.key):
            return Never("its key cannot be a reference")
        try:
            key = self._address.key.read()
        except Invalid:
            return Later("the API key cannot be read", down=True)
        with connected(self._address, key) as client:
            known = self._known(client, message) if message.attempt > 1 or self._lost else None
            return known or self._posted(client, message, to, template)

    def close(self) -> None:
        """Nothing is kept open between messages."""
        self._closed = True

    def _known(self, client: Any, message: Message) -> Outcome | None:
        """What Notify has under this reference. None where it has nothing, or only what failed."""
        by = self._address.by
        try:
            answer = self._patience.call(
                lambda: client.get_all_notifications(template_type=by.type, reference=message.key)
            )
            found = [each for each in answer["notifications"] if each["reference"] == message.key]
            going = [str(each["id"]) for each in found if each["status"] not in FAILED]
        except APIError as error:
            outcome = failure_of(error, self._clock()).outcome
            wait = outcome.wait if isinstance(outcome, Later) else None
            return Later(f"asked what has gone: {outcome.why}", wait=wait, down=True)
        except (KeyError, TypeError):
            return Later("asked what has gone: what answers is not Notify", down=True)
        except Overdue:
            return Later("asked what has gone: no answer in time", down=True)
        self._lost = False
        return Sent(going[0]) if going else None

    def _posted(self, client: Any, message: Message, to: str, template: str) -> Outcome:
        """Send it, and say what became of it."""
        values, setting = personalisation(message), self._address.setting_id or None

        def post() -> Any:
            if self._address.by.type == "email":
                return client.send_email_notification(
                    to, template, values, reference=message.key, email_reply_to_id=setting
                )
            return client.send_sms_notification(
                to, template, values, reference=message.key, sms_sender_id=setting
            )

        try:
            return Sent(str(self._patience.call(post)["id"]))
        except APIError as error:
            failure = failure_of(error, self._clock())
            self._lost = not failure.sure
            return failure.outcome
        except (KeyError, TypeError):
            self._lost = True
            return Later("what answers is not Notify")
        except Overdue as overdue:
            self._lost = overdue.begun
            return Later("no answer in time", down=not overdue.begun)
