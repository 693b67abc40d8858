"""Receipts: whose they are, what they say, and what is not believed."""

from __future__ import annotations

import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovationhub import Invalid
from innovationhub_govuk_notify import NotFromNotify, Receipt, read_receipt
from on_govuk_notify.conftest import ADA
from on_govuk_notify.judging import EMAIL, Notification

TOKEN = "a-token-of-ours"  # noqa: S105  # for tests
RIGHT = f"Bearer {TOKEN}"


def told(status: str = "delivered", **changed: object) -> bytes:
    """A receipt as Notify posts it."""
    made = Notification("email", ADA.email, EMAIL, "live", "0f3c", {}, "", "", {}, status, id="740e")
    return json.dumps(made.receipt() | changed).encode()


def test_a_receipt_says_that_a_message_was_delivered() -> None:
    """Under our key, with Notify's id."""
    assert read_receipt(RIGHT, told(), token=TOKEN) == Receipt("0f3c", True, "", "740e")


@pytest.mark.parametrize("status", ["permanent-failure", "temporary-failure", "technical-failure"])
def test_or_why_it_was_not(status: str) -> None:
    """In Notify's words, which name nobody."""
    assert read_receipt(RIGHT, told(status), token=TOKEN) == Receipt("0f3c", False, status, "740e")


@pytest.mark.parametrize(
    "body",
    [
        told(reference=None),
        told(reference=""),
        told("sending"),
        b'{"reference": "0f3c", "status": ["delivered"]}',
        b'{"id": "1", "source_number": "447700900123", "message": "Hello"}',
        b"{}",
    ],
)
def test_what_is_of_no_use_is_left(body: bytes) -> None:
    """A message without a key of ours, a status that is not final, a text that somebody sent."""
    assert read_receipt(RIGHT, body, token=TOKEN) is None


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        TOKEN,
        f"Basic {TOKEN}",
        f"{RIGHT}x",
        RIGHT[:-1],
        "Bearer é",
        "Bearer \udcff",
    ],
)
def test_without_the_token_nothing_is_believed(header: str | None) -> None:
    """Whatever the body: anybody can send one. The error shows neither what was given nor what was wanted."""
    for body in (told(), b"no"):
        with pytest.raises(NotFromNotify) as error:
            read_receipt(header, body, token=TOKEN)
        assert TOKEN not in f"{error.value!r}"


@pytest.mark.parametrize("header", [RIGHT, f"bearer {TOKEN}", f"BEARER  {TOKEN} "])
def test_the_word_before_the_token_may_be_in_any_case(header: str) -> None:
    """As the rules of HTTP have it."""
    assert read_receipt(header, told(), token=TOKEN) is not None


@pytest.mark.parametrize("token", ["", "short"])
def test_a_token_that_notify_would_not_take_is_a_mistake_of_ours(token: str) -> None:
    """An empty one, from a setting that is not there, would let everybody in."""
    with pytest.raises(Invalid) as invalid:
        read_receipt(f"Bearer {token}", told(), token=token)
    assert invalid.value.field == "token"


def test_tokens_are_compared_in_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the function for it, on what has one length: how long it takes tells nothing of the token."""
    compared: list[tuple[Any, Any]] = []
    compare = hmac.compare_digest

    def spy(one: Any, other: Any) -> bool:
        compared.append((one, other))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", spy)
    for given_token in ("x", "x" * 1000):
        with pytest.raises(NotFromNotify):
            read_receipt(f"Bearer {given_token}", told(), token=TOKEN)
    assert {len(each) for pair in compared for each in pair} == {32}


@pytest.mark.parametrize("body", [b"", b"no", b"[1]", b"\xff", b"[" * 60_000, "null", told(to="x" * 65_536)])
def test_what_is_no_receipt_is_refused(body: bytes | str) -> None:
    """Without repeating it: it may name somebody."""
    with pytest.raises(Invalid) as invalid:
        read_receipt(RIGHT, body, token=TOKEN)
    assert (invalid.value.field, invalid.value.value, invalid.value.__context__) == ("body", None, None)


_json = st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=3)


@given(st.dictionaries(st.sampled_from(["id", "reference", "status", "to"]), _json))
def test_whatever_stands_in_it_is_read_or_left(body: dict[str, Any]) -> None:
    """What Notify may say one day breaks nothing."""
    receipt = read_receipt(RIGHT, json.dumps(body), token=TOKEN)
    assert receipt is None or (receipt.key == body["reference"] and isinstance(receipt.reference, str))
