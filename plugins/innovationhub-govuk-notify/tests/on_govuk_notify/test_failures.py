"""Every error that Notify documents, and what goes wrong on the way: later, never, or nobody can be reached."""

from __future__ import annotations

import logging
import socket
import ssl
import sys
import threading
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from innovationhub.domain.messages import Later, Never, Outcome, Recipient, Sent
from innovationhub_govuk_notify import channel as channel_module
from innovationhub_govuk_notify.channel import GovukNotify
from innovationhub_govuk_notify.patience import MOST_LEFT, Overdue, Patience
from on_govuk_notify.conftest import ADA, KEY, OpenChannel, message
from on_govuk_notify.judging import EMAIL, KEYS, TEXT, Template
from on_govuk_notify.notify_server import Fault, NotifyServer, drop, refuse, say

MINUTE = timedelta(minutes=1)


def test_an_address_that_is_none_is_never(notify: NotifyServer, channel: GovukNotify) -> None:
    """A validation error is about the recipient: all else that is validated was checked before."""
    outcome = channel.send(message(to=Recipient("Ada", "ada at trust")))
    assert outcome == Never("400 ValidationError")
    assert isinstance(channel.send(message()), Sent)


@pytest.mark.parametrize("phone", ["1234", "ext 12", "+44770090012345678"])
def test_a_number_that_is_none_is_never(texting: GovukNotify, phone: str) -> None:
    """An extension of the house, too many digits, letters."""
    assert texting.send(message(to=Recipient("Ada", "", phone))) == Never("400 ValidationError")


@pytest.mark.parametrize("error", ["InvalidEmailError", "InvalidPhoneError", "InvalidRecipientError"])
def test_so_are_the_other_errors_about_recipients(
    notify: NotifyServer, channel: GovukNotify, error: str
) -> None:
    """As the code of Notify's API has them."""
    notify.faults.append(refuse(400, error, "Not a valid address"))
    assert channel.send(message()) == Never(f"400 {error}")


def test_a_landline_or_foreign_number_waits(notify: NotifyServer, texting: GovukNotify) -> None:
    """Whether texts go abroad is a setting of the service's, which can be changed."""
    outcome = texting.send(message(to=Recipient("Ada", "", "+33 1 99 00 12 34")))
    assert outcome == Later("400 BadRequestError: international numbers")


def test_a_text_that_is_too_long_is_never(notify: NotifyServer, texting: GovukNotify) -> None:
    """It will be as long next time. The limit is 918 characters."""
    assert isinstance(texting.send(message("1", text="x" * 918)), Sent)
    outcome = texting.send(message("2", text="x" * 919))
    assert outcome == Never("400 BadRequestError: the message is too long")


def test_faults_of_the_service_wait_and_hold_up_nobody(
    notify: NotifyServer, channel: GovukNotify, texting: GovukNotify
) -> None:
    """A template that is gone, a field without a value, trial mode: somebody mends them, and the message goes."""
    account, sent = notify.account, message()
    template = account.templates.pop(EMAIL)
    why = "400 BadRequestError: "
    assert channel.send(sent) == Later(f"{why}the template is not there")
    account.templates[EMAIL] = Template("email", archived=True)
    assert channel.send(sent) == Later(f"{why}the template was deleted")
    account.templates[EMAIL] = Template("sms")
    assert channel.send(sent) == Later(f"{why}the template is of the other kind")
    account.templates[EMAIL] = Template("email", "((colour))")
    assert channel.send(sent) == Later(f"{why}the template has a field that no value is given for")
    account.templates[EMAIL] = Template("email", " ")
    assert channel.send(sent) == Later(f"{why}the message is empty")
    account.templates[EMAIL] = template
    account.permissions.remove("sms")
    assert texting.send(sent) == Later(f"{why}the service may not send this kind of message")
    account.trial = True
    assert channel.send(sent) == Later(f"{why}the service is in trial mode")
    account.trial = False
    assert isinstance(channel.send(sent), Sent)


