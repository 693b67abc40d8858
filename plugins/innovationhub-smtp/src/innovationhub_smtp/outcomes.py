"""What a server's reply means for a message (RFC 5321 §4.2, enhanced codes of RFC 3463 and RFC 7372).

Three questions: will another attempt do, is it this recipient's affair or everybody's, and how long to wait. A reason
is a reply's codes and words of ours: what a server writes behind them may name the recipient.
"""

from __future__ import annotations

import enum
import re
from datetime import timedelta

import attrs

from innovationhub.protocols.channel import Later, Never, Outcome

__all__ = ["GREYLISTED", "LOCKED_OUT", "Reply", "Step", "meaning"]

GREYLISTED = timedelta(minutes=5)
"""What greylisting asks for unless set otherwise (Postgrey: 300 seconds); a mailbox in use is free by then too."""

LOCKED_OUT = timedelta(minutes=15)
"""After a wrong password: many accounts are locked after a few of them, and it takes a person to put it right."""

MAILBOX_FULL = timedelta(hours=1)
POLICY = timedelta(hours=1)

_ENHANCED = re.compile(rb"\s*([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.])")

CLOSING = 421
"""The server is about to hang up, whatever was asked (RFC 5321 §3.8)."""

NEEDS_LOGIN = frozenset({530, 534, 535, 538})
"""Replies that are about who we are (RFC 4954 §6), at whatever step."""

TOO_LARGE = 552


class Step(enum.StrEnum):
    """Where in a conversation a reply came."""

    GREETING = "the greeting"
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    CONTENT = "the content"


@attrs.frozen
class Reply:
    """A reply: its code, and its enhanced code where it has one."""

    code: int
    enhanced: str = ""

    @classmethod
    def of(cls, code: int, text: bytes) -> Reply:
        """The reply of these codes; the rest of the text is left out."""
        match = _ENHANCED.match(text)
        # one that contradicts the code says nothing
        enhanced = match[1].decode() if match and match[1][:1] == str(code)[:1].encode() else ""
        return cls(code, enhanced)

    @property
    def good(self) -> bool:
        """Whether it was done."""
        return 200 <= self.code < 300

    @property
    def temporary(self) -> bool:
        """Whether the server thinks that another attempt may do."""
        return 400 <= self.code < 500

    @property
    def subject(self) -> str:
        """What it is about: of `5.1.1` the `1`, "" where it is not said."""
        return self.enhanced.split(".")[1] if self.enhanced else ""

    def why(self, step: Step) -> str:
        """The codes, and where they came."""
        return f"{self.code} {self.enhanced}".rstrip() + f" at {step.value}"


def meaning(reply: Reply, step: Step) -> Outcome:
    """What a reply that is no success means. Anything that is not said to be final may work later."""
    why = reply.why(step)
    if step is Step.AUTH or reply.code in NEEDS_LOGIN:
        return Later(why, None if reply.temporary else LOCKED_OUT, down=True)
    if reply.code == CLOSING or step in {Step.GREETING, Step.EHLO, Step.STARTTLS}:
        return Later(why, down=True)
    final = 500 <= reply.code < 600
    if step is Step.MAIL:
        # the recipient has not been named yet: except for its size, nothing of this message is at fault
        too_large = final and (reply.code == TOO_LARGE or reply.enhanced == "5.3.4")
        return Never(why) if too_large else Later(why, down=True)
    if not final:
        return Later(why, GREYLISTED)
    if step is Step.RCPT and reply.subject == "7":
        # not allowed: whether to this recipient or to any is not said, and a person can allow it
        return Later(why, POLICY)
    if reply.enhanced == "5.2.2":
        return Later(why, MAILBOX_FULL)
    return Never(why)
