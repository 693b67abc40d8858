"""Figures: tables for the team that runs a hub, as plain values that name nobody."""

from __future__ import annotations

from datetime import date

import attrs

from innovationhub.errors import Invalid

__all__ = ["Cell", "Table"]

Cell = str | int | float | date | None
"""A value in a table. None is what is not shown: a group so small that it might tell who was in it."""


@attrs.frozen
class Table:
    """Figures under a title. `key` names it in files, such as `attendance-by-type`.

    `columns` head the cells of each row; the first column says what a row is about, the others are numbers. `unit` is
    what the numbers are, such as "people". `note` says what a reader must know: what counts, what was left out
    and why.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...] = ()
    unit: str = ""
    note: str = ""

    def __attrs_post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                message = f"must have {len(self.columns)} cells in every row of {self.key}; got {len(row)}"
                raise Invalid("rows", message, row)
