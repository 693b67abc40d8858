"""Every public type has a strategy, and what it gives the library takes."""

from __future__ import annotations

import enum
from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import innovationhub
from innovationhub import Catalogue, Hub, HubError, Recurrence, Series, SessionType
from innovationhub.domain.catalogue import type_from_text, type_to_text
from innovationhub.domain.events import Invitation
from innovationhub.domain.schedule import series_from_text, series_to_text
from innovationhub.protocols import Later, Message, Never, Outcome, Recipient, Sent
from innovationhub.testing.strategies import strategies
from tests.support import ONLY_BUILT_IN, Clock

PUBLIC = [getattr(innovationhub, name) for name in innovationhub.__all__]
CHANNELS = [Invitation, Later, Message, Never, Recipient, Sent]
TYPES = [each for each in (*PUBLIC, *CHANNELS) if isinstance(each, type) and each is not Hub]
quick = settings(
    phases=[Phase.generate],
    max_examples=15,
    suppress_health_check=list(HealthCheck),
    deadline=None,
    database=None,
)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_every_public_type_has_a_strategy(kind: type[Any]) -> None:
    """`st.from_type` gives values of that very type, each time it is asked."""

    @quick
    @given(st.from_type(kind))
    def check(value: object) -> None:
        assert isinstance(value, kind)

    check()
    own = attrs.has(kind) or issubclass(kind, HubError)
    assert kind in strategies() or issubclass(kind, enum.Enum) or not own


@settings(quick, max_examples=40)
@given(st.from_type(Catalogue))
def test_a_catalogue_can_be_loaded(catalogue: Catalogue) -> None:
    """On a new hub, and again without a change."""
    with Hub.open("memory:", clock=Clock(), settings=ONLY_BUILT_IN) as hub:
        report = hub.load_catalogue(catalogue)
        assert len(report.added) >= len(catalogue.session_types) + len(catalogue.series)
        again = hub.load_catalogue(catalogue)
        assert (again.added, again.changed) == ((), ())
        assert hub.audit() == []


@quick
@given(st.from_type(Recurrence), st.from_type(SessionType), st.from_type(Series))
def test_values_survive_being_written_down(
    recurrence: Recurrence, session_type: SessionType, series: Series
) -> None:
    """As the stores keep them."""
    assert Recurrence.parse(str(recurrence)) == recurrence
    assert type_from_text(type_to_text(session_type)) == session_type
    assert series_from_text(series_to_text(series)) == series


@quick
@given(st.from_type(Message))
def test_a_message_is_as_a_channel_may_expect_it(message: Message) -> None:
    """A subject of one line, aware times, an entry for a calendar that ends after it starts."""
    assert message.subject.isprintable() or not any(each < " " for each in message.subject)
    assert message.at.utcoffset() == timedelta(0)
    entry = message.invitation
    if entry is not None:
        assert entry.starts < entry.ends
        assert entry.recurrence is None or entry.recurrence_id is None
        assert entry.recurrence is None or entry.recurrence.first is not None


@quick
@given(st.from_type(Outcome))  # type: ignore[arg-type]  # Hypothesis takes a union
def test_an_outcome_is_any_of_the_three(outcome: Outcome) -> None:
    """Each with what it must have."""
    assert isinstance(outcome, Sent) or outcome.why
