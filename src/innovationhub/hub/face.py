"""`Hub`: what a program imports. Its parts are by what one does with it; every command goes through the engine."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs

from innovationhub.domain.fields import listed
from innovationhub.engine import Clock
from innovationhub.errors import Invalid
from innovationhub.hub.agreeing import opened
from innovationhub.hub.door import Door
from innovationhub.hub.extending import Extending
from innovationhub.hub.figuring import Figuring
from innovationhub.hub.knowing import Knowing
from innovationhub.hub.looking import Looking
from innovationhub.hub.messaging import Messaging
from innovationhub.hub.part import system_clock
from innovationhub.hub.programming import Programming
from innovationhub.hub.reserving import Reserving
from innovationhub.hub.upkeep import Upkeep
from innovationhub.hub.workshops import Workshops
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import StoreRequest

__all__ = ["Hub", "Settings"]


def _addresses(value: Iterable[str]) -> tuple[str, ...]:
    return listed("channels", value)


@attrs.frozen
class Settings:
    """How a hub is opened.

    `discover`: whether to load the plugins that are installed on this machine. `channels` are the addresses by which
    its messages go out, such as `smtp://mail.trust.example`; none: it sends none. `templates` is a folder of message
    templates that take the place of the package's. `lms` is the address of the trust's learning-management system, such
    as `moodle+https://lms.trust.example`. Addresses begin with what a plugin declares, and may hold secrets.
    """

    discover: bool = True
    channels: tuple[str, ...] = attrs.field(
        default=(), converter=_addresses, repr=False
    )  # may hold passwords
    templates: Path | None = None
    lms: str | None = attrs.field(default=None, repr=False)


class Hub(Programming, Knowing, Reserving, Looking, Door, Workshops, Messaging, Figuring, Upkeep, Extending):
    """A trust's innovation hub on one store. Safe to use from several threads; several processes may share a store.

    Every command takes `request_id` (the same id gets the same answer, for ever, and acts once) and `actor` (who does
    it: a person's id, or any name, of which the journal keeps a pseudonym; the person concerned unless told). Commands
    commit before they return. They raise `Refused` when the rules say no, `NotFound` for what is not there, `Invalid`
    for what the caller got wrong, `PluginError` and `Unavailable`; then nothing was changed, but for `Unavailable`
    with `outcome_known` False.
    """

    @classmethod
    def open(
        cls,
        url: str = "memory:",
        *,
        plugins: Iterable[object] = (),
        clock: Clock | None = None,
        settings: Settings | None = None,
    ) -> Self:
        """Open the hub at a store's address: `sqlite:///hub.db`, `memory:`, or what a plugin declares.

        `plugins` are modules or objects with hooks, besides those installed; `clock` is any callable that gives an
        aware datetime. A new store is made where there is none, and a channel that is new to the hub sends what happens
        from now on. Raises `Invalid` naming `store`, for an address or a file that cannot be a hub's, `channels`,
        `templates` or `lms`, `PluginError`, and `Unavailable` when the store cannot be reached.
        """
        settings = settings or Settings()
        registry = load(plugins, discover=settings.discover)
        scheme = url.partition(":")[0] if isinstance(url, str) else ""
        opener = registry.stores.get(scheme)
        if opener is None:
            known = ", ".join(f"{name}:" for name in sorted(registry.stores))
            # the rest of an address may hold a password
            raise Invalid(
                "store",
                f"must be an address such as sqlite:///hub.db ({known} or a plugin's); got {scheme!r}",
                scheme,
            )
        store = opener(StoreRequest(url, (*CORE_RECORDS, *registry.records.values())))
        try:
            hub = cls(store, registry, clock or system_clock, settings.channels, settings.templates)
            hub._lms = opened(registry, settings.lms)
            hub._courier.begin()
            return hub
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Let go of the store, the channels and the LMS. Using the hub afterwards raises `Unavailable`."""
        try:
            self._courier.close()
            if self._lms is not None:
                self._lms.close()
        finally:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
