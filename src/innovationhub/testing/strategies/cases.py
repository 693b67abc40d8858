"""Cases for rules: somebody, a place, and what they had before."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from innovationhub.domain.booking import HOLDING, LIVE, BookingStatus
from innovationhub.domain.catalogue import Audience, SessionType
from innovationhub.domain.diary import Appointment
from innovationhub.domain.rules import Case, Verdict
from innovationhub.testing.strategies.values import instants, lines

__all__ = ["cases", "histories", "verdicts"]

TYPES = ("cqi-taster", "drop-in", "forum")


def verdicts() -> st.SearchStrategy[Verdict]:
    """What a rule may say."""
    no = st.builds(
        Verdict,
        st.just(False),
        lines(1).map(lambda line: f"{line}."),
        st.just({"most": 2}),
        st.just(("Ask us.",)),
    )
    return st.just(Verdict(allowed=True)) | no


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """One person and one place in a session of one of three types, somewhere in the time to come."""
    kind = draw(st.sampled_from(TYPES))
    now = draw(instants())
    starts = now + timedelta(minutes=draw(st.integers(-60, 60 * 24 * 90)))
    groups = draw(st.lists(st.sampled_from(("nursing", "estates", "finance")), unique=True, max_size=2))
    audience = draw(st.none() | st.just(Audience("Nurses", ("nursing",))))
    return Case(
        person=draw(st.sampled_from(("9f2c41", "77ab03"))),
        groups=tuple(sorted(groups)),
        argument="",
        session_id=f"{kind}@{starts:%Y-%m-%dT%H:%M}",
        series_id=kind,
        type=SessionType(kind, kind.replace("-", " ").title(), audience=audience),
        role="attendee",
        starts=starts,
        ends=starts + timedelta(hours=1),
        now=now,
        timezone=draw(st.sampled_from(("Europe/London", "UTC"))),
        booking_id=draw(st.sampled_from(("", "b0"))),
        types={each: each for each in TYPES},
    )


@st.composite
def histories(draw: st.DrawFn, case: Case) -> tuple[Appointment, ...]:
    """What that person has in the diary: before and after, of any type, with any outcome."""
    made = []
    for number in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(TYPES))
        starts = case.starts + timedelta(days=draw(st.integers(-40, 40)), hours=draw(st.integers(-3, 3)))
        status = draw(st.sampled_from(BookingStatus))
        came = status is BookingStatus.ATTENDED
        line = Appointment(
            booking_id=f"b{number}",
            person=case.person,
            session_id=f"{kind}@{starts:%Y-%m-%dT%H:%M}",
            role="attendee",
            status=status,
            active=came or status in LIVE,
            holds=came or status in HOLDING,
            starts=starts,
            ends=starts + timedelta(hours=1),
        )
        made.append(line)
    return tuple(made)
