"""Receipts: what Notify says later about a message, to an address of ours that somebody else serves.

Notify sends a POST for each e-mail and text that was delivered or failed, with a bearer token that one chose there. A
request answered with 429 or 5xx, or not at all, comes again up to five times, five minutes apart.

Nothing here serves HTTP: whoever does hands over a header and a body, and answers by what is returned or raised.
"""

from __future__ import annotations

import hashlib
import hmac
import json

import attrs

from innovationhub import Hub, HubError, Invalid, NotFound

__all__ = ["FEWEST_CHARACTERS", "LARGEST", "NotFromNotify", "Receipt", "note_receipt", "read_receipt"]

LARGEST = 64 * 1024
"""Bytes of a receipt, which has ten short values."""

FEWEST_CHARACTERS = 10
"""Of a token: Notify takes no shorter one."""

OUTCOMES = {
    "delivered": True,
    "permanent-failure": False,
    "temporary-failure": False,
    "technical-failure": False,
}
"""The statuses that a receipt may have, and whether the message has reached somebody."""


class NotFromNotify(HubError):
    """A request without the token that Notify was given: answer it with 401, and take no note of it."""


@attrs.frozen
class Receipt:
    """What became of the message with a `key`. `why` is a status of Notify's, "" when it was delivered.

    `reference` is Notify's id of the message: what `Sent.reference` was.
    """

    key: str
    delivered: bool
    why: str = ""
    reference: str = ""


def read_receipt(authorization: str | None, body: bytes | str, *, token: str) -> Receipt | None:
    """What a receipt says: `authorization` is the request's header of that name, `token` the one Notify was given.

    None for what is genuine and of no use here: a message without a reference, a text that somebody sent, a status that
    is not final. Changes nothing. Raises `NotFromNotify` without the right token, and `Invalid` naming `token` for one
    that Notify would not take, `body` for what is no receipt.
    """
    if len(token) < FEWEST_CHARACTERS:
        raise Invalid(
            "token", f"must be the callback's token in Notify, {FEWEST_CHARACTERS} characters or more"
        )
    scheme, _, given = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(_digest(given.strip()), _digest(token)):
        raise NotFromNotify("the request does not have the token that Notify was given")
    if len(body) > LARGEST:
        raise Invalid("body", f"must be a receipt of Notify's, {LARGEST} bytes at most")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        # not chained: what was sent names somebody
        raise Invalid("body", "must be a receipt of Notify's, in JSON")
    key, status = told.get("reference"), told.get("status")
    if not isinstance(key, str) or not key or not isinstance(status, str) or status not in OUTCOMES:
        return None
    delivered = OUTCOMES[status]
    return Receipt(key, delivered, "" if delivered else status, str(told.get("id") or ""))


def note_receipt(hub: Hub, authorization: str | None, body: bytes | str, *, token: str) -> Receipt | None:
    """Read a receipt, and let the hub take note of it (`Hub.report_delivery`). Commits.

    None where there is nothing to note, as in `read_receipt`, and for a message that is not this hub's: others may use
    the same service of Notify's. Raises as `read_receipt` does, and what the hub raises: at `Unavailable` answer with
    503, and the receipt comes again.
    """
    receipt = read_receipt(authorization, body, token=token)
    if receipt is None:
        return None
    try:
        hub.report_delivery(receipt.key, delivered=receipt.delivered, why=receipt.why)
    except NotFound:
        return None
    except Invalid as error:
        if error.field != "message_id":
            raise
        return None  # no reference of ours looks like this
    return receipt


def _digest(text: str) -> bytes:
    """Of one length whatever the text, so that comparing takes one time."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
