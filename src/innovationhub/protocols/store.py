"""The waist: what a store is. Four methods, and nothing of the domain in them.

A store keeps records (`domain.records`), versions them, and appends the journal. It does not know what a booking is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar, runtime_checkable

import attrs

from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Key, Range, Read, Record, Rows

__all__ = [
    "Commit",
    "Store",
    "StoreOpener",
    "StoreRequest",
    "SupportsConfirm",
    "SupportsCount",
    "SupportsScrub",
    "SupportsSearch",
]

R = TypeVar("R", bound=Record)


@attrs.frozen
class Commit:
    """All of it or none: what was relied on, what becomes of which rows, what is noted in the journal.

    `relied` gives for each row the version it had when it was read, None for "there was none"; every row in `puts` and
    `deletes` is among them. `entries` carry position 0: the store gives them the next positions, in commit order.
    """

    relied: Mapping[Key[Record], int | None]
    puts: tuple[Record, ...] = ()
    deletes: tuple[Key[Record], ...] = ()
    entries: tuple[Entry, ...] = ()


@runtime_checkable
class Store(Protocol):
    """Where a hub keeps everything. Safe to use from several threads at once."""

    def read(self, request: Read) -> Rows:
        """The rows under these keys and in these ranges, all as of one moment, in one trip.

        Raises `Unavailable` when the store cannot be read now.
        """

    def commit(self, commit: Commit) -> int:
        """Do all of it or none, and return the position of the journal's last entry after it.

        What it returns from is on disk. Raises `Conflict` with the keys whose version moved since they were read (a
        row that has come, gone or been written), and `Unavailable`, whose `outcome_known` says whether it is certain
        that nothing was done. A store that checks values raises `PluginError` for one that its record does not allow.
        """

    def tail(self, after: int, limit: int) -> Sequence[Entry]:
        """The journal's entries behind position `after`, in commit order, `limit` at most.

        Nothing is ever skipped: once an entry has been seen, no entry with a lower position appears.
        """

    def close(self) -> None:
        """Let go of files and connections. Using the store afterwards raises `Unavailable`. Closing twice is fine."""


@runtime_checkable
class SupportsConfirm(Protocol):
    """An ability: telling what would outlive a failure from what can merely be read. Without it all that is read lasts.

    Where each commit waits for another server, and gave up waiting, it can be read here and is nowhere else.
    """

    def confirm(self) -> None:
        """Return when all that could be read before would outlive a failure, and no commit sent before is under way.

        The hub asks before it says what became of a commit whose answer was lost, and before it repeats an answer.
        Raises `Unavailable` when that cannot be had in time.
        """


@runtime_checkable
class SupportsCount(Protocol):
    """An ability: counting a range without reading it. Without it the hub counts page by page."""

    def count(self, wanted: Range[Record]) -> int:
        """How many rows the range holds, its limit left aside."""


@runtime_checkable
class SupportsScrub(Protocol):
    """An ability: leaving nothing behind of what was deleted. Without it the store's own habits decide."""

    def scrub(self) -> None:
        """Make sure that deleted values are gone from the disk, logs of the store's own included.

        Raises `Unavailable`. What was deleted stays deleted whether or not this gets through.
        """


@runtime_checkable
class SupportsSearch(Protocol):
    """An ability: finding records by the words in them. Without it the hub looks through them, so many and no more."""

    def search(self, cls: type[R], words: str, limit: int) -> Sequence[R]:
        """The records in whose `search` fields every one of these words is, best match first, `limit` at most.

        Where two match alike the lower key is first. What a word is says `domain.searching.words_of`, which takes the
        words out of what was typed: nothing in that is an operator of the engine's own language, and without a word in
        it nothing is found. In any case; with English endings and accents folded where the engine can. As of one
        moment: what was committed is found, what was changed away or deleted is not. Nothing can be relied on by it:
        whoever decides reads the rows by their keys. Raises `Unavailable`.
        """


@attrs.frozen
class StoreRequest:
    """What a store is opened for: an address, and every record class that it must keep."""

    url: str
    records: tuple[type[Record], ...]


StoreOpener = Callable[[StoreRequest], Store]
"""Opens a store. Raises `Invalid` naming `store` when the address cannot be one of its own, `Unavailable` otherwise."""
