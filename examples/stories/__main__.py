"""`python -m examples.stories NAME` tells one of them; without a name, or with one that is none, it lists them."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from examples.stories import listed, story, tell

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in listed():
        if name not in {"", "?"}:
            print(f"There is no story {name!r}.", file=sys.stderr)
        print("Stories, each told by `make demo STORY=name`:\n")
        for each in listed():
            print(f"  {each:<28}{story(each).TITLE}")
        sys.exit(0 if name in {"", "?"} else 2)
    print(story(name).TITLE)
    print("A story on made-up dates: whatever is said of the hub, the hub said.")
    try:
        with tempfile.TemporaryDirectory() as folder, tell(name, Path(folder)):
            print(flush=True)
    except BrokenPipeError:  # whoever read it has heard enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
