"""Fixtures: a stand-in for Notify for each test, and channels to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, settings

from innovationhub.domain.messages import Message, MessageKind, Recipient
from innovationhub_govuk_notify.channel import GovukNotify
from on_govuk_notify.judging import EMAIL, KEYS, SERVICE, TEXT
from on_govuk_notify.notify_server import NotifyServer

settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("house")

NOW = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)

KEY = f"hub-{SERVICE}-{KEYS['live']}"

ADA = Recipient("Ada Obi", "ada.obi@trust.example", "+44 7700 900123")

OpenChannel = Callable[..., GovukNotify]


def message(key: str = "0f3c", to: Recipient = ADA, **changed: Any) -> Message:
    """A plain message; `changed` gives other values to some fields."""
    plain = Message(
        key=key,
        kind=MessageKind.CONFIRMED,
        to=to,
        subject="Your place is confirmed",
        text="Dear Ada Obi,\n\nYour place at the CQI Taster is confirmed.",
        html="<p>Your place at the CQI Taster is confirmed.</p>",
        at=NOW,
        facts={"title": "CQI Taster", "starts": "1 December 2026, 10:00"},
        reply_to="hub@trust.example",
    )
    return attrs.evolve(plain, **changed)


@pytest.fixture
def notify() -> Iterator[NotifyServer]:
    with NotifyServer() as server:
        yield server


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """The service's key, in the environment."""
    monkeypatch.setenv("NOTIFY_KEY", KEY)
    return KEY


def address_of(place: str, by: str = "email", **options: str) -> str:
    """An address by which `place` is reached; an option that is "" is left out."""
    template = {"email": EMAIL, "text": TEXT}[by]
    asked = {"key_env": "NOTIFY_KEY", "template": template, "timeout": "5"} | options
    return f"govuk-notify-{by}://{place}?" + "&".join(
        f"{name}={value}" for name, value in asked.items() if value
    )


@pytest.fixture
def open_channel(notify: NotifyServer, key: str) -> Iterator[OpenChannel]:
    """Opens channels to the stand-in, and closes them."""
    opened: list[GovukNotify] = []

    def open(by: str = "email", **options: str) -> GovukNotify:
        opened.append(GovukNotify(address_of(options.pop("place", notify.place), by, **options), lambda: NOW))
        return opened[-1]

    yield open
    for channel in opened:
        channel.close()


@pytest.fixture
def channel(open_channel: OpenChannel) -> GovukNotify:
    """A channel by e-mail."""
    return open_channel()


@pytest.fixture
def texting(open_channel: OpenChannel) -> GovukNotify:
    """A channel by text."""
    return open_channel("text")
