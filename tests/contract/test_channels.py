"""The contract of channels holds for the one that comes with the library, and for one as simple as can be."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from innovationhub.builtin.console import open_console
from innovationhub.protocols import ChannelOpener
from innovationhub.testing import Arrived, ChannelContract
from tests.contract.broken.box import Box
from tests.contract.broken.box import Broken as WithBox


class TestBox(WithBox):
    """What it is handed lies in a list."""

    kind = Box


class TestConsole(ChannelContract):
    """What it is handed is printed."""

    bad_addresses = ("", "console", "console:x", "console://", "elsewhere:")

    @pytest.fixture(autouse=True)
    def _output(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.printed, self.capsys = "", capsys

    def opener(self) -> ChannelOpener:
        return open_console

    def address(self) -> str:
        return "console:"

    def arrived(self) -> Sequence[Arrived]:
        self.printed += self.capsys.readouterr().out
        return [_read(each) for each in self.printed.split("-" * 60 + "\n") if each]


def _read(printed: str) -> Arrived:
    head, _, text = printed.partition("\n\n")
    headers = dict(line.split(": ", 1) for line in head.split("\n"))
    to = headers["To"]
    return Arrived(to.rpartition("<")[2].rstrip(">"), text, headers["Subject"], headers)
