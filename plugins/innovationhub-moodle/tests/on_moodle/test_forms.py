"""Values in a form: what PHP reads from it is what was meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, urlencode

from hypothesis import given
from hypothesis import strategies as st

from innovationhub_moodle.forms import Value, encoded, seconds
from on_moodle.standin.params import nested

NAMES = st.text("abcdefgh_", min_size=1, max_size=8)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3) | st.dictionaries(NAMES, inner, min_size=1, max_size=3)
    ),
    max_leaves=12,
)


def as_php_has_it(value: Any) -> Any:
    """Lists are mappings from numbers, and everything else is text."""
    if isinstance(value, dict):
        return {name: as_php_has_it(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return {str(place): as_php_has_it(inner) for place, inner in enumerate(value)}
    return {True: "1", False: "0"}[value] if isinstance(value, bool) else str(value)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_nested_values_arrive_as_they_were(params: dict[str, Value]) -> None:
    """Whatever is in them: brackets, ampersands, other scripts."""
    body = urlencode(encoded(params))
    assert nested(parse_qsl(body, keep_blank_values=True)) == as_php_has_it(params)


def test_as_in_the_recordings() -> None:
    """Courses in a list, and a truth as a number."""
    params: dict[str, Value] = {"courses": [{"id": 2, "visible": True}, {"id": 3}], "addsubcategories": False}
    assert encoded(params) == {
        "courses[0][id]": "2",
        "courses[0][visible]": "1",
        "courses[1][id]": "3",
        "addsubcategories": "0",
    }


def test_instants_are_seconds_in_utc() -> None:
    """Whatever zone they are given in; a part of a second is left off, before 1970 too."""
    at = datetime(2026, 12, 7, 10, 0, 0, 999_999, UTC)
    assert seconds(at) == 1796637600
    assert seconds(at.astimezone(timezone(timedelta(hours=5, minutes=30)))) == 1796637600
    assert encoded({"timestart": at}) == {"timestart": "1796637600"}
    assert seconds(datetime(1969, 12, 31, 23, 59, 59, 500_000, UTC)) == -1


def test_what_is_no_text_is_made_one() -> None:
    """Half a sign and a NUL would be taken for an attack, and the call refused."""
    assert encoded({"a": "x\ud800y\0z"}) == {"a": "x?yz"}
