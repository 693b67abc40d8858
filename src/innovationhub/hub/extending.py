"""The part of the face for plugins: commands of their own, on records of their own, through the one engine."""

from __future__ import annotations

from innovationhub.domain.answers import Answer
from innovationhub.domain.deciding import Command
from innovationhub.domain.records import Read, Rows
from innovationhub.hub.part import Part, same

__all__ = ["Extending"]


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

    def actor(self, actor: str | None, otherwise: str) -> str:
        """Who acts, as a command writes it in the journal: a person's opaque key, or a pseudonym of any other name.

        `otherwise` is who acts where nobody was named, such as `system:my-plugin`.
        """
        return self._people.actor(actor, otherwise)
