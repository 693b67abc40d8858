"""A hub that tells its people by Notify: from a booking to the receipt, with answers lost on the way."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from innovationhub import Catalogue, Hub, HubSettings, Person, Settings
from innovationhub.domain.messages import MessageKind
from innovationhub_govuk_notify import NotFromNotify, note_receipt
from innovationhub_govuk_notify.personalisation import personalisation
from on_govuk_notify.conftest import address_of
from on_govuk_notify.judging import TEXT, Template
from on_govuk_notify.notify_server import NotifyServer, drop, say
from tests.support import TASTER, Clock, session_type, weekly

TOKEN = "a-token-of-ours"  # noqa: S105  # for tests
RIGHT = f"Bearer {TOKEN}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


MakeHub = Callable[..., Hub]

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def make_hub(notify: NotifyServer, key: str, clock: Clock) -> Iterator[MakeHub]:
    """Opens a hub that tells its people by e-mail, or by what is said."""
    opened: list[Hub] = []

    def make(*ways: str) -> Hub:
        channels = tuple(address_of(notify.place, way) for way in ways or ("email",))
        hub = Hub.open("memory:", clock=clock, settings=Settings(channels=channels))
        opened.append(hub)
        hub.load_catalogue(Catalogue(HubSettings(), (session_type(),), (weekly(),)))
        hub.add_person(Person("esr:1", "Ada Obi", "ada.obi@trust.example", phone="+44 7700 900123"))
        return hub

    yield make
    for hub in opened:
        assert hub.audit() == []
        hub.close()


def test_whoever_books_is_told_by_e_mail_and_by_text(notify: NotifyServer, make_hub: MakeHub) -> None:
    """Each by the template of its way, with the hub's own words and facts."""
    notify.account.templates[TEXT] = Template("sms", "((subject)). ((when)), ((where)).")
    hub = make_hub("email", "text")
    hub.book(TASTER, "esr:1")
    assert hub.tick().sent == 2
    email, text = sorted(notify.kept, key=lambda each: each.kind)
    assert email.subject.startswith("You have a place: Taster")
    assert "Hello Ada Obi," in email.body
    assert text.body.startswith("You have a place: Taster, Tuesday 1 December 2026. Tuesday")


def test_a_lost_answer_is_no_second_message(notify: NotifyServer, make_hub: MakeHub, clock: Clock) -> None:
    """Nor are two of them, nor Notify's absence in between: the courier's next attempt asks first."""
    hub = make_hub()
    hub.book(TASTER, "esr:1")
    notify.faults += [drop(after=True), drop(method="GET"), say(503, method="GET")]
    for _ in range(4):
        hub.tick()
        clock.pass_by(hours=1)
    (sent,) = hub.messages("sent")
    assert [each.id for each in notify.kept] == [sent.reference]


def test_a_receipt_is_noted(notify: NotifyServer, make_hub: MakeHub) -> None:
    """That it was delivered; or that it came back and why, so that it can be sent again by hand."""
    hub = make_hub()
    hub.book(TASTER, "esr:1")
    hub.tick()
    (kept,) = notify.kept
    kept.status = "permanent-failure"
    receipt = note_receipt(hub, RIGHT, json.dumps(kept.receipt()), token=TOKEN)
    (message,) = hub.messages("bounced")
    assert receipt is not None
    assert (message.id, message.why, message.kind) == (
        receipt.key,
        "permanent-failure",
        MessageKind.CONFIRMED,
    )
    hub.resend(message.id)
    hub.tick()
    assert len(notify.kept) == 2
    notify.kept[1].status = "delivered"
    note_receipt(hub, RIGHT, json.dumps(notify.kept[1].receipt()), token=TOKEN)
    assert [each.reference for each in hub.messages("delivered")] == [notify.kept[1].id]


@pytest.mark.parametrize("reference", ["0" * 32, "another system's", " \n", "x" * 500])
def test_a_receipt_for_another_system_is_left(
    notify: NotifyServer, make_hub: MakeHub, reference: str
) -> None:
    """A service of Notify's may serve several."""
    hub = make_hub()
    body = json.dumps({"reference": reference, "status": "delivered"})
    assert note_receipt(hub, RIGHT, body, token=TOKEN) is None


def test_a_receipt_that_anybody_may_have_sent_is_not_noted(notify: NotifyServer, make_hub: MakeHub) -> None:
    """Whoever knows an id of a message can write one."""
    hub = make_hub()
    hub.book(TASTER, "esr:1")
    hub.tick()
    notify.kept[0].status = "permanent-failure"
    with pytest.raises(NotFromNotify):
        note_receipt(hub, "Bearer another-token", json.dumps(notify.kept[0].receipt()), token=TOKEN)
    assert len(hub.messages("sent")) == 1


def test_the_readme_names_what_a_template_can_use(make_hub: MakeHub) -> None:
    """All of it, and nothing else."""
    hub = make_hub()
    told = {*personalisation(hub.preview_message("confirmed"))}
    assert set(re.findall(r"\(\((\w+)\)\)", README)) == told


@pytest.mark.parametrize(
    ("header", "body", "status"),
    [
        (RIGHT, None, "204 No Content"),
        ("Bearer another-token", None, "401 Unauthorized"),
        (RIGHT, b"no", "400 Bad Request"),
        (RIGHT, b"x" * 100_000, "400 Bad Request"),
    ],
)
def test_the_readmes_application_takes_receipts(
    notify: NotifyServer,
    make_hub: MakeHub,
    monkeypatch: pytest.MonkeyPatch,
    header: str,
    body: bytes | None,
    status: str,
) -> None:
    """As it stands there."""
    hub = make_hub()
    hub.book(TASTER, "esr:1")
    hub.tick()
    notify.kept[0].status = "delivered"
    text = json.dumps(notify.kept[0].receipt()).encode() if body is None else body
    monkeypatch.setenv("NOTIFY_TOKEN", TOKEN)
    (code,) = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {"hub": hub}
    exec(code, names)  # noqa: S102  # our own page
    answers: list[str] = []
    request = {"wsgi.input": io.BytesIO(text), "CONTENT_LENGTH": str(len(text)), "HTTP_AUTHORIZATION": header}
    assert names["receipts"](request, lambda given, _: answers.append(given)) == []
    assert answers == [status]
    assert len(hub.messages("delivered")) == (status == "204 No Content")
