"""The command for the team's figures: a page, files for a spreadsheet, or JSON."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import click

from innovationhub import Figures, Hub
from innovationhub.cli.arguments import command
from innovationhub.cli.desk import Desk, zone_of
from innovationhub.cli.wording import count
from innovationhub.reporting import can_draw, page

__all__ = ["COMMANDS"]

DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@command("report")
@click.option(
    "--month", type=click.DateTime(["%Y-%m"]), metavar="YYYY-MM", help="A month; else the last one."
)
@click.option("--from", "start", type=DAY, metavar="DATE", help="Or the first day.")
@click.option("--to", "--until", "last", type=DAY, metavar="DATE", help="And the last day, which is in it.")
@click.option("--out", type=FILE, metavar="FILE", help="Write the page there; else it is printed.")
@click.option("--csv", "folder", type=FOLDER, metavar="FOLDER", help="Write each table into a file there.")
@click.option("--no-pictures", is_flag=True, help="Tables only.")
def report(
    desk: Desk,
    *,
    month: datetime | None,
    start: datetime | None,
    last: datetime | None,
    out: Path | None,
    folder: Path | None,
    no_pictures: bool,
) -> None:
    """Make the team's figures of a period: one HTML page.

    Who came, by type, month and staff group; seats, absences, waiting, how often people came, workshops. They name
    nobody, and small staff groups are not shown.
    """
    if (month and (start or last)) or bool(start) != bool(last):
        raise click.UsageError("Say the period by --month, or by --from and --to.")
    with desk.hub() as hub:
        figures, name = _figures(hub, month, start, last), hub.settings.name
    wanted = out is not None or (folder is None and not desk.json)
    if wanted and not no_pictures and not can_draw():
        desk.warn(
            "no-pictures", "Without pictures: they need one more package. Install innovationhub[report]."
        )
    made = page(figures, name, pictures=not no_pictures) if wanted else ""
    if out is not None:
        _write(out, made)
    if folder is not None:
        _into(folder, figures)
    if desk.answered(figures):
        return
    if made and out is None:
        click.echo(made, nl=False)
    if out is not None:
        desk.out.say("Wrote ", (str(out), "bold"), ".")
    if folder is not None:
        desk.out.say(f"Wrote {count(len(figures.tables), 'table')} to ", (str(folder), "bold"), ".")


def _figures(hub: Hub, month: datetime | None, start: datetime | None, last: datetime | None) -> Figures:
    if start is not None and last is not None:
        behind = last.date() + timedelta(days=1) if last.date() < date.max else date.max
        return hub.figures(start.date(), behind)
    if month is None:
        month = hub.now().astimezone(zone_of(hub)).replace(day=1) - timedelta(days=1)
    return hub.figures_of_month(month.year, month.month)


def _into(folder: Path, figures: Figures) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.FileError(str(folder), f"cannot be made: {error.strerror}") from None
    for key in figures.tables:
        _write(folder / f"{key}.csv", figures.csv(key))


def _write(file: Path, text: str) -> None:
    try:
        file.write_bytes(text.encode())
    except OSError as error:
        raise click.FileError(str(file), f"cannot be written: {error.strerror}") from None


COMMANDS = (report,)
