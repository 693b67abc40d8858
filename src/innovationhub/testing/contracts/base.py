"""What the groups of a store's contract share: how a store is opened, how long is waited, what a store cannot do."""

from __future__ import annotations

import abc
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings

from innovationhub.domain.records import Record
from innovationhub.protocols.store import Store
from innovationhub.testing.patience import Guarded, Patience
from innovationhub.testing.samples import SAMPLES

__all__ = ["StoreCase"]


class StoreCase(abc.ABC):
    """One method to write, and a few words about what a store is; see `StoreContract`."""

    lasting: ClassVar[bool] = True
    """Whether opening the same folder again gives the same data. False: what was kept is gone when it is closed."""

    shared: ClassVar[bool] = True
    """Whether the same folder can be open twice at the same time, as by two processes."""

    seconds: ClassVar[float] = 20.0
    """How long any one step may take before it counts as hanging."""

    thoroughness: ClassVar[settings] = settings(
        max_examples=30,
        stateful_step_count=20,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    """How long the state machine searches, in the words of Hypothesis."""

    @abc.abstractmethod
    def open_store(self, folder: Path, records: tuple[type[Record], ...]) -> Store:
        """Open the store that lives in that folder and keeps these records; make it where there is none.

        `folder` is an empty directory at first. The same folder always means the same store, another folder another
        one: a store that lives elsewhere makes a name of it, such as `hub_` and a hash of the path.
        """

    def discard(self, folder: Path) -> None:  # noqa: B027  # most stores have nothing to do here
        """Remove what was made for that folder, where it is not in it. Called when a test is over."""

    @pytest.fixture(autouse=True)
    def _place(self, tmp_path: Path) -> Iterator[None]:
        self.patience = Patience(self.seconds)
        self._opened: list[Store] = []
        self._folders: list[Path] = []
        self.folder = self.new_folder(tmp_path, "store")
        yield
        for store in self._opened:
            if not self.patience.late:  # a store that hangs has failed its test by now
                self.patience.call("close", store.close)
        for folder in self._folders:
            self.discard(folder)

    def new_folder(self, within: Path, name: str) -> Path:
        """An empty folder for one more store."""
        folder = within / name
        folder.mkdir(parents=True)
        self._folders.append(folder)
        return folder

    def opened(self, folder: Path | None = None, records: tuple[type[Record], ...] = SAMPLES) -> Guarded:
        """The store of that folder (the test's own unless told), open, each of its calls bounded."""
        where = folder or self.folder
        store = self.patience.call("open_store", lambda: self.open_store(where, records))
        self._opened.append(store)
        return Guarded(store, self.patience)

    @pytest.fixture
    def store(self) -> Guarded:
        """A fresh store."""
        return self.opened()

    def needs_lasting(self) -> None:
        """Skip, in the open, what a store cannot show that keeps nothing."""
        if not self.lasting:
            pytest.skip("lasting = False: this store keeps nothing once it is closed")

    def needs_shared(self) -> None:
        """Skip, in the open, what a store cannot show that can be open only once."""
        if not (self.lasting and self.shared):
            pytest.skip("shared = False: this store can be open only once")
