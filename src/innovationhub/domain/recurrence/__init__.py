"""Recurrence: an RFC 5545 rule as a frozen value.

`value` is what callers use; `occurrences` what it answers with; `rrule` an RRULE as a value; `segments` one stretch of
dates that a rule makes; `timeline` the stretches together, with exceptions and identity; `expansion` our own way of
walking a rule, `anchored` dateutil's (the only importer of it), `clocks` what the clocks of a zone do, `ical` the text.
"""

from __future__ import annotations

from innovationhub.domain.recurrence.occurrences import Following, Instants, Occurrence, Occurrences, Override
from innovationhub.domain.recurrence.rrule import Rule
from innovationhub.domain.recurrence.value import DEFAULT_ZONE, Recurrence

__all__ = [
    "DEFAULT_ZONE",
    "Following",
    "Instants",
    "Occurrence",
    "Occurrences",
    "Override",
    "Recurrence",
    "Rule",
]
