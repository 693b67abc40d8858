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
GROUPS = ("a", "b", "c", "d", "e")

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


def test_a_small_group_is_not_shown_nor_the_one_beside_it() -> None:
    """Else the total would tell; they go in pairs by name, whatever their size."""
    table = shown({"estates": 90, "nursing": 4, "pharmacy": 5, "research": 6}, 7)
    assert [row[1] for row in table.rows] == [None, None, 5, 6, 7]


def test_the_last_three_go_together_where_they_are_odd() -> None:
    """So that none is alone."""
    assert (not_shown({"a": 5, "b": 5, "c": 5, "d": 5, "e": 2}, 0) or set()) == {"c", "d", "e"}
    assert (not_shown({"a": 5, "b": 5, "c": 2}, 0) or set()) == {"a", "b", "c"}


def test_few_in_no_group_are_not_shown() -> None:
    """Nor the first pair, without which the total would tell."""
    table = shown({"a": 5, "b": 6, "c": 7, "d": 8}, 2)
    assert [row[1] for row in table.rows] == [None, None, 7, 8, None]


def test_two_of_one_person_each_take_another_pair() -> None:
    """Two people in two groups that somebody is in would leave no doubt."""
    assert (not_shown({"a": 1, "b": 1, "c": 5, "d": 9, "e": 9, "f": 9}, 0) or set()) == {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    ("people", "unknown"), [({"a": 2}, 0), ({"a": 9}, 3), ({"a": 1, "b": 1}, 9), ({}, 1)]
)
def test_no_group_is_shown_where_there_is_none_to_hide_behind(people: dict[str, int], unknown: int) -> None:
    """And it is said why."""
    table = shown(people, unknown)
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


@pytest.mark.parametrize(("many", "most"), [(1, 16), (2, 16), (3, 13), (4, 9), (5, 7)])
@pytest.mark.parametrize("unknown", [0, 1, 4, 6])
def test_nothing_that_is_hidden_can_be_worked_out(many: int, most: int, unknown: int) -> None:
    """Whoever knows the rule, all that is shown, the total, and who is in no group, has two numbers left at least.

    All tables of so many groups with up to `most` people are made, and put together by what is shown of them. That
    nobody is in two groups is the worst case: what is hidden then adds up to what the total leaves.
    """
    looks: dict[tuple[tuple[Cell, ...], ...], list[tuple[int, ...]]] = defaultdict(list)
    for numbers in product(range(1, most + 1), repeat=many):
        table = shown(dict(zip(GROUPS, numbers, strict=False)), unknown)
        if table.rows:  # else nothing is shown of any group
            looks[table.lines].append(numbers)
    tried = 0
    for lines, behind in looks.items():
        hidden = [place for place in range(many) if lines[place][1] is None]
        if sum(behind[0][place] for place in hidden) > most + len(hidden) - 1:
            continue  # some tables that look like these have more people in a group than those made
        tried += bool(hidden)
        for place in hidden:
            assert len({numbers[place] for numbers in behind}) >= 2, (lines, behind)
    assert bool(tried) == (many > 1)


@given(counts, st.integers(0, 30), st.data())
def test_doubt_is_left_among_many_groups(people: dict[str, int], unknown: int, data: st.DataObject) -> None:
    """For whatever is hidden there is another table that looks the same and in which it has another number."""
    hidden = not_shown(people, unknown)
    if not hidden:
        return
    group = data.draw(st.sampled_from(sorted(hidden)))
    table = shown(people, unknown)

    def looks_the_same(more: int, other: str, third: str) -> bool:
        changed = {**people, group: people[group] + more}
        changed[other] -= more - (third != other)
        changed[third] -= third != other
        return min(changed.values()) > 0 and shown(changed, unknown).lines == table.lines

    others = sorted(hidden - {group})
    amounts = [more for more in range(-30, 31) if more]
    assert any(looks_the_same(*each) for each in product(amounts, others, others))
