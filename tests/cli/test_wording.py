"""How lengths of time are said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from innovationhub.cli.wording import until


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(days=7, hours=2), "7 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=2, minutes=40), "3 hours"),
        (timedelta(minutes=20), "20 minutes"),
        (timedelta(minutes=1), "1 minute"),
    ],
)
def test_how_long_till_then_is_rounded(ahead: timedelta, said: str) -> None:
    """In the largest unit that fits."""
    assert until(ahead) == said
