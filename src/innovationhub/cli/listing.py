"""Tables that fit: one line for each row where there is room, else a row's ids go beneath its name.

An id is copied by people, so it is never cut and never folded; if there is no room at all, the line is longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import attrs
from rich.table import Table
from rich.text import Text

from innovationhub.cli.output import Output

__all__ = ["Column", "listing"]

NARROW = 8
"""Columns that folded text keeps at least."""

GAP = 2


@attrs.frozen
class Column:
    """A column: `id` is never folded; `under` names the column beneath whose text it goes when there is no room."""

    title: str
    id: bool = False
    under: str = ""
    right: bool = False


def listing(out: Output, columns: Sequence[Column], rows: Sequence[Sequence[str | Text]]) -> None:
    """Print rows under their columns."""
    cells = [[each if isinstance(each, Text) else Text(each) for each in row] for row in rows]
    least = [_longest(column, place, cells) if column.id else NARROW for place, column in enumerate(columns)]
    widths = [_longest(column, place, cells) for place, column in enumerate(columns)]
    if sum(widths) + GAP * (len(widths) - 1) > out.width:
        columns, cells, least = _stacked(columns, cells, least)
        widths = _fitted(
            [_longest(column, place, cells) for place, column in enumerate(columns)], least, out.width
        )
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for column, width in zip(columns, widths, strict=True):
        justify: Literal["left", "right"] = "right" if column.right else "left"
        table.add_column(column.title, width=width, overflow="fold", justify=justify)
    for row in cells:
        table.add_row(*row)
    before = out.width
    # room for the ids is made even where there is none: a long line can be copied, a cut id cannot
    out.width = max(before, sum(widths) + GAP * len(widths))
    try:
        out.block(table)
    finally:
        out.width = before


def _longest(column: Column, place: int, rows: Sequence[Sequence[Text]]) -> int:
    return max([len(column.title), *(line.cell_len for row in rows for line in row[place].split("\n"))])


def _fitted(widths: list[int], least: Sequence[int], width: int) -> list[int]:
    """The widths made to fit, the widest first, and none below its least."""
    made = list(widths)
    for _ in range(sum(made)):
        loose = [place for place, each in enumerate(made) if each > least[place]]
        if sum(made) + GAP * (len(made) - 1) <= width or not loose:
            break
        made[max(loose, key=made.__getitem__)] -= 1
    return made


def _stacked(
    columns: Sequence[Column], rows: Sequence[Sequence[Text]], least: Sequence[int]
) -> tuple[list[Column], list[list[Text]], list[int]]:
    """The columns that stay, rows whose other cells stand beneath those they belong to, and the least widths."""
    titles = [column.title for column in columns]
    needed = dict(zip(titles, least, strict=True))
    made: list[list[Text]] = []
    for row in rows:
        cells = dict(zip(titles, row, strict=True))
        for column in columns:
            if column.under:
                both = [each for each in (cells[column.under], cells[column.title]) if each]
                cells[column.under] = Text("\n").join(both)
                needed[column.under] = max(needed[column.under], needed[column.title])
        made.append([cells[column.title] for column in columns if not column.under])
    kept = [column for column in columns if not column.under]
    return kept, made, [needed[column.title] for column in kept]
