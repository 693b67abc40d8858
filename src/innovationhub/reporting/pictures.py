"""Pictures of figures: bars, as SVG, drawn by Vega-Lite, whose compiler comes as a package without a browser.

Words stay words, in the page's own letters, and colours are the page's (`var(--…)`, `currentcolor`): so a picture is
read aloud by its title and description, and is right in the dark and on paper. The same table gives the same picture.
"""

from __future__ import annotations

import re
from collections import Counter
from importlib.util import find_spec
from typing import Any

from innovationhub.domain.figures import Table
from innovationhub.errors import Invalid

__all__ = ["bars", "can_draw", "described", "svg"]

FEWEST, LARGEST = 2, 40
"""Bars in one picture: of a shorter or a longer table none is made."""

WIDTH, STEP, LETTERS = 280, 28, 14
"""In pixels: the longest bar, from one to the next, the size of letters."""

LABEL = 24
"""Characters of the longest label: a longer one is cut here, since what draws may cut through the middle of one."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

FONT = "Arial, Helvetica, sans-serif"
"""The page's own."""


def can_draw() -> bool:
    """Whether the package that draws is there: `innovationhub[report]` has it."""
    return find_spec("vl_convert") is not None


def bars(table: Table) -> list[tuple[str, int | float]]:
    """What a picture of a table shows, in the table's order: those of its rows that have a number, each by a name."""
    if not table.picture:
        return []
    place = table.columns.index(table.picture)
    found = [
        (_drawable(str(row[0]), LABEL), cell)
        for row in table.rows
        if isinstance(cell := row[place], int | float)
    ]
    # two bars of one name would be one
    again = Counter(name for name, _ in found)
    return [
        (name if again[name] == 1 else f"{name} ({number})", cell)
        for number, (name, cell) in enumerate(found, 1)
    ]


def _drawable(text: str, longest: int = 200) -> str:
    """A text without what no XML can hold, at which what draws would end the process; cut where it is too long."""
    plain = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"


def described(table: Table) -> str:
    """What a picture shows, in a sentence."""
    found = bars(table)
    most, number = max(found, key=lambda each: each[1])
    return (
        f"A bar for each of {len(found)}. The longest is {most}, {number:,}. The table below has all numbers."
    )


def svg(table: Table) -> str:
    """A table's picture, with nothing about it for those who listen: the page says that. "" where there is none to see.

    Raises `Invalid` naming `report` where the package that draws is missing.
    """
    found = bars(table)
    if not FEWEST <= len(found) <= LARGEST or not any(number for _, number in found):
        return ""
    try:
        import vl_convert  # noqa: PLC0415  # large, and for pictures alone
    except ModuleNotFoundError:
        raise Invalid(
            "report", "needs one more package for pictures: install innovationhub[report]"
        ) from None
    drawn: str = vl_convert.vegalite_to_svg(_specification(_drawable(table.picture), found))
    return drawn


def _specification(title: str, found: list[tuple[str, int | float]]) -> dict[str, Any]:
    words = {"aria": False, "labelColor": "currentcolor", "titleColor": "currentcolor"}
    # what is drawn is data, and never part of an expression
    values = [{"what": what, "number": number} for what, number in found]
    across = {
        "field": "what",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelLimit": 0, "ticks": False, "domain": False},
    }
    along = {
        "field": "number",
        "type": "quantitative",
        "title": title,
        "axis": {"tickMinStep": 1, "tickCount": 5},
    }
    bar = {"type": "bar", "aria": False, "color": "var(--bar)", "height": {"band": 0.7}}
    number = {
        "type": "text",
        "aria": False,
        "align": "left",
        "dx": 4,
        "fontSize": LETTERS,
        "color": "currentcolor",
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": values},
        "width": WIDTH,
        "height": {"step": STEP},
        "background": None,
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {**words, "gridColor": "var(--line)", "labelFontSize": LETTERS, "titleFontSize": LETTERS},
        },
        "encoding": {"y": across},
        "layer": [
            {"mark": bar, "encoding": {"x": along}},
            {
                "mark": number,
                "encoding": {"x": along, "text": {"field": "number", "type": "quantitative", "format": ","}},
            },
        ],
    }
