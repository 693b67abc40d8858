"""Notify's client for one message: what it leaves to the HTTP library is set here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from notifications_python_client.notifications import NotificationsAPIClient
from requests.adapters import HTTPAdapter

from innovationhub_govuk_notify.address import Address

__all__ = ["connected"]

CONNECT = 5.0
"""Seconds for reaching one of the machines behind Notify's name."""


class _Closing(HTTPAdapter):
    """Closes its connections when it is closed, where the library leaves that to when they are collected."""

    def __init__(self) -> None:
        super().__init__()
        self._pools: list[Any] = []

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        """As the library does it."""
        self._pools.append(super().get_connection_with_tls_context(*args, **options))
        return self._pools[-1]

    def close(self) -> None:
        """Close what is idle; what is in use goes when its request ends."""
        for pool in self._pools:
            pool.close()
        super().close()


@contextmanager
def connected(address: Address, key: str) -> Iterator[Any]:
    """A client of Notify's for as long as the block lasts. It has no types, so neither has this."""
    client: Any = NotificationsAPIClient(  # type: ignore[no-untyped-call]
        key,
        base_url=address.url,
        timeout=(min(CONNECT, address.timeout), address.timeout),
    )
    session: requests.Session = client.request_session
    # a redirect would hand the message on to whoever is named in it
    session.max_redirects = 0
    # else the password of a .netrc file would take the place of the token
    session.auth = _as_it_is
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Closing())
    try:
        yield client
    finally:
        session.close()


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
