"""Sending: what Notify is handed, by which template, and whom it cannot reach."""

from __future__ import annotations

import gc
from contextlib import suppress
from pathlib import Path

import pytest

from innovationhub.domain.messages import Later, MessageKind, Never, Recipient, Sent
from innovationhub_govuk_notify.channel import GovukNotify
from on_govuk_notify.conftest import ADA, KEY, OpenChannel, message
from on_govuk_notify.judging import EMAIL, KEYS, SERVICE, SETTING, Template
from on_govuk_notify.notify_server import NotifyServer, drop, refuse, say

OPEN = Path("/proc/self/fd")
"""What this process has open."""


def test_an_e_mail_is_handed_over(notify: NotifyServer, channel: GovukNotify) -> None:
    """To the address, by the template, under our key; the answer has Notify's id. Nothing is asked first."""
    outcome = channel.send(message("0f3c"))
    (kept,) = notify.kept
    assert outcome == Sent(kept.id)
    assert (kept.kind, kept.to, kept.template, kept.reference) == ("email", ADA.email, EMAIL, "0f3c")
    assert kept.subject == "Your place is confirmed"
    assert kept.body == "Dear Ada Obi,\n\nYour place at the CQI Taster is confirmed."
    assert notify.requests == [("POST", "/v2/notifications/email")]


def test_a_text_is_handed_over(notify: NotifyServer, texting: GovukNotify) -> None:
    """To the number, as the hub has it."""
    outcome = texting.send(message())
    (kept,) = notify.kept
    assert outcome == Sent(kept.id)
    assert (kept.kind, kept.to) == ("sms", ADA.phone)


def test_a_template_may_use_the_facts(notify: NotifyServer, channel: GovukNotify) -> None:
    """Beside subject, body and name, which stand over facts of those names."""
    notify.account.templates[EMAIL] = Template("email", "((name)): ((title)), ((Starts)).\n((body))")
    facts = {"title": "CQI Taster", "starts": "1 December", "body": "no", "name": "no"}
    channel.send(message(facts=facts, text="Yes."))
    assert notify.kept[0].body == "Ada Obi: CQI Taster, 1 December.\nYes."


def test_each_kind_may_have_a_template(
    notify: NotifyServer, open_channel: OpenChannel, tmp_path: Path
) -> None:
    """The others go by the default; and a kind without a template, where there is no default, is not sent."""
    other = "1d2e3f40-0000-4000-8000-000000000001"
    notify.account.templates[other] = Template("email", "Tomorrow: ((title))")
    file = tmp_path / "notify.toml"
    file.write_text(f'[email]\nreminder = "{other}"\n')
    channel = open_channel(templates=str(file))
    channel.send(message("1", kind=MessageKind.REMINDER))
    channel.send(message("2"))
    assert [each.template for each in notify.kept] == [other, EMAIL]
    outcome = open_channel(templates=str(file), template="").send(message("3"))
    assert outcome == Never("no template for messages of the kind confirmed")
    assert len(notify.kept) == 2


@pytest.mark.parametrize("by", ["email", "text"])
def test_settings_of_notify_are_named_by_their_ids(
    notify: NotifyServer, open_channel: OpenChannel, by: str
) -> None:
    """The reply-to address of an e-mail, the sender of a text."""
    option = {"email": "reply_to_id", "text": "sender_id"}[by]
    field = {"email": "email_reply_to_id", "text": "sms_sender_id"}[by]
    assert isinstance(open_channel(by, **{option: SETTING}).send(message()), Sent)
    assert notify.kept[0].form[field] == SETTING


@pytest.mark.parametrize("to", [Recipient(), Recipient("Ada Obi", " ", " "), Recipient("", "a\r\nb", "0\n1")])
def test_who_has_no_address_or_number_is_never_reached(
    notify: NotifyServer, channel: GovukNotify, texting: GovukNotify, to: Recipient
) -> None:
    """And Notify is not bothered."""
    assert channel.send(message(to=to)) == Never("no e-mail address")
    assert texting.send(message(to=to)) == Never("no telephone number")
    assert notify.requests == []


