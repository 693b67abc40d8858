"""Weeks side by side: what is left of every session, a line for each kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from rich.table import Table
from rich.text import Text

from innovationhub import SessionStatus, SessionView
from innovationhub.cli.output import Output

__all__ = ["show_weeks"]

WEEK = timedelta(weeks=1)


def show_weeks(out: Output, found: Sequence[SessionView], start: date, weeks: int = 4) -> None:
    """The sessions of some weeks, by title: on which day, and how many places are left."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Places left, in the week from", overflow="fold")
    begins = [start + WEEK * each for each in range(weeks)]
    for first in begins:
        table.add_column(f"{first.day} {first:%b}", no_wrap=True, min_width=8)
    for title in dict.fromkeys(view.title for view in found):
        cells = []
        for first in begins:
            within = [
                view for view in found if view.title == title and first <= view.starts.date() < first + WEEK
            ]
            cells.append(Text("\n").join(_cell(view) for view in within))
        table.add_row(Text(title), *cells)
    out.block(table)


def _cell(view: SessionView) -> Text:
    day = f"{view.starts:%a}"
    if view.status is SessionStatus.CALLED_OFF:
        return Text.assemble(f"{day} ", ("off", "yellow"))
    seats = [role.left for role in view.places.values()]
    return Text.assemble(
        f"{day} ", ("any" if None in seats else str(sum(each or 0 for each in seats)), "green")
    )
