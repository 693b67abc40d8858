"""The page: what it says, without a browser; `test_browser` looks at it in one."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given

from innovationhub import Audience, Catalogue, Hub, HubSettings, Invalid, Role, SessionType
from innovationhub.testing.strategies.values import lines
from innovationhub_icalendar import windows
from innovationhub_icalendar.pages import page, style
from on_icalendar.conftest import MakeHub
from on_icalendar.programme import TASTER, full_hub
from tests.support import Clock, people, session_type, small_hub, weekly

LINK = "https://hub.example/book?session="
TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "nav",
        "main",
        "section",
        "article",
        "footer",
    ),
    *("h1", "h2", "h3", "h4", "p", "a", "ul", "li", "div", "span", "time", "abbr"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}
VOID = {"meta"}


class Reader(HTMLParser):
    """A page as its tags and its texts; a tag that is not closed in order is an error."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())

    def links(self) -> list[str]:
        return [attributes["href"] or "" for tag, attributes in self.tags if tag == "a"]


def sessions(text: str) -> list[str]:
    """What is said of each session in the list."""
    found = re.findall(r'<li id="session-\d+".*?</li>', text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found]


def test_every_session_says_what_is_left_and_how_one_comes(make_hub: MakeHub) -> None:
    """Open, few left, full with and without a queue, called off, moved, dropped in, registered for, not open yet."""
    shown = sessions(page(full_hub(make_hub), end=date(2027, 1, 1), book_link=LINK))
    assert shown[:9] == [
        (
            "10:00 to 11:00 Taster Room 1 Book a place Full, 1 waiting"
            " Join the waiting list : Taster, Tuesday 1 December, 10:00"
        ),
        "09:00 to 10:00 Small Room 1 Book a place Full",
        (
            "14:00 to 15:00 Circle Room 2 Register once for all dates 2 places left"
            " Register : Circle, Wednesday 2 December, 14:00"
        ),
        (
            "12:00 to 13:00 Drop In Room 1 Drop in, no booking needed 4 places left"
            " Book, if you like : Drop In, Thursday 3 December, 12:00"
        ),
        (
            "22:30 to 00:30 on Sunday 6 December Market Hall Book a place Show something: 3 places left"
            " Come and see: no limit on places Book : Market, Saturday 5 December, 22:30"
        ),
        "10:00 to 11:00 Taster Room 1 Book a place Called off",
        (
            "14:00 to 15:00 Circle Room 2 Register once for all dates 2 places left"
            " Register : Circle, Wednesday 9 December, 14:00"
        ),
        "10:00 to 11:00 Taster Room 1 Book a place 2 places left Book : Taster, Wednesday 16 December, 10:00",
        (
            "14:00 to 15:00 Circle Room 2 Register once for all dates 2 places left"
            " Register : Circle, Wednesday 16 December, 14:00"
        ),
    ]
    assert "09:00 to 10:00 Late Book a place Booking opens on 17 December 2026" in shown
    assert not [each for each in shown if "Team Away" in each]


def test_a_link_leads_to_what_it_names(make_hub: MakeHub) -> None:
    """Sessions, series that one registers for, kinds that are asked for; ids are quoted, and frames left."""
    read = Reader(page(full_hub(make_hub), end=date(2026, 12, 7), book_link="/book/{id}?from=calendar"))
    out = [
        attributes
        for tag, attributes in read.tags
        if tag == "a" and (attributes["href"] or "").startswith("/")
    ]
    assert [each["href"] for each in out] == [
        "/book/taster%402026-12-01T10%3A00?from=calendar",
        "/book/circle?from=calendar",
        "/book/drop-in%402026-12-03T12%3A00?from=calendar",
        "/book/market%402026-12-05T22%3A30?from=calendar",
        "/book/made?from=calendar",
    ]
    assert {each["target"] for each in out} == {"_top"}
    ids = {attributes["id"] for _, attributes in read.tags if attributes.get("id")}
    assert {link[1:] for link in read.links() if link.startswith("#")} <= ids
    assert len(ids) == len([attributes for _, attributes in read.tags if attributes.get("id")])


def test_without_a_link_nothing_can_be_pressed(make_hub: MakeHub) -> None:
    """The page says how one comes all the same; where the hub's settings say where it is found, links lead there."""
    hub = full_hub(make_hub)
    text = page(hub)
    assert 'class="button"' not in text
    assert "Book a place" in text
    hub.load_catalogue(Catalogue(HubSettings(link="https://hub.example/")))
    out = [link for link in Reader(page(hub)).links() if not link.startswith("#")]
    assert set(out) == {"https://hub.example/"}
    assert "https://other.example/made" in Reader(page(hub, book_link="https://other.example/")).links()


def test_a_months_grid_has_weekends_only_where_something_is_on(make_hub: MakeHub) -> None:
    """And leads to the list below it."""
    hub = full_hub(make_hub)
    assert page(hub, end=date(2026, 12, 5)).count('<th scope="col">') == 5
    assert page(hub, end=date(2026, 12, 6)).count('<th scope="col">') == 7
    grid = re.findall(r'<a class="entry.*?</a>', page(hub, end=date(2026, 12, 9)), re.DOTALL)
    assert len(grid) == 6
    assert "(called off)" in grid[5]


