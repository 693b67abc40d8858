"""What the machines found, each as a short test of its own."""

from __future__ import annotations

from innovationhub.plugins import load


def test_the_common_rules_ship_with_the_library() -> None:
    """A session type can name the common rules without any plugin being installed."""
    assert {"at-most-a-month", "audience", "one-at-a-time"} <= set(load(discover=False).rules)
