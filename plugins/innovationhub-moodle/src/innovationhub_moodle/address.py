"""The address of a Moodle: where it is, where its token is, and what is set up there.

    moodle+https://discovery.trust.example?token_file=/run/secrets/discovery
    moodle+https://lms.trust.example/moodle?token_file=/run/secrets/lms&template=ih:template&role=5

The token stands in a file and never in the address, which finds its way into settings, shells and logs. The file is
read anew for every call, so a new token needs no restart.

Options: `category`, the ID number of the course category for the hub's session types (`innovation-hub` unless told;
made where it is not there); `template`, the ID number of the course that is copied for each (`ih:template`); `role`,
the id of the role that people are enrolled with (5, which is "student" in a new Moodle).
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

import attrs

from innovationhub import Invalid

__all__ = ["Address", "parse_address"]

SCHEMES = {"moodle+https": "https", "moodle+http": "http"}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
SERVICE = "/webservice/rest/server.php"

_NAME = re.compile(r"[!-~]{1,100}\Z")


@attrs.frozen
class Address:
    """Where a Moodle is, and how to speak to it. It holds no secret."""

    site: str
    token_file: Path
    category: str = "innovation-hub"
    template: str = "ih:template"
    role: int = 5
    loopback: bool = False

    @property
    def service(self) -> str:
        """Where its web services are called."""
        return self.site + SERVICE


def parse_address(url: str) -> Address:
    """What an address means. Raises `Invalid` naming `lms`, without repeating what may be a secret."""
    parts = _split(url)
    if parts is None or parts.scheme not in SCHEMES or not parts.hostname or "@" in parts.netloc:
        raise _wrong(
            "must be such as moodle+https://discovery.trust.example?token_file=/run/secrets/discovery"
        )
    loopback = parts.hostname in LOOPBACK
    if SCHEMES[parts.scheme] == "http" and not loopback:
        raise _wrong("must begin with moodle+https: the token would cross the network for all to read")
    options = _options(parts.query)
    if parts.fragment or parts.path.endswith(".php"):
        raise _wrong("must be that of the site's front page, up to its options")
    role = options.get("role", "5")
    if not (role.isascii() and role.isdigit() and 0 < int(role) < 10**9):
        raise _wrong("takes the option role as a number, the id of a role in Moodle")
    return Address(
        site=f"{SCHEMES[parts.scheme]}://{parts.netloc}{parts.path.rstrip('/')}",
        token_file=Path(options["token_file"]),
        category=_name("category", options.get("category", "innovation-hub")),
        template=_name("template", options.get("template", "ih:template")),
        role=int(role),
        loopback=loopback,
    )


def _split(url: str) -> SplitResult | None:
    """The parts of an address, None where it has not the form of one."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # it is read only when it is asked for
    except ValueError:
        return None
    return parts


def _options(query: str) -> dict[str, str]:
    known = ("token_file", "category", "template", "role")
    options = dict(parse_qsl(query, keep_blank_values=True))
    if any(name.lower() in {"token", "wstoken", "password"} for name in options):
        raise _wrong(
            "must not hold the token: write it into a file that only the hub can read, and name it: token_file=…"
        )
    unknown = sorted(options.keys() - set(known))
    if unknown:
        raise _wrong(f"has an option that is none of ours, which are {', '.join(known)}")
    if not options.get("token_file"):
        raise _wrong("must name the file with the token: ?token_file=/run/secrets/discovery")
    return options


def _name(option: str, value: str) -> str:
    if not _NAME.match(value):
        raise _wrong(f"takes the option {option} as an ID number: 1 to 100 visible characters without spaces")
    return value


def _wrong(what: str) -> Invalid:
    return Invalid("lms", f"the address {what}", "moodle")
