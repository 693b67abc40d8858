"""Figures as values: tables, CSV, and small groups that nobody can work out."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovationhub import Figures, Invalid, NotFound, Table
from innovationhub.domain.figures import FEWEST, Cell, by_group, not_shown

BLANK = Table("by-group", "By group", ("Group", "People", "Came"))
GROUPS = ("estates", "nursing", "pharmacy", "research")

counts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 30), max_size=8)


def figures(*tables: Table) -> Figures:
    made_at = datetime(2027, 1, 4, 9, tzinfo=UTC)
    by_key = {table.key: table for table in tables}
    return Figures(date(2026, 12, 1), date(2027, 1, 1), "Europe/London", made_at, 7, by_key)


def shown(people: dict[str, int], unknown: int) -> Table:
    total = sum(people.values()) + unknown
    groups = {group: (number, 2 * number) for group, number in people.items()}
    return by_group(BLANK, groups, (unknown, 2 * unknown), (total, 2 * total))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("rows", {"rows": (("nursing", 1),)}),
        ("total", {"total": ("All", 1)}),
        ("picture", {"picture": "Group"}),
        ("key", {"key": "../by-group"}),
    ],
)
def test_a_table_is_of_one_piece(field: str, wrong: dict[str, Any]) -> None:
    """Rows and total are as long as the columns, the picture is of a column of numbers, the key can name a file."""
    with pytest.raises(Invalid) as caught:
        attrs.evolve(BLANK, **wrong)
    assert caught.value.field == field


def test_a_table_that_is_not_there() -> None:
    """It is said which there are."""
    with pytest.raises(NotFound, match="by-group"):
        figures(BLANK).table("by-grop")


def test_csv_is_what_the_table_says() -> None:
    """As RFC 4180 has it: lines end in CR LF, quotes are doubled. What is not shown is a star."""
    table = Table(
        "t",
        "T",
        ("What, and why", "Number", "Day"),
        (('A "b"\nc', 1.5, date(2026, 12, 1)), ("d", None, "")),
        total=("All", 3, ""),
    )
    text = figures(table).csv("t")
    assert text == '"What, and why",Number,Day\r\n"A ""b""\nc",1.5,2026-12-01\r\nd,*,\r\nAll,3,\r\n'
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == ['A "b"\nc', "1.5", "2026-12-01"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", " =", "\r"])
def test_a_spreadsheet_takes_no_text_for_a_formula(start: str) -> None:
    """Wherever it stands: as a heading too."""
    word = f'{start}HYPERLINK("https://example.org")'
    text = figures(Table("t", "T", (word, "Number"), ((word, -1),))).csv("t")
    assert [row[0] for row in csv.reader(io.StringIO(text, newline=""))] == [f"'{word}"] * 2
    assert text.endswith(",-1\r\n")


def test_groups_of_five_are_shown() -> None:
    """With how often they came, and who is in no group."""
    table = shown({"nursing": 5, "estates": 9}, 0)
    assert table.rows == (("estates", 9, 18), ("nursing", 5, 10), ("Not known", 0, 0))
    assert table.total == ("All", 14, 28)


def test_a_small_group_is_not_shown_nor_who_is_in_none() -> None:
    """Else the one could be worked out from the other."""
    table = shown({"nursing": 4, "estates": 9}, 6)
    assert table.rows == (("estates", 9, 18), ("nursing", None, None), ("Not known", None, None))


def test_one_group_more_where_that_leaves_no_doubt() -> None:
    """The first by name, though another is smaller."""
    table = shown({"nursing": 2, "estates": 90, "pharmacy": 5}, 0)
    assert [row[1] for row in table.rows] == [None, None, 5, None]


def test_no_group_is_shown_where_all_are_small() -> None:
    """And it is said why."""
    table = shown({"nursing": 2}, 0)
    assert table.lines == ()
    assert "Too few people" in table.note


@given(counts, st.integers(0, 30))
def test_what_is_shown_is_five_at_least_or_none(people: dict[str, int], unknown: int) -> None:
    """Nowhere stands a number of one to four people; and where all have five, all are shown."""
    table = shown(people, unknown)
    assert all(row[1] is None or row[1] == 0 or int(str(row[1])) >= FEWEST for row in table.rows)
    assert all((row[1] is None) == (row[2] is None) for row in table.rows)
    if min([*people.values(), unknown or FEWEST]) >= FEWEST:
        assert all(row[1] is not None for row in table.rows)


def test_nothing_that_is_hidden_can_be_worked_out() -> None:
    """Whoever knows the rule, all that is shown and the total has three numbers left for whatever is not shown.

    All tables of up to three groups with up to `most` people are made, and put together by what is shown of them. That
    nobody is in two groups is the worst case: what is hidden then adds up to what the total leaves.
    """
    most = 12
    looks: dict[tuple[tuple[Cell, ...], ...], list[tuple[int, ...]]] = defaultdict(list)
    for many in (1, 2, 3):
        for numbers in product(*([range(1, most + 1)] * many), range(most + 1)):
            table = shown(dict(zip(GROUPS, numbers[:-1], strict=False)), numbers[-1])
            if table.rows:  # else nothing is shown of any group
                looks[table.lines].append(numbers)
    hiding = 0
    for lines, behind in looks.items():
        hidden = [place for place, row in enumerate(lines[:-1]) if row[1] is None]
        if not hidden or sum(behind[0][place] for place in hidden) > most:
            continue  # some tables that look like these are not among those made
        hiding += 1
        for place in hidden:
            assert len({numbers[place] for numbers in behind}) >= 3, (lines, behind)
    assert hiding > 100


@given(counts, st.integers(0, 30), st.data())
def test_doubt_is_left_among_many_groups(people: dict[str, int], unknown: int, data: st.DataObject) -> None:
    """For each small group there is another table that looks the same and in which it has another number."""
    hidden = not_shown(people, unknown)
    small = [group for group, number in people.items() if number < FEWEST]
    if hidden is None or not small:
        return
    group = data.draw(st.sampled_from(sorted(small)))
    table, found = shown(people, unknown), set()
    for number in range(1, FEWEST):
        more = number - people[group]
        others = [None, *sorted(hidden - {group})]
        for other in others:
            changed = {**people, group: number}
            left = unknown
            if other is None:
                left -= more
            else:
                changed[other] -= more
            if left >= 0 and min(changed.values()) > 0 and shown(changed, left).lines == table.lines:
                found.add(number)
    assert len(found) >= 2
