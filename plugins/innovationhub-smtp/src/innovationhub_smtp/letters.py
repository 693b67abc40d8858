"""A message as an e-mail (RFC 5322, RFC 2045): text, HTML, and an entry for a calendar where there is one.

The parts are the standard library's. The headers that hold words of others are encoded here: given plain text, its
parser takes what looks like an encoded word for one, and a name could smuggle in a new line that way.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime

from innovationhub.protocols.channel import Message
from innovationhub_smtp.address import Address
from innovationhub_smtp.invitations import entry
from innovationhub_smtp.mailboxes import domain_of, is_mailbox, line, paragraphs

__all__ = ["letter", "message_id"]

POLICY = SMTP.clone(cte_type="7bit")
"""Every server takes seven bits and short lines; what has more is encoded."""

LONGEST_PLAIN = 60
"""Characters of a header that is written as it is, on one line; a longer one is encoded and folded."""


class _Encoded(str):
    """A header's value that is encoded already and is written as it is: what the library calls a header object."""

    name: str

    @classmethod
    def of(cls, name: str, value: str) -> _Encoded:
        made = cls(value)
        made.name = name
        return made

    def fold(self, *, policy: EmailPolicy) -> str:
        """The header as it stands in the message."""
        return f"{self.name}: {self}{policy.linesep}"


def message_id(key: str, address: Address) -> str:
    """The Message-ID of a message: the same for the same key, so that a repeat can be told; it gives nothing away."""
    made = hashlib.sha256(f"message {key}".encode("utf-8", "backslashreplace")).hexdigest()[:32]
    return f"<{made}@{domain_of(address.mailbox)}>"


def letter(message: Message, address: Address, now: datetime) -> bytes:
    """The message as it is handed to a server, dated `now` (aware). Its recipient must be a mailbox."""
    made = EmailMessage(POLICY)
    made["Date"] = format_datetime(now)
    made["Message-ID"] = _Encoded.of("Message-ID", message_id(message.key, address))
    made["From"] = _mailbox("From", address.name or line(message.sender), address.mailbox)
    made["To"] = _mailbox("To", line(message.to.name), message.to.email.strip())
    if is_mailbox(message.reply_to.strip()):
        made["Reply-To"] = _Encoded.of("Reply-To", message.reply_to.strip())
    made["Subject"] = _words("Subject", line(message.subject))
    # an answering machine must not answer (RFC 3834 §5); Exchange's own looks at the second
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    made.set_content(paragraphs(message.text))
    if message.html:
        made.add_alternative(paragraphs(message.html), subtype="html")
    if message.invitation is not None:
        calendar = entry(message.invitation, message.to, address)
        method = message.invitation.method.value
        # last and thus best of the alternatives: there Outlook and Google look for it, and the method must be said
        made.add_alternative(calendar.decode(), subtype="calendar", params={"method": method})
        # for readers that take a calendar from attachments only, and for saving it by hand
        made.add_attachment(calendar, maintype="application", subtype="ics", filename="invite.ics")
    return made.as_bytes()


def _words(name: str, text: str) -> _Encoded:
    """Words in a header: as they are where nobody can read anything else into them, else encoded (RFC 2047)."""
    plain = text.isascii() and len(text) <= LONGEST_PLAIN and "=?" not in text
    return _Encoded.of(
        name, text if plain else Header(text, "utf-8", header_name=name).encode(linesep="\r\n")
    )


def _mailbox(name: str, words: str, mailbox: str) -> _Encoded:
    """A mailbox with the words before it."""
    if not words:
        return _Encoded.of(name, mailbox)
    encoded: str = _words(name, words)
    if encoded == words:
        quoted = words.replace("\\", "\\\\").replace('"', '\\"')
        encoded = f'"{quoted}"'
    folded = "\r\n" if len(encoded) + len(mailbox) > LONGEST_PLAIN else ""
    return _Encoded.of(name, f"{encoded}{folded} <{mailbox}>")
