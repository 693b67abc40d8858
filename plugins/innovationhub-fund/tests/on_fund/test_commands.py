"""The program's command `idea`: every step from a terminal, for people and for programs, with errors that help."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import innovationhub_fund
from innovationhub import Hub, Invalid, Person
from innovationhub.cli.app import app
from innovationhub_fund.money import pence, pounds

Run = Callable[..., Result]


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A hub with the shipped catalogues, and two people."""
    url = f"sqlite:///{tmp_path}/hub.db"
    with Hub.open(url) as hub:
        hub.load_catalogue("hpft.toml")
        hub.load_catalogue("innovation-fund.toml")
        for name in ("ann", "ben"):
            hub.add_person(Person(name, name.title()))
    return url


@pytest.fixture
def run(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The program in this process, on that hub, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INNOVATIONHUB_STORE", store)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*args: str) -> Result:
        return CliRunner().invoke(app, ["idea", *args])

    return run


def told(ran: Result) -> Any:
    assert ran.exit_code == 0, ran.stderr
    return json.loads(ran.stdout)


def proposed(run: Run) -> str:
    words = ("propose", "ann", "--title", "Quiet rooms", "--summary", "A room", "--ask", "£1,200.50")
    return str(told(run(*words, "--with", "ben", "--json"))["id"])


def approved(run: Run) -> str:
    id = proposed(run)
    run("submit", id)
    for member in ("esr:100301", "esr:100302"):
        assert (
            run("decide", id, "--member", member, "--verdict", "approve", "--reasons", "Yes.").exit_code == 0
        )
    return id


def test_an_idea_goes_all_the_way(run: Run) -> None:
    """Each step shows the idea, and the command of the next one."""
    id = proposed(run)
    shown = run("show", id).stdout
    for line in (
        "Quiet rooms: developing",
        "Owned by ann",
        "With ben",
        "£1,200.50 asked for",
        f"idea submit {id}",
    ):
        assert line in shown
    run("revise", id, "--summary", "A room on each ward")
    run("leave", id, "ben")
    assert "With ben" in run("join", id, "ben", "--actor", "ann").stdout
    assert "submitted" in run("submit", id).stdout
    run("stand-aside", id, "--member", "esr:100303", "--reasons", "My sister works there.")
    for member in ("esr:100301", "esr:100302"):
        run("decide", id, "--member", member, "--verdict", "approve", "--reasons", "Clear.")
    shown = run("show", id).stdout
    assert "Round 1, esr:100301: approve: Clear." in shown
    assert "esr:100303: stands aside" in shown
    run("plan", id, "--plan", "Furnish it")
    ran = run("accept-plan", id, "--member", "esr:100301")
    assert ran.exit_code == 1
    assert "how the idea will be tested" in " ".join(ran.stderr.split())
    run("return-plan", id, "--member", "esr:100301", "--comments", "How will you know?")
    run("plan", id, "--test", "One ward", "--measure", "Visits")
    assert "accepted" in run("accept-plan", id, "--member", "esr:100301").stdout
    assert "£1,000 released" in run("release", id, "--amount", "1000").stdout
    done = told(run("report", id, "--outcome", "It works", "--learnt", "Ask the cleaners", "--json"))
    assert (done["stage"], done["released"], done["owner_id"]) == ("reported", 100_000, "ann")
    assert "What was learnt: Ask the cleaners" in run("show", id).stdout


def test_ideas_are_listed(run: Run) -> None:
    """All, of one stage, of one person; and a sentence where there are none."""
    assert "There is no idea yet." in run("list").stdout
    id = proposed(run)
    assert "Quiet rooms" in run("list").stdout
    assert [each["id"] for each in told(run("list", "--person", "ben", "--json"))] == [id]
    assert "There is no such idea." in run("list", "--stage", "approved").stdout
    assert "dropped" in run("drop", id, "--reason", "No time").stdout
    assert "Why it was dropped: No time" in run("show", id).stdout


def test_an_approval_is_withdrawn_by_plan_and_apply(run: Run, store: str) -> None:
    """Nothing is done before --apply; with the token only what was shown."""
    id = approved(run)
    with Hub.open(store) as hub:
        today = hub.now().date()
        ahead = hub.calendar(today, today.replace(year=today.year + 1), types=["delivery-planning"])
        session = next(view.id for view in ahead if view.opens <= hub.now() < view.closes)
        hub.book(session, "ann", role="attendee")
    words = ("withdraw", id, "--reason", "The ward moves.")
    shown = run(*words).stdout
    assert "the approval it rests on has ended" in " ".join(shown.split())
    assert "--token" in shown
    plan = told(run(*words, "--json"))
    assert plan["applied"] is False
    stale = run(*words, "--apply", "--token", "0123456789")
    assert stale.exit_code == 1
    assert "would do something else now" in " ".join(stale.stderr.split())
    assert "Done." in run(*words, "--apply", "--token", plan["token"][:10], "--actor", "esr:100301").stdout
    with Hub.open(store) as hub:
        assert hub.roster(session, "attendee") == []
    assert "Why the approval ended: The ward moves." in run("show", id).stdout


def test_who_came_with_it(run: Run, store: str) -> None:
    """Brought along to a session, and counted once the register says so."""
    id = proposed(run)
    with Hub.open(store) as hub:
        today = hub.now().date()
        ahead = hub.calendar(today, today.replace(year=today.year + 1), types=["ideas-development"])
        session = next(view.id for view in ahead if view.opens <= hub.now() < view.closes)
        booking = hub.book(session, "ann", role="attendee").id
    assert run("bring", id, booking).exit_code == 0
    assert told(run("show", id, "--json"))["attendance"] == {}
    with Hub.open(store) as hub:
        hub.check_in(session, "ann")
    assert told(run("show", id, "--json"))["attendance"] == {"ann": 1}
    assert "ann came with it 1 time." in run("show", id).stdout


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("show", "x"), 2, "no idea 'x'"),
        (("submitt", "x"), 2, "did you mean 'submit'"),
        (("propose", "nobody", "--title", "T"), 2, "no person 'nobody'"),
        (("propose", "ann", "--title", "T", "--ask", "12.5"), 2, "must be pounds"),
        (
            ("decide", "x", "--member", "ann", "--verdict", "maybe", "--reasons", "R"),
            2,
            "'maybe' is not one of",
        ),
    ],
)
def test_mistakes_are_told(run: Run, words: tuple[str, ...], code: int, why: str) -> None:
    """With what to do about them."""
    ran = run(*words)
    assert (ran.exit_code, why in " ".join(ran.stderr.split())) == (code, True), ran.stderr


