"""`LmsContract`: everything an LMS must do, as tests to inherit."""

from __future__ import annotations

from innovationhub.testing.contracts.lms_publishing import Publishing
from innovationhub.testing.contracts.lms_signing import Signing

__all__ = ["LmsContract"]


class LmsContract(Publishing, Signing):
    """What every LMS must do. Subclass it, say how one is made, and run pytest.

        class TestOurs(LmsContract):
            def make_lms(self, people):
                server = OurServer(people)
                return open_ours(LmsRequest(f"ours+{server.url}"))

    What it says that it cannot do is skipped with that reason, and that it refuses it by name is tested. Two more
    methods are worth writing: `remove_by_hand` and `book_by_hand`, what people do in the LMS past the hub. Every wait
    has a limit (`seconds`), so a broken LMS fails and does not hang.
    """
