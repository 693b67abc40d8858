"""Addresses: what can be said in one, and that no message repeats what may be a key."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from innovationhub import Hub, Invalid, Settings
from innovationhub.domain.messages import MessageKind
from innovationhub_govuk_notify import innovationhub_channels, open_govuk_notify
from innovationhub_govuk_notify.address import parse_address
from on_govuk_notify.conftest import KEY, address_of
from on_govuk_notify.judging import EMAIL, KEYS, SERVICE, SETTING, TEXT

NOTIFY = "api.notifications.service.gov.uk"


def test_what_is_not_said_has_sensible_values(key: str) -> None:
    """Notify's own place, over TLS; no settings of Notify's; one template for all."""
    address = parse_address(f"govuk-notify-email://?key_env=NOTIFY_KEY&template={EMAIL}")
    assert address.url == f"https://{NOTIFY}"
    assert (address.timeout, address.setting_id) == (15, "")
    assert {address.templates.of(kind) for kind in MessageKind} == {EMAIL}
    assert address.key.read() == key


@pytest.mark.parametrize(
    ("place", "url"),
    [
        (NOTIFY, f"https://{NOTIFY}"),
        (f"{NOTIFY}/", f"https://{NOTIFY}"),
        ("notify.trust.example:8443", "https://notify.trust.example:8443"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("localhost", "http://localhost"),
        ("[::1]:80", "http://[::1]:80"),
        ("127.0.0.1.evil.example", "https://127.0.0.1.evil.example"),
        ("localhost.evil.example:80", "https://localhost.evil.example:80"),
    ],
)
def test_what_is_sent_goes_in_the_clear_to_this_machine_only(key: str, place: str, url: str) -> None:
    """It names people."""
    assert parse_address(address_of(place)).url == url


def test_a_file_has_templates_for_kinds_of_messages(key: str, tmp_path: Path) -> None:
    """One file serves both channels; its default and the address's are one and the same thing."""
    file = tmp_path / "notify + 1.toml"
    file.write_text(
        f'[email]\ndefault = "{EMAIL.upper()}"\nreminder = "{TEXT}"\n[text]\nreminder = "{TEXT}"\n'
    )
    name = str(file).replace(" ", "%20")
    templates = parse_address(address_of("", template="", templates=name)).templates
    assert templates.of(MessageKind.CONFIRMED) == EMAIL
    assert templates.of(MessageKind.REMINDER) == TEXT
    texts = parse_address(address_of("", "text", template="", templates=name)).templates
    assert texts.of(MessageKind.CONFIRMED) == ""
    with pytest.raises(Invalid, match=r"so does its file of templates \(email\.default\)"):
        parse_address(address_of("", templates=name))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("email = 3", r"no table \[email\]"),
        ("", r"no table \[email\]"),
        ("[email]", r"no table \[email\]"),
        ("[email", "not TOML"),
        ("[emails]", r"the tables \[email\] and \[text\] only"),
        ('[email]\nconfirmd = "x"', "a kind that is none of: default, apology, "),
        ('[email]\nconfirmed = "x"', "email.confirmed must be an id that Notify shows"),
        ("[email]\nconfirmed = 3", "email.confirmed must be an id that Notify shows"),
        (f'[email]\ndefault = "{EMAIL}"\n' + "#" * 100_000, "longer than 100000"),
    ],
)
def test_a_fault_of_the_file_of_templates_is_named(key: str, tmp_path: Path, text: str, what: str) -> None:
    """With its place, when the hub is opened."""
    file = tmp_path / "notify.toml"
    file.write_text(text)
    with pytest.raises(Invalid, match=what):
        parse_address(address_of("", template="", templates=str(file)))


