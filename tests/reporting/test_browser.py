"""The page in a real browser: without barriers (WCAG 2.2 AA), by day and by night, narrow, and on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from innovationhub.reporting import page
from tests.browser import CHROMIUM, barriers, chromium
from tests.reporting.made import figures

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine")

WIDTHS = (1280, 700, 320)
Open = Callable[..., Page]
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def shown(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a page with everything; whatever it wants to load is noted, and there is nothing."""
    opened: list[BrowserContext] = []
    asked: list[str] = []
    file = tmp_path / "report.html"
    file.write_text(page(figures(), "The Hub"), encoding="utf-8")

    def show(
        width: int = 1280, scheme: Scheme = "light", *, media: Literal["screen", "print"] = "screen"
    ) -> Page:
        # axe-core comes in from outside, which the page itself forbids
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        opened.append(context)
        made = context.new_page()
        made.on("request", lambda request: asked.append(request.url))
        made.emulate_media(media=media, color_scheme=scheme)
        made.goto(file.as_uri())
        return made

    yield show
    for each in opened:
        each.close()
    assert {each.partition("#")[0] for each in asked} == {file.as_uri()}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(shown: Open, width: int, scheme: Scheme) -> None:
    """WCAG 2.0 to 2.2, A and AA, and good practice besides: names, contrast, order of headings, tables."""
    kept, said = barriers(shown(width, scheme))
    assert said == []
    assert kept > 20


def test_a_barrier_would_be_found(shown: Open) -> None:
    """The checker bites: grey on grey, and a picture without a name."""
    made = shown()
    made.add_style_tag(content=".note { color: #ccc }")
    made.evaluate("document.querySelector('svg').removeAttribute('aria-labelledby')")
    made.evaluate("document.querySelector('svg title').remove()")
    said = barriers(made)[1]
    assert any("color-contrast" in each for each in said)
    assert any("svg-img-alt" in each for each in said)


@pytest.mark.parametrize(("width", "media"), [*((width, "screen") for width in WIDTHS), (700, "print")])
def test_nothing_is_wider_than_the_window(shown: Open, width: int, media: str) -> None:
    """At 320 pixels as at 1280 nobody scrolls the page sideways (WCAG 1.4.10): a wide table scrolls by itself."""
    made = shown(width, media=media)
    assert made.evaluate("document.documentElement.scrollWidth") <= width
    for picture in made.locator("svg").all():
        box = picture.bounding_box()
        assert box is not None
        assert 0 < box["width"] <= width


def test_a_wide_table_is_scrolled_by_keyboard(shown: Open) -> None:
    """Whoever has no mouse sees its last column too."""
    made = shown(320)
    around = made.locator(".wide").first
    around.focus()
    for _ in range(40):
        made.keyboard.press("ArrowRight")
    made.wait_for_function("document.querySelector('.wide').scrollLeft > 0")
    assert around.evaluate("each => each.scrollWidth > each.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_bars_and_their_words_are_seen(shown: Open, scheme: Scheme) -> None:
    """Bars stand out three to one from the page (WCAG 1.4.11), and the words are as dark as the page's own."""
    made = shown(scheme=scheme)
    ink, paper = (
        made.evaluate(f"getComputedStyle(document.body).{each}") for each in ("color", "backgroundColor")
    )
    words = made.locator("svg text").first.evaluate("each => getComputedStyle(each).fill")
    assert words == ink
    bar = made.locator("svg .mark-rect path").first.evaluate("each => getComputedStyle(each).fill")
    assert contrast(bar, paper) >= 3


def contrast(one: str, other: str) -> float:
    """By how much two colours differ, as WCAG has it."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_on_paper_there_is_the_whole_table(shown: Open) -> None:
    """Black on white whatever the screen has, without the list of ways, nothing cut off."""
    made = shown(700, "dark", media="print")
    assert not made.locator("nav").is_visible()
    assert made.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert made.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert made.locator(".wide").first.evaluate("each => getComputedStyle(each).overflowX") == "visible"
