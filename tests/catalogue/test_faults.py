"""Every fault of a catalogue file is told at once, each with its place, in words of whoever keeps the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from innovationhub import Hub, Invalid, InvalidCatalogue
from innovationhub.loading import Known, catalogue_from_text
from innovationhub.loading.text import LARGEST, LONGEST_FAULT, MOST_FAULTS
from tests.support import ONLY_BUILT_IN

KNOWN = Known(closures=("england-bank-holidays",))
TYPE = '[[session_types]]\nkey = "t"\ntitle = "T"\n'
SERIES = '[[series]]\nkey = "s"\ntype = "t"\n'
STARTS = "starts = 2026-12-01T10:00:00\n"
KEY = 'must be 1 to 64 lower-case letters, digits, "-", "_" or ".", such as "cqi-taster"; got '
LOCAL = "must be a local time such as 2026-12-01T10:00:00, without an offset; got "
PLACES = 'must be a whole number from 1 to 100000, or "unlimited"; got '
CONTROL = "must not hold control characters; got '\\x07' at character 2: remove it"
MINUTES = "must be minutes from 1 to 1440, or [shortest, longest]; got "
ACCESS = 'must be one of "book", "drop-in", "register", "request"; got '
INTERVAL = "must be a whole number from 1 to 100000; got "
TWENTY = "the file: holds tables or lists more than 20 deep in one another"


def faults(text: str, known: Known = KNOWN) -> list[str]:
    with pytest.raises(InvalidCatalogue) as caught:
        catalogue_from_text(text, "hub.toml", known)
    return list(caught.value.faults)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("hub = 5", "hub: must be a table; got 5"),
        (
            '[hub]\ntimezone = "Mars"',
            "hub.timezone: must be an IANA time zone such as \"Europe/London\"; got 'Mars'",
        ),
        ("[hub]\ntimezone = 1", "hub.timezone: must be text; got 1"),
        ("[hub]\nname = true", "hub.name: must be text; got True"),
        ('[hub]\nname = " "', "hub.name: must not be empty"),
        ('[hub]\nclosures = "x"', "hub.closures: must be a list; got 'x'"),
        ("[hub]\nclosures = { a = 1 }", "hub.closures: must be a list; got {'a': 1}"),
        ("[hub]\nclosures = [[1]]", f"hub.closures[0]: {KEY}[1]"),
        (
            '[hub]\nclosures = ["england-bank-holiday"]',
            "hub.closures[0]: no plugin declares 'england-bank-holiday'; did you mean \"england-bank-holidays\"?",
        ),
        (
            '[hub]\nclosures = ["moon"]',
            "hub.closures[0]: no plugin declares 'moon'; there are england-bank-holidays",
        ),
        ('[hub]\nlms = "lms"', "hub.lms: must be a table; got 'lms'"),
        (
            '[hub]\nlms = { leads = "moodle" }',
            'hub.lms.leads: must be one of "hub", "lms"; got \'moodle\'',
        ),
        (
            '[hub]\nlms = { types = ["tt"] }\n' + TYPE,
            "hub.lms.types[0]: there is no session type 'tt'; did you mean \"t\"?",
        ),
        (
            '[hub.working_hours]\ndays = "MO,XX"',
            "hub.working_hours.days: must be days such as \"MO,TU,WE\"; got 'MO,XX'",
        ),
        (
            '[hub.working_hours]\nfrom = "9"',
            "hub.working_hours.from: must be a time such as \"09:00\"; got '9'",
        ),
        ("[hub.working_hours]\nto = 08:00:00", "hub.working_hours.to: must be after from (09:00); got 08:00"),
        (
            "[hub.working_hours]\nfro = 1",
            'hub.working_hours.fro: is not a key of this table; did you mean "from"?',
        ),
        ('session_types = ["x"]', "session_types[0]: must be a table; got 'x'"),
        (
            '[session_types]\nkey = "t"',
            "session_types: must be a list of tables; got {'key': 't'}: write [[session_types]]",
        ),
        (TYPE + TYPE, "session_types[1].key: 't' is the key of session_types[0] too: choose another"),
        ("series = [5]", "series[0]: must be a table; got 5"),
        ("nmae = 1", "nmae: is not a key of this table; the keys here are hub, session_types, series"),
        ("[Hub]", 'Hub: is not a key of this table; did you mean "hub"?'),
        ('"a\\nb" = 1', '"a\\nb": is not a key of this table; the keys here are hub, session_types, series'),
    ],
)
def test_a_fault_of_the_file_is_told(text: str, fault: str) -> None:
    """The hub's own table and the file's first keys: the place, what must stand there, and what was found."""
    assert faults(text) == [fault]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[[session_types]]\nkey = "t"', "title: is missing"),
        ('[[session_types]]\ntitle = "T"', "key: is missing"),
        ('[[session_types]]\nkey = "A B"\ntitle = "T"', f"key: {KEY}'A B'"),
        (TYPE + "titel = 1", 'titel: is not a key of this table; did you mean "title"?'),
        (TYPE + 'minutes = "60"', f"minutes: {MINUTES}'60'"),
        (TYPE + "minutes = true", f"minutes: {MINUTES}True"),
        (TYPE + 'minutes = [45, "60"]', f"minutes: {MINUTES}[45, '60']"),
        (TYPE + "minutes = [60, 45]", f"minutes: {MINUTES}[60, 45]"),
        (TYPE + "minutes = []", f"minutes: {MINUTES}[]"),
        (TYPE + 'access = "Book"', f"access: {ACCESS}'Book'"),
        (TYPE + "access = []", f"access: {ACCESS}[]"),
        (TYPE + 'approval = "yes"', "approval: must be true or false; got 'yes'"),
        (TYPE + "private = 1", "private: must be true or false; got 1"),
        (TYPE + 'description = "a\\u0007"', f"description: {CONTROL}"),
        (TYPE + 'audience = "staff"', "audience: must be a table; got 'staff'"),
        (TYPE + "audience = {}", "audience.description: is missing"),
        (TYPE + 'rules = "x"', "rules: must be a list; got 'x'"),
        (TYPE + 'rules = ["x"]', "rules[0]: no plugin declares 'x'; there are none"),
        (TYPE + "roles = []", "roles: must hold 1 to 20 roles; got 0"),
        (TYPE + "roles = { key = 'a' }", "roles: must be a list of tables; got {'key': 'a'}"),
        (TYPE + "roles = [5]", "roles[0]: must be a table; got 5"),
        (TYPE + "roles = [{ capacity = 0 }]", 'roles[0].capacity: must be 1 or more, or "unlimited"; got 0'),
        (TYPE + "roles = [{ capacity = -3 }]", 'roles[0].capacity: must be 1 or more, or "unlimited"; got -3'),
        (TYPE + "roles = [{ minimum = 100001 }]", "roles[0].minimum: must be from 0 to 100000; got 100001"),
        (TYPE + "roles = [{ capacity = true }]", f"roles[0].capacity: {PLACES}True"),
        (TYPE + "roles = [{ capacity = 2.0 }]", f"roles[0].capacity: {PLACES}2.0"),
        (TYPE + "roles = [{ capacity = nan }]", f"roles[0].capacity: {PLACES}nan"),
        (TYPE + 'roles = [{ capacity = "Unlimited" }]', f"roles[0].capacity: {PLACES}'Unlimited': write \"unlimited\""),
        (TYPE + "roles = [{ capacity = 3, minimum = 4 }]", "roles[0].minimum: must not be above the capacity 3; got 4"),
        (TYPE + "roles = [{}, {}]", "roles[1].key: must not be another role's too; got 'attendee'"),
        (TYPE + "roles = [{ slots = { minutes = 30 } }]", "roles[0].slots.count: is missing"),
        (TYPE + "roles = [{ slots = 3 }]", "roles[0].slots: must be a table; got 3"),
        (TYPE + "booking = 5", "booking: must be a table; got 5"),
        (TYPE + "booking = { overlaps = 0 }", "booking.overlaps: must be true or false; got 0"),
        (TYPE + "booking = { opens_days = -1 }", "booking.opens_days: must be 0 or more; got -1"),
        (TYPE + 'waitlist = { groups = "all" }', 'waitlist.groups: must be one of "strict", "fill"; got \'all\''),
        (TYPE + "waitlist = { limit = -1 }", 'waitlist.limit: must be 0 or more, or "unlimited"; got -1'),
    ],
)  # fmt: skip
def test_a_fault_of_a_session_type_is_told(text: str, fault: str) -> None:
    """Wrong types of values at every depth, keys that are missing or strange, numbers out of bounds."""
    assert faults(text) == [f"session_types[0].{fault}"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (SERIES, "starts: is missing"),
        (SERIES + "starts = 2026-12-01", f"starts: {LOCAL}2026-12-01"),
        (SERIES + "starts = 2026-12-01T10:00:00Z", f"starts: {LOCAL}2026-12-01 10:00:00+00:00"),
        (SERIES + "starts = 2026-12-01T10:00:00+01:00", f"starts: {LOCAL}2026-12-01 10:00:00+01:00"),
        (SERIES + 'starts = "2026-12-01T10:00:00"', f"starts: {LOCAL}'2026-12-01T10:00:00'"),
        (SERIES + STARTS + "rule = 5", 'rule: must be an RFC 5545 rule such as "FREQ=WEEKLY;BYDAY=TU"; got 5'),
        (SERIES + STARTS + 'rule = "FREQ=WEEKLY;INTERVAL=0"', f"rule.INTERVAL: {INTERVAL}0"),
        (SERIES + STARTS + "rdates = 2026-12-01T10:00:00", "rdates: must be a list; got 2026-12-01 10:00:00"),
        (SERIES + STARTS + "exdates = [2026-12-01T10:00:00, 2026-12-01]", f"exdates[1]: {LOCAL}2026-12-01"),
        (SERIES + STARTS + "overrides = [{ nominal = 2026-12-01T10:00:00 }]", "overrides[0].starts: is missing"),
        (SERIES + STARTS + "overrides = [5]", "overrides[0]: must be a table; got 5"),
        (SERIES + STARTS + "venue = 5", "venue: must be text; got 5"),
        (SERIES + STARTS + 'facilitators = "ann"', "facilitators: must be a list; got 'ann'"),
        (SERIES + STARTS + 'facilitators = ["a", 5]', "facilitators[1]: must be text; got 5"),
        (SERIES + STARTS + 'closed = "skp"', "closed: must be \"skip\" or \"shift\"; got 'skp'"),
        (SERIES + STARTS + "example = 1", "example: must be true or false; got 1"),
        (SERIES + STARTS + "start = 1", 'start: is not a key of this table; did you mean "starts"?'),
    ],
)  # fmt: skip
def test_a_fault_of_a_series_is_told(text: str, fault: str) -> None:
    """Dates for times, times with an offset, rules that are none, lists that are none."""
    assert faults(TYPE + text) == [f"series[0].{fault}"]


def test_two_series_of_one_key_are_told() -> None:
    """Keys are what sessions are named after: one series each."""
    told = ["series[1].key: 's' is the key of series[0] too: choose another"]
    assert faults(TYPE + SERIES + STARTS + SERIES + STARTS) == told


@pytest.mark.parametrize(
    ("used", "hint"),
    [("tt", 'did you mean "t"?'), ("workshop", "describe it under [[session_types]]")],
)
def test_a_series_of_no_type_is_told(used: str, hint: str) -> None:
    """A series names a type of the file or of the hub; a slip gets a hint."""
    text = TYPE + f'[[series]]\nkey = "s"\ntype = "{used}"\n{STARTS}'
    assert faults(text) == [f"series[0].type: there is no session type {used!r}; {hint}"]
    assert catalogue_from_text(text, "hub.toml", Known(types=[used])).series[0].type == used


def test_an_impossible_rule_is_told() -> None:
    """A rule that can never be met is a fault of the file, beside the others of its series."""
    text = TYPE + SERIES + STARTS + 'rule = "FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2"\nvenue = 5'
    venue, rule = faults(text)
    assert venue == "series[0].venue: must be text; got 5"
    assert rule.startswith(
        "series[0].rule: FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30 never matches within ten years"
    )


def test_a_session_that_is_none_cannot_be_moved() -> None:
    """An override names a session of its series; a slip in its date is noticed."""
    text = (
        TYPE
        + SERIES
        + STARTS
        + "overrides = [{ nominal = 2026-12-02T10:00:00, starts = 2026-12-03T10:00:00 }]"
    )
    (fault,) = faults(text)
    assert fault.startswith("series[0].overrides: 2026-12-02T10:00:00")


def test_roles_are_judged_together() -> None:
    """What one role says of another is judged although a third thing is wrong, and circles are no way in."""
    roles = """roles = [{ key = "a", capacity = 0 }, { key = "b", requires = "z" }, { key = "c", requires = "d" },
      { key = "d", requires = "c" }]"""
    wanted = "must name another role of this type (a); got "
    assert faults(TYPE + roles) == [
        'session_types[0].roles[0].capacity: must be 1 or more, or "unlimited"; got 0',
        f"session_types[0].roles[1].requires: {wanted}'z'",
        f"session_types[0].roles[2].requires: {wanted}'d'",
        f"session_types[0].roles[3].requires: {wanted}'c'",
    ]
    (alone,) = faults(TYPE + 'roles = [{ key = "a", requires = "a" }]')
    assert alone.startswith("session_types[0].roles[0].requires: must name another role of this type")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("key = ", "end of document: is not TOML: invalid value"),
        ("a = 1\nb", "end of document: is not TOML: "),
        ("[hub]\nname = 'a'\nname = 'b'\n[[series]]", "line 3, column 11: is not TOML: cannot overwrite a value: "),
        ("[hub]\n[hub]", "line 2, column 5: is not TOML: cannot declare ('hub',) twice"),
        ("\0", "line 1, column 1: is not TOML: invalid statement"),
        ("a = " + "[" * 100_000, TWENTY),
        ("a = {" + "a={" * 3000, TWENTY),
        (".".join("a" * 900) + " = 1", TWENTY),
        ("[hub]\nname = " + "[" * 30 + "]" * 30, TWENTY),
        (".".join("a" * 100_000) + " = 1", "line 1: holds more than 1000 dots"),
        ("a = " + "9" * 5000, "the file: holds a number of too many digits"),
        ("[hub]\nname = 0x" + "f" * 5000, "hub.name: is a number too large for a catalogue"),
        ("[hub]\nname = 9223372036854775808", "hub.name: is a number too large for a catalogue"),
    ],
    ids=range(13),
)  # fmt: skip
def test_what_is_no_catalogue_at_all_is_told_in_one_line(text: str, fault: str) -> None:
    """Broken TOML, tables nested without end, numbers beyond all bounds: a sentence, never a traceback."""
    (told,) = faults(text)
    assert told.startswith(fault)


@pytest.mark.parametrize("text", ['[hub]\nname = "{}"', TYPE.replace('"t"', '"{}"'), TYPE + 'rules = "{}"'])
def test_a_fault_shows_no_more_of_a_value_than_helps(text: str) -> None:
    """A name of ten thousand characters is not thrown back at whoever wrote it."""
    (fault,) = faults(text.replace("{}", "x" * 10_000))
    assert len(fault) <= LONGEST_FAULT + 1


def test_a_file_of_faults_is_told_as_far_as_helps() -> None:
    """A file of another kind altogether costs neither minutes nor a screen without end."""
    text = "".join(f"[[series]]\nkey = 'k{n}'\ntype = 't{n}'\n{STARTS}" for n in range(20_000))
    found = faults(text)
    assert len(found) == MOST_FAULTS + 1
    assert found[-1] == "and more: mend these first"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "there is no such file or shipped catalogue"),
        (b"[hub]\nname = '\xff'", "line 2: is not UTF-8 text (byte 14): save the file as UTF-8"),
        ("[hub]".encode("utf-16"), "line 1: is not UTF-8 text (byte 0): save the file as UTF-8"),
        (b"#" * (LARGEST + 1), "is larger than 2,000,000 bytes: split it"),
    ],
    ids=["missing", "latin", "utf-16", "huge"],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None, fault: str) -> None:
    """The message names the file, and says what to do with it."""
    file = tmp_path / "hub.toml"
    if content is not None:
        file.write_bytes(content)
    with Hub.open("memory:", settings=ONLY_BUILT_IN) as hub:
        with pytest.raises(InvalidCatalogue, match=r"hub\.toml: 1 fault; nothing was loaded") as caught:
            hub.load_catalogue(file)
        assert caught.value.faults == (fault,)


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    """A folder, a name that no file can bear, a value that is no name."""
    with Hub.open("memory:", settings=ONLY_BUILT_IN) as hub:
        with pytest.raises(InvalidCatalogue, match="is a folder, not a file"):
            hub.load_catalogue(tmp_path)
        with pytest.raises(InvalidCatalogue, match="cannot be read: embedded null byte"):
            hub.load_catalogue("a\0b")
        with pytest.raises(InvalidCatalogue, match="cannot be read: File name too long"):
            hub.load_catalogue("x" * 5000)
        with pytest.raises(Invalid, match="source: must be a file or a shipped catalogue's name; got 5"):
            hub.load_catalogue(5)  # type: ignore[arg-type]


def test_all_the_faults_come_at_once_and_nothing_is_loaded(tmp_path: Path) -> None:
    """One fault anywhere, and the hub stays as it was: no type, no series, no entry in the journal."""
    file = tmp_path / "hub.toml"
    good = TYPE + '[[session_types]]\nkey = "u"\ntitle = "U"\n' + SERIES + STARTS
    file.write_text('[hub]\nname = ""\n' + good + '[[series]]\nkey = "x@y"\ntype = "zz"\nstarts = 5\n')
    with Hub.open("memory:", settings=ONLY_BUILT_IN) as hub:
        before = hub.journal()
        with pytest.raises(InvalidCatalogue) as caught:
            hub.load_catalogue(file)
        places = [fault.partition(":")[0] for fault in caught.value.faults]
        assert places == ["hub.name", "series[1].key", "series[1].starts", "series[1].type"]
        assert str(caught.value).startswith(
            f"{file}: 4 faults; nothing was loaded\n  hub.name: must not be empty\n"
        )
        assert caught.value.field == str(file)
        assert hub.journal() == before
        assert hub.session_types() == []
        assert hub.series() == []


def test_a_good_file_gives_the_values_it_describes() -> None:
    """Byte-order marks, line ends of any kind and TOML's own times are read; what is left out has its default."""
    text = (
        "[hub]\r\nworking_hours = { from = 08:30:00 }\r\n" + TYPE + "minutes = [45, 60]\n" + SERIES + STARTS
    )
    made = catalogue_from_text(text, "hub.toml", KNOWN)
    assert made.hub is not None
    assert str(made.hub.working_hours.begins) == "08:30:00"
    assert made.session_types[0].minutes == (45, 60)
    assert made.session_types[0].roles[0].capacity is None
    assert made.series[0].recurrence.zone == "Europe/London"
    empty = catalogue_from_text("", "hub.toml", KNOWN)
    assert (empty.hub, empty.session_types, empty.series) == (None, (), ())
