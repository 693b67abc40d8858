"""Answers that are lost: Notify has no idempotency key, so it is asked before anything is sent a second time."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovationhub.domain.messages import Later, Outcome, Sent
from innovationhub_govuk_notify.channel import FAILED, GovukNotify
from on_govuk_notify.conftest import KEY, OpenChannel, address_of, message
from on_govuk_notify.notify_server import Fault, NotifyServer, drop, refuse, say


def test_what_went_out_before_its_answer_was_lost_is_not_sent_again(
    notify: NotifyServer, channel: GovukNotify
) -> None:
    """It counts as an attempt, so that the courier's next is known to be a second one."""
    notify.faults.append(drop(after=True))
    lost = channel.send(message())
    assert lost == Later("no answer: ConnectionError")
    again = channel.send(message(attempt=2))
    assert again == Sent(notify.kept[0].id)
    assert len(notify.kept) == 1


def test_nor_in_another_process(notify: NotifyServer, open_channel: OpenChannel) -> None:
    """A courier that died between sending and noting leaves the attempt counted."""
    open_channel().send(message())
    assert open_channel().send(message(attempt=2)) == Sent(notify.kept[0].id)
    assert len(notify.kept) == 1


def test_what_was_lost_on_the_way_there_is_sent(notify: NotifyServer, channel: GovukNotify) -> None:
    """Notify has nothing under its reference."""
    notify.faults.append(drop())
    assert isinstance(channel.send(message()), Later)
    assert isinstance(channel.send(message(attempt=2)), Sent)
    assert len(notify.kept) == 1


def test_after_a_lost_answer_this_process_asks_even_for_a_first_attempt(
    notify: NotifyServer, channel: GovukNotify
) -> None:
    """So that a Notify that hangs is noticed by a question, which can be asked again without harm."""
    notify.faults.append(drop(after=True))
    channel.send(message())
    assert channel.send(message()) == Sent(notify.kept[0].id)
    assert len(notify.kept) == 1
    channel.send(message("next"))
    assert [method for method, _ in notify.requests] == ["POST", "GET", "POST"]


@pytest.mark.parametrize(
    "fault",
    [drop(method="GET"), say(503, method="GET"), refuse(400, "ValidationError", "no", method="GET")],
)
def test_nothing_is_sent_while_it_cannot_be_asked(
    notify: NotifyServer, channel: GovukNotify, fault: Fault
) -> None:
    """And that is no fault of the recipient's."""
    notify.faults.append(fault)
    outcome = channel.send(message(attempt=2))
    assert isinstance(outcome, Later)
    assert outcome.down
    assert notify.kept == []
    assert isinstance(channel.send(message(attempt=2)), Sent)


@pytest.mark.parametrize("status", ["created", "sending", "pending", "sent", "delivered", "another"])
def test_what_is_on_its_way_is_not_sent_again(
    notify: NotifyServer, channel: GovukNotify, status: str
) -> None:
    """Whatever has not failed may reach somebody."""
    channel.send(message())
    notify.kept[0].status = status
    assert channel.send(message(attempt=2)) == Sent(notify.kept[0].id)


@pytest.mark.parametrize("status", sorted(FAILED))
def test_what_failed_is_sent_again(notify: NotifyServer, channel: GovukNotify, status: str) -> None:
    """Whoever asks for another attempt may have a new address by now."""
    channel.send(message())
    notify.kept[0].status = status
    assert channel.send(message(attempt=2)) == Sent(notify.kept[1].id)
    assert channel.send(message(attempt=3)) == Sent(notify.kept[1].id)


def test_an_e_mail_and_a_text_under_one_key_are_two_messages(
    notify: NotifyServer, channel: GovukNotify, texting: GovukNotify
) -> None:
    """What went by one is not taken for what goes by the other."""
    channel.send(message())
    assert isinstance(texting.send(message(attempt=2)), Sent)
    assert [each.kind for each in notify.kept] == ["email", "sms"]


def test_what_has_gone_under_another_key_is_not_taken_for_this(
    notify: NotifyServer, channel: GovukNotify
) -> None:
    """Should something in between lose what was asked for: a message is rather sent twice than never."""
    channel.send(message("another"))
    page = {"notifications": [notify.kept[0].listed(notify.url)], "links": {"current": notify.url}}
    notify.faults.append(say(200, json.dumps(page).encode(), method="GET"))
    channel.send(message(attempt=2))
    assert [each.reference for each in notify.kept] == ["another", "0f3c"]


def test_a_refusal_is_no_lost_answer(notify: NotifyServer, channel: GovukNotify) -> None:
    """Notify has said what it did, and is not asked."""
    notify.faults.append(refuse(400, "BadRequestError", "Template not found"))
    assert isinstance(channel.send(message()), Later)
    assert isinstance(channel.send(message("next")), Sent)
    assert [method for method, _ in notify.requests] == ["POST", "POST"]


FAULTS = st.sampled_from(
    [
        drop(),
        drop(after=True),
        drop(method="GET"),
        say(502),
        say(200, b"{}"),
        say(503, method="GET"),
        refuse(500, "Exception", "Internal server error"),
        refuse(429, "RateLimitError", "Exceeded rate limit"),
        refuse(403, "AuthError", "Invalid token: API key not found"),
    ]
)


@given(st.lists(FAULTS, max_size=8), st.booleans())
def test_whatever_goes_wrong_it_arrives_once(faults: list[Fault], restarts: bool) -> None:
    """With the courier's own counting: what is `down` costs no attempt, everything else does."""
    with NotifyServer() as notify, pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOTIFY_KEY", KEY)
        notify.faults.extend(faults)
        channel, attempts = GovukNotify(address_of(notify.place)), 0
        outcome: Outcome = Later("not yet")
        while isinstance(outcome, Later):
            seen = len(notify.requests)
            outcome = channel.send(message(attempt=attempts + 1))
            attempts += isinstance(outcome, Later) and not outcome.down
            if restarts:
                channel = GovukNotify(address_of(notify.place))
            assert len(notify.requests) > seen
            assert len(notify.requests) <= 3 * len(faults) + 3
        assert [Sent(each.id) for each in notify.kept] == [outcome]
