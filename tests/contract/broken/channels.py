"""Channels that break what a channel promises about its answers."""

from __future__ import annotations

import socket
import threading
import time
from datetime import timedelta
from threading import Event

import attrs

from innovationhub.errors import Invalid
from innovationhub.protocols.channel import (
    ChannelOpener,
    Later,
    Message,
    Never,
    Outcome,
    Sent,
)
from tests.contract.broken.box import NOBODY, Box, Broken


class AnswersNothing(Box):
    """Forgets to answer."""

    def send(self, message: Message) -> Outcome:
        super().send(message)
        return None  # type: ignore[return-value]


class TestAnswersNothing(Broken):
    kind = AnswersNothing
    caught_by = ("test_it_is_a_channel", "test_any_message_is_answered")


class Hangs(Box):
    """Waits for ever for an answer."""

    def send(self, message: Message) -> Outcome:
        Event().wait()
        return super().send(message)


class TestHangs(Broken):
    kind = Hangs
    caught_by = (
        "test_it_is_a_channel",
        "test_where_nobody_answers_it_is_later",
        "test_a_closed_channel_sends_nothing",
    )


class HangsOnceClosed(Box):
    """Waits for a connection that it has closed."""

    def send(self, message: Message) -> Outcome:
        while self.closed:
            time.sleep(1)
        return super().send(message)


class TestHangsOnceClosed(Broken):
    kind = HangsOnceClosed
    caught_by = ("test_a_closed_channel_sends_nothing",)


class SendsOnceClosed(Box):
    """Opens itself again."""

    def send(self, message: Message) -> Outcome:
        self.closed = False
        return super().send(message)


class TestSendsOnceClosed(Broken):
    kind = SendsOnceClosed
    caught_by = ("test_a_closed_channel_sends_nothing",)


class ClosesOnce(Box):
    """Cannot be closed twice."""

    def close(self) -> None:
        assert not self.closed
        super().close()


class TestClosesOnce(Broken):
    kind = ClosesOnce
    caught_by = ("test_a_closed_channel_sends_nothing",)


class ConnectsAtOnce(Box):
    """Looks whether the other side is there while it is opened."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        with socket.socket() as line:
            line.connect_ex(("127.0.0.1", 9))


class TestConnectsAtOnce(Broken):
    kind = ConnectsAtOnce
    caught_by = ("test_opening_connects_to_nothing",)


class LooksUpAtOnce(Box):
    """Looks for the other side's name while it is opened."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        socket.getaddrinfo("mail.trust.example", 25)


class TestLooksUpAtOnce(Broken):
    kind = LooksUpAtOnce
    caught_by = ("test_opening_connects_to_nothing",)


class TakesAnyAddress(Box):
    """Finds out at the first message that its address was none."""

    def __init__(self, address: str) -> None:
        super().__init__("box://")


class TestTakesAnyAddress(Broken):
    kind = TakesAnyAddress
    caught_by = ("test_an_address_that_cannot_be_one_is_refused",)


class RepeatsAddresses(Box):
    """Says what was wrong, and with it the password."""

    def __init__(self, address: str) -> None:
        if not address.startswith("box://"):
            raise Invalid("channel", f"is no address of a box: {address}", "box")
        super().__init__(address)


class TestRepeatsAddresses(Broken):
    kind = RepeatsAddresses
    caught_by = ("test_an_address_that_cannot_be_one_is_refused",)


class BlamesTheStore(Box):
    """Names another field."""

    def __init__(self, address: str) -> None:
        if not address.startswith("box://"):
            raise Invalid("store", "is no address of a box", "box")
        super().__init__(address)


class TestBlamesTheStore(Broken):
    kind = BlamesTheStore
    caught_by = ("test_an_address_that_cannot_be_one_is_refused",)


