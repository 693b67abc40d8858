"""A store that fails when it is told to, and a hub on it with a queue that one commit cannot get through."""

from __future__ import annotations

from innovationhub import Catalogue, Hub, Unavailable
from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.records import Read, Rows
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import Commit
from tests.support import TASTER, Clock, crowd, session_type, weekly


class Stopping(MemoryStore):
    """A store that can be made to fail after so many more commits, with a known or an unknown outcome.

    With `fades` nothing can be read any more from the next commit on, until `dark` is taken from it again.
    """

    left: int | None = None
    lost = False
    dropped = False
    fades = False
    dark = False

    def read(self, request: Read) -> Rows:
        if self.dark:
            raise Unavailable("out of reach")
        return super().read(request)

    def back(self) -> None:
        """Let it be as any other store again."""
        self.left, self.lost, self.dropped, self.fades, self.dark = None, False, False, False, False

    def commit(self, commit: Commit) -> int:
        self.dark = self.fades
        if self.left == 0 and not self.lost:
            raise Unavailable("out of reach", outcome_known=not self.dropped)
        position = super().commit(commit)
        if self.left == 0:
            raise Unavailable("the answer was lost", outcome_known=False)
        if self.left is not None:
            self.left -= 1
        return position


def hub_with_a_long_walk() -> tuple[Hub, Stopping, str]:
    """One seat, and a queue of which the first forty hold an overlapping place: a walk of two commits."""
    store = Stopping(CORE_RECORDS)
    hub = Hub(store, load(discover=False), Clock())
    types = (session_type(capacity=1), session_type("forum", 100))
    hub.load_catalogue(Catalogue(None, types, (weekly(), weekly("forum", "2026-12-01T10:30"))))
    persons = crowd(hub, 42)
    seated = hub.book(TASTER, persons[0])
    for person in persons[1:]:
        hub.book(TASTER, person)
    for person in persons[1:41]:
        hub.book("forum@2026-12-01T10:30", person)
    return hub, store, seated.id
