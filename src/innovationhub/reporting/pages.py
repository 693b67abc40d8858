"""The page of a report, from its template: every text in it is escaped."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup

from innovationhub.domain.figures import HIDDEN, Cell, Figures, Table
from innovationhub.reporting.pictures import described, svg

__all__ = ["rendered"]

_WIDTH = re.compile(r' width="([\d.]+)"')
_SIZE = re.compile(r' (?:width|height)="[\d.]+"')


def rendered(figures: Figures, name: str, *, pictures: bool) -> str:
    """The page; see `innovationhub.reporting.page`."""
    drawn = {table.key: _picture(table) for table in figures.tables.values()} if pictures else {}
    return _template().render(
        figures=figures,
        name=name,
        period=_period(figures.start, figures.end),
        pictures={key: made for key, made in drawn.items() if made},
        css=Markup(_style()),  # noqa: S704  # a file of this package
    )


@cache
def _style() -> str:
    return (files("innovationhub.reporting") / "page.css").read_text("utf-8")


@cache
def _template() -> jinja2.Template:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("innovationhub.reporting", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"cell": _cell, "day": _day}
    made.tests["figure"] = _is_figure
    return made.get_template("page.html.jinja")


def _picture(table: Table) -> Markup:
    """A picture with its name and what it shows, as wide as there is room; empty where there is none."""
    drawn = svg(table)
    if not drawn:
        return Markup("")
    named = Markup(
        '<svg{3} style="max-width: {4}px" role="img" aria-labelledby="{0}-p {0}-d">'
        '<title id="{0}-p">{1}</title><desc id="{0}-d">{2}</desc>'
    )
    head, rest = drawn.removeprefix("<svg").split(">", 1)
    # by its own size it would not become smaller where there is less room
    kept, width = Markup(_SIZE.sub("", head)), _WIDTH.findall(head)[0]  # noqa: S704  # as drawn
    title = f"{table.title}: {table.picture}"
    return named.format(table.key, title, described(table), kept, width) + Markup(rest)  # noqa: S704  # as drawn


def _period(start: date, end: date) -> str:
    """Such as "December 2026", or "1 December 2026 to 14 January 2027", its last day included."""
    last = end - timedelta(days=1)
    if last <= start:
        return _day(start) if last == start else "no day"
    if start.day == 1 and end.day == 1 and last.month == start.month and last.year == start.year:
        return f"{start:%B %Y}"
    return f"{_day(start)} to {_day(last)}"


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def _cell(value: Cell) -> str:
    if value is None:
        return HIDDEN
    if isinstance(value, date):
        return _day(value)
    return f"{value:,}" if isinstance(value, int | float) else value or "–"


def _is_figure(value: object) -> bool:
    # a cell that is not shown, or has nothing to show, stands under numbers all the same
    return value is None or value == "" or isinstance(value, int | float)
