"""What a plugin does beyond declaring: commands of its own through the engine, and commands of the program."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable

import attrs
import click
import pytest
from click.testing import CliRunner, Result

from innovationhub import Hub, Invalid, PluginError, Reason, Refusal, Refused, hookimpl
from innovationhub.cli.app import app
from innovationhub.cli.arguments import command
from innovationhub.cli.desk import Desk
from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.records import Key, Read, Record, record
from innovationhub.plugins import load
from tests.plugins.test_plugins import Installed, module
from tests.support import people, small_hub


@record("lantern", key=("id",))
@attrs.frozen
class Lantern(Record):
    id: str
    lit: int


@attrs.frozen
class Light:
    """Light a lantern once more; the fourth time is refused."""

    id: str
    actor: str

    def needs(self) -> Read:
        return Read((Key(Lantern, (self.id,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        draft = Draft(view, self.actor)
        row = draft.get(Lantern, self.id) or Lantern(self.id, 0)
        if row.lit == 3:
            return Refusal((Reason("burnt-out", "It has been lit three times."),))
        draft.put(attrs.evolve(row, lit=row.lit + 1))
        draft.note("lantern.lit", self.id, lit=row.lit + 1)
        return draft.accept(Done(f"{self.id}-{row.lit + 1}"))


class Lanterns:
    @hookimpl
    def innovationhub_records(self) -> dict[str, type[Record]]:
        return {"lantern": Lantern}


def lit(hub: Hub, id: str) -> int:
    row = hub.rows(Read((Key(Lantern, (id,)),))).get(Lantern, id)
    return row.lit if row else 0


def test_a_plugins_command_commits_its_records_and_entries_together(make_hub: Callable[..., Hub]) -> None:
    """Through the engine that every command of the hub goes through, on every store."""
    hub = make_hub(plugins=[Lanterns()])
    (ann,) = people(hub, "ann")
    assert hub.run(Light("hall", hub.actor(ann, "system:lanterns"))) == Done("hall-1")
    assert lit(hub, "hall") == 1
    last = hub.journal()[-1]
    assert (last.kind, last.subject, last.facts) == ("lantern.lit", "hall", {"lit": 1})
    assert hub.ids_of([last.actor]) == {last.actor: "ann"}
    assert hub.actor(None, "system:lanterns") == "system:lanterns"
    assert hub.actor("Boss", "system:lanterns").startswith("actor-")


def test_a_plugins_command_acts_once_for_each_request(make_hub: Callable[..., Hub]) -> None:
    """The same answer, refusals too; the same id with another wish is an error."""
    hub = make_hub(plugins=[Lanterns()])
    for _ in range(2):
        answer = hub.run(Light("hall", "system:lanterns"), request_id="r1", asked=("hall",))
        assert answer == Done("hall-1")
    with pytest.raises(Invalid, match="request_id"):
        hub.run(Light("hall", "system:lanterns"), request_id="r1", asked=("porch",))
    assert lit(hub, "hall") == 1


def test_a_plugins_refusal_is_raised_and_changes_nothing(make_hub: Callable[..., Hub]) -> None:
    """As the hub's own refusals are."""
    hub = make_hub(plugins=[Lanterns()])
    for _ in range(3):
        hub.run(Light("hall", "system:lanterns"))
    before = len(hub.journal())
    with pytest.raises(Refused, match="three times"):
        hub.run(Light("hall", "system:lanterns"))
    assert (lit(hub, "hall"), len(hub.journal())) == (3, before)


# --- commands of the program ---


def greeting() -> click.Command:
    @command("greet")
    @click.argument("id")
    def greet(desk: Desk, id: str) -> None:
        """Greet somebody."""
        with desk.hub(create=True) as hub:
            name = hub.person(id).name
        if not desk.answered({"greeted": name}):
            desk.out.say(f"Good morning, {name}.")

    return greet


def run(monkeypatch: pytest.MonkeyPatch, declared: object, *words: str) -> Result:
    """The program, with one plugin that declares these commands."""
    point = Installed("greeter", module(innovationhub_commands=lambda: declared))
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [point])
    return CliRunner().invoke(app, words)


@pytest.mark.parametrize("declared", [greeting, greeting()], ids=["a function", "a command"])
def test_a_plugins_command_is_a_command_of_the_program(
    monkeypatch: pytest.MonkeyPatch, declared: object
) -> None:
    """In the help, with the options of all, and its errors said like the others'."""
    ran = run(monkeypatch, {"greet": declared}, "greet", "ann", "--store", "memory:", "--json")
    assert (ran.exit_code, '"not-found"' in ran.stderr) == (2, True)
    shown = run(monkeypatch, {"greet": declared}, "--help").output
    assert "Greet somebody." in shown
    assert "did you mean 'greet'" in run(monkeypatch, {"greet": declared}, "gret").stderr


def test_the_programs_own_commands_ask_no_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that cannot be made breaks itself, and nothing else."""

    def broken() -> click.Command:
        raise RuntimeError("no click here")

    assert run(monkeypatch, {"greet": broken}, "plugins").exit_code == 0
    shown = run(monkeypatch, {"greet": broken, "hail": greeting}, "--help")
    assert shown.exit_code == 0
    assert "hail" in shown.output
    assert "greet " not in shown.output
    ran = run(monkeypatch, {"greet": broken}, "greet")
    assert ran.exit_code == 2
    assert "plugin greeter: cannot make the command 'greet': RuntimeError: no click here" in " ".join(
        ran.stderr.split()
    )


def test_what_is_no_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the plugin's name; a thing that cannot even be called is found when plugins are loaded."""
    ran = run(monkeypatch, {"greet": lambda: "hello"}, "greet")
    assert ran.exit_code == 2
    assert "gives for the command 'greet' a str" in " ".join(ran.stderr.split())
    with pytest.raises(PluginError, match="'greet' a str, which cannot be one"):
        load([module(innovationhub_commands=lambda: {"greet": "hello"})], discover=False)


def test_a_plugin_cannot_take_the_name_of_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's own stay its own, and the plugin is named."""
    ran = run(monkeypatch, {"book": greeting}, "--help")
    assert ran.exit_code == 2
    assert "plugin greeter: claims commands 'book'" in " ".join(ran.stderr.split())
    assert run(monkeypatch, {"book": greeting}, "book", "--help").exit_code == 0


def test_opening_a_hub_makes_no_command() -> None:
    """A service that has no click can have the plugin all the same."""

    def never() -> click.Command:
        raise AssertionError

    with small_hub(plugins=[module(innovationhub_commands=lambda: {"greet": never})]) as hub:
        assert hub.registry.owners["commands", "greet"] == "plugin"
