"""The page of a report: one file, every text escaped, each picture followed by its table, or tables alone."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from innovationhub import Invalid, Table
from innovationhub.reporting import can_draw, page, pictures
from tests.reporting.made import MARKUP, figures

SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)


class Reader(HTMLParser):
    """What a browser makes of a page: its elements in order, with their attributes, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    @property
    def tags(self) -> list[str]:
        return [tag for tag, _ in self.found]


def test_it_loads_nothing_and_runs_nothing() -> None:
    """No script, no font, no picture from elsewhere, and it forbids itself to."""
    read = Reader(page(figures(), "The Hub"))
    assert not {"script", "link", "img", "iframe", "object", "image", "use", "foreignobject"} & set(read.tags)
    policy = [
        found["content"] for tag, found in read.found if found.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"]
    for _, found in read.found:
        for name, value in found.items():
            assert not name.startswith("on")
            if name in {"href", "xlink:href", "src"}:
                assert str(value).startswith("#")
    assert not re.search(r"url\(|@import", page(figures()))


def test_every_text_is_escaped() -> None:
    """Titles, columns, rows, units, notes, the hub's name; in pictures too, where what is long is cut."""
    text = page(figures(), f"The {MARKUP} Hub")
    assert "<script" not in text
    words = Reader(text).words
    for what in ("By type", "Came", "Problem solving drop-in", "people", "A note"):
        assert f"{what} {MARKUP}" in words
    assert f"The {MARKUP} Hub, figures, December 2026" in words
    (drawn, *_) = SVG.findall(text)
    ElementTree.fromstring(drawn)  # noqa: S314  # our own
    assert "Problem" in drawn


@settings(max_examples=40)
@example("\x00", "\x07")
@example("\uffff", "\ud800")
@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_is_said_is_said_and_no_more(row: str, other: str) -> None:
    """A page has as many elements whatever words are in it, and each picture is well-formed."""
    table = Table("t", "T", ("What", "Number"), (("a", 1), ("b", 2)), picture="Number")
    plain = Reader(page(figures(table))).tags
    text = page(figures(attrs.evolve(table, rows=((row, 1), (other, 2)))))
    read = Reader(text).tags
    # a picture leaves out the text of an empty label
    assert [tag for tag in read if tag != "text"] == [tag for tag in plain if tag != "text"]


def test_a_table_says_what_is_in_its_rows_and_columns() -> None:
    """Captions, heads of rows and columns, the total in the foot; a star for what is not shown, a dash for nothing."""
    read = Reader(page(figures(), pictures=False))
    assert read.tags.count("caption") == read.tags.count("table") == 3
    scopes = [found.get("scope") for tag, found in read.found if tag == "th"]
    assert scopes.count("col") == 4 + 2 + 2
    assert scopes.count("row") == 4 + 4 + 1
    assert read.tags.count("tfoot") == 1
    words = read.words.split("\n")
    cells = [word.strip() for word in words if word.strip()]
    assert ["1,234", "12.5", "3"] in [cells[at : at + 3] for at in range(len(cells))]
    assert ["nursing", "*", "pharmacy", "*"] in [cells[at : at + 4] for at in range(len(cells))]
    assert "–" in cells
    assert "1 December 2026" in cells
    assert "Nothing to show." in cells
    headings = [int(tag[1]) for tag in read.tags if re.fullmatch(r"h\d", tag)]
    assert headings == [1, 2, 2, 2, 2]


def test_before_its_table_stands_the_picture() -> None:
    """With a title and a description of its own; a single bar, and what has no picture, are tables only."""
    read = Reader(page(figures()))
    order = [tag for tag in read.tags if tag in {"svg", "table", "h2"}]
    assert order == ["h2", "svg", "table", "h2", "svg", "table", "h2", "table", "h2"]
    named = [found["aria-labelledby"] for tag, found in read.found if tag == "svg"]
    assert named == ["by-type-p by-type-d", "by-group-p by-group-d"]
    assert [found.get("role") for tag, found in read.found if tag == "svg"] == ["img", "img"]
    ids = [found["id"] for _, found in read.found if "id" in found]
    assert len(ids) == len(set(ids))
    assert {"by-type-p", "by-type-d"} <= set(ids)
    assert (
        "A bar for each of 2. The longest is research, 1,005. The table below has all numbers." in read.words
    )


def test_what_is_not_shown_is_in_no_picture() -> None:
    """Not even as a bar without a length."""
    drawn = SVG.findall(page(figures()))[1]
    assert "estates" in drawn
    assert "nursing" not in drawn


def test_two_bars_of_one_name_stay_two() -> None:
    """Else one would be stacked on the other."""
    table = Table("t", "T", ("What", "Number"), (("a", 1), ("a", 2), ("b", 3)), picture="Number")
    assert pictures.bars(table) == [("a (1)", 1), ("a (2)", 2), ("b", 3)]


@pytest.mark.parametrize(
    "rows", [(), (("a", 5),), (("a", 0), ("b", 0)), tuple((str(n), n) for n in range(41))]
)
def test_where_there_is_nothing_to_see_there_is_no_picture(rows: tuple[tuple[str, int], ...]) -> None:
    """None of nothing, of one bar, of noughts, or of more bars than anybody looks at."""
    assert pictures.svg(Table("t", "T", ("What", "Number"), rows, picture="Number")) == ""


def test_the_same_figures_give_the_same_page() -> None:
    """In another process too, whatever its hashes."""
    code = (
        "from innovationhub.reporting import page; from tests.reporting.made import figures; "
        "print(page(figures()), end='')"
    )
    pages = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        ).stdout.decode()
        for seed in ("1", "2")
    }
    assert pages == {page(figures())}


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2026, 12, 1), date(2027, 1, 1), "December 2026"),
        (date(2026, 12, 1), date(2027, 2, 1), "1 December 2026 to 31 January 2027"),
        (date(2026, 12, 1), date(2027, 12, 31), "1 December 2026 to 30 December 2027"),
        (date(2025, 12, 1), date(2027, 1, 1), "1 December 2025 to 31 December 2026"),
        (date(2026, 12, 1), date(2026, 12, 2), "1 December 2026"),
        (date(2026, 12, 1), date(2026, 12, 1), "no day"),
    ],
)
def test_the_period_is_said_with_its_last_day(start: date, end: date, said: str) -> None:
    """As people say it; and when it was made, from what."""
    words = Reader(page(attrs.evolve(figures(), start=start, end=end), pictures=False)).words
    assert f"Figures, {said}\n" in words
    assert "Made on 4 January 2027 at 09:05 (Europe/London), from the journal up to entry 4,321." in words


def test_without_the_package_that_draws_there_are_tables_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """And whoever asks for a picture is told what to install."""
    assert can_draw()
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert not can_draw()
    assert "<svg" not in page(figures())
    with pytest.raises(Invalid, match=r"innovationhub\[report\]") as caught:
        pictures.svg(figures().table("by-type"))
    assert caught.value.field == "report"


def test_without_the_package_for_templates_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sentence, and no failed import."""
    monkeypatch.delitem(sys.modules, "innovationhub.reporting.pages", raising=False)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(Invalid, match=r"innovationhub\[report\]") as caught:
        page(figures())
    assert caught.value.field == "report"


def test_ways_to_a_table_lead_there() -> None:
    """From the list at the head, in the order of the page."""
    read = Reader(page(figures()))
    ways = [str(found["href"]) for tag, found in read.found if tag == "a"]
    ids = [f"#{found['id']}" for _, found in read.found if "id" in found]
    assert ways == ["#by-type", "#by-group", "#days", "#empty"]
    assert all(ids.index(one) < ids.index(two) for one, two in pairwise(ways))
