"""People, as the command line gets to know them and keeps what it knows."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Place, Run, told


def test_a_person_is_added_with_all_that_is_said(run: Run) -> None:
    """Name, address and groups come back as the hub keeps them."""
    who = ("--name", "Eve [bold]", "--email", "eve@nhs.example", "--phone", "+44 7700 900123")
    args = (*who, "--group", "nursing", "--group", "cqi")
    made = told(run, "add-person", "esr:5", *args)
    assert made == {
        "id": "esr:5",
        "name": "Eve [bold]",
        "email": "eve@nhs.example",
        "groups": ["cqi", "nursing"],
        "phone": "+44 7700 900123",
    }
    assert "Eve [bold]" in run("add-person", "esr:5", *args).stdout


@pytest.fixture
def eve(run: Run) -> dict[str, object]:
    """Somebody of whom all is known."""
    args = ("--name", "Eve", "--email", "eve@nhs.example", "--group", "nursing", "--group", "cqi")
    return dict(told(run, "add-person", "esr:5", *args))


@pytest.mark.parametrize(
    ("args", "changed"),
    [
        ((), {}),
        (("--name", "Eva"), {"name": "Eva"}),
        (("--email", "eva@nhs.example"), {"email": "eva@nhs.example"}),
        (("--group", "estates"), {"groups": ["estates"]}),
        (("--name", ""), {"name": ""}),
        (("--email", ""), {"email": ""}),
        (("--phone", "01632 960001"), {"phone": "01632 960001"}),
        (("--group", ""), {"groups": []}),
    ],
)
def test_what_is_not_given_stays(
    run: Run, eve: dict[str, object], args: tuple[str, ...], changed: dict[str, object]
) -> None:
    """Of somebody who is known, only what is said is changed; an empty value takes it away."""
    assert told(run, "add-person", "esr:5", *args) == eve | changed
    assert told(run, "add-person", "esr:5") == eve | changed


def test_what_the_hub_knows_is_shown(run: Run, eve: dict[str, object]) -> None:
    """Whoever changes one thing sees the others too."""
    shown = run("add-person", "esr:5").stdout
    assert "The hub knows Eve as esr:5." in shown
    assert "Email: eve@nhs.example" in shown
    assert "Groups: cqi, nursing" in shown


def test_a_change_acts_once(run: Run, eve: dict[str, object]) -> None:
    """The same request again gives the same answer, and the journal has one change."""
    args = ("add-person", "esr:5", "--name", "Eva", "--request-id", "r-1")
    assert told(run, *args) == told(run, *args)
    entries = [each for each in told(run, "journal") if "esr:5" in each["ids"].values()]
    assert [each["kind"] for each in entries].count("person.changed") == 1


def test_all_that_is_held_about_somebody_is_shown(run: Run, eve: dict[str, object], place: Place) -> None:
    """Who they are, what they booked, what was noted: as a page for people, as a file for them to have."""
    run("book", place.taster, "esr:5", "--note", "I bring a problem")
    held = told(run, "export-person", "esr:5")
    assert held["person"] == eve
    assert [booking["session_id"] for booking in held["bookings"]] == [place.taster]
    assert held["complete"] is True
    shown = run("export-person", "esr:5").stdout
    for words in ("Eve", "eve@nhs.example", place.taster, "I bring a problem"):
        assert words in shown


def test_somebody_is_erased_only_when_it_is_meant(run: Run, eve: dict[str, object], place: Place) -> None:
    """It cannot be undone, so it is asked for twice; then nothing is known of them, and the audit is clean."""
    run("book", place.taster, "esr:5")
    assert run("erase-person", "esr:5").exit_code == 2
    assert told(run, "export-person", "esr:5")["person"]["name"] == eve["name"]
    assert "does not know esr:5" in run("erase-person", "esr:5", "--yes").stdout
    assert run("export-person", "esr:5").exit_code == 2
    assert told(run, "session", place.taster)["places"]["attendee"]["held"] == 0
    assert run("audit").exit_code == 0


def test_what_is_wanted_twice_is_shown(run: Run) -> None:
    """A hub in which nothing clashes says so, in words and as an empty list."""
    assert told(run, "clashes") == []
    assert "wanted twice in the next 3 weeks" in run("clashes", "--weeks", "3").stdout
