"""TLS: `verify-full` talks to the server that the certificate names, and to nobody else.

libpq does the work. What is tested is that the address reaches it whole, that a server which is not the right one is
refused before any password is sent, and that the message says why. PostgreSQL must be built with TLS: the package for
tests is not, the machine's usually is.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import trustme

from innovationhub import Unavailable
from innovationhub.protocols.store import StoreRequest
from innovationhub.testing.samples import Sample
from innovationhub_postgresql import open_postgresql
from on_postgresql.conftest import small_hub
from on_postgresql.server import Server, programs
from tests.support import TASTER, crowd

NAME = "db.trust.example"
SECRET = "s3cret-w0rd"  # noqa: S105


class Secured:
    """A server that lets in only who comes over TLS with a password, under a certificate of an authority of ours."""

    def __init__(self, folder: Path) -> None:
        self.authority, self.stranger = trustme.CA(), trustme.CA()
        self.root, self.other = folder / "root.pem", folder / "other.pem"
        self.authority.cert_pem.write_to_path(self.root)
        self.stranger.cert_pem.write_to_path(self.other)
        self.server = Server(tls=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.server.start()
        with self.server.session() as session:
            session.execute(f"CREATE ROLE hub_app LOGIN SUPERUSER PASSWORD '{SECRET}'")
        (self.server.data / "pg_hba.conf").write_text(
            "local all hub trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n", encoding="utf-8"
        )

    def start(self, *, until: datetime | None = None, tls: bool = True) -> None:
        """Start it anew, with a certificate that is good until then."""
        self.server.stop()
        issued = self.authority.issue_cert(NAME, not_after=until)
        for blob, name in ((issued.cert_chain_pems[0], "server.crt"), (issued.private_key_pem, "server.key")):
            file = self.server.data / name
            blob.write_to_path(file)
            file.chmod(0o600)
            if self.server.user:
                shutil.chown(file, self.server.user)
        # "postgres" finds both names by itself, in its folder
        self.server.start(ssl="on" if tls else "off", listen_addresses="127.0.0.1", port=str(self.port))

    def url(self, host: str = NAME, *, root: Path | None = None, **options: str) -> str:
        told = {"sslmode": "verify-full", "sslrootcert": str(root or self.root), **options}
        # the name is what is verified; where it is needs no name service
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in told.items())
        return f"postgresql://hub_app:{SECRET}@{host}:{self.port}/postgres?hostaddr=127.0.0.1&{query}"

    def refusal(self, url: str) -> str:
        """What is said when it cannot be opened, with everything that a log would show of the error."""
        with pytest.raises(Unavailable) as told:
            open_postgresql(StoreRequest(url, (Sample,)))
        assert told.value.outcome_known
        assert SECRET not in f"{told.value} {told.value.__cause__!r} {vars(told.value)}"
        return str(told.value)


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    if programs(tls=True) is None:
        pytest.skip("no PostgreSQL here that was built with TLS: name one with INNOVATIONHUB_POSTGRES_BIN")
    secured = Secured(tmp_path_factory.mktemp("authorities"))
    try:
        yield secured
    finally:
        secured.server.remove()


@pytest.fixture
def good(secured: Secured) -> Secured:
    """With a certificate as it should be."""
    secured.start()
    return secured


def test_the_right_server_is_talked_to_over_tls(good: Secured) -> None:
    """Authority and name are right: the hub books, and every connection of it is encrypted."""
    with small_hub(good.url()) as hub:
        assert hub.book(TASTER, crowd(hub, 1)[0]).status == "confirmed"
        with good.server.session(port=good.port) as session:
            rows = session.execute(
                "SELECT ssl, version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                " WHERE application_name = 'innovationhub'"
            ).fetchall()
        assert set(rows) == {(True, "TLSv1.3")}
        assert hub.audit() == []


def test_a_wrong_name_is_refused(good: Secured) -> None:
    """A certificate of the right authority for another host: somebody else's server, or a name mistyped."""
    said = good.refusal(good.url("other.example"))
    assert 'certificate for "db.trust.example"' in said
    assert 'does not match host name "other.example"' in said


def test_an_unknown_authority_is_refused(good: Secured) -> None:
    """Anybody can make a certificate with the right name."""
    assert "certificate verify failed" in good.refusal(good.url(root=good.other))


def test_a_root_that_is_not_there_is_said(good: Secured) -> None:
    """Without it nothing can be verified, and nothing is sent."""
    said = good.refusal(good.url(root=good.root.with_name("missing.pem")))
    assert "root certificate file" in said
    assert "does not exist" in said


def test_a_certificate_that_has_run_out_is_refused(secured: Secured) -> None:
    """However right it was."""
    secured.start(until=datetime.now(UTC) - timedelta(days=1))
    assert "certificate verify failed" in secured.refusal(secured.url())


def test_a_server_without_tls_is_refused(secured: Secured) -> None:
    """There is no falling back to a plain line."""
    secured.start(tls=False)
    assert "server does not support SSL" in secured.refusal(secured.url())


def test_who_comes_without_tls_is_not_let_in(good: Secured) -> None:
    """`hostssl` in pg_hba.conf, as the page says: the server insists as well."""
    assert "no encryption" in good.refusal(good.url(sslmode="disable"))
    assert "password authentication failed" in good.refusal(good.url().replace(SECRET, "wrong"))
