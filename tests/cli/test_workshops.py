"""Bespoke workshops from the command line."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.cli.conftest import HERE, Place, Run, told


def test_from_request_to_dates(run: Run, place: Place) -> None:
    """Asked for, taken on, designed, scheduled; each step says what comes next, and the list shows it."""
    assert "Nobody has asked" in run("workshop", "list").stdout
    asked = told(
        run, "workshop", "request", "p:1", "--problem", "Handover", "--with", "p:2", "--when", "Soon"
    )
    id = str(asked["id"])
    assert (asked["state"], asked["people"], asked["type"]) == (
        "requested",
        ["p:1", "p:2"],
        "bespoke-workshop",
    )
    assert f"{id} --owner ID --reply-by" in run("workshop", "show", id).stdout

    day = datetime.now(HERE) + timedelta(days=9)
    by = ("--reply-by", f"{day:%Y-%m-%d}")
    taken = run("workshop", "acknowledge", id, "--owner", "p:4", *by)
    assert "Led by p:4." in taken.stdout
    assert "Next step by" in taken.stdout
    assert told(run, "workshop", "design", id, "--aims", "Shorter")["state"] == "designed"

    starts = f"{day:%Y-%m-%d}T16:00"
    rule = ("--rule", "FREQ=WEEKLY;COUNT=2", "--series", "handover", "--facilitator", "p:4")
    done = told(run, "workshop", "schedule", id, "--starts", starts, *rule)
    assert done["sessions"][0]["id"] == f"handover@{starts}"
    assert id in run("workshop", "list", "--state", "scheduled").stdout
    assert "handover@" not in run("calendar", "--to", f"{day + timedelta(days=30):%Y-%m-%d}").stdout
    assert (
        "handover@"
        in run("calendar", "--person", "p:2", "--to", f"{day + timedelta(days=30):%Y-%m-%d}").stdout
    )

    refused = run("workshop", "deliver", id)
    assert refused.exit_code == 1
    assert "2 dates of this workshop are to come." in refused.stderr
    assert told(run, "workshop", "withdraw", id, "--reason", "Solved")["state"] == "withdrawn"


def test_declined_with_a_pointer(run: Run, place: Place) -> None:
    """What was written is shown; what cannot follow is refused; an unknown workshop says where to look."""
    id = str(told(run, "workshop", "request", "p:1", "--problem", "A rota")["id"])
    shown = run("workshop", "decline", id, "--reason", "One ward's own", "--pointer", "Rostering").stdout
    assert "declined" in shown
    assert "Who may help: Rostering" in shown
    assert run("workshop", "follow-up", id, "--changed", "x", "--learnt", "y").exit_code == 1
    missing = run("workshop", "show", "nothing")
    assert missing.exit_code == 2
    assert "no workshop 'nothing'" in missing.stderr
    assert told(run, "workshop", "list", "--overdue") == []
