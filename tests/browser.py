"""A real browser for the page: the machine's Chromium, driven by playwright, and axe-core to look for barriers.

`INNOVATIONHUB_CHROMIUM` names another program. Where there is none, what needs it is skipped, and says so.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import axe_playwright_python  # type: ignore[import-untyped]  # it has no types of its own; only its axe-core is used
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = (
    os.environ.get("INNOVATIONHUB_CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
)

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, ended when it is no longer wanted."""
    with sync_playwright() as playwright:
        # as root there is no sandbox; the page is our own, and may not load or run anything
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def barriers(page: Page) -> tuple[int, list[str]]:
    """How many rules axe-core found kept, and what it has against the page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wanted = {"runOnly": {"type": "tag", "values": list(RULES)}}
    found: dict[str, Any] = page.evaluate("wanted => axe.run(document, wanted)", wanted)
    said = [
        f"{each['id']}: {each['help']}: {node['html']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
    return len(found["passes"]), said
