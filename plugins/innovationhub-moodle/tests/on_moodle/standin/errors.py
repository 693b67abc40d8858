"""What Moodle says when it will not: the exceptions of the recordings, with their words."""

from __future__ import annotations

from typing import Any

__all__ = ["MoodleError", "coding", "invalid_parameter", "missing_record", "refusal"]


class MoodleError(Exception):
    """An answer of the form `{"exception", "errorcode", "message"}`, sent with HTTP 200."""

    def __init__(self, exception: str, errorcode: str, message: str, debuginfo: str | None = None) -> None:
        super().__init__(message)
        self.body: dict[str, Any] = {"exception": exception, "errorcode": errorcode, "message": message}
        if debuginfo is not None:
            self.body["debuginfo"] = debuginfo


def refusal(errorcode: str, message: str, debuginfo: str | None = None) -> MoodleError:
    return MoodleError("moodle_exception", errorcode, message, debuginfo)


def invalid_parameter(why: str) -> MoodleError:
    said = "Invalid parameter value detected"
    return MoodleError("invalid_parameter_exception", "invalidparameter", said, why)


def missing_record(table: str) -> MoodleError:
    said = f"Can't find data record in database table {table}."
    return MoodleError("dml_missing_record_exception", "invalidrecord", said, f"SELECT * FROM {{{table}}}")


def coding(why: str, debuginfo: str) -> MoodleError:
    said = f"Coding error detected, it must be fixed by a programmer: {why}"
    return MoodleError("coding_exception", "codingerror", said, debuginfo)
