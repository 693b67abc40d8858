"""The part of the face for plugins: commands of their own, on records of their own, through the one engine."""

from __future__ import annotations

from typing import TypeVar

from innovationhub.domain.answers import Answer
from innovationhub.domain.deciding import Command
from innovationhub.domain.records import Read, Record, Rows
from innovationhub.hub.part import Part, same
from innovationhub.hub.searching import search

__all__ = ["Extending"]

R = TypeVar("R", bound=Record)


class Extending(Part):
    """What plugins read and change. What they keep are records that they declare (`innovationhub_records`)."""

    def run(
        self, command: Command, *, request_id: str | None = None, asked: tuple[object, ...] = ()
    ) -> Answer:
        """Carry out a plugin's own command as the hub's are: decided on one reading, committed whole or not. Commits.

        `asked` is what the caller asked for, in plain values: the same `request_id` with the same gets the answer that
        was first given, for ever, and with anything else an error. So an answer holds nothing secret and nothing
        personal: `Done(subject)` with an opaque id will mostly do. Raises what the command does, `Refused` for a
        refusal, `Invalid`, `PluginError`, and `Unavailable`.
        """
        return self._run(command, same, request_id, asked)

    def rows(self, read: Read) -> Rows:
        """Rows as of one moment, in one trip: the plugin's own, and the hub's as `innovationhub.domain` declares them.

        Raises `Unavailable`.
        """
        return self._engine.store.read(read)

    def search(self, cls: type[R], words: str, *, limit: int = 20) -> list[R]:
        """The records of a class in whose words all of these are, best match first, `limit` at most (1 to 1000).

        `cls` is a record that declares what is searched (`@record(…, search=("title", "told"))`). `words` are what
        somebody typed: words, in any case, and no operators; 32 of them count. Without a word nothing is found. How
        well endings (*queues*, *queue*) and accents are seen through is the store's: the file of SQLite and PostgreSQL
        know English endings. A store that does not search is looked through, 10,000 rows in the order of their keys;
        where there are more, what lies behind them is not found, and the warning `search.cut` says so in the log.
        Raises `Invalid` naming `cls`, `words` or `limit`, and `Unavailable`. Commits nothing.
        """
        return search(self._store, cls, words, limit)

    def actor(self, actor: str | None, otherwise: str) -> str:
        """Who acts, as a command writes it in the journal: a person's opaque key, or a pseudonym of any other name.

        `otherwise` is who acts where nobody was named, such as `system:my-plugin`.
        """
        return self._people.actor(actor, otherwise)