def test_a_key_for_the_team_reaches_its_guests(
    notify: NotifyServer, open_channel: OpenChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others wait."""
    channel = open_channel()
    monkeypatch.setenv("NOTIFY_KEY", KEY.replace(KEYS["live"], KEYS["team"]))
    outcome = channel.send(message())
    assert outcome == Later("400 BadRequestError: the key is for the team and its guest list")
    notify.account.guests.add(ADA.email)
    assert isinstance(channel.send(message()), Sent)


def test_an_id_of_another_service_waits(open_channel: OpenChannel) -> None:
    """Whoever set it up can see why."""
    outcome = open_channel(reply_to_id=TEXT).send(message())
    why = "the id of the reply-to address or sender is not this service's"
    assert outcome == Later(f"400 BadRequestError: {why}")


def test_a_token_that_is_refused_is_the_channels_fault(notify: NotifyServer, channel: GovukNotify) -> None:
    """The key is not known or was revoked, or this machine's clock is wrong: nobody can be reached."""
    why = "403 AuthError: "
    notify.account.clock = 31
    assert channel.send(message()) == Later(f"{why}this machine's clock is wrong", down=True)
    notify.account.clock = -29
    assert isinstance(channel.send(message("1")), Sent)
    notify.account.clock = 0
    notify.account.revoked.add("live")
    assert channel.send(message()) == Later(f"{why}the API key was revoked", down=True)
    del notify.account.keys["live"]
    assert channel.send(message()) == Later(f"{why}the API key is not known", down=True)


@pytest.mark.parametrize("status", [401, 404, 405, 407])
def test_what_everybody_would_be_answered_is_down(
    notify: NotifyServer, channel: GovukNotify, status: int
) -> None:
    """A wrong address of Notify, a proxy that wants a password."""
    notify.faults.append(say(status))
    assert channel.send(message()) == Later(str(status), down=True)


@pytest.mark.parametrize("status", [408, 409, 413, 418])
def test_any_other_refusal_holds_up_nobody(notify: NotifyServer, channel: GovukNotify, status: int) -> None:
    """A proxy that finds a message too large."""
    notify.faults.append(say(status))
    assert channel.send(message()) == Later(str(status))
    assert isinstance(channel.send(message()), Sent)


def test_the_limit_of_a_minute(notify: NotifyServer, channel: GovukNotify) -> None:
    """Is waited for, by everybody."""
    sentence = "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"
    notify.faults.append(refuse(429, "RateLimitError", sentence))
    outcome = channel.send(message())
    assert outcome == Later("429 RateLimitError: the limit of a minute", MINUTE, down=True)


def test_the_limit_of_a_day(notify: NotifyServer, channel: GovukNotify) -> None:
    """Is waited for, by everybody, until after midnight UTC; it is half past ten at night."""
    notify.account.daily = 0
    outcome = channel.send(message())
    wait = timedelta(hours=1, minutes=30) + MINUTE
    assert outcome == Later("429 TooManyRequestsError: the limit of today", wait, down=True)


def test_the_limit_of_foreign_numbers_holds_up_no_others(notify: NotifyServer, texting: GovukNotify) -> None:
    """It is a hundred a day, unless Notify agreed on another."""
    sentence = "Exceeded send limits (international_sms: 100) for today"
    notify.faults.append(refuse(429, "TooManyRequestsError", sentence))
    outcome = texting.send(message())
    assert isinstance(outcome, Later)
    assert (outcome.down, outcome.wait) == (False, timedelta(hours=1, minutes=31))


@pytest.mark.parametrize(
    ("status", "error", "sentence"),
    [
        (500, "Exception", "Internal server error"),
        (504, "EventletTimeout", "Timeout serving request"),
    ],
)
def test_an_error_of_notifys_own(
    notify: NotifyServer, channel: GovukNotify, status: int, error: str, sentence: str
) -> None:
    """It may have gone out, so it counts as an attempt; the next looks before it sends."""
    notify.faults.append(refuse(status, error, sentence))
    assert channel.send(message()) == Later(f"{status} {error}")
    assert isinstance(channel.send(message("next")), Sent)
    assert [method for method, _ in notify.requests] == ["POST", "GET", "POST"]


@pytest.mark.parametrize("status", [502, 503])
def test_an_error_of_what_is_before_notify(notify: NotifyServer, channel: GovukNotify, status: int) -> None:
    """While it lasts the next that looks finds that nobody can be reached."""
    notify.faults += [say(status), say(status, method="GET")]
    assert channel.send(message()) == Later(str(status))
    assert channel.send(message("next")) == Later(f"asked what has gone: {status}", down=True)
    assert isinstance(channel.send(message("next")), Sent)


def test_where_nobody_answers_the_channel_is_down(open_channel: OpenChannel) -> None:
    """Nothing can have gone out."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        channel = open_channel(place=f"127.0.0.1:{free.getsockname()[1]}")
        for attempt in (1, 2):
            outcome = channel.send(message(attempt=attempt))
            assert isinstance(outcome, Later)
            assert outcome.down
            assert outcome.why.endswith("no answer: ConnectionError")


def test_a_name_that_is_none_is_down(open_channel: OpenChannel) -> None:
    """As with a wrong address, or without a network."""
    outcome = open_channel(place="notify.invalid").send(message())
    assert outcome == Later("no answer: ConnectionError", down=True)


def test_a_proxy_that_cannot_be_reached_is_down(
    open_channel: OpenChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy of the environment is used, as trusts have one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{free.getsockname()[1]}")
        outcome = open_channel(place="notify.invalid").send(message())
    assert outcome == Later("no answer: ProxyError", down=True)


def test_a_proxy_that_lets_nobody_through_is_down(
    notify: NotifyServer, open_channel: OpenChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was reached, and Notify was not."""
    monkeypatch.setenv("https_proxy", notify.url)
    assert open_channel(place="notify.invalid").send(message()) == Later("no answer: ProxyError", down=True)


@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is not everywhere this machine")
def test_a_certificate_that_is_not_trusted_is_down(
    key: str, open_channel: OpenChannel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As behind a proxy that looks into TLS, until its authority is named as the HTTP library wants it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.2").configure_cert(context)
    with NotifyServer("127.0.0.2", context) as notify:
        channel = open_channel(place=notify.place)
        assert channel.send(message()) == Later("no answer: SSLError", down=True)
        assert notify.requests == []
        bundle = tmp_path / "authority.pem"
        authority.cert_pem.write_to_path(str(bundle))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
        assert isinstance(channel.send(message()), Sent)


@pytest.mark.parametrize("text", [b"<h1>Sign in</h1>", b"[]", b"{}", b'"ok"'])
def test_an_answer_that_is_not_notifys(notify: NotifyServer, channel: GovukNotify, text: bytes) -> None:
    """Somebody in between says that all is well: it is not taken for Notify's word."""
    notify.faults += [say(200, text), say(200, text, method="GET")]
    outcome = channel.send(message())
    assert isinstance(outcome, Later)
    assert "is not Notify" in outcome.why
    outcome = channel.send(message("next"))
    assert isinstance(outcome, Later)
    assert outcome.down
    assert notify.kept == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_message_is_not_handed_on_to_where_somebody_points(
    notify: NotifyServer, channel: GovukNotify, status: int
) -> None:
    """It names a person, and whoever points may be anybody."""
    with NotifyServer() as other:
        where = [("Location", f"{other.url}/v2/notifications/email")]
        notify.faults.append(say(status, headers=where))
        assert channel.send(message()) == Later(str(status), down=True)
        assert other.requests == []


def test_silence_is_not_waited_for_without_end(notify: NotifyServer, open_channel: OpenChannel) -> None:
    """It may have gone out."""
    channel = open_channel(timeout="0.2")
    notify.faults.append(Fault(lambda handler: handler.stall()))
    assert channel.send(message()) == Later("no answer: ReadTimeout")
    assert isinstance(channel.send(message("next")), Sent)


def test_nor_is_an_answer_that_never_ends(
    notify: NotifyServer, open_channel: OpenChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter now and then is never silence."""
    monkeypatch.setattr(channel_module, "LONGEST", 2.0)
    channel = open_channel()
    notify.faults.append(Fault(lambda handler: handler.drip()))
    assert channel.send(message()) == Later("no answer in time")
    assert isinstance(channel.send(message("next")), Sent)
    assert [method for method, _ in notify.requests] == ["POST", "GET", "POST"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full queue of connections is refused")
def test_a_machine_that_does_not_answer_at_all_is_down(open_channel: OpenChannel) -> None:
    """As behind a firewall that drops what it does not like."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
        for _ in range(4):
            each = waiting.enter_context(socket.socket())
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        channel = open_channel(place=f"127.0.0.1:{full.getsockname()[1]}", timeout="0.2")
        assert channel.send(message()) == Later("no answer: ConnectTimeout", down=True)


def test_what_does_not_come_back_does_not_heap_up(notify: NotifyServer, channel: GovukNotify) -> None:
    """After so many nothing is begun, and so nothing has gone out, until one of them has ended."""
    patience, over = Patience(0.01), threading.Event()
    for _ in range(MOST_LEFT):
        with pytest.raises(Overdue) as overdue:
            patience.call(over.wait)
        assert overdue.value.begun
    channel._patience = patience
    assert channel.send(message()) == Later("no answer in time", down=True)
    assert notify.requests == []
    over.set()
    for each in patience._left:
        each.join()
    patience.seconds = 25
    assert isinstance(channel.send(message()), Sent)
    assert [method for method, _ in notify.requests] == ["POST"]


def _outcomes(notify: NotifyServer, channel: GovukNotify) -> list[Outcome]:
    """What a few failures come to, in which Notify's sentences repeat what they were sent."""
    told = f"personalisation {ADA.name} {ADA.email} {KEY} is not of type object"
    notify.faults += [refuse(status, "ValidationError", told) for status in (400, 403, 429)]
    notify.faults += [refuse(400, f"{ADA.name} {ADA.email}", told), drop()]
    return [channel.send(message(str(number))) for number in range(5)]


def test_nothing_that_is_said_names_anybody_or_shows_the_key(
    notify: NotifyServer, channel: GovukNotify, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither reasons, nor logs (the client logs Notify's own words), nor what a debugger shows."""
    caplog.set_level(logging.DEBUG)
    outcomes = _outcomes(notify, channel)
    shown = [repr(outcomes), repr(channel), repr(vars(channel)), caplog.text]
    assert "failed with 400" in caplog.text
    for secret in (ADA.name, ADA.email, KEY, KEYS["live"]):
        assert not [each for each in shown if secret in each]
