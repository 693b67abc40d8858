"""A mail server for each test, and certificates that are made for it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import attrs
import pytest
import trustme

from on_smtp.server import MailServer

PASSWORD = "s3cret wörd"  # noqa: S105
QUOTED = "s3cret%20w%C3%B6rd"


@attrs.frozen
class Certificates:
    """An authority of our own, and what it says of a server at 127.0.0.1."""

    context: ssl.SSLContext
    elsewhere: ssl.SSLContext
    """The same for another name."""
    cafile: Path


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    authority = trustme.CA()
    cafile = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(cafile)
    contexts = []
    for name in ("127.0.0.1", "other.example"):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(name).configure_cert(context)
        contexts.append(context)
    return Certificates(contexts[0], contexts[1], cafile)


MakeServer = Callable[..., MailServer]


@pytest.fixture
def make_server() -> Iterator[MakeServer]:
    with ExitStack() as stack:

        def make(**options: Any) -> MailServer:
            return stack.enter_context(MailServer(**options).running())

        yield make


@pytest.fixture
def server(make_server: MakeServer) -> MailServer:
    """Takes everything, in the clear."""
    return make_server()


def plain(server: MailServer, **options: str) -> str:
    """The address of a server that is spoken to in the clear."""
    told = "".join(f"&{name}={value}" for name, value in options.items())
    return f"smtp://127.0.0.1:{server.port}?from=Innovation Hub <hub@trust.example>&tls=none{told}"
