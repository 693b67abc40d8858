"""A channel that keeps what it is handed, and answers as a test wants: for what no real server has to say."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from innovationhub import Hub, Settings, hookimpl
from innovationhub.protocols.channel import Channel, ChannelOpener, Message, Outcome, Sent

POST = Settings(discover=False, channels=("post:",))

Answering = Callable[[Message], Outcome]


def always_sent(message: Message) -> Outcome:
    return Sent("taken")


class Post:
    """The plugin and its one channel. `answers` says what becomes of each attempt; `got` is what was sent."""

    def __init__(self, answers: Answering = always_sent) -> None:
        self.answers = answers
        self.attempts: list[Message] = []
        self.got: list[Message] = []
        self.closed = 0
        self._lock = Lock()

    @hookimpl
    def innovationhub_channels(self) -> dict[str, ChannelOpener]:
        return {"post": self._open}

    def _open(self, address: str) -> Channel:
        return self

    def send(self, message: Message) -> Outcome:
        with self._lock:
            self.attempts.append(message)
        outcome = self.answers(message)
        if isinstance(outcome, Sent):
            with self._lock:
                self.got.append(message)
        return outcome

    def close(self) -> None:
        self.closed += 1

    def to(self, person: str) -> list[str]:
        """The kinds of the messages that somebody got, in order."""
        return [str(message.kind) for message in self.got if message.to.email == f"{person}@nhs.example"]

    def said(self) -> list[tuple[str, str]]:
        """To whom what was sent, in order."""
        return [(message.to.email.partition("@")[0], str(message.kind)) for message in self.got]


def ticked(hub: Hub) -> None:
    """Tick until nothing is left to do now."""
    for _ in range(50):
        if hub.tick().complete:
            return
    raise AssertionError("fifty ticks, and there is more to do")
