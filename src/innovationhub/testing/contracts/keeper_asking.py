"""The contract of keepers, asking: questions are pure, and audit finds what was tampered with and says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import cast

import attrs

from innovationhub.domain.deciding import Draft, View
from innovationhub.domain.deliveries import Delivery
from innovationhub.domain.journal import Entry
from innovationhub.domain.messages import Recipient
from innovationhub.domain.records import Field, Range, Read, Record
from innovationhub.domain.time import Span
from innovationhub.hub import Hub
from innovationhub.protocols.keeper import Keeper, SupportsFigures, SupportsMessages, SupportsRetention
from innovationhub.testing.contracts.keeper_base import MOST, KeeperCase, Somebody
from innovationhub.testing.purity import worldly

__all__ = ["Asking"]

Question = Callable[[Keeper, Draft], object]

YEAR = timedelta(days=366)


class Asking(KeeperCase):
    """What is asked of it."""

    def test_the_same_question_has_the_same_answer(self) -> None:
        """Asked twice of one draft, of a fresh keeper, and after others were asked: it remembers nothing."""
        hub, *people = self.filled()
        self.ticked(hub)
        _, keeper = self.keeper_of(hub)
        questions = dict(self._questions(hub, people))
        answers = {what: self._asked(hub, keeper, each) for what, each in questions.items()}
        for what, (view, answer) in answers.items():
            (fresh,) = self.registry().keepers.values()
            for asked in (keeper, fresh, keeper):
                assert questions[what](asked, Draft(view, "system:test")) == answer, what

    def test_questions_are_pure(self) -> None:
        """No clock, no chance, no file and no network: the instant is the draft's, rows come through it."""
        hub, *people = self.filled()
        self.ticked(hub)
        _, keeper = self.keeper_of(hub)
        for what, question in self._questions(hub, people):
            view, _ = self._asked(hub, keeper, question)
            assert worldly(lambda: question(keeper, Draft(view, "system:test"))) == [], what  # noqa: B023

    def _asked(self, hub: Hub, keeper: Keeper, question: Question) -> tuple[View, object]:
        """The answer to a question, and the view that had all that it read."""
        views: list[View] = []

        def noted(draft: Draft) -> object:
            views.append(draft.view)
            return question(keeper, draft)

        answer = self.answer(hub, noted)
        return views[-1], answer

    def _questions(self, hub: Hub, people: Iterable[Somebody]) -> Iterator[tuple[str, Question]]:
        """All that a hub may ask, each with a name."""
        _, keeper = self.keeper_of(hub)
        rows, keys = self.rows_of(hub), [each.key for each in people]
        for key in keys:
            yield f"held {key}", _held(key)
        for cls in keeper.checks:
            yield f"check {cls.__schema__.name}", _check(cls, rows.get(cls, []))
        if isinstance(keeper, SupportsMessages):
            yield from self._about_messages(hub)
        if isinstance(keeper, SupportsRetention):
            yield (
                "under way",
                lambda asked, draft: set(cast("SupportsRetention", asked).under_way(draft, keys)),
            )
        if isinstance(keeper, SupportsFigures):
            span = Span(self.clock.now - YEAR, self.clock.now + YEAR)
            yield "figures", lambda asked, draft: list(cast("SupportsFigures", asked).figures(draft, span))

    def _about_messages(self, hub: Hub) -> Iterator[tuple[str, Question]]:
        name, _ = self.keeper_of(hub)
        for entry in hub.journal():
            if entry.kind.partition(".")[0] == name:
                yield f"calls {entry.position}", _calls(entry)
        every = Range(Delivery, "key", limit=MOST)
        for row in hub.rows(Read(ranges=(every,))).scan(every).records:
            if row.kind.partition("-")[0] == name:
                yield f"say {row.id}", _say(row)

    def test_audit_is_clean_and_finds_what_was_tampered_with(self) -> None:
        """In each class of records that it checks: a row that is not as it was left is said, and nothing breaks."""
        hub, *_ = self.filled()
        _, keeper = self.keeper_of(hub)
        rows = self.rows_of(hub)
        checked = [cls for cls in keeper.checks if rows.get(cls)]
        assert checked, "fill leaves nothing that is checked"
        assert hub.audit() == []
        unseen = []
        for cls in checked:
            found = [bool(self._audited(hub, row, other)) for row in rows[cls] for other in _tampered(row)]
            if not any(found):
                unseen.append(cls.__schema__.name)
        assert unseen == [], "no change of any field of these is found: compare them with the journal"
        assert hub.audit() == []

    def _audited(self, hub: Hub, row: Record, other: Record) -> list[object]:
        """What audit says of a row that was written so, past the hub; then it is put back."""
        self.written(hub, other)
        try:
            return list(hub.audit())
        finally:
            self.written(hub, row)


def _held(key: str) -> Question:
    return lambda asked, draft: {what: list(rows) for what, rows in asked.held(draft, key).items()}


def _check(cls: type[Record], page: Sequence[Record]) -> Question:
    return lambda asked, draft: list(asked.checks[cls](draft, page))


def _calls(entry: Entry) -> Question:
    return lambda asked, draft: list(cast("SupportsMessages", asked).calls(draft, entry))


def _say(row: Delivery) -> Question:
    to = Recipient("Somebody", "somebody@one.example")
    return lambda asked, draft: cast("SupportsMessages", asked).say(draft, row, to)


def _tampered(row: Record) -> Iterator[Record]:
    """The row with another value in one field, for each outside its key that can have one."""
    for field in row.__schema__.fields:
        other = _other(field, getattr(row, field.name))
        if field.name in row.__schema__.key or other is None:
            continue
        try:
            yield attrs.evolve(row, **{field.name: other})  # type: ignore[misc]  # every record is an attrs class
        except Exception:  # noqa: BLE001, S112  # its own class does not take that value
            continue


def _other(field: Field, value: object) -> object:
    """A value of the field's kind that it has not; None where there is none to try."""
    if field.enum is not None:
        return next((each for each in field.enum if each != value), None)
    match value:
        case bool():
            return not value
        case str():
            return f"{value}x"
        case int() | float():
            return value + 1
        case datetime() | date():
            return value + timedelta(days=1)
    return None
