"""Mail addresses and words as they may stand in a message: what could be an order to a server or a reader is left out.

A mailbox here is what every server takes: `dot-atom@domain` in ASCII (RFC 5321 §4.1.2 without quoted strings and
without SMTPUTF8, which few servers have). Words lose control characters, and halves of characters that no file holds.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["domain_of", "is_mailbox", "line", "paragraphs"]

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAILBOX = re.compile(rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?P<domain>{_LABEL}(?:\.{_LABEL})*)", re.ASCII)

LONGEST = 254
LONGEST_LOCAL = 64
"""Octets of an address and of what stands before its @ (RFC 5321 §4.5.3.1, erratum 1690 of RFC 3696)."""

_ORDERS = {"Cc", "Cs", "Zl", "Zp"}
"""Categories of what servers and readers obey instead of showing: controls, halves, ends of lines and paragraphs."""


def is_mailbox(text: str) -> bool:
    """Whether mail can go to it, and whether it is nothing but that."""
    match = _MAILBOX.fullmatch(text)
    return match is not None and len(text) <= LONGEST and len(match["local"]) <= LONGEST_LOCAL


def domain_of(mailbox: str) -> str:
    """What stands behind its @."""
    return mailbox.rpartition("@")[2]


def line(text: str) -> str:
    """The words as one line: whatever would end it or be obeyed is a space."""
    return "".join(" " if unicodedata.category(letter) in _ORDERS else letter for letter in text).strip()


def paragraphs(text: str) -> str:
    """The words as lines that end in a line feed; tabs stay, other control characters are spaces."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        letter if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cs"} else " "
        for letter in plain
    )
    return "".join(kept)
