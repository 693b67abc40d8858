"""Plugins: discovered, loaded each by itself, checked; a hook says who is there and nothing more."""

from __future__ import annotations

import importlib.metadata
import inspect
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from types import ModuleType

import attrs
import pytest

from innovationhub import Catalogue, Hub, HubSettings, NotFound, PluginError, hookimpl, hookspecs
from innovationhub.domain.records import Key, Read, Record, key_of, record
from innovationhub.plugins import load
from innovationhub.protocols.lms import LmsPerson, LmsRequest
from innovationhub.protocols.store import Commit
from tests.support import ONLY_BUILT_IN, Clock, session_type, small_hub, weekly

ROOT = Path(__file__).parents[2]


class AwayDays:
    """Closed on one day."""

    def closed(self, year: int) -> Mapping[date, str]:
        return {date(2026, 12, 1): "Away day"} if year == 2026 else {}


class Away:
    @hookimpl
    def innovationhub_closures(self) -> Mapping[str, AwayDays]:
        return {"away-days": AwayDays()}


class AwayToo:
    @hookimpl
    def innovationhub_closures(self) -> Mapping[str, AwayDays]:
        return {"away-days": AwayDays()}


def test_the_built_in_stores_and_closures_come_through_the_hooks() -> None:
    """Nothing is wired in: the registry says that the plugin `builtin` declared them."""
    registry = load(discover=False)
    assert registry.plugins == ("builtin",)
    assert set(registry.stores) == {"memory", "sqlite"}
    assert registry.owners["stores", "sqlite"] == "builtin"
    assert registry.owners["closures", "england-bank-holidays"] == "builtin"
    assert registry.owners["catalogues", "hpft.toml"] == "builtin"


def test_installing_a_plugin_changes_no_decision() -> None:
    """Closures act only where a hub's settings name them."""
    with Hub.open("memory:", plugins=[Away()], clock=Clock(), settings=ONLY_BUILT_IN) as hub:
        hub.load_catalogue(Catalogue(None, (session_type(),), (weekly(),)))
        assert hub.session("taster@2026-12-01T10:00").title == "Taster"
        hub.load_catalogue(Catalogue(HubSettings(closures=("away-days",))))
        with pytest.raises(NotFound, match="Away day"):
            hub.session("taster@2026-12-01T10:00")


def test_two_plugins_that_claim_one_name_are_both_named() -> None:
    """Which of them would win must not depend on the order in which they were installed."""
    with pytest.raises(PluginError, match=r"AwayToo.*'away-days'.*Away\b"):
        load([Away(), AwayToo()], discover=False)


def test_a_hook_that_is_not_ours_is_named() -> None:
    """A misspelt hook would otherwise never be asked."""

    class Misspelt:
        @hookimpl
        def innovationhub_closure(self) -> Mapping[str, AwayDays]:
            return {}

    with pytest.raises(PluginError, match="innovationhub_closures"):
        load([Misspelt()], discover=False)


def test_a_thing_that_cannot_be_what_it_claims_is_refused() -> None:
    """Found at open, not in the middle of a booking."""

    class Wrong:
        @hookimpl
        def innovationhub_closures(self) -> Mapping[str, int]:
            return {"wrong": 7}

    with pytest.raises(PluginError, match="'wrong' a int"):
        load([Wrong()], discover=False)


@record("gadget", key=("id",))
@attrs.frozen
class Gadget(Record):
    id: str
    room: str


def test_a_plugins_own_records_work_on_every_store(tmp_path: Path) -> None:
    """Declared once by the plugin, kept by whatever store the hub is on."""

    class Gadgets:
        @hookimpl
        def innovationhub_records(self) -> Mapping[str, type[Record]]:
            return {"gadget": Gadget}

    for url in ("memory:", f"sqlite:///{tmp_path / 'hub.db'}"):
        with Hub.open(url, plugins=[Gadgets()], clock=Clock(), settings=ONLY_BUILT_IN) as hub:
            store = hub._store
            lamp = Gadget("lamp", "the hub's")
            store.commit(Commit({key_of(lamp): None}, (lamp,)))
            assert store.read(Read((Key(Gadget, ("lamp",)),))).get(Gadget, "lamp") == lamp