class KeepsItsAddress(Box):
    """Has the whole address in a field that is shown."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class TestKeepsItsAddress(Broken):
    kind = KeepsItsAddress
    caught_by = ("test_no_secret_is_shown",)


class Quotes(Box):
    """Repeats what the other side said, with whom it was about."""

    def send(self, message: Message) -> Outcome:
        outcome = super().send(message)
        return (
            outcome
            if isinstance(outcome, Sent)
            else Never(f"550 <{message.to.email}> {message.to.name} is unknown")
        )


class TestQuotes(Broken):
    kind = Quotes
    caught_by = ("test_whom_the_other_side_refuses_holds_up_nobody", "test_whom_it_cannot_reach_is_never")


class SaysNothing(Box):
    """Gives no reason."""

    def send(self, message: Message) -> Outcome:
        outcome = super().send(message)
        return attrs.evolve(outcome, why="") if isinstance(outcome, Never) else outcome


class TestSaysNothing(Broken):
    kind = SaysNothing
    caught_by = ("test_whom_it_cannot_reach_is_never", "test_whom_the_other_side_refuses_holds_up_nobody")


class RaisesForNobody(Box):
    """Looks for an address only when it is used."""

    def send(self, message: Message) -> Outcome:
        if not message.to.email:
            raise LookupError("no address")
        return super().send(message)


class TestRaisesForNobody(Broken):
    kind = RaisesForNobody
    caught_by = ("test_whom_it_cannot_reach_is_never",)


class TriesNobodyAgain(Box):
    """Hopes that an address will come."""

    def send(self, message: Message) -> Outcome:
        return super().send(message) if message.to.email else Later("no address")


class TestTriesNobodyAgain(Broken):
    kind = TriesNobodyAgain
    caught_by = ("test_whom_it_cannot_reach_is_never",)


class GoesDownForOne(Box):
    """Takes one refusal for the end."""

    def send(self, message: Message) -> Outcome:
        return Later("refused", down=True) if message.to == NOBODY else super().send(message)


class TestGoesDownForOne(Broken):
    kind = GoesDownForOne
    caught_by = ("test_whom_the_other_side_refuses_holds_up_nobody",)


class StaysBroken(Box):
    """Is out of step after a refusal."""

    stuck = False

    def send(self, message: Message) -> Outcome:
        self.stuck = self.stuck or message.to == NOBODY
        return Later("503 bad sequence") if self.stuck else super().send(message)


class TestStaysBroken(Broken):
    kind = StaysBroken
    caught_by = ("test_whom_the_other_side_refuses_holds_up_nobody",)


class BlamesTheRecipient(Box):
    """Gives somebody up because the other side is out of reach."""

    def send(self, message: Message) -> Outcome:
        return Never("nobody answers") if self.dead else super().send(message)


class TestBlamesTheRecipient(Broken):
    kind = BlamesTheRecipient
    caught_by = ("test_where_nobody_answers_it_is_later",)


class KeepsTheFaultToItself(Box):
    """Does not say that the others need not be tried."""

    def send(self, message: Message) -> Outcome:
        return Later("nobody answers") if self.dead else super().send(message)


class TestKeepsTheFaultToItself(Broken):
    kind = KeepsTheFaultToItself
    caught_by = ("test_where_nobody_answers_it_is_later",)


class WaitsBackwards(Box):
    """Says how long to wait as what is left of a time that is over."""

    def send(self, message: Message) -> Outcome:
        return (
            Later("nobody answers", timedelta(seconds=-5), down=True) if self.dead else super().send(message)
        )


class TestWaitsBackwards(Broken):
    kind = WaitsBackwards
    caught_by = ("test_where_nobody_answers_it_is_later",)


class OneThread(Box):
    """Works in the thread that opened it."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.thread = threading.get_ident()

    def send(self, message: Message) -> Outcome:
        if threading.get_ident() != self.thread:
            raise RuntimeError("another thread")
        return super().send(message)


class TestOneThread(Broken):
    kind = OneThread
    caught_by = ("test_one_thread_after_another",)


class CannotClose:
    """Has only half of the Protocol."""

    def __init__(self, address: str) -> None:
        self.box = Box(address)

    def send(self, message: Message) -> Outcome:
        """See `Channel.send`."""
        return self.box.send(message)


class TestCannotClose(Broken):
    caught_by = ("test_it_is_a_channel", "test_one_thread_after_another")

    def opener(self) -> ChannelOpener:
        return CannotClose  # type: ignore[return-value]  # it cannot be closed
