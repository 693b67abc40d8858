"""People: by staff number and by e-mail, compared by ourselves, because Moodle compares as its database does."""

from __future__ import annotations

import pytest

from innovationhub import Invalid
from innovationhub.protocols.lms import MOST_PEOPLE
from innovationhub_moodle.moodle import Moodle
from on_moodle.standin import StandIn

SEARCH = "core_user_get_users"


def found(moodle: Moodle, numbers: list[str], emails: list[str]) -> list[str]:
    return sorted(person.email for person in moodle.find_people(numbers, emails))


def test_what_moodle_takes_for_a_wildcard_is_none(stand_in: StandIn, moodle: Moodle) -> None:
    """`staff_1@` would bring staff01 and staff11; `%` would bring half the site, so it is not searched for at all."""
    assert found(moodle, [], ["staff_1@nhs.example.test"]) == []
    assert stand_in.count(SEARCH) == 1
    assert found(moodle, [], ["%@nhs.example.test"]) == []
    assert stand_in.count(SEARCH) == 1
    stand_in.site.state.add_user("odd", "100%@nhs.example.test")
    assert found(moodle, [], ["100%@nhs.example.test"]) == ["100%@nhs.example.test"]


def test_case_is_nothing_in_an_address(stand_in: StandIn, moodle: Moodle) -> None:
    """Neither in what the hub has, nor in what Moodle has."""
    stand_in.site.state.add_user("mixed", "Mixed.Case@nhs.example.test")
    assert found(moodle, [], ["mixed.CASE@NHS.example.test"]) == ["Mixed.Case@nhs.example.test"]


def test_who_is_found_twice_is_there_once(moodle: Moodle) -> None:
    """By both, or asked for twice."""
    both = moodle.find_people(["ESR01001", "ESR01001"], ["staff01@nhs.example.test"] * 2)
    assert [person.staff_number for person in both] == ["ESR01001"]


def test_two_of_one_number_are_both_told(stand_in: StandIn, moodle: Moodle) -> None:
    """Moodle lets two accounts carry one staff number: whoever asked has to know."""
    stand_in.site.state.add_user("second", "second@nhs.example.test", "ESR01001")
    assert len(moodle.find_people(["ESR01001"], [])) == 2


def test_suspended_accounts_are_left_out(stand_in: StandIn, moodle: Moodle) -> None:
    """Nobody can log on with one, so nothing may be booked on it."""
    person = stand_in.site.state.user("staff01@nhs.example.test")
    person.suspended = True
    assert moodle.find_people(["ESR01001"], [person.email]) == []


def test_staff_numbers_are_one_call(stand_in: StandIn, moodle: Moodle) -> None:
    """However many; an e-mail is a call each."""
    moodle.find_people([f"ESR{1000 + n:05}" for n in range(MOST_PEOPLE)], [])
    assert stand_in.count("core_user_get_users_by_field") == 1
    assert stand_in.count(SEARCH) == 0


def test_what_is_no_address_is_not_asked_for(stand_in: StandIn, moodle: Moodle) -> None:
    """An empty search finds everybody."""
    assert found(moodle, ["", ""], ["", "staff01"]) == []
    assert stand_in.count(SEARCH) == 0


def test_more_than_fit_are_refused(moodle: Moodle) -> None:
    """By the name of what is too long."""
    with pytest.raises(Invalid, match="emails: at most 50") as raised:
        moodle.find_people([], ["a@b"] * (MOST_PEOPLE + 1))
    assert "a@b" not in str(raised.value)
