"""`ChannelContract`: what every channel must be. It answers, it names nobody, and nothing in a message is an order."""

from __future__ import annotations

import abc
import copy
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from typing import ClassVar

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

from innovationhub.domain.events import Method
from innovationhub.domain.messages import Later, Message, Never, Outcome, Recipient, Sent
from innovationhub.errors import HubError, Invalid
from innovationhub.protocols.channel import Channel, ChannelOpener
from innovationhub.testing.contracts.arrivals import (
    ADA,
    EVE,
    SUBJECTS,
    TEXTS,
    Arrived,
    hostile,
    invitation,
    message,
)
from innovationhub.testing.patience import Patience
from innovationhub.testing.strategies.messages import messages

__all__ = ["ChannelContract"]

LONGEST_WHY = 200


class ChannelContract(abc.ABC):
    """What every channel must be. Subclass it, say how it is opened, and run pytest.

        class TestSmtp(ChannelContract):
            secrets = ("s3cret",)
            bad_addresses = ("smtp://", "smtp://hub:s3cret@")

            def opener(self):
                return open_smtp

            def address(self):
                return f"smtp://hub:s3cret@127.0.0.1:{self.server.port}"

            def arrived(self):
                return [Arrived(...) for each in self.server.messages]

    The other side is one that works and takes everything for `recipient`. `secrets` are the passwords and keys in
    `address` and in `bad_addresses`, which the opener must refuse. What the class does not say is skipped, in the open.
    """

    recipient: ClassVar[Recipient] = ADA
    """Somebody whom this channel reaches."""

    secrets: ClassVar[tuple[str, ...]] = ()
    """What must never be shown: in a `repr`, an error, a reason."""

    bad_addresses: ClassVar[tuple[str, ...]] = ()
    """Addresses that cannot be one of this channel's."""

    seconds: ClassVar[float] = 20.0
    """How long any one step may take before it counts as hanging."""

    thoroughness: ClassVar[settings] = settings(
        max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    """How many messages Hypothesis makes up."""

    @abc.abstractmethod
    def opener(self) -> ChannelOpener:
        """What the plugin declares."""

    @abc.abstractmethod
    def address(self) -> str:
        """The address of an other side that works."""

    def arrived(self) -> Sequence[Arrived] | None:
        """Everything that has arrived at the other side so far, oldest first; None where that cannot be seen."""
        return None

    def refused(self) -> Recipient | None:
        """Somebody whom the other side does not take messages for, if there is such."""
        return None

    def dead_address(self) -> str:
        """An address at which nobody answers, if there can be one."""
        return ""

    # --- how a channel is opened and asked, each step bounded ---

    @pytest.fixture(autouse=True)
    def _place(self) -> Iterator[None]:
        self.patience = Patience(self.seconds)
        self._opened: list[Channel] = []
        yield
        for channel in self._opened:
            if not self.patience.late:  # one that hangs has failed its test by now
                self.patience.call("close", channel.close)

    def opened(self, address: str | None = None) -> Channel:
        """The channel at that address (the test's own unless told)."""
        where = self.address() if address is None else address
        channel = self.patience.call("opening", lambda: self.opener()(where))
        self._opened.append(channel)
        return channel

    def sent(self, channel: Channel, message: Message) -> Outcome:
        """What became of a message; the answer is sound and names nobody."""
        outcome = self.patience.call("send", lambda: channel.send(message))
        self._assert_sound(outcome, message)
        return outcome

    def news(self) -> Sequence[Arrived]:
        """What has arrived; skips, in the open, where it cannot be seen."""
        arrived = self.patience.call("arrived", self.arrived)
        if arrived is None:
            pytest.skip("arrived() is None: what arrives at the other side cannot be seen")
        return list(arrived)

    def _assert_sound(self, outcome: Outcome, message: Message) -> None:
        assert isinstance(outcome, Sent | Later | Never), f"{outcome!r} is no outcome"
        if isinstance(outcome, Sent):
            assert type(outcome.reference) is str
            return
        assert type(outcome.why) is str
        assert 0 < len(outcome.why) <= LONGEST_WHY, "why is empty, or too long"
        assert outcome.why.isprintable(), f"{outcome.why!r} is not a line"
        for personal in attrs.astuple(message.to):
            assert not personal.strip() or personal not in outcome.why, "why names somebody"
        self._assert_shows_nothing(outcome.why)
        if isinstance(outcome, Later):
            assert type(outcome.down) is bool
            assert outcome.wait is None or type(outcome.wait) is timedelta
            assert outcome.wait is None or outcome.wait > timedelta(0)

    def _assert_shows_nothing(self, text: str) -> None:
        assert not [each for each in self.secrets if each in text], "it shows a secret"

    # --- what must hold ---

    def test_it_is_a_channel(self) -> None:
        """It has both methods of the Protocol, and somebody who can be reached is reached."""
        channel = self.opened()
        assert isinstance(channel, Channel)
        assert isinstance(self.sent(channel, message("one", self.recipient)), Sent)

    def test_opening_connects_to_nothing(self) -> None:
        """A hub opens, and shows its calendar, while the other side is out of reach."""
        with _network_watched() as used:
            self.opened()
        assert used == []

    def test_an_address_that_cannot_be_one_is_refused(self) -> None:
        """With `Invalid` naming `channel`, without repeating what may be a password."""
        if not self.bad_addresses:
            pytest.skip("bad_addresses = (): no address is said to be wrong for this channel")
        for address in self.bad_addresses:
            with pytest.raises(Invalid) as invalid:
                self.opened(address)
            assert invalid.value.field == "channel"
            told = (invalid.value, invalid.value.value, invalid.value.__cause__)
            self._assert_shows_nothing(" ".join(f"{each} {each!r}" for each in told))

    def test_no_secret_is_shown(self) -> None:
        """Not in what a log or a debugger prints of it, before and after it was used."""
        if not self.secrets:
            pytest.skip("secrets = (): no secret is said to be in the address")
        channel = self.opened()
        for _ in range(2):
            shown = [repr(channel), str(channel), *map(repr, getattr(channel, "__dict__", {}).values())]
            self._assert_shows_nothing(" ".join(shown))
            self.sent(channel, message("one", self.recipient))

    def test_whom_it_cannot_reach_is_never(self) -> None:
        """At once, as an answer: who has no address or number will have none in an hour."""
        channel = self.opened()
        for unknown in (Recipient(), Recipient("Ada Obi"), Recipient("Ada Obi", " ", " ")):
            assert isinstance(self.sent(channel, message("none", unknown)), Never)
        assert isinstance(self.sent(channel, message("one", self.recipient)), Sent)

    def test_whom_the_other_side_refuses_holds_up_nobody(self) -> None:
        """An answer that names nobody, and the next is served."""
        refused = self.refused()
        if refused is None:
            pytest.skip("refused() is None: the other side takes messages for anybody")
        channel = self.opened()
        for number in range(2):
            outcome = self.sent(channel, message(f"refused {number}", refused))
            assert isinstance(outcome, Later | Never)
            assert not getattr(outcome, "down", False), "one recipient is not the channel"
            assert isinstance(self.sent(channel, message(f"one {number}", self.recipient)), Sent)

    def test_where_nobody_answers_it_is_later(self) -> None:
        """The channel is down: no recipient is to blame, and none is given up for it."""
        address = self.dead_address()
        if not address:
            pytest.skip("dead_address() is empty: somebody always answers this channel")
        channel = self.opened(address)
        for number in range(2):
            outcome = self.sent(channel, message(f"dead {number}", self.recipient))
            assert isinstance(outcome, Later)
            assert outcome.down

    def test_what_is_sent_arrives_once_and_at_whom_it_is_for(self) -> None:
        """Each key is a message of its own, whatever else is the same."""
        before = len(self.news())
        channel = self.opened()
        for number in range(3):
            assert isinstance(self.sent(channel, message(f"same {number}", self.recipient)), Sent)
        came = self.news()[before:]
        assert len(came) == 3
        assert {each.to for each in came} <= set(attrs.astuple(self.recipient))

    def test_the_same_key_may_come_again(self) -> None:
        """Where an answer was lost it is asked again; a channel that can tell sends it once."""
        before = len(self.arrived() or ())
        channel = self.opened()
        for attempt in (1, 2):
            again = message("again", self.recipient, attempt=attempt)
            assert isinstance(self.sent(channel, again), Sent)
        assert 1 <= len(self.news()) - before <= 2

    @pytest.mark.parametrize("what", TEXTS)
    def test_awkward_text_arrives_as_sent(self, what: str) -> None:
        """Letter for letter; line ends may be of either kind, and something may stand before and after it."""
        text, before = TEXTS[what], len(self.news())
        assert isinstance(self.sent(self.opened(), message(what, self.recipient, text=text)), Sent)
        (came,) = self.news()[before:]
        assert text in came.text.replace("\r\n", "\n")

    @pytest.mark.parametrize("what", SUBJECTS)
    def test_an_awkward_subject_arrives_as_sent(self, what: str) -> None:
        """Letter for letter, where there are subjects."""
        subject, before = SUBJECTS[what], len(self.news())
        assert isinstance(self.sent(self.opened(), message(what, self.recipient, subject=subject)), Sent)
        (came,) = self.news()[before:]
        if came.subject is None:
            pytest.skip("this channel has no subjects")
        assert came.subject == subject

    def test_nothing_in_a_message_is_an_order(self) -> None:
        """New lines and control characters in any value: it is sent without harm, or never, and the next is served."""
        channel, before, count = self.opened(), len(self.arrived() or ()), 0
        for what, bad in hostile(self.recipient):
            outcome = self.sent(channel, bad)
            assert isinstance(outcome, Sent | Never), f"{what}: {outcome}"
            count += isinstance(outcome, Sent)
        assert isinstance(self.sent(channel, message("after all", self.recipient)), Sent)
        came = self.news()[before:]
        assert len(came) == count + 1
        for each in came:
            assert each.to != EVE
            assert not {"bcc", "x-injected"} & {name.lower() for name in each.headers}, each

    def test_with_and_without_an_entry_for_a_calendar(self) -> None:
        """A channel that cannot carry one sends the rest."""
        channel = self.opened()
        for method in (None, *Method):
            entry = invitation(method) if method else None
            outcome = self.sent(channel, message(f"entry {method}", self.recipient, invitation=entry))
            assert isinstance(outcome, Sent)

    def test_any_message_is_answered(self) -> None:
        """Whatever the hub may say, with whatever entry for a calendar; and it is left as it was."""
        channel = self.opened()

        @self.thoroughness
        @given(messages())
        def check(made: Message) -> None:
            ready = attrs.evolve(made, to=self.recipient)
            before = copy.deepcopy(ready)
            assert isinstance(self.sent(channel, ready), Sent)
            assert ready == before

        check()

    def test_one_thread_after_another(self) -> None:
        """Opened in one, used in others, closed in yet another, and all of them are still there."""
        opened: list[Channel] = []

        def begin() -> None:
            opened.append(self.opener()(self.address()))

        def send() -> None:
            assert isinstance(opened[0].send(message("thread", self.recipient)), Sent)

        def end() -> None:
            opened[0].close()

        steps = _in_turn([begin, send, send, end], self.seconds)
        assert self.patience.together("use the channel in turn", steps) == []

    def test_a_closed_channel_sends_nothing(self) -> None:
        """Closing twice is fine; what comes afterwards is `Later` or an error of the library, at once."""
        before, channel = len(self.arrived() or ()), self.opened()
        assert isinstance(self.sent(channel, message("before", self.recipient)), Sent)
        for _ in range(2):
            self.patience.call("close", channel.close)
        try:
            assert isinstance(self.sent(channel, message("after", self.recipient)), Later)
        except HubError as error:
            self._assert_shows_nothing(f"{error} {error!r}")
        assert len(self.arrived() or ()) - before <= 1


def _in_turn(steps: Sequence[Callable[[], None]], seconds: float) -> list[Callable[[], None]]:
    """The same steps, for as many threads at once: each waits for the one before it, and all for the last."""
    turns = [Event() for _ in range(len(steps) + 1)]
    turns[0].set()

    def ordered(place: int) -> Callable[[], None]:
        def run() -> None:
            assert turns[place].wait(seconds)
            try:
                steps[place]()
            finally:
                turns[place + 1].set()
                turns[-1].wait(seconds)

        return run

    return [ordered(place) for place in range(len(steps))]


@contextmanager
def _network_watched() -> Iterator[list[str]]:
    """What was asked of the network meanwhile, which is not there."""
    used: list[str] = []

    def forbid(name: str) -> object:
        def call(*_: object, **__: object) -> None:
            used.append(name)
            raise OSError(f"{name}: there is no network while a channel is opened")

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, forbid(name))
        patch.setattr(socket, "getaddrinfo", forbid("getaddrinfo"))
        yield used
