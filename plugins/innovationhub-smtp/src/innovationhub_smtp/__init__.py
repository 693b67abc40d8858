"""Messages by e-mail: `smtp://…` and `smtps://…` as addresses of a channel.

What sends and writes calendars is loaded when such an address is opened, so that having this package installed costs
other hubs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from innovationhub import hookimpl
from innovationhub.protocols.channel import Channel, ChannelOpener

__all__ = ["innovationhub_channels", "innovationhub_commands", "open_smtp"]


def open_smtp(address: str) -> Channel:
    """Open the channel at an address of a mail server; nothing is connected to before the first message.

    Raises `Invalid` naming `channel` for an address that cannot be one, or whose password cannot be read.
    """
    from innovationhub_smtp.channel import open_channel  # noqa: PLC0415  # loads what sends and writes calendars

    return open_channel(address)


@hookimpl
def innovationhub_channels() -> Mapping[str, ChannelOpener]:
    """`smtp://…`, upgraded to TLS, and `smtps://…`, in TLS from the start."""
    return {"smtp": open_smtp, "smtps": open_smtp}


def _demo() -> object:
    from innovationhub_smtp.demo import demo_messages  # noqa: PLC0415  # loads click, and a mail server

    return demo_messages


@hookimpl
def innovationhub_commands() -> Mapping[str, Callable[..., object]]:
    """`demo-messages`; it needs the extra `demo`."""
    return {"demo-messages": _demo}
