"""Messages through GOV.UK Notify: `govuk-notify-email://?…` and `govuk-notify-text://?…` as addresses of channels.

Notify's client is loaded when such an address is opened: having this package installed costs other hubs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from innovationhub import hookimpl
from innovationhub.protocols.channel import Channel, ChannelOpener
from innovationhub_govuk_notify.receipts import NotFromNotify, Receipt, note_receipt, read_receipt

__all__ = [
    "NotFromNotify",
    "Receipt",
    "innovationhub_channels",
    "note_receipt",
    "open_govuk_notify",
    "read_receipt",
]


def open_govuk_notify(address: str) -> Channel:
    """Open the channel at an address such as `govuk-notify-email://?key_env=NOTIFY_KEY&template=…`.

    Reads the API key and the file of templates that the address names, and connects to nothing. Raises `Invalid` naming
    `channel` when the address or one of these cannot be used; no message repeats a part that may be secret.
    """
    from innovationhub_govuk_notify.channel import GovukNotify  # noqa: PLC0415  # loads the client

    return GovukNotify(address)


@hookimpl
def innovationhub_channels() -> Mapping[str, ChannelOpener]:
    """`govuk-notify-email://?…` and `govuk-notify-text://?…`."""
    return {"govuk-notify-email": open_govuk_notify, "govuk-notify-text": open_govuk_notify}
