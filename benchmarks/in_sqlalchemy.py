"""The durable booking of `benchmarks.by_hand` as a developer writes it with SQLAlchemy's ORM.

The same rows are looked for and written, in one transaction on the same settings of the file, with the keys and
indexes of `by_hand`. `BEGIN IMMEDIATE` is set up as SQLAlchemy's documentation says.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import JSON, Connection, ForeignKeyConstraint, Index, create_engine, event, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from benchmarks.common import NOW

ACTIVE = ("confirmed", "waitlisted")
TODAY = NOW.replace(tzinfo=None)
"""SQLAlchemy keeps no zones in SQLite: its datetimes here are UTC."""


class Base(DeclarativeBase):
    type_annotation_map = {dict[str, object]: JSON}  # noqa: RUF012  # as SQLAlchemy has it


class Seats(Base):
    __tablename__ = "session"
    id: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    opens: Mapped[datetime]
    closes: Mapped[datetime]
    capacity: Mapped[int]
    held: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    last: Mapped[int] = mapped_column(default=0)


class Booking(Base):
    __tablename__ = "booking"
    id: Mapped[int] = mapped_column(primary_key=True)
    session: Mapped[str]
    role: Mapped[str]
    person: Mapped[str]
    status: Mapped[str]
    sequence: Mapped[int]
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    created: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(("session", "role"), ("session.id", "session.role")),
        # for all statuses: where they are bound as parameters SQLite does not see that a partial index would do
        Index("booking_near", "person", "starts"),
        Index("booking_queue", "session", "role", "sequence", sqlite_where=text("status = 'waitlisted'")),
    )


class Audit(Base):
    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    kind: Mapped[str]
    booking: Mapped[int]
    facts: Mapped[dict[str, object]]


class Outbox(Base):
    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    booking: Mapped[int]
    payload: Mapped[dict[str, object]]


class Request(Base):
    __tablename__ = "request"
    id: Mapped[str] = mapped_column(primary_key=True)
    asked: Mapped[str]
    answer: Mapped[dict[str, object]]


class InSqlalchemy:
    """Bookings by SQLAlchemy's ORM in one file."""

    def __init__(self, path: Path) -> None:
        self.engine = create_engine(f"sqlite:///{path}")
        event.listen(self.engine, "connect", _connected)
        event.listen(self.engine, "begin", _begun)
        self.made = sessionmaker(self.engine)
        Base.metadata.create_all(self.engine)

    def add_sessions(self, sessions: Iterable[tuple[str, datetime, datetime]], capacity: int) -> None:
        """Put sessions on the calendar."""
        with self.made.begin() as db:
            for id, starts, ends in sessions:
                begins = starts.replace(tzinfo=None)
                db.add(
                    Seats(
                        id=id,
                        role="attendee",
                        starts=begins,
                        ends=ends.replace(tzinfo=None),
                        opens=TODAY - timedelta(days=1),
                        closes=begins,
                        capacity=capacity,
                    )
                )

    def book(self, session: str, person: str, request_id: str) -> dict[str, object]:
        """A seat or the tail of the queue. Raises `ValueError` when the rules say no."""
        asked = f"book {session} {person}"
        with self.made.begin() as db:
            kept = db.get(Request, request_id)
            if kept is not None:
                if kept.asked != asked:
                    raise ValueError("another request has that id")
                answered: dict[str, object] = kept.answer
                return answered
            seats = db.get_one(Seats, (session, "attendee"))
            if not seats.opens <= TODAY < seats.closes:
                raise ValueError("not open")
            _check_near(db, person, seats)
            seat = seats.held < seats.capacity and not seats.waiting
            seats.held += seat
            seats.waiting += not seat
            seats.last += 1
            booking = Booking(
                session=session,
                role="attendee",
                person=person,
                status="confirmed" if seat else "waitlisted",
                sequence=seats.last,
                starts=seats.starts,
                ends=seats.ends,
                created=TODAY,
            )
            db.add(booking)
            db.flush()  # gives its id
            kind = f"booking.{booking.status}"
            facts = {"session": session, "role": "attendee", "person": person, "sequence": seats.last}
            answer = {"id": booking.id, "status": booking.status, "sequence": booking.sequence}
            db.add_all(
                (
                    Audit(at=TODAY, actor=person, kind=kind, booking=booking.id, facts=facts),
                    Outbox(kind=kind, booking=booking.id, payload=facts),
                    Request(id=request_id, asked=asked, answer=answer),
                )
            )
            return answer

    def counted(self, session: str) -> tuple[int, int]:
        """How many seats are held, and how many wait."""
        with self.made() as db:
            seats = db.get_one(Seats, (session, "attendee"))
            return seats.held, seats.waiting

    def settings_of_the_file(self) -> tuple[str, int]:
        """The journal mode and `synchronous` (2 is FULL) of the connection that books."""
        with self.engine.connect() as connection:
            mode, full = (connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in PRAGMAS)
            return str(mode), int(full)


PRAGMAS = ("journal_mode", "synchronous")


def _check_near(db: Session, person: str, seats: Seats) -> None:
    near = select(Booking.session, Booking.role, Booking.status).where(
        Booking.person == person,
        Booking.status.in_(ACTIVE),
        Booking.starts > seats.starts - timedelta(days=1),
        Booking.starts < seats.ends,
        Booking.ends > seats.starts,
    )
    for where, role, status in db.execute(near):
        if (where, role) == (seats.id, seats.role) or status == "confirmed":
            raise ValueError(f"booked already, or a clash with {where}")


def _connected(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # `_begun` begins transactions, not the driver
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _begun(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