@pytest.mark.parametrize(
    ("address", "what"),
    [
        (f"govuk-notify://{KEY}?", "must begin with govuk-notify-email:// or govuk-notify-text://"),
        ("govuk-notify-email://", "key_file=… or key_env=…, one of the two"),
        (f"govuk-notify-email://{KEY}@{NOTIFY}?key_env=NOTIFY_KEY&template={EMAIL}", "where Notify is"),
        (f"govuk-notify-email://{NOTIFY}/v2?key_env=NOTIFY_KEY&template={EMAIL}", "where Notify is"),
        (address_of("", key=KEY), "an option that is none of key_file, key_env, "),
        (address_of("", **{KEY: "1"}), "an option that is none of key_file, key_env, "),
        (address_of("", key_env=""), "where the API key is"),
        (address_of("", key_file="/nowhere"), "one of the two"),
        (address_of("", key_env=KEY), "name an environment variable as key_env, .* and not hold the key"),
        (address_of("", key_env="NO_SUCH_VARIABLE"), "the environment variable .* is not there"),
        (address_of("", key_env="", key_file=KEY), "the file that key_file names is not there"),
        (address_of("", key_env="", key_file="%00"), "the file that key_file names is not there"),
        (address_of("", key_env="", key_file=__file__), "a key as Notify shows it: a name and two UUIDs"),
        (address_of("", template=KEY), "as template an id that Notify shows"),
        (address_of("", template=""), "which templates are used"),
        (address_of("", templates=KEY), "a file of templates that is not there"),
        (address_of("", reply_to_id=KEY), "as reply_to_id an id"),
        (address_of("", sender_id=SETTING), "option sender_id, which a channel for email does not take"),
        (address_of("", "text", reply_to_id=SETTING), "option reply_to_id, which a channel for text"),
        (address_of("", timeout="0"), "timeout in seconds, up to 20"),
        (address_of("", timeout="20.1"), "timeout in seconds, up to 20"),
        (address_of("", timeout=KEY), "timeout in seconds, up to 20"),
        (address_of("", timeout="nan"), "timeout in seconds, up to 20"),
        (address_of("") + "&timeout=3", "the option timeout once, with a value"),
        (address_of("") + "&reply_to_id=", "the option reply_to_id once, with a value"),
    ],
)
def test_an_address_that_cannot_be_one_is_refused(key: str, address: str, what: str) -> None:
    """With the field, and what to do; a key that was put in a wrong place is not repeated."""
    with pytest.raises(Invalid, match=what) as invalid:
        open_govuk_notify(address)
    assert invalid.value.field == "channel"
    told = f"{invalid.value!r} {invalid.value} {invalid.value.value!r} {invalid.value.__cause__!r}"
    assert KEY not in told
    assert KEYS["live"] not in told


@pytest.mark.parametrize("text", ["", "hub", KEY[4:-1], f"hub-{SERVICE}", f"two\n{KEY}", "x" * 2000 + KEY])
def test_what_is_no_key_is_no_key(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """The client would cut its pieces out of anything."""
    monkeypatch.setenv("NOTIFY_KEY", text)
    with pytest.raises(Invalid, match="leads to no key"):
        parse_address(address_of(""))


def test_a_key_may_have_any_name_and_end_with_a_new_line(tmp_path: Path) -> None:
    """As a file of secrets has it."""
    file = tmp_path / "key"
    file.write_text(f"our hub – live-{KEY}\n", encoding="utf-8")
    address = parse_address(address_of("", key_env="", key_file=str(file)))
    assert address.key.read() == f"our hub – live-{KEY}"
    assert KEYS["live"] not in repr(address)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no file without an end")
def test_a_file_without_an_end_is_not_read_to_its_end(key: str) -> None:
    """Whichever of the two it is taken for."""
    with pytest.raises(Invalid, match="leads to no key"):
        parse_address(address_of("", key_env="", key_file="/dev/zero"))
    with pytest.raises(Invalid, match="longer than 100000"):
        parse_address(address_of("", template="", templates="/dev/zero"))


def test_a_hub_finds_both_channels(key: str) -> None:
    """By e-mail and by text, side by side: a hub knows a channel by its scheme."""
    assert set(innovationhub_channels()) == {"govuk-notify-email", "govuk-notify-text"}
    channels = (address_of(NOTIFY), address_of(NOTIFY, "text"))
    with Hub.open("memory:", settings=Settings(channels=channels)) as hub:
        assert hub.registry.owners["channels", "govuk-notify-email"] == "govuk-notify"
        names = {each.name for each in hub.followers()}
        assert {"channel:govuk-notify-email", "channel:govuk-notify-text"} <= names


def test_being_installed_costs_nothing() -> None:
    """Neither the client nor the HTTP library is loaded before an address of this channel is opened."""
    script = (
        "import sys, innovationhub\n"
        "innovationhub.Hub.open('memory:')\n"
        "assert 'innovationhub_govuk_notify' in sys.modules\n"
        "assert not {'notifications_python_client', 'requests', 'urllib3', 'jwt'} & set(sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