def test_a_refusal_is_told_to_programs(run: Run) -> None:
    """With its code and its facts."""
    id = approved(run)
    ran = run("submit", id, "--json")
    assert ran.exit_code == 1
    (reason,) = json.loads(ran.stderr)["reasons"]
    assert (reason["code"], reason["facts"]["stage"]) == ("not-active", "approved")


@pytest.mark.parametrize(
    ("text", "amount"), [("0", 0), ("1200", 120_000), ("£1,200.50", 120_050), ("12,345,678", 1_234_567_800)]
)
def test_pounds_are_read_as_they_are_written(text: str, amount: int) -> None:
    """In whole pence, and back."""
    assert pence("amount", text) == amount
    assert pence("amount", pounds(amount)) == amount


@pytest.mark.parametrize("text", ["", "-1", "1.5", "1,20", "1e3", "9999999999", "£", "1 200", "١٢"])
def test_what_is_no_amount_is_told(text: str) -> None:
    """By the field's name."""
    with pytest.raises(Invalid) as wrong:
        pence("amount", text)
    assert wrong.value.field == "amount"


def test_the_command_is_in_the_help() -> None:
    """With a short line, and one for each of its own."""
    (made,) = innovationhub_fund.innovationhub_commands().values()
    shown = CliRunner().invoke(app, ["--help"]).stdout
    assert "idea " in shown
    group: Any = made()
    for command in (group, *group.commands.values()):
        assert not command.get_short_help_str(60).endswith("...")


def test_opening_a_hub_loads_no_command_line() -> None:
    """A service needs none for the fund, and no templates' library either."""
    script = (
        "import sys; from innovationhub import Hub; hub = Hub.open('memory:');"
        " assert 'fund' in hub.registry.plugins, hub.registry.broken;"
        " print(*sorted({'click', 'jinja2', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
