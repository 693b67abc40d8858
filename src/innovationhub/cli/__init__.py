"""The command line: the same face as `Hub`, for hands. It needs the extra `cli` (click and rich)."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

__all__ = ["main"]

EXTRA = frozenset({"click", "rich"})


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line with these arguments (the program's own unless given), and exit.

    The status is 0 when it is done, 1 when the rules refuse it, 2 for wrong use, what is not there, what is invalid
    and what is out of reach, 3 for a fault of ours, 130 when interrupted.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # closed by whoever called, as some schedulers do: what would be said goes nowhere, until the program ends
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    try:
        # imported here: without the extra this says what to install, instead of failing to import
        from innovationhub.cli.app import app  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        sys.stderr.write("The command line needs two more packages: install innovationhub[cli]\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    app.main(args)
    sys.exit(0)
