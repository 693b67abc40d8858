"""What others say of a failure, without whom it is about: servers like to repeat addresses, numbers and names."""

from __future__ import annotations

import re

from innovationhub.domain.messages import Recipient

__all__ = ["unnamed"]

SHORTEST_WORD = 3
"""Letters of a part of a name that is looked for: shorter ones are in every other word."""

_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:]+")
_NUMBER = re.compile(r"(?<![\w-])\+?\d[\d \-()]{5,}\d(?![\w-])")
"""Seven digits or more, however they are set apart; not those within an id, such as a UUID."""


def unnamed(text: str, to: Recipient) -> str:
    """A sentence of a channel's without addresses, telephone numbers, and the words of the recipient's name."""
    shown = _NUMBER.sub("…", _ADDRESS.sub("…", text))
    local = to.email.partition("@")[0]
    words = {to.name, local, *re.split(r"[\W_\d]+", f"{to.name} {local}")}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= SHORTEST_WORD:
            shown = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "…", shown, flags=re.IGNORECASE)
    return shown
