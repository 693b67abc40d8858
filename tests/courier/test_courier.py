"""The courier: bounded, level-triggered, any number at once; whatever dies or breaks, nothing is lost or doubled."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest

from innovationhub import Hub, Invalid, Move, NotFound, Person, Refused, Settings
from innovationhub.domain.deliveries import LEASE, MOST_ATTEMPTS, backoff
from innovationhub.protocols.channel import Later, Message, Never, Outcome, Sent
from tests.conftest import MakeHub
from tests.courier.post import POST, Post, ticked
from tests.support import NOW, ONLY_BUILT_IN, TASTER, Clock, crowd, people, session_type, small_hub

MANY = session_type(capacity=100)


def test_a_channel_that_is_new_begins_now(tmp_path: Path) -> None:
    """Nobody is written to about what was before the hub had a channel; from then on nothing is missed."""
    path, post = tmp_path / "hub.db", Post()
    hub = small_hub(path, types=[MANY])
    for person in crowd(hub, 2):
        hub.book(TASTER, person)
    hub.close()
    hub = small_hub(path, types=[MANY], plugins=[post], settings=POST)
    hub.book(TASTER, *people(hub, "new"))
    hub.close()
    hub = small_hub(path, types=[MANY], plugins=[post], settings=POST)
    ticked(hub)
    assert post.said() == [("new", "confirmed")]
    assert hub.audit() == []
    hub.close()
    assert post.closed == 2


def test_without_a_channel_nothing_is_made(make_hub: MakeHub) -> None:
    """A hub that sends nothing keeps nothing to send."""
    hub = make_hub()
    hub.book(TASTER, *crowd(hub, 1))
    hub.tick()
    assert (hub.followers(), hub.messages("waiting")) == ([], [])


def test_a_pass_is_bounded_and_the_next_goes_on(make_hub: MakeHub) -> None:
    """With more to send than its limit it says so, and what is left goes out next, in the order it came about."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST, types=[MANY])
    for person in crowd(hub, 30):
        hub.book(TASTER, person)
    first = hub.tick(limit=10)
    assert (first.sent, first.complete) == (10, False)
    ticked(hub)
    assert post.said() == [(f"p{number}", "confirmed") for number in range(30)]


def test_several_couriers_send_each_message_once(tmp_path: Path) -> None:
    """Eight of them on one file, each with a hub of its own: everybody is written to, nobody twice."""
    path, post = tmp_path / "hub.db", Post()
    hubs = [small_hub(path, types=[MANY], plugins=[post], settings=POST) for _ in range(4)]
    for person in crowd(hubs[0], 40):
        hubs[0].book(TASTER, person)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ticked, hubs * 2))
    for hub in hubs:
        ticked(hub)
    assert Counter(post.said()) == Counter({(f"p{number}", "confirmed"): 1 for number in range(40)})
    assert {view.state for view in hubs[0].messages("sent")} == {"sent"}
    assert hubs[0].audit() == []
    for hub in hubs:
        hub.close()


DYING = """
import datetime, os, signal, sys
from innovationhub import Hub, Settings, hookimpl
from innovationhub.protocols.channel import Sent

class Dying:
    def send(self, message):
        with open(sys.argv[2], "a") as out:
            out.write(message.key + "\\n")
            out.flush()
            os.fsync(out.fileno())
        if sum(1 for _ in open(sys.argv[2])) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return Sent()
    def close(self):
        pass

class Plugin:
    @hookimpl
    def innovationhub_channels(self):
        return {"post": lambda address: Dying()}

now = datetime.datetime.fromisoformat(sys.argv[3])
settings = Settings(discover=False, channels=("post:",))
hub = Hub.open("sqlite:///" + sys.argv[1], plugins=[Plugin()], clock=lambda: now, settings=settings)
while not hub.tick().complete:
    pass
"""


def test_killed_between_sending_and_noting_it_repeats_the_same_key_and_loses_none(tmp_path: Path) -> None:
    """The third message had gone out when the courier was killed: it goes out again, alone, under the same key."""
    path, out = tmp_path / "hub.db", tmp_path / "sent"
    post, clock = Post(), Clock()
    hub = small_hub(path, types=[MANY], plugins=[post], settings=POST, clock=clock)
    for person in crowd(hub, 6):
        hub.book(TASTER, person)
    hub.close()
    child = subprocess.run(
        [sys.executable, "-c", DYING, str(path), str(out), NOW.isoformat()], check=False, timeout=60
    )
    assert child.returncode == -signal.SIGKILL
    before = out.read_text().split()
    assert len(set(before)) == 3
    hub = small_hub(path, types=[MANY], plugins=[post], settings=POST, clock=clock)
    ticked(hub)
    assert post.got == []  # what the dead courier had taken is still its own
    clock.pass_by(seconds=LEASE.total_seconds())
    ticked(hub)
    after = [message.key for message in post.got]
    assert (len(after), len(set(after))) == (4, 4)
    assert set(before) & set(after) == {before[2]}
    assert len(set(before) | set(after)) == 6
    assert next(message.attempt for message in post.got if message.key == before[2]) == 2
    assert hub.audit() == []
    hub.close()


