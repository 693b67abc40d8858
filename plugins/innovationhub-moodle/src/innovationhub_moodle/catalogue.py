"""Session types as courses. A course is copied from a template, because Moodle 4.3 makes no activity by a call."""

from __future__ import annotations

from innovationhub.errors import LmsError, LmsFailure
from innovationhub.protocols.lms import LmsType
from innovationhub_moodle.client import LONGEST_TRIP, Trip
from innovationhub_moodle.failures import warned
from innovationhub_moodle.forms import Value
from innovationhub_moodle.marks import course_idnumber, course_name, course_shortname, summary
from innovationhub_moodle.reading import Row, integer, rows, text

__all__ = ["activity_of", "course_of", "publish_type", "withdraw_type"]

CATEGORY = "Innovation Hub"


def publish_type(trip: Trip, type: LmsType) -> str:
    """See `Lms.publish_type`. The ref is the course's id. Raises `LmsError`."""
    shown: dict[str, Value] = {
        "fullname": course_name(type.title),
        "idnumber": course_idnumber(type.key),
        "summary": summary(type.description),
        "summaryformat": 1,
        "visible": 1,
    }
    course = _found(trip, type.key)
    if course is None:
        try:
            course = _made(trip, type.key, shown)
        except LmsError as error:
            if error.kind is not LmsFailure.DUPLICATE:
                raise
            # somebody was quicker, or an earlier call of ours was lost on its way back
            course = _found(trip, type.key)
            if course is None:
                raise
    _update(trip, {"id": course, **shown})
    return str(course)


def withdraw_type(trip: Trip, ref: str) -> None:
    """See `Lms.withdraw_type`. Raises `LmsError`."""
    try:
        _update(trip, {"id": course_of(ref), "visible": 0})
    except LmsError as error:
        if error.kind is not LmsFailure.NOT_FOUND:
            raise


def course_of(ref: str) -> int:
    """The course of a type's ref. Raises `LmsError`, `not-found`, for what is none of ours."""
    if not (ref.isascii() and ref.isdigit() and len(ref) < 19):
        raise LmsError(LmsFailure.NOT_FOUND, "type", "Moodle has no such course")
    return int(ref)


def activity_of(trip: Trip, course: int) -> int:
    """The facetoface activity in a course: the first one. Raises `LmsError`, also where there is none."""
    only = [{"name": "modname", "value": "facetoface"}]
    answer = trip.call("core_course_get_contents", {"courseid": course, "options": only}, missing="type")
    for section in rows(answer):
        for module in rows(section, "modules"):
            if text(module, "modname") == "facetoface":
                return integer(module, "instance")
    said = (
        f"course {course} has no Face-to-Face activity: add one to it, and to the template course"
        f" ({trip.address.template}) for those to come"
    )
    raise LmsError(LmsFailure.CONFIGURATION, "activity", said)


def _found(trip: Trip, key: str) -> int | None:
    """The course that carries the key; failing that, one of ours that a lost call made and did not finish."""
    marked = _by(trip, "idnumber", course_idnumber(key))
    if len(marked) > 1:
        said = f"Moodle has {len(marked)} courses with the ID number {course_idnumber(key)}"
        raise LmsError(LmsFailure.DUPLICATE, "type", said)
    if marked:
        return integer(marked[0], "id")
    unfinished = [row for row in _by(trip, "shortname", course_shortname(key)) if not text(row, "idnumber")]
    return integer(unfinished[0], "id") if unfinished else None


def _by(trip: Trip, field: str, value: str) -> list[Row]:
    answer = trip.call("core_course_get_courses_by_field", {"field": field, "value": value})
    # some databases compare without case
    return [row for row in rows(answer, "courses") if text(row, field) == value]


def _made(trip: Trip, key: str, shown: dict[str, Value]) -> int:
    category = _category(trip)
    own: dict[str, Value] = {
        "fullname": shown["fullname"],
        "shortname": course_shortname(key),
        "categoryid": category,
    }
    template = _by(trip, "idnumber", trip.address.template)
    if not template:
        # a catalogue all the same; sessions need an activity, which somebody must add by hand
        answer = trip.call("core_course_create_courses", {"courses": [{**own, **shown}]})
        return integer(rows(answer)[0], "id")
    # hidden until it carries its key
    copy = {"courseid": integer(template[0], "id"), **own, "visible": 0}
    options = [{"name": "users", "value": "0"}]
    answer = trip.call(
        "core_course_duplicate_course",
        {**copy, "options": options},
        missing="type",
        patience=LONGEST_TRIP,
    )
    return integer(answer, "id")


def _category(trip: Trip) -> int:
    """The category of the hub's courses, made where it is not there."""
    wanted = trip.address.category
    found = _category_found(trip, wanted)
    if found is not None:
        return found
    new: dict[str, Value] = {"name": CATEGORY, "idnumber": wanted, "parent": 0}
    try:
        return integer(rows(trip.call("core_course_create_categories", {"categories": [new]}))[0], "id")
    except LmsError as error:
        if error.kind is not LmsFailure.DUPLICATE:
            raise
    found = _category_found(trip, wanted)
    if found is None:
        said = f"Moodle has a category with the ID number {wanted} that the service account cannot see"
        raise LmsError(LmsFailure.CONFIGURATION, "category", said)
    return found


def _category_found(trip: Trip, wanted: str) -> int | None:
    criteria: dict[str, Value] = {
        "criteria": [{"key": "idnumber", "value": wanted}],
        "addsubcategories": False,
    }
    found = rows(trip.call("core_course_get_categories", criteria))
    return next((integer(row, "id") for row in found if text(row, "idnumber") == wanted), None)


def _update(trip: Trip, course: dict[str, Value]) -> None:
    failed = warned(trip.call("core_course_update_courses", {"courses": [course]}), missing="type")
    if failed is not None:
        raise failed
