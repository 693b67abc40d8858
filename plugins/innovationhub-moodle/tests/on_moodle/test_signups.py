"""Sign-ups: enrolled first, read in pages, and a cursor that misses nothing though Moodle counts whole seconds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from innovationhub import Invalid
from innovationhub.errors import LmsError, LmsFailure
from innovationhub.protocols.lms import Link, SignUpStatus
from innovationhub.testing import FakeClock
from innovationhub_moodle.client import Trip
from innovationhub_moodle.moodle import Moodle
from innovationhub_moodle.signups import STATUSES, sign_ups
from on_moodle.recordings import answer_to
from on_moodle.standin import StandIn
from on_moodle.standin import seminars as facetoface
from on_moodle.standin.state import Signup
from on_moodle.test_sessions import published, seminar_of

LINK = Link("a@2026-12-01T10:00#x", "4.3.17")


def test_the_codes_are_those_of_mod_facetoface() -> None:
    """Each code that it has is one of our statuses; the one that it never writes is known too."""
    assert STATUSES.keys() == facetoface.STATUSES.keys() | {20}
    recorded = answer_to("BRIDGE signups after attendance")["signups"]
    assert [STATUSES[each["statuscode"]] for each in recorded] == [SignUpStatus.ATTENDED, SignUpStatus.PARTLY]


def test_who_is_signed_up_is_enrolled_first(stand_in: StandIn, moodle: Moodle) -> None:
    """With the role of the address: otherwise they would be sent away at the door of their own session."""
    link, _ = published(moodle)
    person = stand_in.site.state.user("staff02@nhs.example.test")
    moodle.sign_up(link, str(person.id))
    course = stand_in.site.state.courses[int(link.ref.split(".", maxsplit=1)[0])]
    assert course.enrolled == {person.id}
    (enrolment,) = (seen.params for seen in stand_in.seen if seen.function == "enrol_manual_enrol_users")
    assert enrolment["enrolments[0][roleid]"] == "5"
    moodle.cancel(link, str(person.id))
    assert course.enrolled == {person.id}


@pytest.mark.parametrize("account", ["", "ada", "-4", "9" * 30, "999999", "²"])
def test_an_account_that_is_none_is_not_found(moodle: Moodle, account: str) -> None:
    """Whatever is wrong with it; cancelling for nobody is fine."""
    link, _ = published(moodle)
    with pytest.raises(LmsError) as raised:
        moodle.sign_up(link, account)
    assert (raised.value.kind, raised.value.reason) == (LmsFailure.NOT_FOUND, "account")
    moodle.cancel(link, account)


def test_a_course_that_is_gone_takes_its_session_along(stand_in: StandIn, moodle: Moodle) -> None:
    """Enrolment says so in words of its own, which are others than those about an account."""
    link, _ = published(moodle)
    person = stand_in.site.state.user("staff02@nhs.example.test")
    stand_in.site.state.courses.clear()
    with pytest.raises(LmsError) as raised:
        moodle.sign_up(link, str(person.id))
    assert (raised.value.kind, raised.value.reason) == (LmsFailure.NOT_FOUND, "session")


def test_only_attendance_is_recorded_as_such(moodle: Moodle) -> None:
    """A booking is no attendance."""
    link, _ = published(moodle)
    with pytest.raises(Invalid, match="status: must say how"):
        moodle.attend(link, "4", SignUpStatus.BOOKED)


def test_a_status_nobody_has_heard_of_is_said(stand_in: StandIn, moodle: Moodle) -> None:
    """Rather than left out: everybody is told of."""
    link, _ = published(moodle)
    person = stand_in.site.state.user("staff02@nhs.example.test")
    moodle.sign_up(link, str(person.id))
    seminar_of(stand_in, link).signups[0].statuscode = 110
    facetoface.STATUSES[110] = "beamed_up"
    try:
        with pytest.raises(LmsError, match="status 110") as raised:
            moodle.sign_ups(link)
    finally:
        del facetoface.STATUSES[110]
    assert raised.value.kind is LmsFailure.CONFIGURATION


@pytest.mark.parametrize("cursor", ["x", "-1", "1.2", "1.2.3", "1.2.3.4.5", " 1", "1\n", "٣"])
def test_a_cursor_of_somebody_elses_is_refused(moodle: Moodle, cursor: str) -> None:
    """Each form that is not ours."""
    link, _ = published(moodle)
    with pytest.raises(LmsError) as raised:
        moodle.sign_ups(link, cursor)
    assert (raised.value.kind, raised.value.reason) == (LmsFailure.REFUSED, "cursor")


@pytest.mark.parametrize("limit", [0, 501, -1])
def test_a_page_has_its_limits(moodle: Moodle, limit: int) -> None:
    """From one to what the Protocol allows."""
    link, _ = published(moodle)
    with pytest.raises(Invalid, match="limit"):
        moodle.sign_ups(link, limit=limit)


def test_more_booked_than_seats_is_told_as_it_is(stand_in: StandIn, moodle: Moodle) -> None:
    """M4, as far as the plugin goes: 11 for 10 seats are 11, whoever let the last one in."""
    link, _ = published(moodle, capacity=10)
    for number, user in enumerate(list(stand_in.site.state.users.values())[:11], start=500):
        seminar_of(stand_in, link).signups.append(Signup(number, user.id, 70, 0, 0))
    told = moodle.sign_ups(link).signups
    assert [each.status for each in told] == [SignUpStatus.BOOKED] * 11


def test_whoever_is_not_known_is_told_of(stand_in: StandIn, moodle: Moodle) -> None:
    """M5, as far as the plugin goes: without staff number and e-mail too, by their account."""
    link, _ = published(moodle)
    nobody = stand_in.site.state.add_user("nobody", "", "")
    seminar_of(stand_in, link).signups.append(Signup(500, nobody.id, 70, 0, 0))
    (told,) = moodle.sign_ups(link).signups
    assert (told.person.account, told.person.staff_number, told.person.email) == (str(nobody.id), "", "")


def test_when_it_came_to_stand_so_is_told(clock: FakeClock, stand_in: StandIn, moodle: Moodle) -> None:
    """To the second, aware, in UTC."""
    link, _ = published(moodle)
    clock.set(datetime(2026, 11, 25, 8, 30, 5, 900_000, UTC))
    person = stand_in.site.state.user("staff02@nhs.example.test")
    assert moodle.sign_up(link, str(person.id)).at == datetime(2026, 11, 25, 8, 30, 5, tzinfo=UTC)


@attrs.define
class Slow:
    """A Moodle whose changes carry the second in which they began and are seen up to `LATEST` seconds later."""

    rows: dict[int, dict[str, Any]] = attrs.Factory(dict)
    unseen: list[dict[str, Any]] = attrs.Factory(list)

    def change(self, number: int, at: int, code: int, *, seen: bool) -> None:
        row = {"signupid": number, "userid": number, "statuscode": code, "timecreated": at}
        if seen:
            self.rows[number] = row
        else:
            self.unseen.append(row)

    def show(self, before: int) -> None:
        for row in [row for row in self.unseen if row["timecreated"] <= before]:
            self.unseen.remove(row)
            known = self.rows.get(row["signupid"])
            if known is None or known["timecreated"] <= row["timecreated"]:
                self.rows[row["signupid"]] = row

    def call(self, function: str, params: Mapping[str, Any], *, missing: str) -> object:
        assert function == "local_innovationhub_get_signups"
        rows = [row for row in self.rows.values() if row["timecreated"] >= params["since"]]
        return {"signups": rows[::-1], "capacity": 5, "booked": 0}


LATEST = 120
"""How many seconds after it began a change may be seen."""

STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 2, 60, LATEST]),  # seconds that go by
        st.integers(1, 4),  # whose sign-up
        st.sampled_from([10, 60, 70]),
        st.booleans(),  # whether the change is seen at once
        st.integers(1, 3),  # the size of a page
        st.booleans(),  # whether the pass is left half-way for the next change to come between
    ),
    max_size=25,
)


BETWEEN_PAGES = [
    (0, 2, 70, True, 3, False),
    (0, 3, 70, True, 3, False),
    (0, 4, 70, True, 1, True),
    (0, 1, 70, False, 1, True),
    (LATEST, 2, 10, True, 1, True),
    (60, 3, 10, True, 1, True),
]
"""A pass that takes three minutes: the first sign-up changed behind it, and was seen when it had gone on."""


@given(STEPS)
@example(BETWEEN_PAGES)
def test_a_cursor_misses_nothing_that_is_seen_late(
    steps: list[tuple[int, int, int, bool, int, bool]],
) -> None:
    """Changes within one second, seen out of order, and between two pages of one pass: in the end all is known."""
    there, told, cursor, now = Slow(), dict[str, SignUpStatus](), "", 1000
    trip = cast("Trip", there)

    def follow(limit: int, pages: int) -> None:
        nonlocal cursor
        for _ in range(pages):
            page = sign_ups(trip, LINK, cursor, limit)
            assert len(page.signups) <= limit
            told.update((each.person.account, each.status) for each in page.signups)
            cursor = page.cursor
            if not page.more:
                return

    for passes, number, code, seen, limit, half in steps:
        now += passes
        there.change(number, now, code, seen=seen)
        there.show(now - LATEST)
        follow(limit, 1 if half else 50)
    there.show(now)
    # the pass that was under way is ended, and one more is made
    follow(2, 50)
    follow(2, 50)
    assert told == {str(number): STATUSES[row["statuscode"]] for number, row in there.rows.items()}
