"""Moodle's own functions, as far as the plugin calls them or their answers have a shape worth meeting."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from on_moodle.recordings import answer_to
from on_moodle.standin.errors import coding, invalid_parameter, missing_record, refusal
from on_moodle.standin.params import BOOL, FLOAT, INT, TEXT, Many, Optional, Spec
from on_moodle.standin.state import Activity, Category, Course, State, User

__all__ = ["CORE", "Handler"]

Handler = Callable[[State, dict[str, Any], int], Any]
"""What a function does with the state and its checked parameters, at that second; what it returns is the answer."""

NAME_AND_VALUE: Spec = {"name": TEXT, "value": TEXT}


def get_users_by_field(state: State, params: dict[str, Any], now: int) -> Any:
    """Exact; e-mail with its case, as a Moodle on PostgreSQL compares it."""
    field = params["field"]
    if field not in {"id", "idnumber", "username", "email"}:
        raise coding("invalid field parameter", f"The search field '{field}' is not supported")
    wanted = list(dict.fromkeys(params["values"]))
    return [
        user.shown()
        for value in wanted
        for user in state.users.values()
        if str(getattr(user, field)) == value
    ]


def get_users(state: State, params: dict[str, Any], now: int) -> Any:
    """LIKE: without case, and with % and _ for anything."""

    def fits(user: User) -> bool:
        return all(
            _like(str(getattr(user, one["key"], "")), one["value"], whole=one["key"] in {"id", "idnumber"})
            for one in params["criteria"]
        )

    return {"users": [user.shown() for user in state.users.values() if fits(user)], "warnings": []}


def _like(text: str, pattern: str, *, whole: bool) -> bool:
    if whole:
        return text == pattern
    regex = "".join({"%": ".*", "_": "."}.get(sign, re.escape(sign)) for sign in pattern)
    return re.fullmatch(regex, text, re.IGNORECASE | re.DOTALL) is not None


def get_categories(state: State, params: dict[str, Any], now: int) -> Any:
    shape = answer_to("find category")[0]
    return [
        {
            **shape,
            "id": category.id,
            "name": category.name,
            "idnumber": category.idnumber,
            "parent": category.parent,
        }
        for category in state.categories.values()
        if all(str(getattr(category, one["key"])) == one["value"] for one in params["criteria"])
    ]


def create_categories(state: State, params: dict[str, Any], now: int) -> Any:
    """One transaction: a bad one and none is made."""
    taken = {category.idnumber for category in state.categories.values()} - {""}
    for given in params["categories"]:
        if given.get("idnumber") in taken:
            raise refusal("categoryidnumbertaken", "ID number is already used for another category")
        taken |= {given.get("idnumber") or f"\0{len(taken)}"}
    made = []
    for given in params["categories"]:
        category = Category(
            state.number("category"), given["name"], given.get("idnumber", ""), given["parent"]
        )
        state.categories[category.id] = category
        made.append({"id": category.id, "name": category.name})
    return made


def _check_course(state: State, given: Mapping[str, Any], *, but: int = 0) -> None:
    for course in state.courses.values():
        if course.id == but:
            continue
        if given.get("shortname") == course.shortname:
            name = given["shortname"]
            raise refusal("shortnametaken", f"Short name is already used for another course ({name})")
        if given.get("idnumber") and given["idnumber"] == course.idnumber:
            name = given["idnumber"]
            raise refusal("courseidnumbertaken", f"ID number is already used for another course ({name})")


def create_courses(state: State, params: dict[str, Any], now: int) -> Any:
    """One transaction: a bad one and none is made."""
    before, numbers = dict(state.courses), []
    try:
        for given in params["courses"]:
            if given["categoryid"] not in state.categories:
                raise invalid_parameter("Context does not exist")
            _check_course(state, given)
            course = state.add_course(given["fullname"], given["shortname"], given["categoryid"])
            _write(course, given)
            numbers.append({"id": course.id, "shortname": course.shortname})
    except Exception:
        state.courses = before
        raise
    return numbers


def _write(course: Course, given: Mapping[str, Any]) -> None:
    course.category = given.get("categoryid", course.category)
    for field in ("fullname", "shortname", "idnumber", "summary", "visible"):
        if field in given:
            setattr(course, field, given[field])


def update_courses(state: State, params: dict[str, Any], now: int) -> Any:
    """Item by item: what fails is a warning, and the rest is done."""
    warnings = []
    for given in params["courses"]:
        try:
            if given["id"] not in state.courses:
                raise missing_record("course")
            _check_course(state, given, but=given["id"])
            _write(state.courses[given["id"]], given)
        except Exception as error:  # noqa: BLE001  # as Moodle does it
            body = getattr(error, "body", {"errorcode": "unknown", "message": str(error)})
            warnings.append(
                {
                    "item": "course",
                    "itemid": given["id"],
                    "warningcode": body["errorcode"],
                    "message": body["message"],
                }
            )
    return {"warnings": warnings}


def delete_courses(state: State, params: dict[str, Any], now: int) -> Any:
    warnings = [
        {
            "item": "course",
            "itemid": each,
            "warningcode": "unknowncourseidnumber",
            "message": f"Unknown course ID {each}",
        }
        for each in params["courseids"]
        if state.courses.pop(each, None) is None
    ]
    return {"warnings": warnings}


def _shown(state: State, course: Course, shape: Mapping[str, Any]) -> dict[str, Any]:
    own = {
        "id": course.id,
        "fullname": course.fullname,
        "displayname": course.fullname,
        "shortname": course.shortname,
        "categoryid": course.category,
        "categoryname": state.categories[course.category].name,
        "summary": course.summary,
        "idnumber": course.idnumber,
        "visible": course.visible,
    }
    return {**shape, **{name: value for name, value in own.items() if name in shape}}


def get_courses_by_field(state: State, params: dict[str, Any], now: int) -> Any:
    field, value = params["field"], params["value"]
    shape = answer_to("find course by idnumber")["courses"][0]
    found = [
        _shown(state, course, shape)
        for course in state.courses.values()
        if not field or str(getattr(course, field)) == value
    ]
    return {"courses": found, "warnings": []}


def search_courses(state: State, params: dict[str, Any], now: int) -> Any:
    word = params["criteriavalue"].lower()
    found = [course for course in state.courses.values() if word in course.fullname.lower()]
    shape = answer_to("search catalogue (page, perpage)")["courses"][0]
    start = params["page"] * params["perpage"]
    page = found[start : start + params["perpage"]] if params["perpage"] else found
    return {
        "total": len(found),
        "courses": [_shown(state, course, shape) for course in page],
        "warnings": [],
    }


def duplicate_course(state: State, params: dict[str, Any], now: int) -> Any:
    """A copy has what the other has in it; its idnumber is not among that."""
    course = state.courses.get(params["courseid"])
    if course is None:
        raise missing_record("course")
    if any(each.shortname == params["shortname"] for each in state.courses.values()):
        name = params["fullname"]
        raise refusal("shortnametaken", f"Short name is already used for another course ({name})")
    copy = state.add_course(params["fullname"], params["shortname"], params["categoryid"])
    copy.visible = params["visible"]
    for _ in course.activities:
        state.add_activity(copy)
    return {"id": copy.id, "shortname": copy.shortname}


def get_contents(state: State, params: dict[str, Any], now: int) -> Any:
    course = state.courses.get(params["courseid"])
    if course is None:
        raise missing_record("course")
    first, *rest = answer_to("facetoface activity of VR course")
    shape = first["modules"][0]
    modules = [_module(shape, activity) for activity in course.activities]
    return [{**first, "modules": modules}, *({**section, "modules": []} for section in rest)]


def _module(shape: Mapping[str, Any], activity: Activity) -> dict[str, Any]:
    return {
        **shape,
        "id": activity.cmid,
        "instance": activity.id,
        "name": activity.name,
        "modname": "facetoface",
    }


def enrol_users(state: State, params: dict[str, Any], now: int) -> Any:
    """One transaction; who is enrolled already stays so."""
    for one in params["enrolments"]:
        if one["courseid"] not in state.courses:
            raise invalid_parameter("Context does not exist")
        if one["userid"] not in state.users:
            raise coding("User ID does not exist or is deleted!", f"userid:{one['userid']}")
    for one in params["enrolments"]:
        state.courses[one["courseid"]].enrolled.add(one["userid"])


def update_grades(state: State, params: dict[str, Any], now: int) -> Any:
    return 0


COURSE: dict[str, Spec] = {
    "summary": Optional(TEXT),
    "summaryformat": Optional(INT, 1),
    "format": Optional(TEXT),
    "visible": Optional(INT),
    "startdate": Optional(INT),
    "enablecompletion": Optional(INT),
    "numsections": Optional(INT),
}
NAMED: dict[str, Spec] = {"fullname": TEXT, "shortname": TEXT, "categoryid": INT, "idnumber": Optional(TEXT)}

CORE: dict[str, tuple[Spec, Handler]] = {
    "core_user_get_users_by_field": ({"field": TEXT, "values": Many(TEXT)}, get_users_by_field),
    "core_user_get_users": ({"criteria": Many({"key": TEXT, "value": TEXT})}, get_users),
    "core_course_get_categories": (
        {"criteria": Optional(Many({"key": TEXT, "value": TEXT}), []), "addsubcategories": Optional(BOOL, 1)},
        get_categories,
    ),
    "core_course_create_categories": (
        {
            "categories": Many(
                {
                    "name": TEXT,
                    "parent": Optional(INT, 0),
                    "idnumber": Optional(TEXT),
                    "description": Optional(TEXT),
                    "descriptionformat": Optional(INT, 1),
                }
            )
        },
        create_categories,
    ),
    "core_course_create_courses": ({"courses": Many({**NAMED, **COURSE})}, create_courses),
    "core_course_update_courses": (
        {
            "courses": Many(
                {
                    "id": INT,
                    "fullname": Optional(TEXT),
                    "shortname": Optional(TEXT),
                    "categoryid": Optional(INT),
                    "idnumber": Optional(TEXT),
                    **COURSE,
                }
            )
        },
        update_courses,
    ),
    "core_course_delete_courses": ({"courseids": Many(INT)}, delete_courses),
    "core_course_get_courses_by_field": (
        {"field": Optional(TEXT, ""), "value": Optional(TEXT, "")},
        get_courses_by_field,
    ),
    "core_course_search_courses": (
        {
            "criterianame": TEXT,
            "criteriavalue": TEXT,
            "page": Optional(INT, 0),
            "perpage": Optional(INT, 0),
        },
        search_courses,
    ),
    "core_course_duplicate_course": (
        {
            "courseid": INT,
            "fullname": TEXT,
            "shortname": TEXT,
            "categoryid": INT,
            "visible": Optional(INT, 1),
            "options": Optional(Many(NAME_AND_VALUE), []),
        },
        duplicate_course,
    ),
    "core_course_get_contents": (
        {"courseid": INT, "options": Optional(Many(NAME_AND_VALUE), [])},
        get_contents,
    ),
    "enrol_manual_enrol_users": (
        {
            "enrolments": Many(
                {
                    "roleid": INT,
                    "userid": INT,
                    "courseid": INT,
                    "timestart": Optional(INT),
                    "timeend": Optional(INT),
                }
            )
        },
        enrol_users,
    ),
    "core_grades_update_grades": (
        {
            "source": TEXT,
            "courseid": INT,
            "component": TEXT,
            "activityid": INT,
            "itemnumber": INT,
            "grades": Optional(Many({"studentid": INT, "grade": FLOAT}), []),
        },
        update_grades,
    ),
}
"""Each function with the description of its parameters."""
