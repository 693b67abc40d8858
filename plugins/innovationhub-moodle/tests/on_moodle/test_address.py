"""Addresses: what can be said in one, where the token is, and that no message repeats what may be a secret."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from innovationhub import Invalid
from innovationhub.errors import LmsError, LmsFailure
from innovationhub.plugins import load
from innovationhub.protocols.lms import Lms, LmsRequest
from innovationhub_moodle import innovationhub_lms, open_moodle
from innovationhub_moodle.address import parse_address
from innovationhub_moodle.token import Token, read_token

FILE = "?token_file=/run/secrets/discovery"


def test_an_address_says_where_and_how() -> None:
    """The site, wherever it lies on its server, and what is set up there."""
    plain = parse_address(f"moodle+https://discovery.trust.example{FILE}")
    assert plain.service == "https://discovery.trust.example/webservice/rest/server.php"
    assert plain.token_file == Path("/run/secrets/discovery")
    assert (plain.category, plain.template, plain.role) == ("innovation-hub", "ih:template", 5)
    full = parse_address(
        f"moodle+https://lms.trust.example:8443/moodle/{FILE}&category=cqi&template=t%3A1&role=11"
    )
    assert full.service == "https://lms.trust.example:8443/moodle/webservice/rest/server.php"
    assert (full.category, full.template, full.role) == ("cqi", "t:1", 11)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("moodle+https://", "must be such as"),
        (f"https://discovery.trust.example{FILE}", "must be such as"),
        (f"moodle+https://svc:s3cret99@discovery.trust.example{FILE}", "must be such as"),
        (f"moodle+http://discovery.trust.example{FILE}", "must begin with moodle"),
        ("moodle+https://discovery.trust.example", "must name the file"),
        ("moodle+https://discovery.trust.example?token_file=", "must name the file"),
        ("moodle+https://discovery.trust.example?token=s3cret99", "must not hold the token"),
        ("moodle+https://discovery.trust.example?wsToken=s3cret99", "must not hold the token"),
        (f"moodle+https://discovery.trust.example{FILE}&s3cret99=1", "none of ours"),
        (f"moodle+https://discovery.trust.example/webservice/rest/server.php{FILE}", "front page"),
        (f"moodle+https://discovery.trust.example{FILE}&role=student", "as a number"),
        (f"moodle+https://discovery.trust.example{FILE}&category=our%20hub", "as an ID number"),
        (f"moodle+https://discovery.trust.example{FILE}&template=", "as an ID number"),
        (f"moodle+https://discovery.trust.example:99999{FILE}", "must be such as"),
        (f"moodle+https://[::1{FILE}", "must be such as"),
    ],
)
def test_what_cannot_be_one_is_said(url: str, what: str) -> None:
    """By the field's name, what is wrong, and nothing of what stood there."""
    with pytest.raises(Invalid, match=what) as raised:
        open_moodle(LmsRequest(url))
    assert raised.value.field == "lms"
    assert "s3cret99" not in f"{raised.value} {raised.value!r} {raised.value.value}"


def test_a_site_on_this_machine_may_do_without_tls() -> None:
    """To try things out; anywhere else the token would be there for all to read."""
    assert parse_address(f"moodle+http://127.0.0.1:8089{FILE}").site == "http://127.0.0.1:8089"


def test_opening_asks_nothing(tmp_path: Path) -> None:
    """A hub opens while its LMS is down, and before its token is there."""
    url = f"moodle+https://discovery.invalid?token_file={tmp_path / 'none'}"
    lms = open_moodle(LmsRequest(url))
    assert isinstance(lms, Lms)
    with pytest.raises(LmsError, match="cannot be read") as raised:
        lms.abilities()
    assert raised.value.kind is LmsFailure.CONFIGURATION
    lms.close()


@pytest.mark.parametrize("held", ["", "short", "two words of it", "täken-täken", "x" * 201])
def test_a_file_without_a_token_is_said(held: str, tmp_path: Path) -> None:
    """Which file; never what is in it."""
    file = tmp_path / "token"
    file.write_text(held, encoding="utf-8")
    with pytest.raises(LmsError) as raised:
        read_token(file)
    assert raised.value.reason == "token"
    assert str(file) in raised.value.message
    assert not held or held not in raised.value.message


def test_a_token_shows_itself_to_nobody_who_does_not_ask() -> None:
    """Not where values are shown, nor in a text that somebody else wrote."""
    token = Token("s3cret99")
    assert "s3cret99" not in f"{token} {token!r} {[token]}"
    assert token.redacted("for s3cret99: no") == "for [token]: no"
    assert token.reveal() == "s3cret99"


def test_it_is_found_by_its_hook() -> None:
    """Under the name that addresses begin with."""
    import innovationhub_moodle

    registry = load([innovationhub_moodle], discover=False)
    assert registry.lms == innovationhub_lms()
    assert registry.owners["lms", "moodle"] == "innovationhub_moodle"


def test_having_it_installed_costs_nothing() -> None:
    """Neither importing the package nor asking its hook loads the HTTP client."""
    program = "import sys, innovationhub_moodle as m; m.innovationhub_lms(); sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
