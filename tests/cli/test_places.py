"""A place on its way: groups, offers, approval, slots, moves, notes."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Place, Run, told
from tests.cli.test_hints import said


def refused(run: Run, *args: str) -> list[str]:
    """The codes with which a command is refused."""
    ran = run(*args, "--json")
    assert (ran.exit_code, ran.stdout) == (1, "")
    return [reason["code"] for reason in json.loads(ran.stderr)["reasons"]]


@pytest.fixture
def offer(run: Run, place: Place) -> str:
    """The booking of one to whom a place is offered: the only one has been given up."""
    first = told(run, "book", place.visit, "p:1")["id"]
    waiting = str(told(run, "book", place.visit, "p:2")["id"])
    told(run, "book", place.visit, "p:3")
    assert run("cancel", first).exit_code == 0
    return waiting


@pytest.fixture
def request_(run: Run, place: Place) -> str:
    """A request that waits for approval."""
    return str(told(run, "book", place.approved, "p:1", "--note", "for my team")["id"])


def test_a_group_is_one_booking(run: Run, place: Place) -> None:
    """All of them are named, with their ids, wherever the booking is shown."""
    booked = told(run, "book", place.other, "p:2", "--group", "p:3", "--group", "p:4")
    assert booked["people"] == {"p:2": "confirmed", "p:3": "confirmed", "p:4": "confirmed"}
    for args in (("explain", booked["id"]), ("roster", place.other)):
        shown = run(*args).stdout
        for name in ("Ben", "Cy", "Dee"):
            assert name in shown
    shown = run("roster", place.other).stdout
    assert "+ Cy" in shown
    assert "p:4" in shown
    assert "with 2 others" in run("bookings", "p:3").stdout


def test_one_of_a_group_leaves(run: Run, place: Place) -> None:
    """Only theirs goes, and the list says whose."""
    id = told(run, "book", place.other, "p:2", "--group", "p:3")["id"]
    left = told(run, "cancel", id, "--person", "p:3")
    assert (left["status"], left["people"]["p:3"]) == ("confirmed", "cancelled")
    assert "+ Cy (cancelled)" in run("roster", place.other).stdout
    assert "cancelled" in run("bookings", "p:3").stdout


def test_whom_a_refusal_of_a_group_is_about_is_said(run: Run, place: Place) -> None:
    """By name and id: the others of the group may not know."""
    told(run, "book", place.other, "p:3")
    ran = run("book", place.other, "p:2", "--group", "p:3")
    assert ran.exit_code == 1
    assert "already-booked: Cy (p:3): " in ran.stderr
    assert "group-too-large" in refused(run, "book", place.small, "p:2", "--group", "p:4")


def test_an_offer_says_until_when(run: Run, place: Place, offer: str) -> None:
    """In the register and in what explains it, with the two commands that answer it."""
    assert told(run, "explain", offer)["status"] == "offered"
    assert told(run, "roster", place.visit)[0]["offer_ends"]
    assert "has an offer until " in " ".join(run("roster", place.visit).stdout.split())
    shown = " ".join(run("explain", offer).stdout.replace("\\\n", "").split())
    assert "has an offer until " in shown
    assert f"Take it: innovationhub accept {offer}" in shown
    assert f"Turn it down: innovationhub decline {offer}" in shown


def test_an_offer_is_accepted_once(run: Run, place: Place, offer: str) -> None:
    """Then there is none any more."""
    assert "Ben: has a place" in run("accept", offer).stdout
    assert refused(run, "decline", offer) == ["not-active"]


def test_an_offer_that_is_declined_goes_on(run: Run, place: Place, offer: str) -> None:
    """The next in the queue has it, in the same commit."""
    assert "Ben: declined" in run("decline", offer).stdout
    (next_,) = told(run, "roster", place.visit)
    assert (next_["person_id"], next_["status"]) == ("p:3", "offered")


def test_requests_wait_for_the_team(run: Run, place: Place, request_: str) -> None:
    """They are listed with what was noted, and the register says that there are some."""
    assert [each["id"] for each in told(run, "requests", place.approved)] == [request_]
    shown = run("requests", place.approved).stdout
    assert "[red]Ann[/red]: for my team" in shown
    assert f"approve {request_}" in shown.replace("\\\n   ", "")
    assert "1 request waits for approval" in run("roster", place.approved).stdout
    assert "waiting for approval" in run("bookings", "p:1").stdout
    assert "Nothing waits for approval." in run("requests", place.taster).stdout


def test_a_request_is_approved(run: Run, place: Place, request_: str) -> None:
    """It gets a seat, and is no request any more."""
    assert "has a place" in run("approve", request_, "--reason", "welcome").stdout
    assert told(run, "requests", place.approved) == []
    assert "why it was approved: welcome" in run("explain", request_).stdout
    assert refused(run, "approve", request_) == ["not-active"]


def test_a_request_is_rejected(run: Run, request_: str) -> None:
    """With the reason, which explain shows."""
    assert told(run, "reject", request_, "--reason", "next time")["status"] == "declined"
    assert "why it was turned down: next time" in run("explain", request_).stdout


def test_a_slot_is_chosen_and_has_an_expert(run: Run, place: Place) -> None:
    """Only who has a place gets one; its number and whom it is with stand in every list."""
    assert refused(run, "book", place.advice, "p:1", "--role", "one-to-one") == ["needs-role"]
    told(run, "book", place.advice, "p:1")
    slot = told(run, "book", place.advice, "p:1", "--role", "one-to-one", "--slot", "2")
    assert (slot["slot"], slot["expert"]) == (2, "p:4")
    assert "slot 2 with Dee" in run("roster", place.advice).stdout
    assert "slot 2 with Dee" in run("explain", slot["id"]).stdout
    assert "slot 2 with Dee" in run("bookings", "p:1").stdout
    told(run, "book", place.advice, "p:2")
    assert refused(run, "book", place.advice, "p:2", "--role", "one-to-one", "--slot", "2") == ["full"]
    ran = run("book", place.advice, "p:2", "--role", "one-to-one", "--slot", "9")
    assert (ran.exit_code, "--slot: must be from 1 to 2" in ran.stderr) == (2, True)


def test_a_booking_is_moved(run: Run, place: Place) -> None:
    """To another date under a new id; the old one is cancelled. What is full keeps it where it is."""
    id = told(run, "book", place.taster, "p:1")["id"]
    moved = told(run, "transfer", id, place.next_taster)
    assert (moved["session_id"], moved["status"]) == (place.next_taster, "confirmed")
    assert told(run, "roster", place.taster) == []
    for person in ("p:2", "p:3"):
        told(run, "book", place.taster, person)
    assert refused(run, "transfer", moved["id"], place.taster) == ["full"]
    assert told(run, "roster", place.next_taster)[0]["id"] == moved["id"]


def test_a_stall_becomes_a_visit(run: Run, place: Place) -> None:
    """Another role of the same session, by --role."""
    stall = told(run, "book", place.market, "p:1", "--role", "showcase", "--shows", "A better rota")
    assert "shows A better rota" in run("roster", place.market).stdout
    visit = told(run, "transfer", stall["id"], place.market, "--role", "visitor")
    assert (visit["role"], visit["status"]) == ("visitor", "confirmed")


def test_somebody_else_comes(run: Run, place: Place) -> None:
    """The place stays, the person changes."""
    id = told(run, "book", place.taster, "p:1", "--group", "p:2")["id"]
    assert set(told(run, "substitute", id, "p:3", "--instead-of", "p:2")["people"]) >= {"p:1", "p:3"}
    assert told(run, "substitute", id, "p:4")["person_id"] == "p:4"
    assert refused(run, "substitute", id, "p:3") == ["already-booked"]


def test_who_is_not_in_the_booking_is_said(run: Run, place: Place) -> None:
    """They are known, so they need not be added; whoever is not known can be."""
    id = told(run, "book", place.taster, "p:1")["id"]
    for args in (("cancel", id, "--person", "p:2"), ("substitute", id, "p:3", "--instead-of", "p:2")):
        message = said(run, *args)
        assert "'p:2' is not one of the people of this booking" in message
        assert "innovationhub bookings p:2" in message
        assert "add-person" not in message
    assert "add-person p:404" in said(run, "substitute", id, "p:404")


def test_what_was_noted_is_amended(run: Run, place: Place) -> None:
    """What is not given stays, an empty text goes, and the answer shows all."""
    id = told(run, "book", place.taster, "p:1", "--note", "a rota")["id"]
    shown = run("amend", id, "--pointed-to", "the rota clinic").stdout
    assert "noted: a rota" in shown
    assert "pointed to: the rota clinic" in shown
    assert "pointed to the rota clinic" in run("roster", place.taster).stdout
    assert told(run, "amend", id, "--note", "")["notes"] == {"pointed-to": "the rota clinic"}
    ran = run("amend", id)
    assert (ran.exit_code, "--note, --shows or --pointed-to" in ran.stderr) == (2, True)
