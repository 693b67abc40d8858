"""A hub in PostgreSQL: `postgresql://…` and `postgres://…` as addresses of a store.

The driver is loaded when such an address is opened, so that having this package installed costs other hubs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from innovationhub import hookimpl
from innovationhub.protocols.store import Store, StoreOpener, StoreRequest

__all__ = ["innovationhub_stores", "open_postgresql"]


def open_postgresql(request: StoreRequest) -> Store:
    """Open the hub at an address of PostgreSQL, and make or bring up to date what it lacks there.

    Raises `Invalid` naming `store` for an address or a schema that cannot be a hub's, or one made by a newer version;
    `Unavailable` when the server cannot be reached, or does not let us do what is needed.
    """
    from innovationhub_postgresql.store import open_store  # noqa: PLC0415  # loads the driver

    return open_store(request)


@hookimpl
def innovationhub_stores() -> Mapping[str, StoreOpener]:
    """`postgresql://…`, also written `postgres://…`."""
    return {"postgresql": open_postgresql, "postgres": open_postgresql}
