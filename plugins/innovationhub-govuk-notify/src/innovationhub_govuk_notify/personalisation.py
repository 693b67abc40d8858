"""The values that a template's fields are filled with: the facts of a message, and `subject`, `body` and `name`."""

from __future__ import annotations

import re

from innovationhub.protocols.channel import Message

__all__ = ["personalisation"]

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and halves of characters, which no encoding has."""

_BREAKS = re.compile("[\t\n\u2028\u2029]+")

_LINK = re.compile(r"\](?=[(\[:])")
"""What makes words a link in Notify's e-mail: `[words](address)`, `[words][name]`, `[name]: address`."""


def _text(value: str) -> str:
    """Text as a template can hold it, in which no words lead to somewhere else."""
    return _LINK.sub("] ", _UNFIT.sub(" ", value.replace("\r\n", "\n").replace("\r", "\n")))


def _line(value: str) -> str:
    return _BREAKS.sub(" ", _text(value))


def personalisation(message: Message) -> dict[str, str]:
    """What Notify is given for a message's fields. `subject`, `body` and `name` stand over facts of those names."""
    facts = {_line(name): _text(value) for name, value in message.facts.items()}
    ours = {"subject": _line(message.subject), "body": _text(message.text), "name": _line(message.to.name)}
    return {**facts, **ours}
