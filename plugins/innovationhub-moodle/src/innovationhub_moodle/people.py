"""People, by staff number and by e-mail, compared by ourselves: what Moodle compares depends on its database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from innovationhub.errors import Invalid
from innovationhub.protocols.lms import MOST_PEOPLE, LmsPerson
from innovationhub_moodle.client import Trip
from innovationhub_moodle.reading import Row, integer, rows, text

__all__ = ["find_people"]


def find_people(trip: Trip, staff_numbers: Sequence[str], emails: Sequence[str]) -> list[LmsPerson]:
    """See `Lms.find_people`. Staff numbers are one call. Raises `LmsError`.

    E-mails are a call each: the function that takes many of them minds upper and lower case on PostgreSQL, and the one
    that does not takes one at a time, and takes _ and % for anything.
    """
    for name, given in (("staff_numbers", staff_numbers), ("emails", emails)):
        if len(given) > MOST_PEOPLE:
            raise Invalid(name, f"at most {MOST_PEOPLE} in one call; got {len(given)}", len(given))
    numbers = set(staff_numbers) - {""}
    wanted = {email.lower() for email in emails} - {""}
    found: list[Row] = []
    if numbers:
        found += _by_field(trip, "idnumber", sorted(numbers))
    for email in sorted(wanted):
        found += _by_email(trip, email)
    return _people(found, numbers, wanted)


def _by_email(trip: Trip, email: str) -> list[Row]:
    if "@" not in email:
        return []
    if "%" in email:
        # as a search it would bring half the site; so it is found as it stands only
        return _by_field(trip, "email", [email])
    criteria = [{"key": "email", "value": email}]
    return rows(trip.call("core_user_get_users", {"criteria": criteria}), "users")


def _by_field(trip: Trip, field: str, values: Sequence[str]) -> list[Row]:
    return rows(trip.call("core_user_get_users_by_field", {"field": field, "values": values}))


def _people(found: Iterable[Row], numbers: set[str], emails: set[str]) -> list[LmsPerson]:
    people: dict[str, LmsPerson] = {}
    for row in found:
        number, email = text(row, "idnumber"), text(row, "email")
        if row.get("suspended") or not (number in numbers or email.lower() in emails):
            continue
        account = str(integer(row, "id"))
        people[account] = LmsPerson(account, number, email)
    return list(people.values())
