"""One person's feed: their sessions with how they stand, behind a token of which the hub keeps a hash."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest
from icalendar import Calendar

import innovationhub_icalendar
from innovationhub import CallOff, Hub, Invalid, NotFound, Role, SessionType
from innovationhub.domain.records import Range, Read
from innovationhub.protocols.store import Commit
from innovationhub_icalendar import tokens
from innovationhub_icalendar.feeds import Feed, person_feed, public_feed
from innovationhub_icalendar.records import FeedToken
from innovationhub_icalendar.tokens import feed_for, revoke, subscribe
from on_icalendar.conftest import MakeHub
from on_icalendar.reading_back import events, expanded, wanted
from tests.support import people, session_type, small_hub, weekly

TASTER = "taster@2026-12-01T10:00"
START, END = date(2026, 10, 1), date(2027, 12, 1)


def said(feed: Feed) -> list[tuple[str, str]]:
    return [(str(each["SUMMARY"]), str(each["STATUS"])) for each in events(feed.body)]


def test_a_persons_feed_has_their_sessions_and_how_they_stand(hub: Hub) -> None:
    """Who has a place is busy then; who waits is told so, and keeps the time free."""
    ann, ben, cy = people(hub, "ann", "ben", "cy")
    for person in (ann, ben, cy):
        hub.book(TASTER, person)
    assert said(person_feed(hub, ann)) == [("Taster", "CONFIRMED")]
    (waiting,) = events(person_feed(hub, cy).body)
    assert str(waiting["SUMMARY"]) == "On the waiting list: Taster"
    assert (str(waiting["STATUS"]), str(waiting["TRANSP"])) == ("TENTATIVE", "TRANSPARENT")
    before = waiting["SEQUENCE"]
    hub.cancel(hub.bookings_of(ann)[0].id)
    (now,) = events(person_feed(hub, cy).body)
    assert (str(now["SUMMARY"]), str(now["STATUS"]), str(now["TRANSP"])) == ("Taster", "CONFIRMED", "OPAQUE")
    assert now["SEQUENCE"] > before
    assert said(person_feed(hub, ann)) == []


def test_an_entry_is_the_same_in_both_feeds(hub: Hub) -> None:
    """So a calendar that has subscribed to both can tell that it is one session."""
    people(hub, "ann")
    hub.book(TASTER, "ann")
    (own,) = events(person_feed(hub, "ann").body)
    (whole,) = events(public_feed(hub).body)
    assert own["UID"] == whole["UID"]
    assert b"FREQ=WEEKLY;UNTIL=20261201T100000Z" in own["RRULE"].to_ical()


def test_a_registration_is_a_rule_with_the_dates_given_up_left_out(make_hub: MakeHub) -> None:
    """All of a set is one event; a date with an apology is no date of it."""
    circle = session_type("circle", access="register", roles=[Role(capacity=3)])
    hub = make_hub(types=[circle], series=[weekly("circle")])
    people(hub, "ann")
    hub.register("circle", "ann")
    hub.apologise("circle@2026-12-15T10:00", "ann")
    feed = person_feed(hub, "ann")
    (event,) = events(feed.body)
    assert [each.dt.date() for each in event["EXDATE"].dts] == [date(2026, 12, 15)]
    own = [view for view in hub.calendar(START, END, person="ann") if view.mine]
    assert len(own) == 52
    assert expanded(feed.body, START, END) == wanted(hub, own)


def test_private_sessions_are_in_the_feeds_of_those_who_are_in_them(make_hub: MakeHub) -> None:
    """And marked so; nobody else sees them, in no feed."""
    team = SessionType("team", "Team Away", private=True)
    hub = make_hub(types=[session_type(), team], series=[weekly(), weekly("team", "2026-12-01T14:00")])
    people(hub, "ann", "ben")
    hub.book("team@2026-12-01T14:00", "ann")
    (event,) = events(person_feed(hub, "ann").body)
    assert (str(event["SUMMARY"]), str(event["CLASS"])) == ("Team Away", "PRIVATE")
    assert said(person_feed(hub, "ben")) == []
    assert said(person_feed(hub, "ben", everything=True)) == [("Taster", "CONFIRMED")]
    assert b"Team Away" not in public_feed(hub).body


def test_of_a_group_each_sees_how_they_stand_themselves(hub: Hub) -> None:
    """The one who left has it no more; nobody is named to the others."""
    people(hub, "ann", "ben")
    booking = hub.book(TASTER, "ann", group=("ben",))
    assert said(person_feed(hub, "ben")) == [("Taster", "CONFIRMED")]
    assert b"ann" not in person_feed(hub, "ben").body.lower()
    hub.cancel(booking.id, person_id="ben")
    assert said(person_feed(hub, "ben")) == []


def test_a_token_opens_its_persons_feed(hub: Hub) -> None:
    """It may be kept by no cache that others share."""
    people(hub, "ann", "ben")
    hub.book(TASTER, "ann")
    token = subscribe(hub, "ann")
    feed = feed_for(hub, token)
    assert feed == person_feed(hub, "ann")
    assert feed.headers["Cache-Control"] == "private, no-cache"
    assert said(feed_for(hub, token, start=date(2027, 1, 1))) == []
    assert (
        len(events(feed_for(hub, token, everything=True).body)) == 2
    )  # their own takes their time, the others do not
    Calendar.from_ical(feed.body)


def kept(hub: Hub) -> list[FeedToken]:
    wide = Range(FeedToken, "key", limit=100)
    return hub.rows(Read(ranges=(wide,))).scan(wide).records


def test_the_hub_keeps_no_token(hub: Hub) -> None:
    """Only a hash of its secret, in no journal, receipt or repr either."""
    people(hub, "ann")
    token = subscribe(hub, "ann", request_id="r1")
    name, _, secret = token.partition("-")
    assert len(secret) == 43  # 256 bits
    assert subscribe(hub, "ann") != token
    (row,) = [each for each in kept(hub) if each.name == name]
    assert secret not in repr(row)
    assert secret not in repr(hub.journal())
    from innovationhub.domain.answers import Receipt

    wide = Range(Receipt, "key", limit=1000)
    assert secret not in repr(hub.rows(Read(ranges=(wide,))).scan(wide).records)
    assert row.person not in {"ann", ""}


def altered(token: str) -> str:
    return token[:-1] + ("A" if token[-1] != "A" else "B")


def revoked(hub: Hub, token: str) -> None:
    revoke(hub, "ann", token)


def erased(hub: Hub, token: str) -> None:
    hub.erase_person("ann")


@pytest.mark.parametrize("act", [revoked, erased])
def test_what_opens_nothing_looks_the_same(hub: Hub, act: Callable[[Hub, str], None]) -> None:
    """Wrong, unknown, malformed, revoked, of somebody who was erased: not found, and the token is in no error."""
    people(hub, "ann")
    token = subscribe(hub, "ann")
    subscribe(hub, "ann")
    bad: list[Any] = [
        altered(token),
        f"{'0' * 16}-{token[17:]}",
        token[:16],
        "",
        "x" * 10_000,
        None,
        7,
        f"{token}\n",
    ]
    told = set()
    for each in bad:
        with pytest.raises(NotFound) as caught:
            feed_for(hub, each)
        told.add(str(caught.value))
    act(hub, token)
    with pytest.raises(NotFound) as caught:
        feed_for(hub, token)
    told.add(str(caught.value))
    assert len(told) == 1
    assert token[:16] not in told.pop()
    people(hub, "ann")
    with pytest.raises(NotFound):
        feed_for(hub, token)


def test_secrets_are_compared_in_constant_time(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the token is known or not, so that an answer's time tells nothing."""
    people(hub, "ann")
    token = subscribe(hub, "ann")
    compared = []
    real = hmac.compare_digest

    def watched(one: str, other: str) -> bool:
        compared.append(len(one) == len(other) == 64)
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    feed_for(hub, token)
    for wrong in (altered(token), f"{'0' * 16}-{token[17:]}", "nonsense"):
        with pytest.raises(NotFound):
            feed_for(hub, wrong)
    assert compared == [True] * 4