def test_a_record_under_another_name_is_refused() -> None:
    """A plugin cannot take the name of one of the core's tables."""

    class Gadgets:
        @hookimpl
        def innovationhub_records(self) -> Mapping[str, type[Record]]:
            return {"booking": Gadget}

    with pytest.raises(PluginError, match="booking"):
        load([Gadgets()], discover=False)


def test_a_given_plugin_whose_answer_is_no_mapping_is_refused() -> None:
    """A list of names says nothing of what they stand for."""

    class Listing:
        @hookimpl
        def innovationhub_closures(self) -> list[str]:
            return ["away-days"]

    with pytest.raises(PluginError, match=r"Listing.*list.*mapping"):
        load([Listing()], discover=False)


class Point:
    """An entry point whose package cannot be imported."""

    name = "broken-package"

    def load(self) -> object:
        raise ImportError("no module named missing")


class Raising:
    @hookimpl
    def innovationhub_catalogues(self) -> Mapping[str, object]:
        raise RuntimeError("disk on fire")


class RaisingPoint:
    name = "raising"

    def load(self) -> object:
        return Raising()


def test_one_broken_plugin_is_reported_and_the_others_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """By name and with the reason; the hub opens."""
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [Point(), RaisingPoint()])
    registry = load([Away()])
    assert "Away" in registry.plugins
    assert {each.plugin: each.why for each in registry.broken} == {
        "broken-package": "ImportError: no module named missing",
        "raising": "innovationhub_catalogues raised RuntimeError: disk on fire",
    }
    assert set(registry.stores) == {"memory", "sqlite"}


@attrs.frozen
class Installed:
    """An entry point of a package that is installed."""

    name: str
    plugin: object

    def load(self) -> object:
        return self.plugin


def module(**hooks: Callable[..., object]) -> ModuleType:
    """A plugin with these hooks."""
    plugin = ModuleType("plugin")
    for name, hook in hooks.items():
        setattr(plugin, name, hookimpl(hook))
    return plugin


def installed(monkeypatch: pytest.MonkeyPatch, **plugins: object) -> None:
    points = [Installed(name, plugin) for name, plugin in plugins.items()]
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: points)


@record("booking", key=("id",))
@attrs.frozen
class Pretender(Record):
    id: str


class NoRecord(Record):
    __schema__ = 7  # type: ignore[assignment]


WRONG: dict[str, tuple[str, object, str]] = {
    "a thing": ("innovationhub_closures", {"wrong": 7}, "'wrong' a int, which cannot be one"),
    "a list": ("innovationhub_closures", ["wrong"], "a list, and not a mapping"),
    "nothing": ("innovationhub_stores", None, "a NoneType, and not a mapping"),
    "a number for a name": ("innovationhub_stores", {7: print}, "the name 7, which is not text"),
    "another name": ("innovationhub_records", {"lamp": Gadget}, "'gadget' the name 'lamp'"),
    "the core's name": (
        "innovationhub_records",
        {"booking": Pretender},
        "'booking', which is one of the core",
    ),
    "no record": ("innovationhub_records", {"lamp": NoRecord}, "'lamp' a type, which cannot be one"),
}


