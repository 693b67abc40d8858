"""Channels that do not carry what they are handed."""

from __future__ import annotations

from email.parser import Parser

import attrs

from innovationhub.protocols.channel import (
    Message,
    Never,
    Outcome,
    Recipient,
)
from innovationhub.testing.contracts.arrivals import Arrived
from tests.contract.broken.box import Box, Broken


class DropsAll(Box):
    """Says that it was sent."""

    def take(self, message: Message) -> None:
        return


class TestDropsAll(Broken):
    kind = DropsAll
    caught_by = ("test_what_is_sent_arrives_once_and_at_whom_it_is_for", "test_the_same_key_may_come_again")


class OncePerText(Box):
    """Takes two messages that say the same for one."""

    def take(self, message: Message) -> None:
        if message.text not in [each.text for each in self.came]:
            super().take(message)


class TestOncePerText(Broken):
    kind = OncePerText
    caught_by = ("test_what_is_sent_arrives_once_and_at_whom_it_is_for",)


class CopiesTheTeam(Box):
    """Sends each to the team as well."""

    def take(self, message: Message) -> None:
        super().take(message)
        super().take(attrs.evolve(message, to=Recipient("", message.reply_to)))


class TestCopiesTheTeam(Broken):
    kind = CopiesTheTeam
    caught_by = ("test_what_is_sent_arrives_once_and_at_whom_it_is_for",)


class RaisesTheSecondTime(Box):
    """Takes the same key for a fault."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.keys: set[str] = set()

    def send(self, message: Message) -> Outcome:
        if message.key in self.keys:
            raise LookupError("sent already")
        self.keys.add(message.key)
        return super().send(message)


class TestRaisesTheSecondTime(Broken):
    kind = RaisesTheSecondTime
    caught_by = ("test_the_same_key_may_come_again",)


class OldLetters(Box):
    """Knows the letters of one country."""

    def take(self, message: Message) -> None:
        text, subject = (
            each.encode("latin-1", "replace").decode("latin-1") for each in (message.text, message.subject)
        )
        super().take(attrs.evolve(message, text=text, subject=subject))


class TestOldLetters(Broken):
    kind = OldLetters
    caught_by = ("test_awkward_text_arrives_as_sent", "test_an_awkward_subject_arrives_as_sent")


class EndsAtADot(Box):
    """Says a text to SMTP as it is: a dot alone on a line ends it."""

    def take(self, message: Message) -> None:
        super().take(attrs.evolve(message, text=message.text.partition("\n.\n")[0]))


class TestEndsAtADot(Broken):
    kind = EndsAtADot
    caught_by = ("test_awkward_text_arrives_as_sent",)


class Cuts(Box):
    """Cuts a subject that is long."""

    def take(self, message: Message) -> None:
        super().take(attrs.evolve(message, subject=message.subject[:78]))


class TestCuts(Broken):
    kind = Cuts
    caught_by = ("test_an_awkward_subject_arrives_as_sent",)


class TakesJoinersOut(Box):
    """Keeps what Python calls printable, and takes families apart."""

    def take(self, message: Message) -> None:
        text = "".join(letter for letter in message.text if letter.isprintable() or letter.isspace())
        super().take(attrs.evolve(message, text=text))


class TestTakesJoinersOut(Broken):
    kind = TakesJoinersOut
    caught_by = ("test_awkward_text_arrives_as_sent",)


class Headers(Box):
    """Writes headers by hand, and the other side reads them."""

    def take(self, message: Message) -> None:
        head = f"To: {message.to.name}\nSubject: {message.subject}\n\n"
        read = Parser().parsestr(head)
        headers = {name.lower(): str(value) for name, value in read.items()}
        self.came.append(Arrived(message.to.email, message.text, str(read["subject"]), headers))


class TestHeaders(Broken):
    kind = Headers
    caught_by = ("test_nothing_in_a_message_is_an_order",)


class StumblesOverHalves(Box):
    """Cannot write down half a character, and raises."""

    def take(self, message: Message) -> None:
        message.subject.encode()
        super().take(message)


class TestStumblesOverHalves(Broken):
    kind = StumblesOverHalves
    caught_by = ("test_nothing_in_a_message_is_an_order",)


class NoEntries(Box):
    """Cannot carry an entry for a calendar, and sends nothing."""

    def send(self, message: Message) -> Outcome:
        return Never("no entries") if message.invitation else super().send(message)


class TestNoEntries(Broken):
    kind = NoEntries
    caught_by = ("test_with_and_without_an_entry_for_a_calendar", "test_any_message_is_answered")


class Scribbles(Box):
    """Writes into what it was handed."""

    def send(self, message: Message) -> Outcome:
        outcome = super().send(message)
        message.facts.update(sent="yes")  # type: ignore[attr-defined]
        return outcome


class TestScribbles(Broken):
    kind = Scribbles
    caught_by = ("test_any_message_is_answered",)
