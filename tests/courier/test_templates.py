"""What messages say: plain words, escaped names, one line of subject; and a hub's own templates."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from innovationhub import HubSettings, Invalid, MessageKind, Person, Settings
from innovationhub.courier.rendering import Templates, subject
from innovationhub.courier.samples import sample
from innovationhub.courier.wording import clock as shown_clock
from innovationhub.courier.wording import span
from innovationhub.domain.messages import Message
from tests.conftest import MakeHub
from tests.courier.post import POST, Post
from tests.support import TASTER, Clock

STARTS = datetime(2026, 12, 1, 10, tzinfo=UTC)
KINDS = pytest.mark.parametrize("kind", list(MessageKind), ids=str)
HUB = HubSettings(contact="hub@nhs.example", link="https://hub.example")


class Words(HTMLParser):
    """The words of a page, and its elements."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)


def read(html: str) -> Words:
    words = Words()
    words.feed(html)
    words.close()
    return words


def made(kind: MessageKind, hub: HubSettings = HUB) -> Message:
    return sample(kind, hub, STARTS, Templates(), {})


@KINDS
def test_every_kind_has_a_template_of_plain_words(kind: MessageKind) -> None:
    """Short sentences: none of more than 25 words, and no word of ours that only we use (NHS content guide)."""
    message = made(kind)
    assert "\n" not in message.subject
    assert message.text.startswith("Hello Ada Obi,\n")
    prose = [line for line in message.text.split("\n") if ": " not in line and "innovationhub" not in line]
    for sentence in re.split(r"(?<=[.!?])\s", " ".join(prose)):
        assert len(sentence.split()) <= 25, sentence
    jargon = {"waitlist", "waitlisted", "roster", "promoted", "confirmed", "lapsed", "attendee's", "utilise"}
    assert not jargon & set(re.findall(r"[a-z']+", message.text.lower()))


@KINDS
def test_text_and_html_say_the_same(kind: MessageKind) -> None:
    """Word for word, but for where a web address stands."""
    message = made(kind)
    page = read(message.html)
    skip = {"Session:", "When:", "Where:"}
    text = [
        word.rstrip(":") for word in message.text.split() if not word.startswith("http") and word not in skip
    ]
    html = {word.rstrip(":") for word in page.words}
    assert [word for word in text if word not in html] == []
    assert page.elements.count("h1") == 1
    assert 'lang="en-GB"' in message.html
    assert "script" not in page.elements


NASTY = '<script>alert("x")</script> & "Bobby"'


def test_names_are_escaped_in_html_and_as_they_are_in_text(make_hub: MakeHub) -> None:
    """Whatever somebody is called, or writes, is words and never markup."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST)
    hub.add_person(Person("ada", NASTY, "ada@nhs.example"))
    hub.book(TASTER, "ada")
    hub.tick()
    (message,) = post.got
    assert NASTY in message.text
    assert "<script>" not in message.html
    assert "script" not in read(message.html).elements
    assert message.facts["name"] == NASTY


@given(title=st.text(max_size=300))
def test_nothing_ends_a_subject_line(title: str) -> None:
    """Whatever goes into it, a subject is one line of at most 200 characters without control characters."""
    template = Environment().from_string(  # noqa: S701  # a subject is no HTML
        "{% block subject %}About {{ title }}{% endblock %}"
    )
    made = subject(template, {"title": title})
    assert len(made) <= 200
    assert made == " ".join(made.split())
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", made)


def test_a_hubs_own_template_takes_the_place_of_ours(make_hub: MakeHub, tmp_path: Path) -> None:
    """One file for one kind; the others stay."""
    (tmp_path / "confirmed.j2").write_text(
        "{% extends layout %}{% block subject %}See you, {{ name }}{% endblock %}"
        "{% block body %}Bring <tea>.{% endblock %}"
    )
    post = Post()
    settings = Settings(discover=False, channels=("post:",), templates=tmp_path)
    hub = make_hub(plugins=[post], settings=settings)
    hub.add_person(Person("ada", "Ada", "ada@nhs.example"))
    booking = hub.book(TASTER, "ada")
    hub.tick()
    hub.cancel(booking.id)
    hub.tick()
    assert [message.subject for message in post.got] == [
        "See you, Ada",
        "Your booking has ended: Taster, Tuesday 1 December 2026",
    ]
    assert hub.preview_message("confirmed").subject == "See you, Ada Obi"


def test_a_template_that_is_broken_says_so_and_holds_up_only_its_kind(
    make_hub: MakeHub, clock: Clock, tmp_path: Path
) -> None:
    """The report names it; mended, what waited goes out."""
    broken = tmp_path / "confirmed.j2"
    broken.write_text("{% extends layout %}{% block subject %}{{ nonsense }}{% endblock %}")
    post = Post()
    hub = make_hub(plugins=[post], settings=Settings(discover=False, channels=("post:",), templates=tmp_path))
    hub.add_person(Person("ada", "Ada", "ada@nhs.example"))
    hub.book(TASTER, "ada")
    report = hub.tick()
    assert report.troubles == (
        "channel post: template confirmed.j2: UndefinedError: 'nonsense' is undefined",
    )
    with pytest.raises(Invalid, match=r"templates: confirmed\.j2"):
        hub.preview_message("confirmed")
    broken.write_text("{% extends layout %}{% block subject %}Now{% endblock %}")
    clock.pass_by(hours=1)
    hub.tick()
    assert [message.subject for message in post.got] == ["Now"]


def test_a_file_that_no_message_is_made_of_is_told(tmp_path: Path) -> None:
    """A misspelt name would otherwise change nothing, silently."""
    (tmp_path / "confirmd.j2").write_text("")
    with pytest.raises(Invalid, match=r"templates: confirmd\.j2 is no message's template"):
        Templates(tmp_path)
    with pytest.raises(Invalid, match="templates: must be a folder"):
        Templates(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("hour", "minute", "shown"),
    [
        (0, 0, "midnight"),
        (0, 5, "12:05am"),
        (9, 0, "9am"),
        (12, 0, "midday"),
        (12, 30, "12:30pm"),
        (17, 5, "5:05pm"),
    ],
)
def test_times_of_day_as_people_read_them(hour: int, minute: int, shown: str) -> None:
    """As the NHS content guide has them."""
    assert shown_clock(STARTS.replace(hour=hour, minute=minute)) == shown


def test_a_session_over_midnight_names_both_days() -> None:
    """One that ends on the same day names it once."""
    ends = STARTS.replace(hour=11)
    assert span(STARTS, ends) == "Tuesday 1 December 2026, 10am to 11am"
    night = STARTS.replace(day=2, hour=1)
    assert span(STARTS, night) == "Tuesday 1 December 2026, 10am to Wednesday 2 December 2026, 1am"
