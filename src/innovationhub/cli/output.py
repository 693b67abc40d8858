"""Where the program writes: lines that fit, can be piped, and can be pasted."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any, Literal

from rich.console import Console, RenderableType
from rich.text import Text

__all__ = ["WIDTH", "Output"]

Part = str | Text | tuple[str, str]
"""A piece of a line: text, or text and its style."""

WIDTH = 80
"""Columns where nobody says otherwise, so that what goes into a pipe does not depend on a window's size."""

WIDEST = 120
"""Columns beyond which a line is hard to follow."""

NARROWEST = 40


class Output(Console):
    """A console on which nothing that users wrote is taken for markup, and whose lines can be piped."""

    def __init__(self, *, stderr: bool = False) -> None:
        stream = sys.stderr if stderr else sys.stdout
        # no colour means no escape sequence at all, bold and dim included
        system: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
        super().__init__(
            file=stream,
            color_system=system,
            markup=False,
            highlight=False,
            emoji=False,
            width=_columns(stream),
        )

    def on_broken_pipe(self) -> None:
        """Leave it to whoever runs the command: rich's own way would exit as if the rules had refused."""
        raise BrokenPipeError

    def say(self, *parts: Part, indent: int = 0) -> None:
        """A sentence, folded at the width; what is indented hangs, so that one item is told from the next."""
        hang = indent + 2 if indent else 0
        for place, line in enumerate(Text.assemble(*parts).wrap(self, self.width - hang)):
            line.rstrip()
            self.verbatim(Text(" " * (hang if place else indent)) + line)

    def verbatim(self, text: Text) -> None:
        """A line that people copy, never folded."""
        self.print(text, soft_wrap=True)

    def shell(self, words: Sequence[str], label: str = "", indent: int = 0) -> None:
        """A command that can be pasted: too long for one line, it goes on in the next, as shells have it."""
        lines, line = [], Text.assemble(" " * indent, (label, "dim"), words[0])
        for word in words[1:]:
            # two columns are kept for the sign that it goes on
            if line.cell_len + 1 + len(word) > self.width - 2:
                lines.append(line + Text(" \\"))
                line = Text(" " * (indent + 4))
                line.append(word)
            else:
                line.append(f" {word}")
        for each in (*lines, line):
            self.verbatim(each)

    def block(self, made: RenderableType) -> None:
        """A table or the like, without the blanks that rich puts behind every line."""
        if self.is_terminal:
            self.print(made)
            return
        with self.capture() as caught:
            self.print(made)
        self.file.write("".join(f"{line.rstrip()}\n" for line in caught.get().splitlines()))


def _columns(stream: Any) -> int:  # whatever stands in for a stream in a test
    said = os.environ.get("COLUMNS", "")
    if said.isdigit() and int(said):
        return max(NARROWEST, min(WIDEST, int(said)))
    if not stream.isatty():
        return WIDTH
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDTH, 24)).columns))
