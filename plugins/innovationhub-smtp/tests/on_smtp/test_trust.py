"""TLS and passwords: nothing goes to whom we do not know, and nothing in the clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from innovationhub.protocols import Later, Sent
from innovationhub_smtp.outcomes import LOCKED_OUT
from on_smtp.conftest import PASSWORD, QUOTED, Certificates, MakeServer
from on_smtp.server import MailServer
from on_smtp.test_sending import assert_sent, opened, said

USERS = {"hub": PASSWORD}


def url(server: MailServer, certificates: Certificates | None, login: str = "", more: str = "") -> str:
    scheme = "smtps" if server.wrapped else "smtp"
    trusted = f"&cafile={certificates.cafile}" if certificates else ""
    return f"{scheme}://{login}127.0.0.1:{server.port}?from=hub@trust.example{trusted}{more}"


def test_a_server_without_starttls_is_told_nothing(server: MailServer, certificates: Certificates) -> None:
    """Unless told otherwise; whoever takes the offer out of its answer gets no password that way."""
    with opened(url(server, certificates, f"hub:{QUOTED}@")) as channel:
        assert said(channel, "1") == Later("the server offers no STARTTLS", down=True)
    assert server.commands == ["EHLO"]


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_server_that_nobody_vouches_for_is_told_nothing(
    make_server: MakeServer, certificates: Certificates, wrapped: bool
) -> None:
    """By an authority of its own, or with a certificate for another name."""
    unknown = make_server(context=certificates.context, wrapped=wrapped, users=USERS)
    elsewhere = make_server(context=certificates.elsewhere, wrapped=wrapped, users=USERS)
    for server, trusted in ((unknown, None), (elsewhere, certificates)):
        with opened(url(server, trusted, f"hub:{QUOTED}@")) as channel:
            assert said(channel, "1") == Later("the certificate is not to be trusted at TLS", down=True)
        assert "AUTH" not in server.commands
        assert server.delivered == []


def test_what_was_said_before_tls_is_not_heard_after_it(
    make_server: MakeServer, certificates: Certificates
) -> None:
    """Lines that somebody on the way put behind the answer to STARTTLS are not the answer to what comes next."""
    server = make_server(context=certificates.context, users=USERS)
    server.faults.injected = "250-evil.example\r\n250 AUTH EVIL"
    with opened(url(server, certificates, f"hub:{QUOTED}@")) as channel:
        assert_sent(channel, "1")
    assert server.delivered[0].user == "hub"


@pytest.mark.parametrize("excluded", [(), ("PLAIN",)])
def test_it_logs_in_by_the_ways_that_there_are(
    make_server: MakeServer, certificates: Certificates, excluded: tuple[str, ...]
) -> None:
    """PLAIN, or LOGIN where that is all there is; in letters of any script."""
    server = make_server(context=certificates.context, users=USERS, auth_exclude_mechanism=excluded)
    with opened(url(server, certificates, f"hub:{QUOTED}@")) as channel:
        assert_sent(channel, "1")
    assert server.delivered[0].user == "hub"


def test_a_server_with_other_ways_is_left(make_server: MakeServer, certificates: Certificates) -> None:
    """The password is not sent by a way that we do not know."""
    server = make_server(context=certificates.context, users=USERS, auth_exclude_mechanism=("PLAIN", "LOGIN"))
    with opened(url(server, certificates, f"hub:{QUOTED}@")) as channel:
        why = "the server offers no way to log in that we know"
        assert said(channel, "1") == Later(why, LOCKED_OUT, down=True)
    assert "AUTH" not in server.commands


@pytest.mark.parametrize("excluded", [(), ("PLAIN",)])
def test_a_wrong_password_is_not_tried_often(
    make_server: MakeServer, certificates: Certificates, excluded: tuple[str, ...]
) -> None:
    """The channel is down, for a while; nobody is given up."""
    server = make_server(context=certificates.context, users=USERS, auth_exclude_mechanism=excluded)
    with opened(url(server, certificates, "hub:wrong@")) as channel:
        assert said(channel, "1") == Later("535 5.7.8 at AUTH", LOCKED_OUT, down=True)
    assert server.commands.count("AUTH") == 1


def test_no_login_where_one_is_needed(make_server: MakeServer, certificates: Certificates) -> None:
    """It is the channel's fault, and no recipient's."""
    server = make_server(context=certificates.context, users=USERS)
    with opened(url(server, certificates)) as channel:
        outcome = said(channel, "1")
        assert outcome == Later("530 5.7.0 at MAIL", LOCKED_OUT, down=True)


def test_a_password_can_be_changed_while_the_channel_is_open(
    make_server: MakeServer, certificates: Certificates, tmp_path: Path
) -> None:
    """The file is read at each connection; while it is not there the channel is down."""
    server = make_server(context=certificates.context, users=USERS)
    file = tmp_path / "s3cret-file"
    file.write_text("old", encoding="utf-8")
    with opened(url(server, certificates, "hub@", f"&password_file={file}&messages=1")) as channel:
        assert isinstance(said(channel, "1"), Later)
        file.write_text(PASSWORD, encoding="utf-8")
        assert_sent(channel, "1")
        file.unlink()
        outcome = said(channel, "2")
        assert isinstance(outcome, Later)
        assert outcome.down
        assert "s3cret" not in outcome.why
        file.write_text(PASSWORD, encoding="utf-8")
        assert isinstance(said(channel, "2"), Sent)
