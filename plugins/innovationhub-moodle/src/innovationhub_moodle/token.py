"""The token of a Moodle's web services, which is shown nowhere."""

from __future__ import annotations

import re
from pathlib import Path

from innovationhub.errors import LmsError, LmsFailure

__all__ = ["Token", "read_token"]

_TOKEN = re.compile(r"[!-~]{8,200}\Z")


class Token:
    """A secret that shows itself when it is asked to: not in a `repr`, nor where the values of a stack are shown."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return "Token(…)"

    def reveal(self) -> str:
        """The token itself, for the request that needs it."""
        return self._value

    def redacted(self, text: str) -> str:
        """The text without the token in it."""
        return text.replace(self._value, "[token]")

    @property
    def usable(self) -> bool:
        """Whether this can be a token: one word of 8 to 200 visible characters."""
        return bool(_TOKEN.match(self._value))


def read_token(file: Path) -> Token:
    """The token, as the file has it now. Raises `LmsError`, `configuration`."""
    try:
        token = Token(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not plain text"
        said = f"the token cannot be read from {file}: {why}"
    else:
        if token.usable:
            return token
        said = f"{file} does not hold a token: one word of 8 to 200 characters"
    # out here, so that no error that holds what was read hangs on ours
    raise LmsError(LmsFailure.CONFIGURATION, "token", said)
