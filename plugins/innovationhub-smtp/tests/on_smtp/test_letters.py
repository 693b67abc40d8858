"""E-mails as the standard library reads them: what is in them, and what nobody can put into them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innovationhub.domain.events import Method
from innovationhub.domain.messages import Message, Recipient
from innovationhub.testing.contracts.arrivals import hostile, invitation, message
from innovationhub_smtp.address import Address, parse_address
from innovationhub_smtp.letters import letter, message_id
from innovationhub_smtp.mailboxes import is_mailbox
from on_smtp.readers import ADA, ADDRESS, NOW, read

HEADERS = {
    *("Date", "Message-ID", "From", "To", "Reply-To", "Subject"),
    *(
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ),
}


def test_a_message_says_who_when_and_what() -> None:
    """From the address's sender, dated now, not to be answered by machines; text and HTML say the same."""
    mail = read(message("k1", ADA))
    assert mail["From"].addresses[0].display_name == "Innovation Hub"
    assert mail["From"].addresses[0].addr_spec == "hub@trust.example"
    assert str(mail["To"]) == '"Ada Obi" <ada.obi@trust.example>'.replace('"', "")
    assert mail["Reply-To"] == "hub@trust.example"
    assert parsedate_to_datetime(mail["Date"]) == datetime(2026, 11, 24, 9, 31, tzinfo=UTC)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Tuesday 1 December 2026, 10:00" in plain.get_content()
    assert "<b>CQI Taster Session</b>" in html.get_content()
    assert set(mail.keys()) <= HEADERS


def test_the_same_key_has_the_same_message_id_and_gives_nothing_away() -> None:
    """However often, whatever else has changed; another key another one."""
    first, again = read(message("k1", ADA)), read(message("k1", ADA, attempt=2, subject="Another"))
    assert first["Message-ID"] == again["Message-ID"] == message_id("k1", ADDRESS)
    assert read(message("k2", ADA))["Message-ID"] != first["Message-ID"]
    assert re.fullmatch(r"<[0-9a-f]{32}@trust\.example>", first["Message-ID"])
    assert "ada" not in message_id("ada.obi@trust.example", ADDRESS)


def test_the_hub_is_the_sender_where_the_address_names_none() -> None:
    """A name in the address goes before."""
    nameless = parse_address("smtp://mail.trust.example?from=hub@trust.example")
    text = letter(message("k", ADA, sender="The Hub, at Colne House"), nameless, NOW)
    assert b'From: "The Hub, at Colne House" <hub@trust.example>\r\n' in text
    assert b"From: hub@trust.example\r\n" in letter(message("k", ADA, sender=""), nameless, NOW)


@pytest.mark.parametrize("method", Method)
def test_an_entry_is_where_each_reader_looks_for_it(method: Method) -> None:
    """The last of the alternatives, with its method, and an attachment besides."""
    mail = read(message("k", ADA, invitation=invitation(method)))
    assert mail.get_content_type() == "multipart/mixed"
    first, second = mail.iter_parts()
    kinds = [part.get_content_type() for part in first.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    calendar = list(first.iter_parts())[-1]
    assert calendar.get_param("method") == method.value
    assert calendar.get_param("charset") == "utf-8"
    assert second.get_content_type() == "application/ics"
    assert second.get_content_disposition() == "attachment"
    assert second.get_filename() == "invite.ics"
    assert second.get_content() == calendar.get_content().replace("\r\n", "\n").replace("\n", "\r\n").encode()
    assert f"METHOD:{method.value}" in calendar.get_content()


def test_a_message_without_html_is_plain() -> None:
    """Nothing empty is shown instead of the text."""
    assert read(message("k", ADA, html="")).get_content_type() == "text/plain"


NAMELESS = attrs.evolve(ADDRESS, name="")
"""A server's address that names no sender: the hub's name stands there."""


def _assert_harmless(made: Message, address: Address = ADDRESS) -> None:
    text = letter(made, address, NOW)
    head, _, _ = text.partition(b"\r\n\r\n")
    assert text.isascii()
    assert re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text) is None
    assert b"\r" not in text.replace(b"\r\n", b"")
    assert b"\n" not in text.replace(b"\r\n", b"")
    assert max(map(len, text.split(b"\r\n"))) <= 998
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert sorted(names) == sorted(set(names))
    assert set(names) <= HEADERS
    mail = read(made, address)
    assert [each.addr_spec for each in mail["To"].addresses] == [made.to.email]
    assert [each.addr_spec for each in mail["From"].addresses] == ["hub@trust.example"]
    for name, value in mail.items():
        assert not set("\r\n") & set(value), name


def test_nothing_in_a_message_becomes_a_header() -> None:
    """Each awkward value in each place, where the recipient is one."""
    tried = 0
    for _, made in hostile(ADA):
        if is_mailbox(made.to.email):
            _assert_harmless(made)
            _assert_harmless(made, NAMELESS)
            tried += 1
    assert tried > 50


def test_a_line_is_as_long_as_servers_take() -> None:
    """Whatever is said on it."""
    _assert_harmless(message("k", Recipient("n" * 2000, ADA.email), subject="s" * 2000, text="t" * 2000))


ANYTHING = st.text(st.characters(), max_size=120) | st.text('\r\n\t =?_<>@,;:"\\()utf8qbBQ-.%', max_size=80)


@settings(max_examples=150, deadline=None, database=None)
@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_any_words_stay_words(name: str, subject: str, sender: str, text: str) -> None:
    """Whatever they are, also half a character, and what looks like an encoding."""
    made = message("k", Recipient(name, ADA.email), subject=subject, sender=sender, text=text, html=text)
    _assert_harmless(made)
    _assert_harmless(made, NAMELESS)


SHOWN = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=80)


@settings(max_examples=150, deadline=None, database=None)
@given(SHOWN, SHOWN)
def test_a_name_and_a_subject_arrive_as_they_are(name: str, subject: str) -> None:
    """Letter for letter, without the spaces around: as the standard library's older reader, another one, has them."""
    text = letter(message("k", Recipient(name, ADA.email), subject=subject), ADDRESS, NOW)
    mail = message_from_bytes(text)
    assert str(make_header(decode_header(mail["Subject"]))) == subject.strip()
    words, mailbox = parseaddr(mail["To"])
    assert mailbox == ADA.email
    assert str(make_header(decode_header(words))) == name.strip()


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "ada",
            "@trust.example",
            "ada@",
            "ada@@trust.example",
            "ada obi@trust.example",
            "ada@trust..example",
        ),
        *(
            ".ada@trust.example",
            "ada.@trust.example",
            '"ada"@trust.example',
            "ada@[192.0.2.1]",
            "ädä@trust.example",
        ),
        *(
            "ada@träst.example",
            "ada@trust.example\r\nRCPT TO:<eve@evil.example>",
            "ada@trust.example>",
            "<ada@t.example>",
        ),
        *(
            "ada@trust.example ",
            "ada@-trust.example",
            "a" * 65 + "@trust.example",
            "ada@" + "t" * 64 + ".example",
        ),
        *("ada@trust.example\n", "ada@trust.example,eve@evil.example", "ada@" + "t.example" * 30),
    ],
)
def test_what_is_no_mailbox(address: str) -> None:
    """It is not written to; what is one, is."""
    assert not is_mailbox(address)
    assert is_mailbox("o'hara+hub=x@mail-1.trust.example")
    assert is_mailbox("a@localhost")