def test_a_channel_that_is_down_is_not_tried_for_everybody(make_hub: MakeHub, clock: Clock) -> None:
    """One attempt finds out; nobody's count of attempts suffers, however long it lasts; then everybody is served."""
    post = Post(lambda message: Later("no connection", down=True))
    hub = make_hub(plugins=[post], settings=POST, types=[MANY])
    for person in crowd(hub, 20):
        hub.book(TASTER, person)
    report = hub.tick()
    assert (report.sent, report.complete, report.troubles) == (0, False, ("channel post: no connection",))
    assert len(post.attempts) == 1
    for _ in range(3 * MOST_ATTEMPTS):
        clock.pass_by(hours=1)
        hub.tick()
    assert hub.messages("given-up") == []
    assert {each.attempts for each in hub.messages("waiting")} <= {0, 1}
    post.answers = lambda message: Sent()
    clock.pass_by(hours=1)
    ticked(hub)
    assert len(post.got) == 20


def test_a_channel_that_is_down_at_the_last_attempt_gives_nobody_up(make_hub: MakeHub, clock: Clock) -> None:
    """However often it had failed for the person before."""
    post = Post(lambda message: Later("mailbox full"))
    hub = make_hub(plugins=[post], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    for _ in range(MOST_ATTEMPTS - 1):
        hub.tick()
        clock.pass_by(hours=6)
    post.answers = lambda message: Later("no connection", down=True)
    assert hub.tick().given_up == 0
    assert [each.attempts for each in hub.messages("waiting") if each.kind == "confirmed"] == [
        MOST_ATTEMPTS - 1
    ]


def test_threads_of_one_process_take_turns_with_a_channel(make_hub: MakeHub) -> None:
    """A channel is called from one thread at a time: two never meet in it, though each waits for another."""
    meeting = Barrier(2)
    met: list[Message] = []

    def meets(message: Message) -> Outcome:
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=0.5)
            met.append(message)
        meeting.reset()
        return Sent()

    post = Post(meets)
    hub = make_hub(plugins=[post], settings=POST, types=[MANY])
    for person in crowd(hub, 10):
        hub.book(TASTER, person)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: hub.tick(limit=1), range(2)))
    assert (len(post.got), met) == (2, [])


def test_a_channel_that_raises_is_tried_again(make_hub: MakeHub, clock: Clock) -> None:
    """Whatever it raises holds up nobody else, and what it says is kept out of the hub: it may name somebody."""

    def raises(message: Message) -> Outcome:
        if message.to.email == "p0@nhs.example":
            raise RuntimeError(f"cannot reach {message.to.email}")
        return Sent()

    post = Post(raises)
    hub = make_hub(plugins=[post], settings=POST)
    for person in crowd(hub, 2):
        hub.book(TASTER, person)
    report = hub.tick()
    assert (report.sent, report.failed, report.troubles) == (1, 1, ("channel post: RuntimeError",))
    post.answers = lambda message: Sent()
    clock.pass_by(hours=1)
    ticked(hub)
    assert sorted(post.said()) == [("p0", "confirmed"), ("p1", "confirmed")]


