"""The durable booking of `benchmarks.by_hand` as a developer writes it with Django's ORM.

The same rows are looked for and written, in one transaction on the same settings of the file. Keys are Django's own
integers, the indexes are those of `by_hand`, and what can be spared is: only changed columns are saved, and only
wanted ones are read where a whole row is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import django
from django.conf import settings
from django.db import connection, models, transaction

from benchmarks.common import NOW

ACTIVE = ("confirmed", "waitlisted")


settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": "",  # told by `open_file`
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 60,  # with many callers at once five seconds are not enough for each
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
            },
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    TIME_ZONE="UTC",
)
django.setup()


class Session(models.Model):
    key = models.TextField()
    role = models.TextField()
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    opens = models.DateTimeField()
    closes = models.DateTimeField()
    capacity = models.IntegerField()
    held = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    last = models.IntegerField(default=0)

    class Meta:
        app_label = "benchmarks"
        constraints = (models.UniqueConstraint(fields=("key", "role"), name="session_once"),)


class Booking(models.Model):
    session = models.ForeignKey(Session, on_delete=models.PROTECT, db_index=False)
    person = models.TextField()
    status = models.TextField()
    sequence = models.IntegerField()
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    created = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"
        indexes = (
            # for all statuses: where they are bound as parameters SQLite does not see that a partial index would do
            models.Index(fields=("person", "starts"), name="booking_near"),
            models.Index(
                fields=("session", "sequence"),
                name="booking_queue",
                condition=models.Q(status="waitlisted"),
            ),
        )


class Audit(models.Model):
    at = models.DateTimeField()
    actor = models.TextField()
    kind = models.TextField()
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, db_index=False)
    facts = models.JSONField()

    class Meta:
        app_label = "benchmarks"


class Outbox(models.Model):
    kind = models.TextField()
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, db_index=False)
    payload = models.JSONField()

    class Meta:
        app_label = "benchmarks"


class Request(models.Model):
    id = models.TextField(primary_key=True)
    asked = models.TextField()
    answer = models.JSONField()

    class Meta:
        app_label = "benchmarks"


def open_file(path: Path) -> None:
    """Make the tables in a new file. One file in a process at a time: that is how Django has it."""
    connection.close()
    connection.settings_dict["NAME"] = str(
        path
    )  # of the connections that other threads are yet to open as well
    with connection.schema_editor() as editor:
        for model in (Session, Booking, Audit, Outbox, Request):
            editor.create_model(model)


def add_sessions(sessions: Iterable[tuple[str, datetime, datetime]], capacity: int) -> None:
    """Put sessions on the calendar."""
    Session.objects.bulk_create(
        Session(
            key=id,
            role="attendee",
            starts=starts,
            ends=ends,
            opens=NOW - timedelta(days=1),
            closes=starts,
            capacity=capacity,
        )
        for id, starts, ends in sessions
    )


@transaction.atomic
def book(session_key: str, person: str, request_id: str) -> dict[str, object]:
    """A seat or the tail of the queue. Raises `ValueError` when the rules say no."""
    asked = f"book {session_key} {person}"
    kept = Request.objects.filter(pk=request_id).first()
    if kept is not None:
        if kept.asked != asked:
            raise ValueError("another request has that id")
        answer: dict[str, object] = kept.answer
        return answer
    session = Session.objects.get(key=session_key, role="attendee")
    if not session.opens <= NOW < session.closes:
        raise ValueError("not open")
    near = Booking.objects.filter(
        person=person,
        status__in=ACTIVE,
        starts__gt=session.starts - timedelta(days=1),
        starts__lt=session.ends,
        ends__gt=session.starts,
    )
    for where, status in near.values_list("session_id", "status"):
        if where == session.pk or status == "confirmed":
            raise ValueError(f"booked already, or a clash with {where}")
    seat = session.held < session.capacity and not session.waiting
    session.held += seat
    session.waiting += not seat
    session.last += 1
    session.save(update_fields=("held", "waiting", "last"))
    booking = Booking.objects.create(
        session=session,
        person=person,
        status="confirmed" if seat else "waitlisted",
        sequence=session.last,
        starts=session.starts,
        ends=session.ends,
        created=NOW,
    )
    kind = f"booking.{booking.status}"
    facts = {"session": session_key, "role": "attendee", "person": person, "sequence": session.last}
    Audit.objects.create(at=NOW, actor=person, kind=kind, booking=booking, facts=facts)
    Outbox.objects.create(kind=kind, booking=booking, payload=facts)
    answer = {"id": booking.pk, "status": booking.status, "sequence": booking.sequence}
    Request.objects.create(pk=request_id, asked=asked, answer=answer)
    return answer


def counted(session_key: str) -> tuple[int, int]:
    """How many seats are held, and how many wait."""
    session = Session.objects.get(key=session_key, role="attendee")
    return session.held, session.waiting


def settings_of_the_file() -> tuple[str, int]:
    """The journal mode and `synchronous` (2 is FULL) of the connection that books."""
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        return str(mode), int(cursor.execute("PRAGMA synchronous").fetchone()[0])
