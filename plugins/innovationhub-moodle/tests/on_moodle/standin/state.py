"""What the stand-in keeps: people, categories, courses with their activities, sessions and sign-ups."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import attrs

from on_moodle.recordings import answer_to

__all__ = ["FIRST_USER", "Activity", "Category", "Course", "Seminar", "Signup", "State", "User"]

FIRST_USER = 4
PEOPLE = 14
TEMPLATE = "ih:template"


@attrs.define
class User:
    id: int
    username: str
    email: str
    idnumber: str
    suspended: bool = False

    def shown(self) -> dict[str, Any]:
        """As `core_user_*` answers: the recorded shape, with what is this one's own."""
        return {
            **answer_to("user by idnumber")[0],
            "id": self.id,
            "username": self.username,
            "fullname": f"Staff {self.username}",
            "email": self.email,
            "idnumber": self.idnumber,
            "suspended": self.suspended,
        }


@attrs.define
class Category:
    id: int
    name: str
    idnumber: str = ""
    parent: int = 0


@attrs.define
class Activity:
    """One facetoface activity: `id` is its instance, `cmid` the course module around it."""

    id: int
    cmid: int
    name: str = "Book your place"


@attrs.define
class Course:
    id: int
    fullname: str
    shortname: str
    category: int
    idnumber: str = ""
    summary: str = ""
    visible: int = 1
    activities: list[Activity] = attrs.Factory(list)
    enrolled: set[int] = attrs.Factory(set)


@attrs.define
class Signup:
    """`history` holds (status, when) of booking and wait-listing, by which those who wait are ordered."""

    id: int
    userid: int
    statuscode: int
    changed: int
    queued: int
    note: str = ""
    grade: int | None = None


@attrs.define
class Seminar:
    """A row of `facetoface_sessions`, its dates and its sign-ups."""

    id: int
    facetoface: int
    capacity: int
    allowoverbook: bool
    details: str
    duration: int
    allowcancellations: bool
    dates: list[tuple[int, int]]
    modified: int
    signups: list[Signup] = attrs.Factory(list)


class Numbers:
    """The next id of each table, which a test may move on."""

    def __init__(self) -> None:
        self.next: dict[str, Iterator[int]] = {}

    def start(self, table: str, first: int) -> None:
        self.next[table] = itertools.count(first)

    def __call__(self, table: str) -> int:
        return next(self.next.setdefault(table, itertools.count(1)))


class State:
    """A site with staff, a hidden template course that holds one facetoface activity, and nothing of the hub's yet."""

    def __init__(self) -> None:
        self.number = Numbers()
        self.number.start("user", FIRST_USER)
        for table in ("category", "course"):
            self.number.start(table, 2)
        self.users: dict[int, User] = {}
        self.categories: dict[int, Category] = {1: Category(1, "Category 1")}
        self.courses: dict[int, Course] = {}
        self.seminars: dict[int, Seminar] = {}
        self.mails: list[tuple[int, str]] = []
        for which in range(1, PEOPLE + 1):
            self.add_user(f"staff{which:02}", f"staff{which:02}@nhs.example.test", f"ESR{1000 + which:05}")

    def add_user(self, username: str, email: str, idnumber: str = "") -> User:
        user = User(self.number("user"), username, email, idnumber)
        self.users[user.id] = user
        return user

    def add_course(self, fullname: str, shortname: str, category: int = 1, **more: Any) -> Course:
        course = Course(self.number("course"), fullname, shortname, category, **more)
        self.courses[course.id] = course
        return course

    def add_activity(self, course: Course) -> Activity:
        """What a person does by clicking, and what no function of Moodle 4.3 can do."""
        activity = Activity(self.number("facetoface"), self.number("module"))
        course.activities.append(activity)
        return activity

    def add_template(self) -> Course:
        """The hidden course that the plugin copies."""
        course = self.add_course("Innovation Hub template", "IH-TEMPLATE", idnumber=TEMPLATE, visible=0)
        self.add_activity(course)
        return course

    def user(self, email: str) -> User:
        return next(user for user in self.users.values() if user.email == email)
