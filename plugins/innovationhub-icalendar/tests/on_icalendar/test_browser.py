"""The page in a real browser: without barriers (WCAG 2.2 AA), narrow, printed, by keyboard, without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from innovationhub import Hub
from innovationhub_icalendar.pages import page
from on_icalendar.programme import full_hub
from tests.browser import CHROMIUM, barriers, chromium
from tests.support import small_hub

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine")

WIDTHS = (1280, 700, 320)
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with full_hub(small_hub) as opened:
        yield opened


@pytest.fixture
def shown(browser: Browser, hub: Hub, tmp_path: Path) -> Iterator[Open]:
    """Opens the page of a full hub, as wide as is said; whatever it wants to load is noted, and there is nothing."""
    opened: list[BrowserContext] = []
    asked: list[str] = []
    file = tmp_path / "calendar.html"

    def show(
        width: int = 1280,
        *,
        scripts: bool = True,
        media: str = "screen",
        person: str | None = None,
        css: str | None = None,
    ) -> Page:
        text = page(
            hub, end=date(2027, 1, 1), person=person, css=css, book_link="https://hub.example/book?id="
        )
        file.write_text(text, encoding="utf-8")
        # axe-core comes in from outside, which the page itself forbids
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts, bypass_csp=True
        )
        opened.append(context)
        made = context.new_page()
        made.on("request", lambda request: asked.append(request.url))
        made.emulate_media(media="print" if media == "print" else "screen")
        made.goto(file.as_uri())
        return made

    yield show
    for each in opened:
        each.close()
    assert {each.partition("#")[0] for each in asked} == {file.as_uri()}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("person", [None, "ann"])
def test_axe_finds_no_barrier(shown: Open, width: int, person: str | None) -> None:
    """WCAG 2.0 to 2.2, A and AA, and good practice besides: names, contrast, order of headings, size of targets."""
    kept, said = barriers(shown(width, person=person))
    assert said == []
    assert kept > 25


def test_a_barrier_would_be_found(shown: Open) -> None:
    """The checker bites: grey on grey, and a button without a name."""
    made = shown(css=".line { color: #bbb; background: #ccc } .button { font-size: 0 }")
    assert any("color-contrast" in each for each in barriers(made)[1])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("media", ["screen", "print"])
def test_nothing_is_wider_than_the_window(shown: Open, width: int, media: str) -> None:
    """At 320 pixels as at 1280 nobody scrolls sideways (WCAG 1.4.10)."""
    made = shown(width, media=media)
    assert made.evaluate("document.documentElement.scrollWidth") <= width
    assert made.locator(".session").first.is_visible()
    assert made.locator(".grid").first.is_visible() == (width > 704)


def test_text_made_twice_as_large_still_fits(shown: Open) -> None:
    """By the browser's own setting (WCAG 1.4.4)."""
    made = shown(640)
    made.add_style_tag(content="html { font-size: 200% }")
    assert made.evaluate("document.documentElement.scrollWidth") <= 640


def test_the_page_works_without_scripts(shown: Open) -> None:
    """From the grid to the list, from the list to what it is about."""
    made = shown(scripts=False)
    made.locator(".entry").first.click()
    assert made.url.endswith("#session-1")
    made.locator("#session-1 h4 a").click()
    assert made.url.endswith("#type-taster")
    assert made.locator("#type-taster").is_visible()


def test_the_first_key_leads_past_the_head(shown: Open) -> None:
    """Whoever has only a keyboard sees where they are, and need not go through the months."""
    made = shown()
    made.keyboard.press("Tab")
    skip = made.locator(".skip")
    assert skip.evaluate("each => each === document.activeElement")
    box = skip.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    made.keyboard.press("Enter")
    assert made.url.endswith("#sessions")


def test_on_paper_there_is_nothing_to_press(shown: Open) -> None:
    """The grid and the list are printed, buttons and the list of months are not."""
    made = shown(media="print")
    for gone in (".button", ".months", ".skip"):
        assert not made.locator(gone).first.is_visible()
    assert made.locator(".about .type").first.is_visible()
