"""Rules: who may have a place, judged by name (`domain.rules` says what a case and a verdict are)."""

from __future__ import annotations

from innovationhub.domain.rules import Case, Rule, Verdict

__all__ = ["Case", "Rule", "Verdict"]
