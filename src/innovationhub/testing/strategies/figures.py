"""Strategies for the team's figures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from innovationhub.domain.figures import Cell, Figures, Table
from innovationhub.testing.strategies.values import keys

__all__ = ["figures", "strategies_of_figures", "tables"]

WORDS = st.text("abc ÅÉ-=+@1", min_size=1, max_size=20)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A table of one to four columns, some cells not shown, with and without a total and a picture."""
    columns = tuple(draw(st.lists(WORDS, min_size=1, max_size=4, unique=True)))
    numbers: st.SearchStrategy[Cell] = st.none() | st.integers(0, 10_000)
    row = st.tuples(WORDS, *(numbers for _ in columns[1:]))
    return Table(
        key=draw(keys()),
        title=draw(WORDS),
        columns=columns,
        rows=tuple(draw(st.lists(row, max_size=4))),
        unit=draw(st.sampled_from(("", "people", "days"))),
        note=draw(st.just("") | WORDS),
        total=draw(st.just(()) | row),
        picture=draw(st.sampled_from(("", *columns[1:]))),
    )


def figures() -> st.SearchStrategy[Figures]:
    """The figures of a month or so, with a few tables."""
    some = st.lists(tables(), max_size=3).map(lambda found: {each.key: each for each in found})
    made_at = datetime(2027, 1, 4, 9, tzinfo=UTC)
    return st.builds(
        Figures,
        st.dates(date(2026, 12, 1), date(2026, 12, 15)),
        st.dates(date(2026, 12, 16), date(2027, 1, 3)),
        st.just("Europe/London"),
        st.just(made_at),
        st.integers(0, 1000),
        some,
    )


def strategies_of_figures() -> dict[type[Any], st.SearchStrategy[Any]]:
    """By type."""
    return {Figures: figures(), Table: tables()}
