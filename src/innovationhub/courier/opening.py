"""Opening channels: by their addresses, as a store is opened, and each with an outbox of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from innovationhub.domain.messages import Message, MessageKind
from innovationhub.domain.settings import HubSettings
from innovationhub.engine import Engine
from innovationhub.errors import Invalid
from innovationhub.protocols.channel import Channel, ChannelOpener

if TYPE_CHECKING:
    from innovationhub.courier.outbox import Outbox
    from innovationhub.courier.rendering import Templates

__all__ = ["open_outboxes", "preview", "templates_of"]


def open_outboxes(
    engine: Engine, openers: Mapping[str, ChannelOpener], addresses: Sequence[str], templates: Path | None
) -> Mapping[str, Outbox]:
    """The outbox of each channel, by its scheme. Connects to nothing yet.

    Raises `Invalid` naming `channels` for an address that no plugin opens or a scheme that is there twice, what the
    opener raises, and `Invalid` naming `templates`.
    """
    if not addresses:
        return {}
    made = templates_of(templates)
    # here, so that a hub without channels loads no templates' library
    from innovationhub.courier.outbox import Outbox  # noqa: PLC0415

    found: dict[str, Outbox] = {}
    try:
        for address in addresses:
            scheme = address.partition(":")[0] if isinstance(address, str) else ""
            if scheme in found:
                raise Invalid("channels", f"must name each channel once; {scheme} is there twice", scheme)
            found[scheme] = Outbox(scheme, _opened(openers, scheme, address), engine, made)
    except BaseException:
        for each in found.values():
            with suppress(Exception):
                each.channel.close()
        raise
    return found


def templates_of(folder: Path | None) -> Templates:
    """The templates of a hub. Raises `Invalid`: `templates`, or `channels` where the library for them is missing."""
    try:
        from innovationhub.courier.rendering import Templates  # noqa: PLC0415  # as above
    except ModuleNotFoundError as error:
        if error.name not in {"jinja2", "markupsafe"}:
            raise
        message = "need one more package, to make messages: install innovationhub[messages]"
        raise Invalid("channels", message) from None
    return Templates(folder)


def preview(kind: MessageKind, hub: HubSettings, starts: datetime, folder: Path | None) -> Message:
    """What a message of that kind looks like. Raises `Invalid` naming `templates` where its template is at fault."""
    made = templates_of(folder)
    from innovationhub.courier.rendering import Unrenderable  # noqa: PLC0415  # as above
    from innovationhub.courier.samples import sample  # noqa: PLC0415

    try:
        return sample(kind, hub, starts, made)
    except Unrenderable as error:
        raise Invalid("templates", str(error), str(folder)) from None


def _opened(openers: Mapping[str, ChannelOpener], scheme: str, address: str) -> Channel:
    opener = openers.get(scheme)
    if opener is None:
        known = ", ".join(f"{name}:" for name in sorted(openers))
        # the rest of an address may hold a password
        message = f"must be addresses such as smtp://mail.trust.example ({known}); got {scheme!r}"
        raise Invalid("channels", message, scheme)
    return opener(address)
