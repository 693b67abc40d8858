"""Figures: tables for the team that runs a hub, as plain values that name nobody.

Where a table shows staff groups, small ones are not shown (`by_group`): of a group of fewer than five people neither
how many they are nor how often they came. What is left out could be worked out from what is shown and the total. So
groups go in pairs, by name (the last three together, where they are odd), and are shown or not shown together: never
with the next one in size, since that choice would tell something. Whoever knows this rule, the total, who is in no
group and that nobody is in two is left with two numbers at least for whatever is not shown
(`tests/domain/test_figures.py` tries all tables up to a size).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date, datetime

import attrs

from innovationhub.domain.ids import checked_key
from innovationhub.errors import Invalid, NotFound

__all__ = [
    "ALL",
    "FEWEST",
    "HIDDEN",
    "NOT_KNOWN",
    "Cell",
    "Figures",
    "Table",
    "by_group",
    "is_small",
    "not_shown",
]

Cell = str | int | float | date | None
"""A value in a table; "" where there is none. None is what is not shown: a group so small that it might tell who was
in it."""

FEWEST = 5
"""People in the smallest group that is shown."""

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
    """The groups that must not be shown, of these with how many people are in each; `unknown` are in none.

    Who is in none is shown unless they are few. None: nothing may be shown by group.
    """
    names = sorted(people)
    pairs = [names[at : at + 2] for at in range(0, len(names) - 1, 2)]
    if pairs and len(names) % 2:
        pairs[-1].append(names[-1])
    few = is_small(unknown) or (not pairs and any(is_small(number) for number in people.values()))
    hidden = [pair for pair in pairs if any(is_small(people[each]) for each in pair)]
    # where each that is hidden can only be one person, or none is with whom the few could be taken for others
    if (hidden or few) and all(people[each] == 1 for pair in hidden for each in pair):
        others = [pair for pair in pairs if pair not in hidden]
        if not others:
            return None
        hidden.append(others[0])
    return frozenset(each for pair in hidden for each in pair)


def is_small(number: int) -> bool:
    """Whether so many people are too few to be shown; nobody at all is not."""
    return 0 < number < FEWEST


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
    rest = none if is_small(unknown[0]) else unknown
    return attrs.evolve(table, rows=(*shown, (NOT_KNOWN, *rest)), total=(ALL, *total))
