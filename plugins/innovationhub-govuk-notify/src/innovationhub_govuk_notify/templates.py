"""Which template of Notify's is used for which kind of message, as a small file says it.

    [email]
    default = "9d751e0e-f929-4891-82a1-a3e1c3c18ee3"
    reminder = "f33517ff-2a88-4f6e-b855-c550268ce08a"

    [text]
    reminder = "8e222534-7f05-4972-86e3-17c5d9f894e2"

A kind that has none of its own uses `default`. Without a default the kinds that are named are sent, and no others.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from uuid import UUID

import attrs

from innovationhub.domain.messages import MessageKind

__all__ = ["LARGEST", "Templates", "read_templates"]

LARGEST = 100_000
"""Of a file of templates, in bytes and in characters."""

TABLES = ("email", "text")


@attrs.frozen
class Templates:
    """Ids of templates by kind of message, and one for the others, "" where the others are not sent."""

    default: str = ""
    by_kind: Mapping[str, str] = attrs.field(factory=dict)

    def of(self, kind: str) -> str:
        """The template of a kind, the hub's own or a plugin's; "" where it has none."""
        return self.by_kind.get(kind, self.default)


def read_templates(text: str, table: str) -> Templates:
    """What a file says about `email` or `text`. Raises `ValueError` that says what is wrong with it, and where."""
    if len(text) > LARGEST:
        raise ValueError(f"it is longer than {LARGEST} characters")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"it is not TOML: {error}") from None
    strays = sorted(tables.keys() - set(TABLES))
    if strays:
        raise ValueError("it may have the tables [email] and [text] only")
    found = tables.get(table, {})
    if not isinstance(found, dict) or not found:
        raise ValueError(f"it has no table [{table}] with templates")
    known = {str(kind): kind for kind in MessageKind}
    ids: dict[str, str] = {}
    for name, value in found.items():
        if name != "default" and name not in known:
            raise ValueError(f"[{table}] has a kind that is none of: default, {', '.join(sorted(known))}")
        try:
            ids[name] = str(UUID(value))
        except (ValueError, AttributeError, TypeError):
            raise ValueError(
                f"{table}.{name} must be an id that Notify shows, such as {UUID(int=0)}"
            ) from None
    default = ids.pop("default", "")
    return Templates(default, {known[name]: template for name, template in ids.items()})
