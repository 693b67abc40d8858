"""`StoreContract`: everything a store must do, as tests to inherit."""

from __future__ import annotations

from innovationhub.testing.contracts.agreement import Agreement
from innovationhub.testing.contracts.committing import Committing
from innovationhub.testing.contracts.following import Following
from innovationhub.testing.contracts.hubs import Hubs
from innovationhub.testing.contracts.lasting import Lasting
from innovationhub.testing.contracts.racing import Racing
from innovationhub.testing.contracts.reading import Reading
from innovationhub.testing.contracts.searching import Searching
from innovationhub.testing.contracts.values import Values

__all__ = ["StoreContract"]


class StoreContract(Values, Reading, Committing, Following, Racing, Lasting, Searching, Hubs, Agreement):
    """What every store must do. Subclass it, say how a store is opened, and run pytest.

        class TestMyStore(StoreContract):
            def open_store(self, folder, records):
                return open_mine(StoreRequest(f"mine:///{folder}/hub.mine", records))

    `folder` is an empty directory at first; the same folder means the same store, another folder another one. What a
    store is not meant to do is said in the class (`lasting = False`, `shared = False`), and what cannot be shown then
    is skipped with that reason. Every wait has a limit (`seconds`), so a broken store fails and does not hang.
    """