def test_what_a_channel_says_of_a_failure_names_nobody(make_hub: MakeHub) -> None:
    """Servers repeat the address; it is taken out before it is kept, shown or logged."""
    post = Post(lambda message: Never(f"550 <{message.to.email.upper()}> {message.to.name}: unknown"))
    hub = make_hub(plugins=[post], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    report = hub.tick()
    assert [each.why for each in hub.messages()] == ["550 <…> …: unknown"]
    assert report.troubles == ("channel post: 550 <…> …: unknown",)


def test_waits_between_attempts_grow_and_differ() -> None:
    """Twice as long each time, up to six hours; by chance up to a quarter less, so that many do not come at once."""
    waits = [backoff(attempts, 0.0) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=6)
    assert sum(waits, timedelta()) > timedelta(hours=24)
    assert backoff(3, 1.0) == timedelta(minutes=3)


def test_a_channel_may_ask_for_a_longer_wait(make_hub: MakeHub, clock: Clock) -> None:
    """As a server that greylists does: it is not tried before."""
    post = Post(lambda message: Later("greylisted", wait=timedelta(minutes=20)))
    hub = make_hub(plugins=[post], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    hub.tick()
    clock.pass_by(minutes=19)
    hub.tick()
    assert len(post.attempts) == 1
    clock.pass_by(minutes=1)
    hub.tick()
    assert len(post.attempts) == 2


def test_of_two_about_one_booking_the_later_goes_out_alone(make_hub: MakeHub) -> None:
    """Booked and then moved before anything was sent: one message, which says how it is now."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    hub.apply(hub.plan(Move(TASTER, venue="Room 9")))
    ticked(hub)
    assert post.to("p0") == ["moved"]
    assert "Where: Room 9" in post.got[0].text
    assert [(each.kind, each.why) for each in hub.messages("dropped")] == [
        ("confirmed", "another about the same says it")
    ]


def test_stopped_between_two_messages_it_leaves_the_rest_to_the_next(make_hub: MakeHub, clock: Clock) -> None:
    """And what it gives back has lost no attempt."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST, types=[MANY])
    for person in crowd(hub, 6):
        hub.book(TASTER, person)
    report = hub.tick(stop=lambda: len(post.got) >= 2)
    assert (report.sent, report.complete) == (2, False)
    assert {each.attempts for each in hub.messages("waiting")} == {0}
    clock.pass_by(minutes=1)
    ticked(hub)
    assert len(post.got) == 6


def test_a_report_that_comes_later_is_kept(make_hub: MakeHub) -> None:
    """Delivered, or come back; then it can be sent again."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    hub.tick()
    (sent,) = hub.messages("sent")
    assert hub.report_delivery(sent.id, delivered=True).state == "delivered"
    bounced = hub.report_delivery(sent.id, delivered=False, why="mailbox full")
    assert (bounced.state, bounced.why) == ("bounced", "mailbox full")
    assert hub.resend(sent.id).state == "waiting"
    hub.tick()
    with pytest.raises(Refused) as refused:
        hub.resend(sent.id)
    assert refused.value.codes == ("not-active",)
    with pytest.raises(NotFound, match=r"hub\.messages"):
        hub.report_delivery("nothing", delivered=True)


def test_a_group_is_told_one_by_one_and_who_has_left_is_left_alone(make_hub: MakeHub) -> None:
    """Each gets a message of their own; of one who leaves only they are told; then those who stayed."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST, types=[MANY])
    ada, bob, cat = people(hub, "ada", "bob", "cat")
    booking = hub.book(TASTER, ada, group=[bob, cat])
    ticked(hub)
    assert sorted(post.said()) == [("ada", "confirmed"), ("bob", "confirmed"), ("cat", "confirmed")]
    assert "so do the 2 who come with you" in post.got[0].text
    post.got.clear()
    hub.cancel(booking.id, person_id=bob)
    ticked(hub)
    assert post.said() == [("bob", "cancelled")]
    post.got.clear()
    hub.cancel(booking.id)
    ticked(hub)
    assert sorted(post.said()) == [("ada", "cancelled"), ("cat", "cancelled")]


@pytest.mark.parametrize(
    ("channels", "said"),
    [
        (("nothing://x:secret@y",), "channels: must be addresses"),
        (("post:", "post:again"), "channels: must name each channel once"),
        ("post:", "channels: must be a list"),
    ],
)
def test_addresses_that_cannot_be_are_told(channels: tuple[str, ...], said: str) -> None:
    """Naming the field, and without what may be a password."""
    with pytest.raises(Invalid, match=said) as told:
        Hub.open("memory:", plugins=[Post()], settings=Settings(discover=False, channels=channels))
    assert "secret" not in str(told.value)


def test_a_person_without_an_address_is_the_channels_to_refuse(make_hub: MakeHub) -> None:
    """The hub hands over what it has; who cannot be reached stands among what was given up."""
    post = Post(lambda message: Sent() if message.to.email else Never("no e-mail address"))
    hub = make_hub(plugins=[post], settings=POST)
    hub.add_person(Person("ada"))
    hub.book(TASTER, "ada")
    hub.tick()
    assert [(each.person_id, each.why) for each in hub.messages()] == [("ada", "no e-mail address")]
    assert ONLY_BUILT_IN.channels == ()
