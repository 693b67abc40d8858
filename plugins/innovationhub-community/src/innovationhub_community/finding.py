"""Search: the words of showings, practices, things and resources, by what the store can do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import zip_longest

from innovationhub import Hub
from innovationhub.domain.fields import choice
from innovationhub_community.records import Pointed, PracticeRow, Reading, ShowingRow, ThingRow
from innovationhub_community.views import Found

__all__ = ["find"]

EXCERPT = 160
"""Characters of text around the first word that was found."""


def _showings(hub: Hub, words: str, limit: int) -> list[Found]:
    return [
        Found(Pointed.SHOWING, row.id, row.title, _excerpt(f"{row.done} {row.learnt}", words))
        for row in hub.search(ShowingRow, words, limit=limit)
    ]


def _practices(hub: Hub, words: str, limit: int) -> list[Found]:
    return [
        Found(Pointed.PRACTICE, row.key, row.title, _excerpt(f"{row.what} {row.sources}", words))
        for row in hub.search(PracticeRow, words, limit=limit)
    ]


def _things(hub: Hub, words: str, limit: int) -> list[Found]:
    return [
        Found(Pointed.THING, row.key, row.title, _excerpt(row.what, words))
        for row in hub.search(ThingRow, words, limit=limit)
    ]


def _resources(hub: Hub, words: str, limit: int) -> list[Found]:
    return [
        Found(Pointed.RESOURCE, row.url, row.title or row.url, row.url)
        for row in hub.search(Reading, words, limit=limit)
    ]


_KINDS: Mapping[Pointed, Callable[[Hub, str, int], list[Found]]] = {
    Pointed.SHOWING: _showings,
    Pointed.PRACTICE: _practices,
    Pointed.THING: _things,
    Pointed.RESOURCE: _resources,
}


def find(hub: Hub, words: str, kinds: Collection[str] | None, limit: int) -> list[Found]:
    """See `Community.search`. The best of each kind come first: how well two kinds match cannot be compared."""
    wanted = {choice("kinds", Pointed, each) for each in (_KINDS if kinds is None else kinds)}
    each_kind = [search(hub, words, limit) for kind, search in _KINDS.items() if kind in wanted]
    return [found for rank in zip_longest(*each_kind) for found in rank if found is not None][:limit]


def _excerpt(text: str, words: str) -> str:
    """The text around the first of the words that is in it; its beginning where none is."""
    plain = " ".join(text.split())
    folded = plain.casefold()
    places = [place for word in words.casefold().split() if (place := folded.find(word)) >= 0]
    begins = max(0, min(places, default=0) - EXCERPT // 4)
    if begins:
        begins = plain.find(" ", begins - 1) + 1
    cut = plain[begins : begins + EXCERPT]
    return f"{'… ' if begins else ''}{cut}{' …' if begins + EXCERPT < len(plain) else ''}"
