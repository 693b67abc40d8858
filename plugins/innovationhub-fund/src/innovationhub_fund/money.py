"""Money: whole pence within, pounds for people."""

from __future__ import annotations

import re

from innovationhub import Invalid

__all__ = ["MOST", "pence", "pounds", "whole_pence"]

MOST = 100_000_000_00
"""Pence of one amount."""

_WRITTEN = re.compile(r"£?(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{2}))?", re.ASCII)


def pounds(amount: int) -> str:
    """Pence as people write them: "£1,200", "£1,200.50"."""
    whole, rest = divmod(amount, 100)
    return f"£{whole:,}.{rest:02}" if rest else f"£{whole:,}"


def pence(field: str, text: str) -> int:
    """What people write as pence: "1200", "£1,200.50". Raises `Invalid` naming `field`."""
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        raise Invalid(field, f'must be pounds, such as "1200" or "1,200.50"; got {text!r}', text)
    return whole_pence(field, int(written[1].replace(",", "")) * 100 + int(written[2] or 0))


def whole_pence(field: str, amount: int, *, least: int = 0) -> int:
    """`amount` if it is a number of pence. Raises `Invalid` naming `field`."""
    if isinstance(amount, bool) or not isinstance(amount, int) or not least <= amount <= MOST:
        raise Invalid(field, f"must be whole pence, from {least} to {MOST}; got {amount!r}", amount)
    return amount
