"""All benchmarks, or those named: `python -m benchmarks [book] [threads] [processes] … [--quick]`.

Figures in one run on one machine are compared with each other, never with those of another run: nothing is asserted
about time. The files are in a folder of their own, which is removed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from benchmarks import book, growth, hooks, imports, processes, recurrence, threads
from benchmarks.common import Options, machine


def _recurrence(options: Options) -> None:
    print("\nrecurrence:")
    recurrence.main(options)


def _orm(options: Options) -> None:
    from benchmarks import orm  # noqa: PLC0415  # Django and SQLAlchemy are loaded for nothing else

    orm.main(options)


ALL = {
    "book": book.main,
    "orm": _orm,
    "threads": threads.main,
    "processes": processes.main,
    "calendar": growth.main,
    "hooks": hooks.main,
    "imports": imports.main,
    "recurrence": _recurrence,
}


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which: {', '.join(ALL)} (all unless told)")
    parser.add_argument("--quick", action="store_true", help="fewer operations, and a tenth of the past")
    parser.add_argument("--folder", help="where to put the files (a temporary folder unless told)")
    asked = parser.parse_args()
    unknown = sorted(set(asked.names) - set(ALL))
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(ALL)}")
    began = time.perf_counter()
    print(machine())
    for name, benchmark in ALL.items():
        if not asked.names or name in asked.names:
            with tempfile.TemporaryDirectory(prefix="innovationhub-", dir=asked.folder) as folder:
                benchmark(Options(asked.quick, Path(folder)))
    print(f"\n{time.perf_counter() - began:.0f} s in all")


if __name__ == "__main__":
    main()
