"""The address of a channel through GOV.UK Notify: by e-mail or by text, which key, which templates.

    govuk-notify-email://?key_file=/run/secrets/notify&template=9d751e0e-f929-4891-82a1-a3e1c3c18ee3
    govuk-notify-text://?key_env=NOTIFY_KEY&templates=/etc/hub/notify.toml

Two schemes, since a hub knows a channel by its scheme and may well use both. Between // and ? may stand where Notify
is, if it is elsewhere. `key_file` or `key_env` says where the API key is; the key itself never stands in an address.
`template` is the id of the template for every kind of message, `templates` a file with one for each kind. The rest may
be left out: `reply_to_id` (e-mail) and `sender_id` (text), ids of Notify's own settings; `timeout`, how long to wait
for an answer, in seconds (15). No message repeats what an address says: it may be a key put in a wrong place.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote
from uuid import UUID

import attrs

from innovationhub import Invalid
from innovationhub_govuk_notify.templates import LARGEST, Templates, read_templates

__all__ = ["Address", "By", "KeySource", "parse_address", "wrong"]

NOTIFY = "api.notifications.service.gov.uk"

TIMEOUT, LONGEST_TIMEOUT = 15.0, 20.0

LARGEST_KEY = 1000
"""Bytes of a file or variable with a key, which is a name and two UUIDs."""

OPTIONS = ("key_file", "key_env", "template", "templates", "reply_to_id", "sender_id", "timeout")

_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_KEY = re.compile(rf"(?:.*-)?{_UUID}-{_UUID}\Z")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}\Z")

_PLACE = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?\Z", re.IGNORECASE)
_LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:|\Z)", re.IGNORECASE)


def wrong(what: str) -> Invalid:
    """An address, or what it names, that cannot be used. It tells nothing of the address but its kind."""
    return Invalid("channel", f"the address {what}", "govuk-notify")


@attrs.frozen
class By:
    """How messages reach people: our word for it, Notify's, the option for its setting, what a recipient may lack."""

    word: str
    type: str
    setting: str
    lacking: str


BY: Mapping[str, By] = {
    "govuk-notify-email": By("email", "email", "reply_to_id", "no e-mail address"),
    "govuk-notify-text": By("text", "sms", "sender_id", "no telephone number"),
}
"""The ways, by the schemes of their addresses."""


@attrs.frozen
class KeySource:
    """Where the API key is. It is read anew for each message, so that a key can be replaced while a hub runs."""

    file: str = attrs.field(default="", repr=False)
    variable: str = attrs.field(default="", repr=False)

    def read(self) -> str:
        """The key. Raises `Invalid` naming `channel` where there is none, without saying what is there instead."""
        if self.file:
            text, where = _read_file(self.file, LARGEST_KEY), "the file that key_file names"
        else:
            text, where = os.environ.get(self.variable), "the environment variable that key_env names"
        if text is None:
            raise wrong(f"leads to no key: {where} is not there, or cannot be read")
        key = text.strip()
        if len(key) > LARGEST_KEY or not _KEY.match(key):
            raise wrong(f"leads to no key: {where} must hold a key as Notify shows it: a name and two UUIDs")
        return key


@attrs.frozen
class Address:
    """What an address says. It holds no secret: the key is read from where it is."""

    by: By
    key: KeySource
    templates: Templates
    setting_id: str = ""
    """The id of the reply-to address (e-mail) or of the sender (text) in Notify's settings; "" for the usual one."""
    timeout: float = TIMEOUT
    url: str = f"https://{NOTIFY}"


def parse_address(address: str) -> Address:
    """What an address means; reads the file of templates, and looks whether there is a key.

    Raises `Invalid` naming `channel`, without repeating any part of the address.
    """
    base, _, query = address.partition("?")
    scheme, _, place = base.partition("://")
    by = BY.get(scheme)
    if by is None:
        raise wrong(f"must begin with {' or '.join(f'{each}://' for each in BY)}")
    options = _options(query)
    strays = options.keys() & {each.setting for each in BY.values()} - {by.setting}
    if strays:
        raise wrong(f"has the option {', '.join(strays)}, which a channel for {by.word} does not take")
    key = _key_source(options)
    key.read()
    return Address(
        by=by,
        key=key,
        templates=_templates(by, options),
        setting_id=_uuid(by.setting, options[by.setting]) if by.setting in options else "",
        timeout=_seconds(options.get("timeout", str(TIMEOUT))),
        url=_url(place.removesuffix("/") or NOTIFY),
    )


def _options(query: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for part in query.split("&"):
        # a plus is a plus, as in the name of a file
        name, _, value = part.partition("=")
        if not part:
            continue
        if name not in OPTIONS:
            raise wrong(
                f"has an option that is none of {', '.join(OPTIONS)}; a key is named by the first two"
            )
        if name in options or not value:
            raise wrong(f"must have the option {name} once, with a value")
        options[name] = unquote(value)
    return options


def _key_source(options: Mapping[str, str]) -> KeySource:
    if ("key_file" in options) == ("key_env" in options):
        raise wrong("must say where the API key is: key_file=… or key_env=…, one of the two")
    variable = options.get("key_env", "")
    if variable and not _VARIABLE.match(variable):
        raise wrong("must name an environment variable as key_env, such as NOTIFY_KEY, and not hold the key")
    return KeySource(options.get("key_file", ""), variable)


def _templates(by: By, options: Mapping[str, str]) -> Templates:
    template = _uuid("template", options["template"]) if "template" in options else ""
    if "templates" not in options:
        if not template:
            raise wrong(
                "must say which templates are used: template=… (an id), templates=… (a file), or both"
            )
        return Templates(template)
    text = _read_file(options["templates"], LARGEST)
    if text is None:
        raise wrong("names a file of templates that is not there, or cannot be read")
    try:
        found = read_templates(text, by.word)
    except ValueError as error:
        raise wrong(f"names a file of templates with a fault: {error}") from None
    if template and found.default:
        raise wrong(f"gives a template for every kind, and so does its file of templates ({by.word}.default)")
    return attrs.evolve(found, default=template or found.default)


def _read_file(name: str, largest: int) -> str | None:
    """What is in a file, and one byte more than there may be of it; None where it cannot be read."""
    try:
        with Path(name).open("rb") as file:
            return file.read(largest + 1).decode()
    except (OSError, ValueError):
        return None


def _uuid(name: str, text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise wrong(f"must have as {name} an id that Notify shows, such as {UUID(int=0)}") from None


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number <= LONGEST_TIMEOUT:
        raise wrong(f"must have a timeout in seconds, up to {LONGEST_TIMEOUT:g}")
    return number


def _url(place: str) -> str:
    """Where Notify is. What is sent names people, so it goes in the clear to this machine only."""
    if not _PLACE.match(place):
        raise wrong(f"must have between // and ? nothing, or where Notify is, such as {NOTIFY}")
    return f"{'http' if _LOOPBACK.match(place) else 'https'}://{place}"
