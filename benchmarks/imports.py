"""What `import innovationhub` takes next to what it imports of others, each in a fresh interpreter.

*Its dependencies* are the modules of others and of the standard library that are loaded after `import innovationhub`,
imported by themselves in the same order. The difference is what this library adds. Bytecode is compiled beforehand; the
orders are taken in turns, and a figure is the median. What must stay out of the import is checked.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

from benchmarks.common import Options, row

HEAVY = (
    *("cattrs", "click", "holidays", "hypothesis", "rich", "pytest", "asyncio", "unittest", "ssl", "http"),
    *("sqlalchemy", "psycopg", "starlette", "icalendar", "pydantic"),
)

NAMED = ("attrs", "pluggy", "dateutil.rrule", "sqlite3", "zoneinfo", "json", "importlib.metadata", "hashlib")

TIMED = """
import sys, time
names = sys.argv[1:]
began = time.perf_counter()
for name in names:
    __import__(name)
print(time.perf_counter() - began)
"""

LOADED = (
    "import sys, json; before = set(sys.modules); import innovationhub; print(json.dumps([*sys.modules]))"
)

OPENED = """
import sys, json, innovationhub
innovationhub.Hub.open("memory:", settings=innovationhub.Settings(discover=False))
print(json.dumps([*sys.modules]))
"""


def run(code: str, *arguments: str) -> str:
    """What a fresh interpreter prints."""
    made = subprocess.run(  # noqa: S603  # this Python, on our own code
        [sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True
    )
    return made.stdout


def main(options: Options) -> None:
    """Print the table."""
    loaded: list[str] = json.loads(run(LOADED))
    ours = [name for name in loaded if name.partition(".")[0] == "innovationhub"]
    bare = set(json.loads(run("import sys, json; print(json.dumps([*sys.modules]))")))
    # a module's private parts come with it
    others = [name for name in loaded if name not in ours and name not in bare and _importable(name)]
    kinds: dict[str, list[str]] = {"innovationhub": ["innovationhub"], "its dependencies": others}
    kinds |= {name: [name] for name in NAMED}
    took: dict[str, list[float]] = {kind: [] for kind in kinds}
    for turn in range(7 if options.quick else 15):
        for kind, names in kinds.items():
            seconds = float(run(TIMED, *names))
            if turn:  # the first warms the disk's cache
                took[kind].append(seconds * 1e3)
    print("\nimports: ms in a fresh interpreter, median")
    all_of_it = statistics.median(took["innovationhub"])
    row("", "ms", "of innovationhub")
    for kind, times in took.items():
        middle = statistics.median(times)
        row(kind, f"{middle:.1f}", f"{middle / all_of_it:.2f}")
    print(f"  {len(ours)} modules of ours, {len(others)} of others")
    opened: list[str] = json.loads(run(OPENED))
    for what, modules in (("import innovationhub", loaded), ("Hub.open", opened)):
        found = sorted(set(HEAVY) & set(modules))
        print(f"  {what} loads none of the heavy ones" if not found else f"  {what} LOADS {', '.join(found)}")


def _importable(name: str) -> bool:
    """Whether a name in `sys.modules` can be imported by itself."""
    return not name.startswith("six.moves") and name != "__mp_main__"
