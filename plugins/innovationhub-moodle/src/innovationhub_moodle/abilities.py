"""What this Moodle can do, by the functions that its service lets the token call."""

from __future__ import annotations

from collections.abc import Mapping

from innovationhub.protocols.lms import Ability
from innovationhub_moodle.client import Trip

__all__ = ["LOCAL_VERSION", "abilities_of"]

LOCAL = "local_innovationhub_"

LOCAL_VERSION = 2026112500
"""The oldest version of local_innovationhub that will do."""

USERS = frozenset({"core_user_get_users_by_field", "core_user_get_users"})
CATALOGUE = frozenset(
    {
        "core_course_get_courses_by_field",
        "core_course_update_courses",
        "core_course_create_courses",
        "core_course_get_categories",
        "core_course_create_categories",
    }
)

SESSIONS = frozenset({f"{LOCAL}upsert_session", f"{LOCAL}call_off_session", "core_course_get_contents"})
READ = frozenset({f"{LOCAL}get_sessions"})
SIGNUPS = frozenset({f"{LOCAL}get_signups"})
PUSH = SIGNUPS | {f"{LOCAL}signup", f"{LOCAL}cancel_signup", "enrol_manual_enrol_users"}
ATTENDANCE = frozenset({f"{LOCAL}take_attendance"})

NEEDS: Mapping[Ability, frozenset[str]] = {
    Ability.FIND_PEOPLE: USERS,
    Ability.PUBLISH_TYPES: CATALOGUE,
    Ability.PUBLISH_SESSIONS: SESSIONS,
    Ability.READ_SESSIONS: READ,
    Ability.PULL: SIGNUPS,
    Ability.PUSH: PUSH,
    Ability.ATTENDANCE: ATTENDANCE,
    Ability.CAPACITY: SESSIONS,
    Ability.WAITLIST: SESSIONS,
}
"""The functions without which an ability is none."""


def abilities_of(trip: Trip) -> frozenset[Ability]:
    """What the service says it can do. Raises `LmsError`."""
    answer = trip.call("core_webservice_get_site_info")
    listed = answer.get("functions", ()) if isinstance(answer, dict) else ()
    there = {str(each["name"]) for each in listed if _new_enough(str(each["name"]), str(each["version"]))}
    return frozenset(ability for ability, needed in NEEDS.items() if needed <= there)


def _new_enough(name: str, version: str) -> bool:
    """Whether a function does what we know it to do: those of our own plugin by its version."""
    return not name.startswith(LOCAL) or (version.isdigit() and int(version) >= LOCAL_VERSION)
