"""People, as the command line gets to know them and keeps what it knows."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run, told


def test_a_person_is_added_with_all_that_is_said(run: Run) -> None:
    """Name, address and groups come back as the hub keeps them."""
    args = ("--name", "Eve [bold]", "--email", "eve@nhs.example", "--group", "nursing", "--group", "cqi")
    made = told(run, "add-person", "esr:5", *args)
    assert made == {
        "id": "esr:5",
        "name": "Eve [bold]",
        "email": "eve@nhs.example",
        "groups": ["cqi", "nursing"],
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
