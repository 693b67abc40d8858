"""Recurrence: an RFC 5545 rule as a frozen value.

`value` is what callers use; `occurrences` what it answers with; `rrule` an RRULE as a value; `segments` one stretch of
dates that a rule makes; `timeline` the stretches together, with exceptions and identity; `expansion` how a rule is
walked: by `steps` of days, by `intervals` of months and years, or `anchored`, by dateutil (its only importer); `clocks`
what the clocks of a zone do, `observances` that as calendar files say it, `ical` the text.
"""

from __future__ import annotations

from innovationhub.domain.recurrence.observances import Observance, observances
from innovationhub.domain.recurrence.occurrences import Following, Instants, Occurrence, Occurrences, Override
from innovationhub.domain.recurrence.rrule import Rule
from innovationhub.domain.recurrence.value import DEFAULT_ZONE, Recurrence

__all__ = [
    "DEFAULT_ZONE",
    "Following",
    "Instants",
    "Observance",
    "Occurrence",
    "Occurrences",
    "Override",
    "Recurrence",
    "Rule",
    "observances",
]