def test_tokens_are_revoked_one_by_one_or_all(hub: Hub) -> None:
    """By the whole token or its name; somebody else's stays; the journal says what was done, and to whom."""
    people(hub, "ann", "ben")
    one, two, three = (subscribe(hub, "ann") for _ in range(3))
    other = subscribe(hub, "ben")
    assert revoke(hub, "ann", one) == 1
    assert revoke(hub, "ann", one) == 0
    assert revoke(hub, "ann", two.partition("-")[0]) == 1
    assert revoke(hub, "ann", other) == 0
    assert revoke(hub, "ann") == 1
    with pytest.raises(NotFound):
        feed_for(hub, three)
    assert feed_for(hub, other).sessions == 0
    assert [each.name for each in kept(hub)] == [other.partition("-")[0]]
    kinds = [entry.kind for entry in hub.journal() if entry.kind.startswith("icalendar.")]
    assert kinds == ["icalendar.subscribed"] * 4 + ["icalendar.revoked"] * 3
    assert all(entry.actor == "system:icalendar" for entry in hub.journal() if entry.kind in kinds)
    with pytest.raises(NotFound, match="person"):
        revoke(hub, "nobody")


def test_the_same_request_makes_one_token(hub: Hub) -> None:
    """It cannot be shown again, since nobody has it any more; revoking twice answers the same."""
    people(hub, "ann")
    token = subscribe(hub, "ann", request_id="r1", actor="ann")
    with pytest.raises(Invalid, match=r"request_id.*shown once"):
        subscribe(hub, "ann", request_id="r1")
    assert len(kept(hub)) == 1
    assert revoke(hub, "ann", request_id="r2") == revoke(hub, "ann", request_id="r2") == 1
    with pytest.raises(NotFound):
        feed_for(hub, token)


