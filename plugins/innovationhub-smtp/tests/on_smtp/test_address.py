"""Addresses: what can be said in one, and that no message repeats a password."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from innovationhub import Hub, Invalid
from innovationhub_smtp import innovationhub_channels, open_smtp
from innovationhub_smtp.address import parse_address
from on_smtp.conftest import PASSWORD, QUOTED

FROM = "from=hub@trust.example"


def test_what_is_not_said_has_sensible_values() -> None:
    """TLS, the ports for handing in mail, every wait bounded."""
    starting, wrapped = (
        parse_address(f"{scheme}://mail.trust.example?{FROM}") for scheme in ("smtp", "smtps")
    )
    assert (starting.port, starting.tls, starting.wrapped) == (587, True, False)
    assert (wrapped.port, wrapped.tls, wrapped.wrapped) == (465, True, True)
    assert (starting.timeout, starting.messages, starting.login) == (30, 50, None)
    assert (starting.mailbox, starting.name) == ("hub@trust.example", "")


def test_everything_can_be_said() -> None:
    """A plus is a plus, as in mail addresses; a space is %20, or itself."""
    made = parse_address(
        "smtp://relay.internal:25/?from=Our%20Hub%20%3Chub+noreply@trust.example%3E&tls=none&timeout=2.5"
        "&messages=7&helo=app.trust.example"
    )
    assert (made.host, made.port, made.tls) == ("relay.internal", 25, False)
    assert (made.mailbox, made.name) == ("hub+noreply@trust.example", "Our Hub")
    assert (made.timeout, made.messages, made.helo) == (2.5, 7, "app.trust.example")
    assert parse_address(f"smtp://[::1]:2525?{FROM}").host == "::1"
    assert parse_address('smtp://h?from="Hub, here" <hub@trust.example>').name == "Hub, here"


def test_a_password_comes_from_one_of_three_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last two are read anew each time, so that a password can be changed while the hub is open."""
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")
    monkeypatch.setenv("HUB_SMTP", PASSWORD)
    for url in (
        f"smtp://hub%40trust.example:{QUOTED}@mail.trust.example?{FROM}",
        f"smtp://hub%40trust.example@mail.trust.example?{FROM}&password_file={file}",
        f"smtp://hub%40trust.example@mail.trust.example?{FROM}&password_env=HUB_SMTP",
    ):
        login = parse_address(url).login
        assert login is not None
        assert (login.user, login.password()) == ("hub@trust.example", PASSWORD)
        assert "s3cret" not in f"{parse_address(url)!r} {login!r}"
    file.write_text("another", encoding="utf-8")
    login = parse_address(f"smtp://hub@h?{FROM}&password_file={file}").login
    assert login is not None
    file.write_text("yet another", encoding="utf-8")
    assert login.password() == "yet another"


WRONG = {
    "smtp:h": "must be such as",
    "mailto:hub@trust.example": "must be such as",
    "smtp://": "must be such as",
    f"smtp://h h?{FROM}": "must be such as",
    f"smtp://u:s3cret@x@h?{FROM}": "written %40",
    f"smtp://u:s3cret/x@h?{FROM}": "written %40",
    f"smtp://u:s3cret?x@h?{FROM}": "written %40",
    f"smtp://u:s3cret#x@h?{FROM}": "written %40",
    "smtp://u:s3cret@h": "needs the option from",
    "smtp://u:s3cret@h?from=s3cret": "needs the option from",
    "smtp://h?from=hub@trust.example, eve@evil.example": "needs the option from",
    "smtp://h?from=Hub <hub@trust.example> <eve@evil.example>": "needs the option from",
    f"smtp://h?{FROM}&from=eve@evil.example": "an option twice",
    f"smtp://u:s3cret@h?{FROM}&tls=maybe": "option tls",
    f"smtps://u:s3cret@h?{FROM}&tls=none": "option tls",
    f"smtp://u:s3cret@h?{FROM}&tls=none": "in the clear",
    f"smtp://u@h?{FROM}": "needs one password",
    f"smtp://u:@h?{FROM}": "leads to no password",
    f"smtp://u:s3cret@h?{FROM}&password_env=PATH": "needs one password",
    f"smtp://h?{FROM}&password_env=PATH": "no user",
    f"smtp://u@h?{FROM}&password_env=NO_SUCH_VARIABLE": "leads to no password by password_env",
    f"smtp://u@h?{FROM}&password_env=s3cret-word": "environment variable",
    f"smtp://u@h?{FROM}&password_file=/no/such/s3cret": "leads to no password by password_file",
    f"smtp://u:s3cret@h:0?{FROM}": "no port",
    f"smtp://u:s3cret@h:99999?{FROM}": "no port",
    f"smtp://u:s3cret@h?{FROM}&timeout=0": "option timeout",
    f"smtp://u:s3cret@h?{FROM}&timeout=nan": "option timeout",
    f"smtp://u:s3cret@h?{FROM}&timeout=51": "option timeout",
    f"smtp://u:s3cret@h?{FROM}&messages=0.5": "option messages",
    f"smtp://u:s3cret@h?{FROM}&helo=a b": "option helo",
    f"smtp://u:s3cret@h?{FROM}&cafile=/no/such/s3cret": "holds no certificates",
    f"smtp://u:s3cret@h?{FROM}&pasword=s3cret": "has as an option 'pasword'",
    f"smtp://u:s3cret@h?{FROM}&s3cret": "what cannot be the name of one",
}


@pytest.mark.parametrize("url", WRONG)
def test_what_cannot_be_an_address_is_refused(url: str) -> None:
    """Naming `channel`, with what to do, and without a part of a password, wherever it stands."""
    with pytest.raises(Invalid) as invalid:
        open_smtp(url)
    assert invalid.value.field == "channel"
    assert WRONG[url] in str(invalid.value)
    assert (
        "s3cret"
        not in f"{invalid.value} {invalid.value!r} {invalid.value.value!r} {invalid.value.__cause__!r}"
    )


@pytest.mark.parametrize("secret", [b"", b"s3cret\xff", b"x" * 4097])
def test_what_is_no_password_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: bytes
) -> None:
    """Empty, not UTF-8, or without end: when the channel is opened, and not when somebody waits for a message."""
    file = tmp_path / "password"
    file.write_bytes(secret)
    monkeypatch.setenv("HUB_SMTP", os.fsdecode(secret))
    for place in (f"password_file={file}", "password_env=HUB_SMTP"):
        with pytest.raises(Invalid, match="leads to no password") as invalid:
            open_smtp(f"smtp://u@h?{FROM}&{place}")
        assert "s3cret" not in str(invalid.value)


def test_a_channel_cannot_be_written_down_with_its_password() -> None:
    """Nor pickled, into a cache or a queue."""
    channel = open_smtp(f"smtp://u:s3cret@h?{FROM}")
    assert repr(channel) == "<SmtpChannel smtp://h:587>"
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
        pickle.dumps(channel)


def test_a_hub_knows_it_by_its_names() -> None:
    """The package is installed, and found; what it needs is loaded when a channel is opened."""
    with Hub.open("memory:") as hub:
        assert set(innovationhub_channels()) == {"smtp", "smtps"} <= set(hub.registry.channels)
    script = "import sys, innovationhub_smtp; print('icalendar' in sys.modules, 'smtplib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
