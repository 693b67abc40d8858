"""Tables that fit: one line for each row where there is room, else a row's ids go beneath its name.

An id is copied by people, so it is never cut and never folded; if there is no room at all, the line is longer.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from innovationhub.cli.desk import Output

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
    table = _table(columns, cells, columns)
    if _width(out, table) > out.width:
        table = _table(*_stacked(columns, cells), columns)
    before = out.width
    # room for the ids is made even where there is none: a long line can be copied, a cut id cannot
    out.width = max(before, sum((column.min_width or NARROW) + GAP for column in table.columns) - GAP)
    try:
        out.block(table)
    finally:
        out.width = before


def _width(console: Console, table: Table) -> int:
    return Measurement.get(console, console.options.update(width=10_000), table).maximum


def _table(kept: Sequence[Column], rows: Sequence[Sequence[Text]], columns: Sequence[Column]) -> Table:
    """A table of the columns that are kept; the widest id in each, its own or beneath, sets its least width."""
    ids = {column.title for column in columns if column.id}
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for place, column in enumerate(kept):
        beneath = {each.title for each in columns if each.under == column.title and each not in kept}
        least = len(column.title) if column.right else 0
        if column.title in ids or beneath & ids:
            lines = [line for row in rows for line in row[place].split("\n")]
            copied = lines if column.title in ids else [line for line in lines if " " not in line.plain]
            least = max([least, *(line.cell_len for line in copied)])
        table.add_column(
            column.title,
            no_wrap=column.id,
            overflow="ignore" if column.id else "fold",
            justify="right" if column.right else "left",
            min_width=least or None,
        )
    for row in rows:
        table.add_row(*row)
    return table


def _stacked(
    columns: Sequence[Column], rows: Sequence[Sequence[Text]]
) -> tuple[list[Column], list[list[Text]]]:
    """The columns that stay, and rows whose other cells stand beneath those they belong to."""
    made: list[list[Text]] = []
    for row in rows:
        cells = dict(zip((column.title for column in columns), row, strict=True))
        for column in columns:
            if column.under and cells[column.title]:
                below = Text(cells[column.title].plain, style="dim")
                cells[column.under] = Text("\n").join(each for each in (cells[column.under], below) if each)
        made.append([cells[column.title] for column in columns if not column.under])
    return [column for column in columns if not column.under], made
