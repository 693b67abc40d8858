"""Figures made up for pages: long words, markup, what is not shown, tables with and without a picture."""

from __future__ import annotations

from datetime import UTC, date, datetime

from innovationhub import Figures, Table

__all__ = ["MARKUP", "figures"]

MARKUP = "<script>alert('1')</script> & \"2\""


def figures(*tables: Table) -> Figures:
    """Figures of December 2026; without tables, a few that have everything."""
    own = tables or (
        Table(
            "by-type",
            f"By type {MARKUP}",
            ("Type", f"Came {MARKUP}", "On average", "Given up in the last 24 hours"),
            (
                (f"Problem solving drop-in {MARKUP}", 1234, 12.5, 3),
                ("A continuous quality improvement action learning set", 9, "", 0),
                ("Forum", 12, 4.0, 1),
            ),
            unit=f"people {MARKUP}",
            note=f"A note {MARKUP}",
            total=("All", 1255, 9.9, 4),
            picture=f"Came {MARKUP}",
        ),
        Table(
            "by-group",
            "By group",
            ("Group", "People"),
            (("estates", 7), ("nursing", None), ("pharmacy", None), ("research", 1005)),
            picture="People",
        ),
        Table("days", "Days", ("Day", "Number"), ((date(2026, 12, 1), 2),), picture="Number"),
        Table("empty", "Nothing", ("What", "Number")),
    )
    made_at = datetime(2027, 1, 4, 9, 5, tzinfo=UTC)
    by_key = {table.key: table for table in own}
    return Figures(date(2026, 12, 1), date(2027, 1, 1), "Europe/London", made_at, 4321, by_key)
