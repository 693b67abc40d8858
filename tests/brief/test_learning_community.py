"""The community: what was learnt is found, and nobody is named but by a consent that stands."""

from __future__ import annotations

from innovationhub_community import Community
from tests.brief.conftest import Tell


def test_a_contact_goes_with_the_consent_and_the_words_with_the_person(told: Tell) -> None:
    """She was named while she agreed, and not afterwards; once she is forgotten what she wrote is found no more."""
    telling, lines = told("learning-community")
    assert "  to talk to: Ada Obi" in lines
    withdrawn = lines.index("  to talk to: nobody is named")
    assert withdrawn > lines.index("  to talk to: Ada Obi")
    assert Community(telling.hub).search("handover app") == []
    to_ben = [each for each in telling.post.sent if str(each.kind) == "community-signposts"]
    assert [each.to.name for each in to_ben] == ["Ben Ito"]
    asked = [each for each in telling.post.sent if str(each.kind) == "community-introduction-asked"]
    assert not any("Ada" in each.text for each in asked if each.to.name == "Cat Dhar")
