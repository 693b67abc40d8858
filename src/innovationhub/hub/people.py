"""Between the callers' ids of people and the hub's opaque keys."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping

from innovationhub.domain.ids import checked_id
from innovationhub.domain.people import PersonRow
from innovationhub.domain.records import Key, Range, Read
from innovationhub.engine import Engine
from innovationhub.errors import NotFound

__all__ = ["People"]

KEPT = 20_000
"""Pairs of id and key kept in memory; when there are more it begins afresh."""


class People:
    """Looks up keys by id and ids by key. A pair never changes while the person exists, so it is kept in memory."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._keys: dict[str, str] = {}
        self._ids: dict[str, str] = {}

    def row(self, person_id: str) -> PersonRow:
        """What the hub knows of a person. Raises `NotFound`, or `Invalid` for what cannot be an id."""
        checked_id("person_id", person_id)
        row = self._engine.store.read(Read((Key(PersonRow, (person_id,)),))).get(PersonRow, person_id)
        if row is None:
            raise NotFound("person", person_id, "add them first: hub.add_person(Person(...))")
        self._remember(row.id, row.key)
        return row

    def key(self, person_id: str) -> str:
        """The opaque key of a person. Raises `NotFound`, or `Invalid` for what cannot be an id."""
        known = self._keys.get(person_id) if isinstance(person_id, str) else None
        return known or self.row(person_id).key

    def ids(self, keys: Iterable[str]) -> Mapping[str, str]:
        """The ids behind these keys; a key whose person is gone stands for itself."""
        known = self._ids
        found: dict[str, str] = {}
        missing = set()
        for key in keys:
            found[key] = known.get(key, key)
            if key not in known:
                missing.add(key)
        if missing:
            ranges = tuple(Range(PersonRow, "by_key", (key,), limit=1) for key in missing)
            rows = self._engine.store.read(Read(ranges=ranges))
            for each in ranges:
                for row in rows.scan(each).records:
                    found[row.key] = row.id
                    self._remember(row.id, row.key)
        return found

    def forget(self, person_id: str) -> None:
        """Look this person up again the next time."""
        self._ids.pop(self._keys.pop(person_id, ""), None)

    def actor(self, actor: str | None, otherwise: str) -> str:
        """Who acts, as the journal may say it: a person's key, or a stable pseudonym of any other name.

        The names of this library's own programs begin with `system:` and stay readable.
        """
        if actor is None:
            return otherwise
        checked_id("actor", actor)
        if actor.startswith("system:"):
            return actor
        known = self._keys.get(actor)
        if known is not None:
            return known
        try:
            return self.row(actor).key
        except NotFound:
            secret = self._engine.programme.secret.encode()
            return "actor-" + hmac.new(secret, actor.encode(), "sha256").hexdigest()[:20]

    def _remember(self, person_id: str, key: str) -> None:
        if len(self._keys) >= KEPT:
            self._keys, self._ids = {}, {}
        self._keys[person_id], self._ids[key] = key, person_id