def test_one_way_does_not_stand_in_for_the_other(channel: GovukNotify, texting: GovukNotify) -> None:
    """Somebody with a number only gets no e-mail, somebody with an address only no text."""
    assert isinstance(channel.send(message(to=Recipient("Ada", "", ADA.phone))), Never)
    assert isinstance(texting.send(message(to=Recipient("Ada", ADA.email, ""))), Never)


def test_what_no_encoding_has_is_taken_out(notify: NotifyServer, channel: GovukNotify) -> None:
    """Control characters and halves of characters; lines stay lines, but for the subject, which is one."""
    sent = message(subject="a\nb\x00", text="one\r\ntwo\ttabs\x1b[2J\ud83d\n", facts={"x\n": "y\x07"})
    channel.send(sent)
    assert notify.kept[0].subject == "a b "
    assert notify.kept[0].body == "one\ntwo\ttabs [2J \n"
    assert notify.kept[0].personalisation["x "] == "y "


@pytest.mark.parametrize("words", ["[here](https://evil.example)", "[here][x]", "[x]: https://evil.example"])
def test_no_words_lead_elsewhere(notify: NotifyServer, channel: GovukNotify, words: str) -> None:
    """Notify reads Markdown in its fields: somebody's name must not become a link in an e-mail of the NHS."""
    channel.send(message(text=words, subject=words, facts={"who": words}, to=Recipient(words, ADA.email)))
    values = notify.kept[0].personalisation
    assert values["body"] == values["who"] == values["name"] == words.replace("]", "] ")[: len(words) + 1]


def test_a_key_that_cannot_be_a_reference_is_not_sent(notify: NotifyServer, channel: GovukNotify) -> None:
    """What has gone could not be asked for by it."""
    for key in ("", "a\nb", "é", "x" * 201):
        assert channel.send(message(key)) == Never("its key cannot be a reference")
    assert notify.requests == []


def test_the_key_can_be_replaced_while_the_hub_runs(
    notify: NotifyServer, open_channel: OpenChannel, tmp_path: Path
) -> None:
    """It is read for each message. While it cannot be, everything waits."""
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    channel = open_channel(key_env="", key_file=str(file))
    assert isinstance(channel.send(message("1")), Sent)
    notify.account.revoked.add("live")
    assert isinstance(channel.send(message("2")), Later)
    file.write_text(f"new-{SERVICE}-{KEYS['test']}")
    assert isinstance(channel.send(message("2", attempt=2)), Sent)
    file.write_text("")
    assert channel.send(message("3")) == Later("the API key cannot be read", down=True)
    assert [each.key for each in notify.kept] == ["live", "test"]


def test_a_netrc_does_not_take_the_place_of_the_token(
    notify: NotifyServer, channel: GovukNotify, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The HTTP library would put a password found there over the header of the client."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password s3cret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert isinstance(channel.send(message()), Sent)


def test_a_closed_channel_sends_nothing(notify: NotifyServer, channel: GovukNotify) -> None:
    """Closing twice is fine."""
    channel.close()
    channel.close()
    assert channel.send(message()) == Later("the channel is closed", down=True)
    assert notify.requests == []


def _sockets() -> int:
    """The sockets that this process has open."""
    found = 0
    for each in OPEN.iterdir():
        with suppress(OSError):
            found += str(each.readlink()).startswith("socket:")
    return found


@pytest.mark.skipif(not OPEN.exists(), reason="this system does not list what is open")
def test_no_connection_is_left_open_between_messages(notify: NotifyServer, channel: GovukNotify) -> None:
    """Whatever came of the message: connections would be shared after a fork, and go stale between two ticks."""
    before = _sockets()
    gc.disable()
    try:
        for fault in (None, say(418), refuse(400, "BadRequestError", "no"), drop(), say(200)):
            notify.faults.extend(filter(None, [fault]))
            channel.send(message())
            notify.wait()
            assert _sockets() == before, fault
    finally:
        gc.enable()
