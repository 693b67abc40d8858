"""The community is what every keeper must be."""

from __future__ import annotations

import innovationhub_community
from innovationhub import Hub, Person
from innovationhub.testing import KeeperContract, Somebody
from innovationhub_community import Community


class TestCommunity(KeeperContract):
    """What two people showed, with a consent each, taken up by a third, who is to meet one of them."""

    catalogue = (
        '[[practices]]\nkey = "huddles"\ntitle = "Huddles"\nwhat = "Ten minutes at the start of a shift."\n'
        'sources = ["A book"]\ntags = ["safety"]\n'
    )

    def make_plugin(self) -> object:
        return innovationhub_community

    def fill(self, hub: Hub, one: Somebody, other: Somebody) -> None:
        community = Community(hub)
        shown = [
            community.share(
                each.id, title="Shown", done=each.words, outcome="success", learnt="To ask.", contact=True
            )
            for each in (one, other)
        ]
        hub.add_person(Person("esr:9", "Thurloe Ennerdale"))
        community.take_up(shown[0].id, "esr:9", where="Ward 7")
        community.introduce(one.id, "esr:9", "You both want a shorter handover.")
