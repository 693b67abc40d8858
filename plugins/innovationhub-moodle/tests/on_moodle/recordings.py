"""What a running Moodle 4.3 with mod_facetoface 2024101100 was asked and answered, call by call.

`recorded/calls.ndjson` holds one call a line: label, function, parameters, HTTP status, content type, answer. The
site's private access key is blanked; nothing else was changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import attrs

__all__ = ["Call", "answer_to", "calls"]

FILE = Path(__file__).parent / "recorded" / "calls.ndjson"


@attrs.frozen
class Call:
    """One recorded call. `answer` is the JSON that came, or the text where none came."""

    label: str
    function: str
    params: dict[str, str]
    http: int
    content_type: str
    answer: Any

    @property
    def failed(self) -> bool:
        return isinstance(self.answer, dict) and {"exception", "errorcode"} <= self.answer.keys()


def _read(line: str) -> Call:
    raw = json.loads(line)
    answer = raw["response"]
    if isinstance(answer, dict) and "__raw__" in answer:
        answer = answer["__raw__"]
    elif isinstance(answer, str) and raw["content_type"] == "application/json":
        # some were kept as the text that came; of two long ones only the beginning was
        try:
            answer = json.loads(answer)
        except ValueError:
            answer = None
    return Call(raw["label"], raw["function"], raw["params"], raw["http"], raw["content_type"], answer)


@cache
def calls() -> tuple[Call, ...]:
    """Every recorded call, in the order in which they were made."""
    return tuple(_read(line) for line in FILE.read_text(encoding="utf-8").splitlines())


def answer_to(label: str) -> Any:
    """What came in answer to the call of that label."""
    return next(call.answer for call in _labelled(label))


def _labelled(label: str) -> Iterator[Call]:
    return (call for call in calls() if call.label == label)