@pytest.mark.parametrize("what", WRONG)
def test_an_installed_plugin_that_declares_a_wrong_thing_is_reported(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """By name and with the reason, and nothing of it is kept; the others load and the hub opens."""
    hook, answer, why = WRONG[what]
    catalogues = {"mine.toml": ROOT / "README.md"}
    wrong = module(**{"innovationhub_catalogues": lambda: catalogues, hook: lambda: answer})
    installed(monkeypatch, wrong=wrong, away=Away())
    with Hub.open("memory:", clock=Clock()) as hub:
        assert [each.plugin for each in hub.registry.broken] == ["wrong"]
        assert f"{hook} gives" in hub.registry.broken[0].why
        assert why in hub.registry.broken[0].why
        assert hub.registry.plugins == ("away", "builtin")
        assert set(hub.registry.closures) == {"away-days", "england-bank-holidays"}
        assert set(hub.registry.catalogues) == {"hpft.toml"}
        assert "wrong" not in hub.registry.owners.values()


def test_a_plugin_whose_second_hook_raises_is_taken_out_wholly(monkeypatch: pytest.MonkeyPatch) -> None:
    """What its first hook declared goes too: half a plugin is not what anybody installed.

    Its names are free for others, and no plugin is said to clash with one that is not there.
    """

    def raising() -> None:
        raise RuntimeError("disk on fire")

    half = module(
        innovationhub_closures=lambda: {"away-days": AwayDays()},
        innovationhub_records=raising,
    )
    installed(monkeypatch, half=half)
    registry = load()
    assert "away-days" not in registry.closures
    assert "half" not in {*registry.plugins, *registry.owners.values()}
    assert [each.plugin for each in registry.broken] == ["half"]
    assert registry.broken[0].why == "innovationhub_records raised RuntimeError: disk on fire"
    assert load([Away()]).owners["closures", "away-days"] == "Away"


def test_a_plugin_with_one_hook_that_does_not_fit_is_taken_out_wholly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A hook that wants arguments is found when the plugin is registered, and its other hooks go with it."""
    misfit = module(
        innovationhub_closures=lambda: {"away-days": AwayDays()},
        innovationhub_stores=lambda url: {"x": url},
    )
    installed(monkeypatch, misfit=misfit)
    registry = load()
    assert "away-days" not in registry.closures
    assert registry.plugins == ("builtin",)
    assert [each.plugin for each in registry.broken] == ["misfit"]


def test_an_installed_plugin_that_claims_a_name_of_another_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both are named and the hub does not open: which one is meant is not for us to choose."""
    installed(monkeypatch, first=Away(), second=AwayToo())
    with pytest.raises(PluginError, match=r"second.*'away-days'.*first"):
        Hub.open("memory:", clock=Clock())


def test_an_installed_plugin_is_found_by_its_entry_point(tmp_path: Path) -> None:
    """A package that names a module under the group `innovationhub` needs nothing else."""
    (tmp_path / "away_days.py").write_text(
        "from datetime import date\n"
        "from innovationhub import hookimpl\n"
        "class Days:\n"
        "    def closed(self, year):\n"
        "        return {date(year, 12, 1): 'Away day'}\n"
        "@hookimpl\n"
        "def innovationhub_closures():\n"
        "    return {'away-days': Days()}\n"
    )
    info = tmp_path / "away_days-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: away-days\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[innovationhub]\naway-days = away_days\n")
    code = "from innovationhub import Hub; print(sorted(Hub.open('memory:').registry.closures))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT / 'src'}", "PATH": ""},
    )
    assert done.stdout.strip() == "['away-days', 'england-bank-holidays']"


def hooks() -> list[str]:
    return [name for name in hookspecs.__all__ if name.startswith("innovationhub_")]


def test_every_hook_is_documented() -> None:
    """`docs/plugins.md` has each hook with its exact signature, and knows of no other."""
    text = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    for name in hooks():
        hook = getattr(hookspecs, name)
        signature = f"def {name}{inspect.signature(hook)}".replace("'", "")
        shown = " ".join(signature.split())
        assert shown in " ".join(text.split()), shown
        assert inspect.getdoc(hook)
        assert not inspect.signature(hook).parameters
    mentioned = {
        word.strip("`(),.:") for word in text.split() if word.strip("`").startswith("innovationhub_")
    }
    assert {name.partition("(")[0] for name in mentioned} <= set(hooks())


def test_a_hub_says_what_plugins_it_has() -> None:
    """The registry is on the hub's face."""
    with small_hub() as hub:
        assert hub.registry.plugins == ("builtin",)


def test_an_lms_is_declared_by_how_its_address_begins() -> None:
    """The registry has its opener, and the plugin it came from; what cannot be called is no opener."""

    class Ours:
        @hookimpl
        def innovationhub_lms(self) -> Mapping[str, object]:
            return {"ours": lambda request: request}

    class Wrong:
        @hookimpl
        def innovationhub_lms(self) -> Mapping[str, object]:
            return {"ours": "https://lms.trust.example"}

    registry = load([Ours()], discover=False)
    assert list(registry.lms) == ["ours"]
    assert registry.owners["lms", "ours"] == "Ours"
    with pytest.raises(PluginError, match="innovationhub_lms gives 'ours' a str"):
        load([Wrong()], discover=False)


def test_where_an_lms_is_stays_out_of_what_is_shown() -> None:
    """Its address may hold a token, and what somebody is known by there is personal."""
    assert "s3cret" not in repr(LmsRequest("ours+https://lms.trust.example?token=s3cret"))
    shown = repr(LmsPerson("17", "ESR01002", "ada.obi@nhs.example"))
    assert "17" in shown
    assert "ESR01002" not in shown
    assert "ada.obi" not in shown
