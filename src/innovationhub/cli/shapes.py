"""The JSON of every command: the library's own values, field by field, under their own names.

An instant is ISO 8601 with its offset, an enumeration its value, None is null, a mapping an object. Keys are the
names of the fields, so `jq` and Python say the same:

    load            LoadReport: added, changed, held_back
    calendar        an array of SessionView
    types           an array of SessionType
    settings        HubSettings
    catalogue       an array of names; of one, name and text
    session, headcount
                    SessionView
    add-person      Person
    export-person   PersonData
    erase-person    erased: the id
    clashes         an array of Effect
    book, cancel, accept, decline, transfer, substitute, register, apologise, unapologise, approve, reject, check-in,
    check-out       Booking
                    (an apology is a booking of the date, cancelled; taken back, its `people` say so)
    roster, waitlist, requests, bookings, close-register
                    an array of Booking
    amend           Booking, and notes: {kind: text}
    explain         Explanation, and notes: {kind: text}
    plan ...        Plan (change, effects, token), and applied
    shortfall       an array of Shortfall
    workshop ...    Workshop; workshop list: an array of Workshop
    report          Figures: start, end, timezone, made_at, position, tables: {key: Table}; null is not shown
    tick            TickReport
    lms status      plugin, leads, abilities, findings: an array of LmsFinding
    lms push, lms pull, lms reconcile
                    LmsReport
    run             a TickReport for each tick
    messages list   an array of MessageView
    messages resend MessageView
    messages preview
                    an array of {kind, subject, text, html}
    audit           an array of Violation
    journal         an array of Entry, each with ids: {opaque key: a person's own id}
    plugins         plugins: [{name, declares: {kind: [name]}}], broken: [{plugin, why}]
    new-plugin      folder, files
    demo            store, session, booked, waiting, promoted, passed_over, refused, visit, lapsed, apologised,
                    planned, violations

A warning about what was done all the same is an object on stderr: `warning` (early) and `message`.

A failure is an object on stderr: `error` (refused, invalid, not-found, plugin, unavailable, usage, output,
unexpected) and `message`; a refusal adds `reasons` and `alternatives`, and where a plan was stale the new one as
`plan`; the others add what they name.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import attrs

from innovationhub import Recurrence

__all__ = ["plain"]


def plain(value: Any) -> Any:  # JSON has no narrower type
    """A value as JSON can hold it."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Recurrence):
        return str(value)
    if attrs.has(type(value)):
        return {field.name: plain(getattr(value, field.name)) for field in attrs.fields(type(value))}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value
