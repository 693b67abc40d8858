"""One hub on each built-in store, told the same: what they answer must be the same too, but for ids that are minted.

The suite runs the machines of this folder briefly. To let them look for longer, say how many times as many examples:

    INNOVATIONHUB_PROPERTIES=50 make test ARGS="tests/properties"
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import settings

from innovationhub import (
    Booking,
    Catalogue,
    Hub,
    HubSettings,
    Invalid,
    NotFound,
    Plan,
    Refused,
    Series,
    SessionType,
)
from innovationhub.domain.changes import Change
from tests.support import ONLY_BUILT_IN, Clock, crowd

LONGER = float(os.environ.get("INNOVATIONHUB_PROPERTIES", "1"))
"""How many times as many examples as in the suite."""


def examples(number: int, steps: int = 30) -> settings:
    """So many examples of so many steps, or as many times more as the environment asks for."""
    return settings(max_examples=max(1, round(number * LONGER)), stateful_step_count=steps, deadline=None)


Answer = object
"""What both stores answered: codes of a refusal, an error's field, or a booking without its id."""


class Ref(int):
    """A booking, by the order in which the hubs told of it first."""


class Both:
    """Two hubs that are told the same."""

    def __init__(
        self,
        types: Iterable[SessionType],
        series: Iterable[Series],
        people: int,
        *,
        clock: Clock | None = None,
        hub: HubSettings | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.folder = tempfile.TemporaryDirectory()
        types, series = tuple(types), tuple(series)
        urls = ("memory:", f"sqlite:///{Path(self.folder.name) / 'hub.db'}")
        self.hubs = [Hub.open(url, clock=self.clock, settings=ONLY_BUILT_IN) for url in urls]
        for each in self.hubs:
            self.furnish(each, types, series, people, hub)
        self.ids: list[list[str]] = [[] for _ in self.hubs]
        self.numbers: list[dict[str, Ref]] = [{} for _ in self.hubs]

    @staticmethod
    def furnish(
        hub: Hub,
        types: Iterable[SessionType],
        series: Iterable[Series],
        people: int,
        its_settings: HubSettings | None = None,
    ) -> None:
        """Put these series on in a hub, and make so many people known to it."""
        hub.load_catalogue(Catalogue(its_settings or HubSettings(), tuple(types), tuple(series)))
        crowd(hub, people)

    def close(self) -> None:
        for hub in self.hubs:
            hub.close()
        self.folder.cleanup()

    @property
    def now(self) -> datetime:
        return self.clock.now

    @property
    def known(self) -> list[Ref]:
        """Every booking that the hubs told of."""
        return [Ref(number) for number in range(len(self.ids[0]))]

    def ref(self, at: int, id: str) -> Ref:
        """The number of a booking of one of the hubs; the next one where it is new."""
        if id not in self.numbers[at]:
            self.numbers[at][id] = Ref(len(self.ids[at]))
            self.ids[at].append(id)
        return self.numbers[at][id]

    def do(self, command: str, *arguments: Any, **options: Any) -> Any:
        """Run a command of the face on both, and return what both answered; they must answer the same."""
        answers = [self.one(at, command, arguments, options) for at in range(len(self.hubs))]
        assert answers[0] == answers[1], f"{command}: the stores differ"
        return answers[0]

    def one(self, at: int, command: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Answer:
        """Run a command on one of them, and return its answer without what that one minted."""

        def own(value: Any) -> Any:
            return self.ids[at][value] if isinstance(value, Ref) else value

        try:
            answer = getattr(self.hubs[at], command)(
                *(own(each) for each in arguments), **{name: own(each) for name, each in options.items()}
            )
        except Refused as refused:
            return frozenset(refused.codes)
        except Invalid as error:
            return ("invalid", error.field)
        except NotFound as error:
            return ("not-found", error.kind)
        return self.plain(at, answer)

    def plain(self, at: int, answer: Any) -> Any:
        """An answer without what one hub minted."""
        if isinstance(answer, Booking):
            return {
                "ref": self.ref(at, answer.id),
                "session": answer.session_id or answer.series_id,
                "role": answer.role,
                "lead": answer.person_id,
                "people": dict(answer.people),
                "status": str(answer.status),
                "sequence": answer.sequence,
                "slot": answer.slot,
                "offer_ends": answer.offer_ends,
                "parent": self.ref(at, answer.parent_id) if answer.parent_id else None,
                "expert": answer.expert,
            }
        if isinstance(answer, list):
            return [self.plain(at, each) for each in answer]
        if isinstance(answer, Plan):
            # of several clashes at once the order follows the people's keys, which differ
            return sorted(
                (
                    each.kind,
                    each.subject,
                    each.sentence,
                    self.ref(at, each.booking_id) if each.booking_id else -1,
                    each.person_id,
                )
                for each in answer.effects
            )
        return answer

    def change(self, change: Change) -> Any:
        """Plan a change and apply it on both; what it does must be the same, and applying it does what was said."""
        answers = [self._changed(at, change) for at in range(len(self.hubs))]
        assert answers[0] == answers[1], f"{change}: the stores differ"
        return answers[0]

    def _changed(self, at: int, change: Change) -> Any:
        hub = self.hubs[at]
        try:
            plan = hub.plan(change)
        except Refused as refused:
            return frozenset(refused.codes)
        except Invalid as error:
            return ("invalid", error.field)
        except NotFound as error:
            return ("not-found", error.kind)
        effects = self.plain(at, plan)
        before = hub.journal(limit=100_000)[-1].position
        hub.apply(plan)
        promoted = [
            self.ref(at, entry.subject)
            for entry in hub.journal(before, 100_000)
            if entry.kind in {"booking.promoted", "booking.offered"}
        ]
        named = [each[3] for each in effects if each[0] in {"promoted", "offered"}]
        assert set(named) <= set(promoted), "a promotion that was planned did not happen"
        return effects

    def agree(self, sessions: Iterable[tuple[str, str]]) -> None:
        """Every session, role and booking is the same on both, and audit finds nothing but seats taken away."""
        for session, role in sessions:
            self.do("roster", session, role)
            self.do("waitlist", session, role)
            if "@" in session:
                views = [hub.session(session) for hub in self.hubs]
                assert views[0].places[role] == views[1].places[role]
                assert (views[0].status, views[0].starts) == (views[1].status, views[1].starts)
        for ref in self.known:
            self.do("booking", ref)

    def audited(self, but: Iterable[str] = ()) -> None:
        """Audit finds nothing, `but` findings of these codes."""
        for hub in self.hubs:
            findings = [each for each in hub.audit() if each.code not in set(but)]
            assert findings == [], [(each.code, each.sentence, each.facts) for each in findings]
