"""`KeeperContract`: everything that a plugin must be which keeps records of its own, as tests to inherit."""

from __future__ import annotations

from innovationhub.testing.contracts.keeper_abilities import Able
from innovationhub.testing.contracts.keeper_asking import Asking
from innovationhub.testing.contracts.keeper_people import KeepingPeople

__all__ = ["KeeperContract"]


class KeeperContract(KeepingPeople, Asking, Able):
    """What every keeper must be. Subclass it, say which plugin it is and how something comes to be held, run pytest.

        class TestWishes(KeeperContract):
            def make_plugin(self):
                return Wishes()

            def fill(self, hub, one, other):
                for number, somebody in enumerate((one, other)):
                    hub.run(MakeWish(id=f"w{number}", person_id=somebody.id, text=somebody.words))

    What a keeper has not is said in the class (`texts = False`). Abilities that it has not are skipped with that
    reason, and so is what `fill` does not exercise: look at what is skipped.
    """
