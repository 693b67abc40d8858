"""M3: the LMS times out after it did the thing. It is found again by its mark, and not made twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from innovationhub.errors import LmsError, LmsFailure
from innovationhub.protocols.lms import Link, LmsSession, LmsType, SignUpStatus
from innovationhub_moodle.moodle import Moodle
from on_moodle.conftest import IMPATIENT, MakeMoodle
from on_moodle.standin import Fault, StandIn

LOST = Fault(done=True, cut=True)
"""It is done, and the answer does not come: the line is cut, which takes less long than a time-out."""

LATE = Fault(done=True, hold=True)
"""It is done, and the answer does not come in time."""

TYPE = LmsType("cqi-taster", "CQI Taster")
SESSION = LmsSession(
    "cqi-taster@2026-12-01T10:00#attendee",
    "CQI Taster",
    datetime(2026, 12, 1, 10, tzinfo=UTC),
    datetime(2026, 12, 1, 11, tzinfo=UTC),
    capacity=2,
)


@pytest.fixture
def hasty(make_moodle: MakeMoodle) -> Moodle:
    return make_moodle(patience=IMPATIENT)


def lost(work: Callable[[], object]) -> None:
    with pytest.raises(LmsError) as raised:
        work()
    assert raised.value.kind is LmsFailure.TEMPORARY
    assert raised.value.reason in {"late", "unreachable"}


@pytest.mark.parametrize("function", ["core_course_create_categories", "core_course_update_courses"])
def test_a_course_whose_making_was_not_answered_is_there_once(
    stand_in: StandIn, moodle: Moodle, function: str
) -> None:
    """Wherever between its making and its key the answer was lost."""
    stand_in.once(function, LOST)
    lost(lambda: moodle.publish_type(TYPE))
    ref = moodle.publish_type(TYPE)
    courses = [each for each in stand_in.site.state.courses.values() if each.idnumber != "ih:template"]
    assert [(each.id, each.idnumber) for each in courses] == [(int(ref), "ih:type:cqi-taster")]
    assert [len(each.activities) for each in courses] == [1]
    assert len(stand_in.site.state.categories) == 2


def test_a_copy_that_nobody_heard_of_is_taken_up(stand_in: StandIn, moodle: Moodle) -> None:
    """It has its short name and not yet its key, and is hidden; the next call finds it and finishes it."""
    stand_in.once("core_course_duplicate_course", Fault(done=True, cut=True))
    with pytest.raises(LmsError, match="cannot be reached"):
        moodle.publish_type(TYPE)
    (copy,) = (each for each in stand_in.site.state.courses.values() if each.shortname == "ih-cqi-taster")
    assert (copy.idnumber, copy.visible) == ("", 0)
    assert moodle.publish_type(TYPE) == str(copy.id)
    assert (copy.idnumber, copy.visible) == ("ih:type:cqi-taster", 1)
    assert stand_in.count("core_course_duplicate_course") == 1


def test_a_course_made_by_somebody_quicker_is_taken(stand_in: StandIn, moodle: Moodle) -> None:
    """Moodle says that the short name is taken; by whom is looked up."""
    said = b'{"exception":"moodle_exception","errorcode":"shortnametaken","message":"taken"}'
    stand_in.once("core_course_duplicate_course", Fault(done=True, reply=(200, "application/json", said)))
    ref = moodle.publish_type(TYPE)
    assert stand_in.site.state.courses[int(ref)].idnumber == "ih:type:cqi-taster"


def test_a_session_whose_making_was_not_answered_is_there_once(stand_in: StandIn, hasty: Moodle) -> None:
    """Found by the mark in its details."""
    of = Link(TYPE.key, hasty.publish_type(TYPE))
    stand_in.once("local_innovationhub_upsert_session", LATE)
    lost(lambda: hasty.publish_session(SESSION, of))
    ref = hasty.publish_session(SESSION, of)
    (seminar,) = stand_in.site.state.seminars.values()
    assert ref.endswith(f".{seminar.id}")
    assert f"ref ih:session:{SESSION.key}" in seminar.details


def test_two_sessions_of_one_mark_are_for_a_person(stand_in: StandIn, moodle: Moodle) -> None:
    """As after somebody copied one there: nothing is changed, and it is said."""
    of = Link(TYPE.key, moodle.publish_type(TYPE))
    moodle.publish_session(SESSION, of)
    (seminar,) = stand_in.site.state.seminars.values()
    stand_in.site.state.seminars[99] = type(seminar)(
        99, seminar.facetoface, 5, False, seminar.details, 60, True, seminar.dates, 0
    )
    with pytest.raises(LmsError) as raised:
        moodle.publish_session(SESSION, of)
    assert raised.value.kind is LmsFailure.DUPLICATE


def test_sign_ups_cancellations_and_calling_off_may_be_repeated(stand_in: StandIn, moodle: Moodle) -> None:
    """What was done is read back, or is fine as it is; a person is mailed about by no repetition."""
    of = Link(TYPE.key, moodle.publish_type(TYPE))
    link = Link(SESSION.key, moodle.publish_session(SESSION, of))
    account = str(stand_in.site.state.user("staff01@nhs.example.test").id)
    stand_in.once("local_innovationhub_signup", LOST)
    lost(lambda: moodle.sign_up(link, account, notify=True))
    assert moodle.sign_up(link, account, notify=True).status is SignUpStatus.BOOKED
    stand_in.once("local_innovationhub_cancel_signup", LOST)
    lost(lambda: moodle.cancel(link, account, notify=True))
    moodle.cancel(link, account, notify=True)
    stand_in.once("local_innovationhub_call_off_session", LOST)
    lost(lambda: moodle.withdraw_session(link, notify=True))
    moodle.withdraw_session(link, notify=True)
    assert stand_in.site.state.mails == [(int(account), "booked"), (int(account), "cancelled")]


def test_who_is_told_is_a_choice(stand_in: StandIn, moodle: Moodle) -> None:
    """Two that mail is one too many: nobody is mailed by the LMS unless asked."""
    of = Link(TYPE.key, moodle.publish_type(TYPE))
    link = Link(SESSION.key, moodle.publish_session(SESSION, of))
    account = str(stand_in.site.state.user("staff01@nhs.example.test").id)
    moodle.sign_up(link, account)
    moodle.cancel(link, account)
    moodle.sign_up(link, account)
    moodle.withdraw_session(link)
    assert stand_in.site.state.mails == []
