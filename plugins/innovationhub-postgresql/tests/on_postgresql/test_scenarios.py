"""The scenarios of the library's own tests, and its state machine, on a hub in PostgreSQL: same rules, same answers."""

from __future__ import annotations

from itertools import count

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from innovationhub import BookingPolicy
from on_postgresql.conftest import small_hub
from on_postgresql.server import Server
from tests.properties.test_hub_machine import CAPACITY, DAY, PEOPLE, STARTS, HubMachine
from tests.scenarios import test_dates, test_queues, test_seats
from tests.support import crowd, session_type, weekly

for _module in (test_dates, test_queues, test_seats):
    globals().update({name: thing for name, thing in vars(_module).items() if name.startswith("test_")})

_schemas = count(1)


def test_whatever_is_done_the_hub_agrees_with_a_naive_one(server: Server) -> None:
    """Commands of every kind in any order: the same answers as on the memory store, and audit is clean after each."""

    class Machine(HubMachine):
        def __init__(self) -> None:
            super().__init__()
            self.hubs.pop().close()
            types = [
                session_type(key, CAPACITY[key], booking=BookingPolicy(overlaps=key == "open"))
                for key in sorted(STARTS)
            ]
            series = [weekly(key, DAY + at) for key, at in STARTS.items()]
            url = server.url(f"machine{next(_schemas)}")
            self.hubs.append(small_hub(url, clock=self.clock, types=types, series=series))
            crowd(self.hubs[-1], len(PEOPLE))

    chosen = settings(max_examples=10, stateful_step_count=20, deadline=None)
    run_state_machine_as_test(Machine, settings=chosen)
    assert next(_schemas) > 1
