"""Hypothesis strategies for every public type: `st.from_type(Person)` gives people that the library takes.

They are registered when Hypothesis is imported where the library is installed, and when this module is. Values are
valid by themselves and hang together within themselves: the series of a `Catalogue` are of its own types.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from innovationhub.builtin.rules import AudienceOnly
from innovationhub.domain.catalogue import Audience, Role, SessionType, Slots
from innovationhub.domain.people import Person
from innovationhub.domain.policies import BookingPolicy, WaitlistPolicy
from innovationhub.domain.recurrence import Following, Occurrence, Override, Recurrence
from innovationhub.domain.recurrence import Rule as RecurrenceRule
from innovationhub.domain.rules import Case, Rule, Verdict
from innovationhub.domain.schedule import Catalogue, Series
from innovationhub.domain.settings import HubSettings, LmsSettings, QuietHours, Retention, WorkingHours
from innovationhub.hub import Settings
from innovationhub.testing.strategies import cases, catalogue, figures, happenings, messages, values

__all__ = ["register", "strategies"]


@cache
def strategies() -> dict[type[Any], st.SearchStrategy[Any]]:
    """The strategy of every public type that has one; what they are made of too."""
    return {
        Audience: catalogue.audiences(),
        BookingPolicy: catalogue.booking_policies(),
        Case: cases.cases(),
        Catalogue: catalogue.catalogues(),
        Following: values.followings(),
        HubSettings: catalogue.settings(),
        LmsSettings: catalogue.lms_settings(),
        Occurrence: values.occurrences(),
        Override: values.overrides(),
        Person: catalogue.people(),
        QuietHours: catalogue.quiet_hours(),
        Recurrence: values.recurrences(),
        RecurrenceRule: values.recurrence_rules(),
        Retention: catalogue.retentions(),
        Role: catalogue.roles(),
        Rule: st.builds(AudienceOnly),
        Series: catalogue.series(),
        SessionType: catalogue.session_types(),
        Settings: st.builds(Settings, st.booleans(), st.just(()), st.none()),
        Slots: catalogue.slots(),
        Verdict: cases.verdicts(),
        WaitlistPolicy: catalogue.waitlist_policies(),
        WorkingHours: catalogue.working_hours(),
        **figures.strategies_of_figures(),
        **happenings.strategies_of_happenings(),
        **messages.strategies_of_messages(),
    }


def register() -> None:
    """Tell Hypothesis the strategy of every public type. Doing it again changes nothing."""
    for kind in strategies():
        st.register_type_strategy(kind, _of(kind))


def _of(kind: type[Any]) -> Any:  # what Hypothesis takes: a function of the type
    return lambda _: strategies()[kind]


register()