def test_a_person_has_so_many_tokens_at_most(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nobody fills the store; and somebody who is not known has none."""
    monkeypatch.setattr(tokens, "MOST_TOKENS", 2)
    people(hub, "ann")
    subscribe(hub, "ann")
    subscribe(hub, "ann")
    with pytest.raises(Invalid, match=r"person_id.*revoke one"):
        subscribe(hub, "ann")
    with pytest.raises(NotFound):
        subscribe(hub, "nobody")


def test_the_last_token_goes_to_one_of_two_who_ask_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read that there is room for one more; whoever writes second decides again."""
    monkeypatch.setattr(tokens, "MOST_TOKENS", 1)
    url, plugins = tmp_path / "hub.db", [innovationhub_icalendar]
    with small_hub(url, plugins=plugins) as one, small_hub(url, plugins=plugins) as other:
        people(one, "ann")
        real, meanwhile = one._store.commit, [lambda: subscribe(other, "ann")]

        def commit(made: Commit) -> int:
            while meanwhile:
                meanwhile.pop()()
            return real(made)

        monkeypatch.setattr(one._store, "commit", commit)
        with pytest.raises(Invalid, match="revoke one"):
            subscribe(one, "ann")
        assert len(kept(one)) == 1


def test_a_session_called_off_leaves_the_feed_of_who_had_a_place(hub: Hub) -> None:
    """Their booking has ended with it; the public feed says that it is called off."""
    people(hub, "ann")
    hub.book(TASTER, "ann")
    hub.apply(hub.plan(CallOff(TASTER)))
    assert said(person_feed(hub, "ann")) == []
    assert ("Called off: Taster", "CANCELLED") in said(public_feed(hub))
    assert attrs.fields(Feed).body.repr is False
