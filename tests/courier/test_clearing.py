"""Messages that have been kept long enough go, from the oldest on; what is still to be sent stays."""

from __future__ import annotations

import pytest

from innovationhub import Hub, HubSettings, Retention
from innovationhub.protocols.channel import Later, Message, Never, Outcome, Sent
from tests.conftest import MakeHub
from tests.courier.post import POST, Post, ticked
from tests.support import TASTER, Clock, crowd, people, session_type

KEPT = HubSettings(retention=Retention(messages_days=30))


def kept(hub: Hub) -> list[str]:
    """Of which people something is still kept that was sent, dropped or given up."""
    return sorted(
        str(each.person_id)
        for state in ("sent", "dropped", "given-up", "delivered", "bounced")
        for each in hub.messages(state)
    )


def a_hub(make_hub: MakeHub, post: Post) -> Hub:
    return make_hub(plugins=[post], settings=POST, hub=KEPT, types=[session_type(capacity=100)])


def test_they_go_after_so_many_days(make_hub: MakeHub, clock: Clock) -> None:
    """Counted from when they were settled; audit asks for none of them any more."""
    hub = a_hub(make_hub, Post())
    hub.book("taster@2027-02-09T10:00", *people(hub, "early"))
    ticked(hub)
    clock.pass_by(days=20)
    hub.book("taster@2027-02-09T10:00", *people(hub, "later"))
    ticked(hub)
    assert kept(hub) == ["early", "later"]
    clock.pass_by(days=10)
    ticked(hub)
    assert kept(hub) == ["early", "later"]  # to the day
    clock.pass_by(seconds=1)
    assert hub.tick().erased == 1
    assert kept(hub) == ["later"]
    assert hub.audit() == []
    hub.cancel(hub.bookings_of("early")[0].id)  # and the channel goes on
    ticked(hub)
    assert kept(hub) == ["early", "later"]


def test_what_is_still_to_be_sent_holds_back_what_came_after_it(make_hub: MakeHub, clock: Clock) -> None:
    """It may need the journal's word; once it is settled and old, all of it goes."""

    def answer(message: Message) -> Outcome:
        return Later("out of order") if message.to.email.startswith("slow") and not mended else Sent()

    mended = False
    hub = a_hub(make_hub, Post(answer))
    for person in people(hub, "first", "slow", "last"):
        hub.book("taster@2027-02-09T10:00", person)
    hub.tick()
    clock.pass_by(days=31)
    hub.tick()
    assert kept(hub) == ["last"]
    mended = True
    clock.pass_by(days=1)
    ticked(hub)
    assert "last" in kept(hub)
    clock.pass_by(days=31)
    ticked(hub)
    assert kept(hub) == []


def test_what_was_given_up_goes_too(make_hub: MakeHub, clock: Clock) -> None:
    """It was in the open for so many days."""
    hub = a_hub(make_hub, Post(lambda _: Never("no such mailbox")))
    hub.book("taster@2027-02-09T10:00", *people(hub, "gone"))
    ticked(hub)
    assert kept(hub) == ["gone"]
    clock.pass_by(days=31)
    ticked(hub)
    assert kept(hub) == []


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_a_tick_deletes_a_bounded_number_and_the_next_goes_on(
    make_hub: MakeHub, clock: Clock, limit: int
) -> None:
    """Those of one entry go together, however many they are."""
    hub = a_hub(make_hub, Post())
    crowd(hub, 7)
    hub.book(TASTER, "p0", group=["p1", "p2", "p3", "p4"])
    hub.book(TASTER, "p5")
    hub.book(TASTER, "p6")
    ticked(hub)
    clock.pass_by(days=2)  # before the reminder, which is another entry
    ticked(hub)
    sent = len(kept(hub))
    assert sent == 7
    clock.pass_by(days=40)
    gone = []
    for _ in range(20):
        report = hub.tick(limit=limit)
        gone.append(report.erased)
        assert hub.audit() == []
        if report.complete:
            break
    assert kept(hub) == []
    assert gone[0] == {1: 5, 3: 5, 100: 7}[limit]