def test_the_page_loads_nothing_and_runs_nothing(make_hub: MakeHub) -> None:
    """One file: no script, picture, frame, form or font, and a rule that forbids them should a text get through."""
    text = page(full_hub(make_hub), book_link=LINK, feed_link="webcal://hub.example/calendar.ics")
    read = Reader(text)
    assert {tag for tag, _ in read.tags} <= TAGS
    assert not [
        name for _, attributes in read.tags for name in attributes if name.startswith("on") or name == "src"
    ]
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert not re.search(r"url\(|@import|https?://(?!hub\.example)", text)
    assert "webcal://hub.example/calendar.ics" in read.links()


NASTY = """</style><script>alert(1)</script><a href="javascript:x" onclick='y'>&amp; {{ 7*7 }} {% x %}"""


def nasty_hub(words: str) -> Hub:
    """A hub that says these words wherever it can."""
    made = SessionType(
        "taster",
        words,
        description=words,
        audience=Audience(words),
        roles=(Role("a", words), Role("b", words)),
    )
    series = weekly()
    hub = small_hub(types=[made], series=[type(series)("taster", "taster", series.recurrence, words)])
    hub.load_catalogue(Catalogue(type(hub.settings)(name=words)))
    return hub


def test_every_text_is_escaped() -> None:
    """Titles, venues, descriptions, audiences, roles, the hub's name and links are words, whatever they look like."""
    with nasty_hub(NASTY) as hub:
        text = page(hub, book_link='/book?a="b"&id=', feed_link="/feed?'x\"")
    read = Reader(text)
    assert {tag for tag, _ in read.tags} <= TAGS
    assert all(not link.startswith("javascript:") for link in read.links())
    assert '/book?a="b"&id=taster%402026-12-01T10%3A00' in read.links()
    assert read.text.count(NASTY) >= 7
    assert "49" not in read.text


@given(lines(1))
def test_whatever_is_said_is_said_and_no_more(words: str) -> None:
    """Any letters of any script: the page stays well formed, and has the words."""
    with nasty_hub(words) as hub:
        read = Reader(page(hub))
    assert {tag for tag, _ in read.tags} <= TAGS
    assert "".join(words.split()) in "".join("".join(read.said).split())


def test_a_page_can_be_somebodys_own(make_hub: MakeHub) -> None:
    """With what they have, private sessions too; the public one has neither."""
    hub = full_hub(make_hub)
    shown = sessions(page(hub, person="ann", end=date(2026, 12, 9), book_link=LINK))
    assert "09:00 to 10:00 Small Room 1 Book a place You have a place Full" in shown
    assert any("Team Away" in each for each in shown)
    waiting = sessions(page(hub, person="p2", end=date(2026, 12, 2), book_link=LINK))
    assert waiting == ["10:00 to 11:00 Taster Room 1 Book a place On the waiting list Full, 1 waiting"]
    public = page(hub)
    assert not [
        word for word in ("ann", "Name of", "nhs.example", "Team Away") if word in Reader(public).text
    ]


def test_what_is_over_or_has_begun_says_so(make_hub: MakeHub, clock: Clock) -> None:
    """Today's are shown; nothing of them can be booked any more."""
    hub = make_hub()
    hub_page = {"start": date(2026, 12, 1), "end": date(2026, 12, 2), "book_link": LINK}
    clock.pass_by(days=7, hours=1, minutes=30)
    assert sessions(page(hub, **hub_page)) == ["10:00 to 11:00 Taster Room 1 Book a place Has started"]  # type: ignore[arg-type]
    clock.pass_by(hours=1)
    assert sessions(page(hub, **hub_page)) == ["10:00 to 11:00 Taster Room 1 Book a place Over"]  # type: ignore[arg-type]


def test_the_style_can_be_ones_own(hub: Hub) -> None:
    """It takes the place of the page's, and cannot end where a style ends."""
    text = page(hub, css="body { color: #123456 }")
    assert "#123456" in text
    assert style() not in text
    assert style() in page(hub)
    for bad in ("</style><script>", "a" * 500_001):
        with pytest.raises(Invalid, match="css"):
            page(hub, css=bad)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", " https://x", "hub.example", 7])
def test_a_link_is_an_address(hub: Hub, link: str) -> None:
    """A script is none, whoever gives it."""
    with pytest.raises(Invalid, match="book_link"):
        page(hub, book_link=link)
    if isinstance(link, str):
        with pytest.raises(Invalid, match="feed_link"):
            page(hub, feed_link=link)


def test_an_empty_page_says_that_nothing_is_on(make_hub: MakeHub) -> None:
    """And a cut one what it leaves out."""
    assert "Nothing is on in this time." in page(make_hub(series=[]))


def test_what_a_limit_cuts_is_said_on_the_page(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the sessions that are there."""
    monkeypatch.setattr(windows, "MOST_SESSIONS", 3)
    assert "Only the first 3 sessions are here: from 2026-12-22 on they are left out." in page(hub)
    assert len(sessions(page(hub))) == 3


def test_only_some_types(make_hub: MakeHub) -> None:
    """A page of one kind of session explains that one alone."""
    people(hub := full_hub(make_hub), "ben")
    text = page(hub, types=["taster"])
    assert {each.split()[3] for each in sessions(text)} == {"Taster"}
    assert "Made to Measure" not in text
    assert TASTER.partition("@")[0] == session_type().key
