"""The contract of LMSs holds on the stand-in: with local_innovationhub in it, and without."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from innovationhub.protocols.lms import Ability, Link, Lms, LmsPerson, LmsRequest
from innovationhub.testing import LmsContract
from innovationhub_moodle import open_moodle
from on_moodle.conftest import TOKEN, address_of, standing_in
from on_moodle.standin import StandIn
from on_moodle.standin.seminars import BOOKED
from on_moodle.standin.state import Signup


class TestMoodle(LmsContract):
    """As a trust that has installed our Moodle plugin has it."""

    seconds = 30.0
    secrets = (TOKEN,)
    plugin = True

    @pytest.fixture(autouse=True)
    def _servers(self) -> None:
        self.servers: dict[int, tuple[StandIn, Path]] = {}

    def make_lms(self, people: Sequence[LmsPerson]) -> Lms:
        stand_in = standing_in(self.now)
        stand_in.site.plugin = self.plugin
        stand_in.site.state.users.clear()
        for number, person in enumerate(people):
            stand_in.site.state.add_user(f"person{number}", person.email, person.staff_number)
        stand_in.__enter__()
        folder = Path(tempfile.mkdtemp())
        lms = open_moodle(LmsRequest(address_of(stand_in, folder)))
        self.servers[id(lms)] = stand_in, folder
        return lms

    def stand_in(self, lms: Lms) -> StandIn:
        return self.servers[id(lms)][0]

    def remove_by_hand(self, lms: Lms, session: Link) -> None:
        del self.stand_in(lms).site.state.seminars[int(session.ref.split(".")[2])]

    def book_by_hand(self, lms: Lms, session: Link, account: str) -> None:
        stand_in = self.stand_in(lms)
        seminar = stand_in.site.state.seminars[int(session.ref.split(".")[2])]
        now = stand_in.site.clock()
        number = stand_in.site.state.number("signup")
        seminar.signups.append(Signup(number, int(account), BOOKED, now, now))

    def discard(self, lms: Lms) -> None:
        stand_in, folder = self.servers.pop(id(lms))
        stand_in.__exit__()
        shutil.rmtree(folder)


class TestMoodleWithoutOurPlugin(TestMoodle):
    """As a trust that will not install it has it: people and the catalogue, and nothing else."""

    plugin = False

    def test_what_is_left_is_the_catalogue(self) -> None:
        """By the functions that the service offers."""
        lms = self.make_lms([])
        self._made.append(lms)
        assert lms.abilities() == {Ability.FIND_PEOPLE, Ability.PUBLISH_TYPES}
