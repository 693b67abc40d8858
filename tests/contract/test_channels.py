"""The contract of channels holds for one that is as simple as can be."""

from __future__ import annotations

from tests.contract.broken.box import Box
from tests.contract.broken.box import Broken as WithBox


class TestBox(WithBox):
    """What it is handed lies in a list."""

    kind = Box
