"""The calendar: one for everybody, in which what is private is not; and one of one's own."""

from __future__ import annotations

from innovationhub_icalendar.tokens import feed_for
from tests.brief.conftest import Tell


def test_what_is_private_is_in_ones_own_feed_alone(told: Tell) -> None:
    """The workshop is in none of feed and page, and in hers; the session that was called off is cancelled in both."""
    telling, lines = told("hub-session-calendar")
    kept = telling.kept
    public, html = kept["public"], kept["html"]
    assert isinstance(public, bytes)
    assert isinstance(html, str)
    assert b"ada-workshop" not in public
    assert "Bespoke" not in html.partition("<article")[2] or "ada-workshop" not in html
    hers = feed_for(telling.hub, str(kept["token"]))
    assert b"Bespoke Improvement Workshop" in hers.body
    assert public.count(b"STATUS:CANCELLED") == 1
    assert [line for line in lines if "sees it" in line] == [
        "  nobody sees it: no",
        "  Ada Obi sees it: yes",
        "  Ben Ito sees it: no",
    ]
