"""Opening channels: by their addresses, as a store is opened, and each with an outbox of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from innovationhub.domain.deciding import blame
from innovationhub.domain.messages import Message, message_kind
from innovationhub.domain.saying import Sayers
from innovationhub.domain.settings import HubSettings
from innovationhub.domain.telling import Tellers
from innovationhub.engine import Engine
from innovationhub.errors import Invalid, PluginError
from innovationhub.protocols.channel import Channel, ChannelOpener
from innovationhub.protocols.keeper import Keeper, SupportsMessages

if TYPE_CHECKING:
    from innovationhub.courier.outbox import Outbox
    from innovationhub.courier.rendering import Templates

__all__ = ["open_outboxes", "own_templates", "preview", "tellers_of", "templates_of"]


def open_outboxes(
    engine: Engine, openers: Mapping[str, ChannelOpener], addresses: Sequence[str], templates: Path | None
) -> Mapping[str, Outbox]:
    """The outbox of each channel, by its scheme. Connects to nothing yet.

    Raises `Invalid` naming `channels` for an address that no plugin opens or a scheme that is there twice, what the
    opener raises, and `Invalid` naming `templates`.
    """
    if not addresses:
        return {}
    made = templates_of(templates, engine.keepers)
    # here, so that a hub without channels loads no templates' library
    from innovationhub.courier.outbox import Outbox  # noqa: PLC0415

    found: dict[str, Outbox] = {}
    try:
        for address in addresses:
            scheme = address.partition(":")[0] if isinstance(address, str) else ""
            if scheme in found:
                raise Invalid("channels", f"must name each channel once; {scheme} is there twice", scheme)
            found[scheme] = Outbox(
                scheme, _opened(openers, scheme, address), engine, made, *_own(engine.keepers)
            )
    except BaseException:
        for each in found.values():
            with suppress(Exception):
                each.channel.close()
        raise
    return found


def tellers_of(keepers: Mapping[str, Keeper]) -> Tellers:
    """Which plugins say what their entries call for."""
    return {name: each.calls for name, each in keepers.items() if isinstance(each, SupportsMessages)}


def _own(keepers: Mapping[str, Keeper]) -> tuple[Tellers, Sayers]:
    sayers = {name: each.say for name, each in keepers.items() if isinstance(each, SupportsMessages)}
    return tellers_of(keepers), sayers


def own_templates(keepers: Mapping[str, Keeper]) -> Mapping[str, str]:
    """The templates of plugins' own messages, by kind. Raises `PluginError` for a kind that is not the plugin's."""
    found: dict[str, str] = {}
    for name, keeper in keepers.items():
        if isinstance(keeper, SupportsMessages):
            made = blame(name, lambda: dict(keeper.templates))  # noqa: B023  # called at once
            for kind in made:
                if not kind.startswith(f"{name}-"):
                    message = f'has a message of the kind {kind!r}: its kinds begin with "{name}-"'
                    raise PluginError(name, message)
            found |= made
    return found


def templates_of(folder: Path | None, keepers: Mapping[str, Keeper]) -> Templates:
    """The templates of a hub and its plugins.

    Raises `Invalid`: `templates`, or `channels` where the library for them is missing; `PluginError`.
    """
    try:
        from innovationhub.courier.rendering import Templates  # noqa: PLC0415  # as above
    except ModuleNotFoundError as error:
        if error.name not in {"jinja2", "markupsafe"}:
            raise
        message = "need one more package, to make messages: install innovationhub[messages]"
        raise Invalid("channels", message) from None
    return Templates(folder, own_templates(keepers))


def preview(
    kind: str, hub: HubSettings, starts: datetime, folder: Path | None, keepers: Mapping[str, Keeper]
) -> Message:
    """What a message of that kind looks like. Raises `Invalid` naming `templates` where its template is at fault."""
    made = templates_of(folder, keepers)
    from innovationhub.courier.rendering import Unrenderable  # noqa: PLC0415  # as above
    from innovationhub.courier.samples import sample  # noqa: PLC0415

    try:
        return sample(message_kind(kind), hub, starts, made, keepers)
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
