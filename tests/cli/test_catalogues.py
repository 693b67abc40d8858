"""What a hub is set up from, as the command line shows it."""

from __future__ import annotations

from pathlib import Path

from innovationhub import Hub, Settings
from tests.cli.conftest import Run, told


def test_a_shipped_catalogue_is_printed_as_a_file_to_make_ones_own_of(run: Run, tmp_path: Path) -> None:
    """What is printed loads as what ships, and comes with its comments."""
    printed = run("catalogue", "hpft.toml").stdout
    mine = tmp_path / "mine.toml"
    mine.write_text(printed, encoding="utf-8")
    with Hub.open("memory:", settings=Settings(discover=False)) as hub:
        hub.load_catalogue("hpft.toml")
        again = hub.load_catalogue(mine)
    assert (again.added, again.changed) == ((), ())
    assert printed.startswith("# ")
    assert told(run, "catalogue", "hpft.toml")["text"] == printed


def test_the_catalogues_that_ship_are_listed(run: Run) -> None:
    """And one that does not ship is not found, with those that do."""
    assert "hpft.toml" in told(run, "catalogue")
    assert "hpft.toml" in run("catalogue").stdout
    missing = run("catalogue", "nothing.toml")
    assert missing.exit_code == 2
    assert "hpft.toml" in missing.stderr


def test_the_settings_are_shown_as_they_stand(run: Run, tmp_path: Path) -> None:
    """Every field, with what is not set said too."""
    path = tmp_path / "settings.toml"
    path.write_text(
        '[hub]\nname = "The Hub"\nrooms = ["Room 1"]\ncontact = "hub@nhs.example"\n'
        'retention = { notes_days = 30 }\nquiet_hours = { from = "20:00", to = "07:30" }\n'
    )
    assert run("load", str(path)).exit_code == 0
    shown = run("settings").stdout
    for said in (
        "The Hub",
        "Room 1",
        "hub@nhs.example",
        "notes 30 days",
        "20:00 to 07:30",
        "Closures        -",
    ):
        assert said in shown
    assert told(run, "settings")["retention"]["notes_days"] == 30
