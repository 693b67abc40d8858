"""Connects a hub to a Moodle with mod_facetoface: `moodle+https://…` as the address of an LMS.

The HTTP client is loaded when such an address is opened: having this package installed costs other hubs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from innovationhub import hookimpl
from innovationhub.protocols.lms import Lms, LmsOpener, LmsRequest

__all__ = ["innovationhub_lms", "open_moodle"]


def open_moodle(request: LmsRequest) -> Lms:
    """Open the Moodle at an address, without asking it anything.

    Raises `Invalid` naming `lms` for an address that cannot be one, or a token that cannot be read.
    """
    from innovationhub_moodle.moodle import Moodle  # noqa: PLC0415  # loads the HTTP client

    return Moodle.at(request.url)


@hookimpl
def innovationhub_lms() -> Mapping[str, LmsOpener]:
    """`moodle+https://…`."""
    return {"moodle": open_moodle}
