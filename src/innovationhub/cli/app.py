"""The program: its commands, the options before and after their names, and its exit status."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import version
from typing import Any, NoReturn

import click

from innovationhub.cli import (
    approving,
    bookings,
    calendar,
    catalogues,
    demo,
    discovery,
    keeping,
    messages,
    new_plugin,
    people,
    planning,
    register,
    reports,
    sets,
    workshops,
)
from innovationhub.cli.arguments import everywhere
from innovationhub.cli.desk import PROGRAM, Desk
from innovationhub.cli.failing import INTERRUPTED, NO_READER, WRONG, cannot_write, failed, wrong_use
from innovationhub.cli.plugged import Plugged

__all__ = ["App", "app"]


class App(Plugged):
    """The group of all commands. Whatever is raised in it becomes one message and an exit status."""

    def main(self, args: Sequence[str] | None = None, *_: Any, **extra: Any) -> NoReturn:
        """Run with these arguments, and exit."""
        words = list(sys.argv[1:] if args is None else args)
        for stream in (sys.stdout, sys.stderr):
            # a name that the terminal's encoding lacks is shown with a question mark
            reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
            if reconfigure:
                reconfigure(errors="replace")
        sys.exit(self._run(words))

    def _run(self, words: list[str]) -> int:
        # before the options are read: a usage error must know how it is to be said
        before = words[: words.index("--")] if "--" in words else words
        desk = Desk(json="--json" in before, debug="--debug" in before)
        try:
            code = super().main(words, prog_name=PROGRAM, standalone_mode=False, obj=desk)
            sys.stdout.flush()
        except (KeyboardInterrupt, click.Abort):
            return INTERRUPTED
        except BrokenPipeError:
            return _nobody_reads()
        except _Ended as ended:
            return ended.status
        except OSError as error:
            if error.errno not in UNWRITTEN or error.filename is not None:
                return failed(desk, error)
            _drop_output()
            return cannot_write(desk, error)
        except click.ClickException as error:
            return wrong_use(desk, error)
        except Exception as error:  # noqa: BLE001  # the edge of the program: a person reads what is said here
            return failed(desk, error)
        return code if isinstance(code, int) else 0

    def invoke(self, ctx: click.Context) -> Any:  # whatever the command returns
        """Run the command; what ends it from outside is kept from click, which has other ways to say so."""
        try:
            made = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError as error:
            raise _Ended(_nobody_reads()) from error
        except KeyboardInterrupt as error:
            raise _Ended(INTERRUPTED) from error
        return made


class _Ended(Exception):  # never leaves this module
    """Ended from outside, with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _nobody_reads() -> int:
    _drop_output()
    return NO_READER


def _drop_output() -> None:
    """Let Python's own flush at exit go nowhere, so that nothing is said twice, or of a reader who has left."""
    # a stream without a file behind it has no flush at exit
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


UNWRITTEN = frozenset({errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EBADF})
"""Why an answer could not be written: the disk is full, broken, or the stream is closed."""


EPILOG = """Exit status: 0 done; 1 refused by the rules (or audit found something); 2 wrong use, not found, invalid or
out of reach; 3 a fault of this program. Try it: innovationhub demo"""


@click.group(
    cls=App,
    name=PROGRAM,
    params=everywhere(),
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.version_option(version("innovationhub"), prog_name=PROGRAM, message="%(prog)s %(version)s")
@click.pass_context
def app(context: click.Context) -> None:
    """Sessions, bookings and waitlists of an innovation hub."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(WRONG)


for _command in (
    *calendar.COMMANDS,
    *catalogues.COMMANDS,
    *people.COMMANDS,
    *bookings.COMMANDS,
    *sets.COMMANDS,
    *approving.COMMANDS,
    *register.COMMANDS,
    *planning.COMMANDS,
    *workshops.COMMANDS,
    *reports.COMMANDS,
    *keeping.COMMANDS,
    *messages.COMMANDS,
    *discovery.COMMANDS,
    *demo.COMMANDS,
    *new_plugin.COMMANDS,
):
    app.add_command(_command)
