"""`Hub`: what a program imports. Its parts are by what one does with it; every command goes through the engine."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Self

import attrs

from innovationhub.engine import Clock
from innovationhub.errors import Invalid
from innovationhub.hub.changing import Changing
from innovationhub.hub.door import Door
from innovationhub.hub.extending import Extending
from innovationhub.hub.knowing import Knowing
from innovationhub.hub.looking import Looking
from innovationhub.hub.part import system_clock
from innovationhub.hub.programming import Programming
from innovationhub.hub.reserving import Reserving
from innovationhub.hub.upkeep import Upkeep
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import StoreRequest

__all__ = ["Hub", "Settings"]


@attrs.frozen
class Settings:
    """How a hub is opened. `discover`: whether to load the plugins that are installed on this machine."""

    discover: bool = True


class Hub(Programming, Knowing, Reserving, Looking, Door, Changing, Upkeep, Extending):
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
        aware datetime. Raises `Invalid` naming `store` for an address or a file that cannot be a hub's, `PluginError`,
        and `Unavailable` when the store cannot be reached. A new store is made where there is none.
        """
        registry = load(plugins, discover=(settings or Settings()).discover)
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
            return cls(store, registry, clock or system_clock)
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Let go of the store. Using the hub afterwards raises `Unavailable`."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
