"""Figures: tables for the team that runs a hub, as plain values that name nobody.

Where a table shows staff groups, small ones are not shown (`by_group`). Fewer than five people in a group: neither how
many they are nor how often they came. Since what is left out could be worked out from what is shown and the total, the
line "Not known" is left out along with them, whatever it holds; and where that would still leave less than three people
of doubt, so is one group more: the first by name, never the one next in size, whose choice would tell something.
Whoever knows all this, the totals and that nobody is in two groups is left with three numbers at least for every group
that is not shown (`tests/domain/test_figures.py` tries them all).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date, datetime

import attrs

from innovationhub.domain.ids import checked_key
from innovationhub.errors import Invalid, NotFound

__all__ = ["ALL", "FEWEST", "HIDDEN", "NOT_KNOWN", "Cell", "Figures", "Table", "by_group", "not_shown"]

Cell = str | int | float | date | None
"""A value in a table; "" where there is none. None is what is not shown: a group so small that it might tell who was
in it."""

FEWEST = 5
"""People in the smallest group that is shown."""

DOUBT = 3
"""People that the "Not known" must be able to stand for, so that no group can be worked out from the total."""

NOT_KNOWN, ALL = "Not known", "All"

HIDDEN = "*"
"""How a cell that is not shown is written."""


@attrs.frozen
class Table:
    """Figures under a title. `key` names it in files, such as `attendance-by-type`.

    `columns` head the cells of each row; the first column says what a row is about, the others are numbers. `unit` is
    what the numbers are, such as "people". `note` says what a reader must know: what counts, what was left out
    and why. `total` is a last row for all of them together; empty: there is none. `picture` is the column that is shown
    as bars; empty: none is. Raises `Invalid` naming `key`, `rows`, `total` or `picture`.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...] = ()
    unit: str = ""
    note: str = ""
    total: tuple[Cell, ...] = ()
    picture: str = ""

    def __attrs_post_init__(self) -> None:
        checked_key("key", self.key)
        for name, rows in (("rows", self.rows), ("total", (self.total,) if self.total else ())):
            for row in rows:
                if len(row) != len(self.columns):
                    message = (
                        f"must have {len(self.columns)} cells in every row of {self.key}; got {len(row)}"
                    )
                    raise Invalid(name, message, row)
        if self.picture and self.picture not in self.columns[1:]:
            message = f"must be a column of numbers of {self.key}, such as {self.columns[-1]!r}; got {self.picture!r}"
            raise Invalid("picture", message, self.picture)

    @property
    def lines(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows, with the total behind them where there is one."""
        return (*self.rows, self.total) if self.total else self.rows


@attrs.frozen
class Figures:
    """The tables of one period, by their keys: local dates of the hub's zone `timezone`, `start <= day < end`.

    `made_at` is aware, in that zone. They rest on the journal up to `position`: what was committed while they were
    made may be in them or not.
    """

    start: date
    end: date
    timezone: str
    made_at: datetime
    position: int
    tables: Mapping[str, Table]

    def table(self, key: str) -> Table:
        """One table by its key. Raises `NotFound`."""
        found = self.tables.get(key)
        if found is None:
            raise NotFound("table", key, f"there are {', '.join(self.tables)}")
        return found

    def csv(self, key: str) -> str:
        """One table as CSV (RFC 4180), its columns first, the total last; "*" is what is not shown.

        A text that a spreadsheet would take for a formula has an apostrophe before it. Raises `NotFound`.
        """
        table = self.table(key)
        text = _Text()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([_safe(each) for each in table.columns])
        writer.writerows([_safe(each) for each in row] for row in table.lines)
        return "".join(text.parts)


class _Text:
    """What a CSV writer writes to."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> None:
        self.parts.append(text)


def _safe(cell: Cell) -> str | int | float:
    if cell is None:
        return HIDDEN
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str) and cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        return f"'{cell}"
    return cell


def not_shown(people: Mapping[str, int], unknown: int) -> frozenset[str] | None:
    """The groups that must not be shown, each with how many people; `unknown` are in none.

    Where there is one, "Not known" is not shown either. None: no group at all may be.
    """
    small = {group for group, number in people.items() if number < FEWEST}
    if not small and not 0 < unknown < FEWEST:
        return frozenset()
    hidden = sum(people[group] for group in small) + unknown
    if small and hidden >= len(small) + DOUBT:
        return frozenset(small)
    others = sorted(set(people) - small)
    return frozenset(small | {others[0]}) if others else None


def by_group(
    table: Table, groups: Mapping[str, tuple[int, ...]], unknown: tuple[int, ...], total: tuple[int, ...]
) -> Table:
    """A table by staff group, with small groups not shown. Of the numbers of each line the first counts people.

    `groups` has those that anybody is in, `unknown` is who is in none, `total` counts everybody once.
    """
    hidden = not_shown({group: numbers[0] for group, numbers in groups.items()}, unknown[0])
    if hidden is None:
        few = f"Too few people to show by group: with fewer than {FEWEST} it might tell who was in it."
        return attrs.evolve(table, note=f"{table.note} {few}".strip())
    none = (None,) * (len(table.columns) - 1)
    shown: Iterable[tuple[Cell, ...]] = (
        (group, *(none if group in hidden else numbers)) for group, numbers in sorted(groups.items())
    )
    rest = none if hidden else unknown
    return attrs.evolve(table, rows=(*shown, (NOT_KNOWN, *rest)), total=(ALL, *total))
