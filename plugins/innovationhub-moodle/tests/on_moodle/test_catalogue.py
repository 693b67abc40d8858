"""Session types as courses: where they are put, what they are copied from, what stands in them."""

from __future__ import annotations

import pytest

from innovationhub.errors import LmsError, LmsFailure
from innovationhub.protocols.lms import Link, LmsType
from innovationhub_moodle.marks import LONGEST_NAME, course_idnumber, course_name, course_shortname, summary
from innovationhub_moodle.moodle import Moodle
from on_moodle.standin import StandIn
from on_moodle.standin.state import Category, Course
from on_moodle.test_lost_answers import SESSION, TYPE


def course(stand_in: StandIn, ref: str) -> Course:
    return stand_in.site.state.courses[int(ref)]


def test_a_course_is_a_copy_of_the_template(stand_in: StandIn, moodle: Moodle) -> None:
    """With the activity that no function of Moodle can make, in the hub's category, visible once it is finished."""
    made = course(stand_in, moodle.publish_type(LmsType("cqi", "CQI", "What it is.\n\nFor <all> & free.")))
    assert len(made.activities) == 1
    assert stand_in.site.state.categories[made.category].idnumber == "innovation-hub"
    assert (made.fullname, made.shortname, made.idnumber) == ("CQI", "ih-cqi", "ih:type:cqi")
    assert made.summary == "<p>What it is.</p>\n<p>For &lt;all&gt; &amp; free.</p>"
    assert made.visible == 1


def test_the_category_is_made_once(stand_in: StandIn, moodle: Moodle) -> None:
    """And one that is there already is used, whatever it is called."""
    ours = Category(77, "Improvement", "innovation-hub")
    stand_in.site.state.categories[77] = ours
    refs = [moodle.publish_type(LmsType(key, key)) for key in ("a", "b")]
    assert {course(stand_in, ref).category for ref in refs} == {77}
    assert stand_in.count("core_course_create_categories") == 0


def test_what_was_moved_there_stays_where_it_is(stand_in: StandIn, moodle: Moodle) -> None:
    """A course belongs to the people who keep the catalogue: its category and short name are left alone."""
    made = course(stand_in, moodle.publish_type(TYPE))
    made.category, made.shortname = 1, "TASTER"
    assert moodle.publish_type(TYPE) == str(made.id)
    assert (made.category, made.shortname) == (1, "TASTER")


def test_without_a_template_there_is_a_catalogue_all_the_same(stand_in: StandIn, moodle: Moodle) -> None:
    """Its sessions need an activity, and until somebody has added one, that is said."""
    stand_in.site.state.courses.clear()
    ref = moodle.publish_type(TYPE)
    with pytest.raises(LmsError, match="no Face-to-Face activity") as raised:
        moodle.publish_session(SESSION, Link(TYPE.key, ref))
    assert (raised.value.kind, raised.value.reason) == (LmsFailure.CONFIGURATION, "activity")
    stand_in.site.state.add_activity(course(stand_in, ref))
    assert moodle.publish_session(SESSION, Link(TYPE.key, ref)).startswith(f"{ref}.")


def test_a_course_that_was_deleted_is_not_found(stand_in: StandIn, moodle: Moodle) -> None:
    """Its sessions have nowhere to go; hiding it is fine; publishing it makes another."""
    ref = moodle.publish_type(TYPE)
    del stand_in.site.state.courses[int(ref)]
    with pytest.raises(LmsError) as raised:
        moodle.publish_session(SESSION, Link(TYPE.key, ref))
    assert (raised.value.kind, raised.value.reason) == (LmsFailure.NOT_FOUND, "type")
    moodle.withdraw_type(Link(TYPE.key, ref))
    moodle.withdraw_type(Link(TYPE.key, "no ref of ours"))
    assert moodle.publish_type(TYPE) != ref


def test_two_courses_of_one_key_are_for_a_person(stand_in: StandIn, moodle: Moodle) -> None:
    """Nothing of either is changed."""
    for name in ("one", "two"):
        stand_in.site.state.add_course(name, name, idnumber="ih:type:cqi-taster")
    with pytest.raises(LmsError) as raised:
        moodle.publish_type(TYPE)
    assert raised.value.kind is LmsFailure.DUPLICATE
    assert stand_in.count("core_course_update_courses") == 0


def test_a_short_name_of_somebody_elses_is_left_alone(stand_in: StandIn, moodle: Moodle) -> None:
    """A course that carries another ID number is not ours to take."""
    stand_in.site.state.add_course("Theirs", "ih-cqi-taster", idnumber="theirs")
    with pytest.raises(LmsError) as raised:
        moodle.publish_type(TYPE)
    assert raised.value.kind is LmsFailure.DUPLICATE
    assert stand_in.site.state.courses[3].fullname == "Theirs"


def test_what_moodle_warns_of_is_a_failure(stand_in: StandIn, moodle: Moodle) -> None:
    """A change that fails is answered as a success with a warning in it."""
    said = b'{"warnings":[{"item":"course","itemid":3,"warningcode":"nopermissions","message":"m"}]}'
    from on_moodle.standin import Fault

    stand_in.once("core_course_update_courses", Fault(reply=(200, "application/json", said)))
    with pytest.raises(LmsError) as raised:
        moodle.publish_type(TYPE)
    assert raised.value.kind is LmsFailure.CONFIGURATION


def test_keys_fit_where_moodle_keeps_them() -> None:
    """An ID number has 100 characters at most; a key that is longer is cut, and two of them are told apart."""
    long = "k" * 159
    names = [course_idnumber(f"{long}{last}") for last in "ab"]
    assert len(set(names)) == 2
    assert all(len(name) == 100 for name in names)
    assert course_idnumber("k" * 92) == f"ih:type:{'k' * 92}"
    assert course_shortname("a<b>") != course_shortname("a<c>")
    assert "<" not in course_shortname("a<b>")
    assert len(course_shortname(long)) <= 100


def test_titles_fit_where_moodle_keeps_them() -> None:
    """What Moodle would clean away would make it refuse the call; what is too long would break its database."""
    assert course_name("  Learn &\n Share <3 ") == "Learn & Share &lt;3"
    assert len(course_name("<" * 300)) <= LONGEST_NAME
    assert summary("a\nb\n\n\n<c>") == "<p>a<br>b</p>\n<p>&lt;c&gt;</p>"
    assert summary(" \n ") == ""
