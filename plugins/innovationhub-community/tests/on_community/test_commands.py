"""The program's commands: `community` and `space`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from innovationhub import Hub, Person
from innovationhub.cli.app import app

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The program in this process, on a hub with what the package ships and three people."""
    url = f"sqlite:///{tmp_path}/hub.db"
    with Hub.open(url) as hub:
        hub.load_catalogue("hpft.toml")
        hub.load_catalogue("learning-community.toml")
        for name in ("ann", "ben", "cat"):
            hub.add_person(Person(name, name.title(), f"{name}@nhs.example"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INNOVATIONHUB_STORE", url)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*args: str) -> Result:
        return CliRunner().invoke(app, args)

    return run


def told(ran: Result) -> Any:
    assert ran.exit_code == 0, ran.stderr
    return json.loads(ran.stdout)


SHARE = ("community", "share", "ann", "--title", "Huddles", "--done", "Ten minutes", "--outcome", "mixed")


def test_from_sharing_to_being_found(run: Run) -> None:
    """Shown, edited, found, taken up, heard of, contacted by consent, withdrawn."""
    shown = told(run(*SHARE, "--learnt", "Be brief", "--json"))
    id = shown["id"]
    assert (shown["outcome"], shown["contact"]) == ("mixed", None)
    assert "Huddles: success" in run("community", "edit", id, "--outcome", "success").stdout
    run("community", "consent", id, "ann")
    assert "Whom to talk to: Ann, ann@nhs.example" in run("community", "show", id).stdout
    assert [each["about"] for each in told(run("community", "consents", "ann", "--json"))] == [id]
    run("community", "withdraw-consent", id, "ann")
    assert "ann@" not in run("community", "show", id).stdout
    found = told(run("community", "find", "brief", "--json"))
    assert found == [{"kind": "showing", "id": id, "title": "Huddles", "excerpt": "Ten minutes Be brief"}]
    assert "Safety huddles" in run("community", "find", "huddles", "--kind", "practice").stdout
    taken = told(run("community", "taken-up", id, "ben", "--where", "Ward 7", "--json"))
    assert run("community", "went", taken["id"], "failure", "--text", "Too early").exit_code == 0
    assert "Taken up: Ward 7: failure. Too early" in run("community", "show", id).stdout
    assert len(told(run("community", "list", "--person", "ann", "--json"))) == 1
    assert run("community", "withdraw", id).stdout == "It is gone.\n"
    assert run("community", "list").stdout == "Nothing was found.\n"


def test_an_introduction(run: Run) -> None:
    """Both agree; a third is declined."""
    asked = told(run("community", "introduce", "ann", "ben", "--why", "You both", "--json"))["introduction"]
    for person in ("ann", "ben"):
        assert run("community", "consent", asked, person).exit_code == 0
    (seen,) = told(run("community", "introductions", "ann", "--json"))
    assert seen["contact"] == {"name": "Ben", "email": "ben@nhs.example"}
    other = told(run("community", "introduce", "ann", "cat", "--why", "You both", "--json"))["introduction"]
    assert run("community", "decline", other, "cat").stdout == "Noted. Nobody is told.\n"
    ran = run("community", "consent", other, "ann")
    assert (ran.exit_code, "This introduction is over." in ran.stderr) == (1, True)


def test_the_space_and_a_drop_in(run: Run) -> None:
    """What is there, by whom it is shown, signposts, what was tried; a thing is taken away by plan."""
    assert "esr:100200" not in run("space", "things").stdout
    assert "esr:100200" in run("space", "things", "--as", "ann").stdout
    assert "Langley" in run("space", "practices", "--tag", "testing").stdout
    assert "- Deming: The New Economics (1993)" in run("space", "practice", "plan-do-study-act").stdout
    shown = run("space", "thing", "vr-headset", "--as", "ann").stdout
    assert "Where: Headset corner" in shown
    assert "Shown by: esr:100200" in shown
    assert "Booked by the series try-vr-headset" in shown
    days = told(run("calendar", "--type", "problem-solving-drop-in", "--json"))
    booking = told(run("book", days[-1]["id"], "ben", "--json"))["id"]
    assert run("community", "signpost", booking, "thing:vr-headset", "--note", "soon").exit_code == 0
    (given,) = told(run("community", "signposts", booking, "--json"))
    assert (given["kind"], given["to"], given["note"]) == ("thing", "vr-headset", "soon")
    assert run("space", "tried", "vr-headset", "--booking", booking).stdout == "Noted.\n"
    assert "is taken out of the space." in run("space", "retire", "vr-headset").stdout
    assert "Done." in run("space", "retire", "vr-headset", "--apply").stdout
    assert "vr-headset" not in run("space", "things").stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("community", "show", "nowhere"), "no showing 'nowhere' in this hub"),
        (("community", "taken-up", "nowhere", "ann", "--where", "x"), "no showing 'nowhere'"),
        (("community", "introduce", "ann", "ann", "--why", "x"), "other_id: must be somebody else"),
        (("community", "introductions", "nobody"), "no person 'nobody' in this hub"),
        (("space", "tried", "vr-headset"), "Say where: --booking or --session."),
        (("space", "things", "--as", "nobody"), "no person 'nobody' in this hub"),
        (("community", "signpost", "x", "thing:No Such"), "to: must be 1 to 64 lower-case letters"),
    ],
)
def test_what_is_wrong_is_said(run: Run, args: tuple[str, ...], said: str) -> None:
    ran = run(*args)
    assert ran.exit_code == 2
    assert said in " ".join(ran.stderr.split())
