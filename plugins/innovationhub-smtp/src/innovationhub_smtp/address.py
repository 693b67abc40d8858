"""The address of a mail server: where it is, how it is spoken to, and whom the messages are from.

    smtp://hub%40trust.example@mail.trust.example?from=Our Hub <hub@trust.example>&password_file=/run/secrets/smtp
    smtps://hub:password@mail.trust.example?from=hub@trust.example
    smtp://relay.internal:25?from=hub@trust.example&tls=none

`from` must be there. The password is in the address, in the file that `password_file` names or in the environment
variable that `password_env` names; both are read anew at each connection. No message repeats an address.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote

import attrs

from innovationhub import Invalid
from innovationhub_smtp.mailboxes import is_mailbox, line

__all__ = ["Address", "Login", "parse_address"]

PORTS: Mapping[str, int] = {"smtp": 587, "smtps": 465}

_BASE = re.compile(
    r"(?P<scheme>smtps?)://"
    r"(?:(?P<user>[^@:/?#\s]+)(?::(?P<password>[^@:/?#\s]*))?@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)"
    r"(?::(?P<port>[0-9]{1,5}))?/?",
    re.ASCII,
)
"""An address up to its options. Where it does not match, a sign in a password may have put the parts in wrong places,
and none of them may be shown."""

_FROM = re.compile(r"(?:(?P<name>[^<>]*?)\s*<(?P<inner>[^<>]+)>|(?P<bare>[^<>]+))")
_NAME = re.compile(r"[a-z_]{1,20}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)
_HELO = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[[0-9A-Za-z:.]+\]", re.ASCII)

OPTIONS = ("cafile", "from", "helo", "messages", "password_env", "password_file", "timeout", "tls")

TIMEOUT = 30
LONGEST_TIMEOUT = 50
MESSAGES = 50
MOST_MESSAGES = 1000
LARGEST_PASSWORD = 4096


@attrs.frozen
class Login:
    """Who we are to the server, and where our password is. The password itself is only in what `password` answers."""

    user: str = attrs.field(repr=False)
    password: Callable[[], str] = attrs.field(repr=False)
    """Reads it; raises `OSError` or `ValueError`, naming neither."""


@attrs.frozen
class Address:
    """Where a mail server is and how it is spoken to. `shown` names it and holds no secret."""

    shown: str
    host: str
    port: int
    wrapped: bool
    """Whether TLS is there from the start (`smtps`)."""
    tls: bool
    mailbox: str
    name: str
    """Whom the messages are from; the name may be empty, then it is the hub's."""
    login: Login | None = attrs.field(repr=False)
    helo: str
    timeout: float
    """How long one answer may take, in seconds."""
    messages: int
    """How many are handed over on one connection."""
    cafile: str

    def context(self) -> ssl.SSLContext:
        """How TLS is spoken: with a certificate that is checked, for the name of the host."""
        return ssl.create_default_context(cafile=self.cafile or None)


def parse_address(url: str) -> Address:
    """What an address means. Raises `Invalid` naming `channel`, without repeating what may be a password."""
    base, _, query = url.partition("?")
    match = _BASE.fullmatch(base)
    if match is None:
        raise _wrong(
            "must be such as smtp://user@mail.trust.example:587?from=hub@trust.example; "
            "signs such as @ : / ? # % in a user or a password are written %40 and so on"
        )
    options = _options(query)
    mailbox, name = _sender(options.get("from", ""))
    tls, scheme = options.get("tls", "required"), match["scheme"]
    if tls not in {"required", "none"} or (tls == "none" and scheme == "smtps"):
        raise _wrong("takes the option tls as required or, with smtp://, none")
    login = _login(match, options)
    if login is not None and tls == "none":
        raise _wrong("has a user and tls=none: the password would go in the clear; leave one of them out")
    port = int(match["port"] or PORTS[scheme])
    if not 0 < port < 65536:
        raise _wrong("has no port from 1 to 65535")
    helo = options.get("helo", "")
    if helo and not _HELO.fullmatch(helo):
        raise _wrong("takes the option helo as the name of this machine, such as app.trust.example")
    return Address(
        shown=f"{scheme}://{match['host']}:{port}",
        host=match["host"].strip("[]"),
        port=port,
        wrapped=scheme == "smtps",
        tls=tls == "required",
        mailbox=mailbox,
        name=name,
        login=login,
        helo=helo,
        timeout=_number(options, "timeout", TIMEOUT, LONGEST_TIMEOUT),
        messages=int(_number(options, "messages", MESSAGES, MOST_MESSAGES)),
        cafile=_authorities(options.get("cafile", "")),
    )


def _wrong(what: str) -> Invalid:
    return Invalid("channel", f"the address {what}", "smtp")


def _options(query: str) -> dict[str, str]:
    # a plus is a plus: it stands in mail addresses, so no parser of forms will do
    parts = [part.partition("=") for part in query.split("&") if part]
    options = {name: unquote(value) for name, _, value in parts}
    unknown = sorted(options.keys() - set(OPTIONS))
    if unknown:
        shown = repr(unknown[0]) if _NAME.fullmatch(unknown[0]) else "what cannot be the name of one"
        raise _wrong(f"has as an option {shown}; there are {', '.join(OPTIONS)}")
    if len(options) < len(parts):
        raise _wrong("has an option twice")
    return options


def _sender(text: str) -> tuple[str, str]:
    match = _FROM.fullmatch(text.strip())
    mailbox = (match["inner"] or match["bare"]).strip() if match else ""
    if match is None or not is_mailbox(mailbox):
        raise _wrong("needs the option from, whom the messages are from, such as from=hub@trust.example")
    return mailbox, line((match["name"] or "").strip(' "'))


def _login(match: re.Match[str], options: Mapping[str, str]) -> Login | None:
    given, file, variable = match["password"], options.get("password_file"), options.get("password_env")
    places = sum(place is not None for place in (given, file, variable))
    if match["user"] is None:
        if places:
            raise _wrong("has a password and no user: write the user before the host, followed by @")
        return None
    if places != 1:
        raise _wrong("has a user and needs one password: in it, or by password_file or password_env")
    if file is not None:
        read = _from_file(Path(file))
    elif variable is not None:
        if not _VARIABLE.fullmatch(variable):
            raise _wrong("takes the option password_env as the name of an environment variable")
        read = _from_environment(variable)
    else:
        secret = unquote(given)
        read = _checked(lambda: secret)
    try:
        read()
    except (OSError, ValueError) as error:
        where = "password_file" if file is not None else "password_env" if variable is not None else "user"
        raise _wrong(f"leads to no password by {where} ({type(error).__name__})") from None
    return Login(unquote(match["user"]), read)


def _from_file(path: Path) -> Callable[[], str]:
    def read() -> str:
        with path.open(encoding="utf-8") as file:
            return file.read(LARGEST_PASSWORD + 1).rstrip("\r\n")

    return _checked(read)


def _from_environment(variable: str) -> Callable[[], str]:
    return _checked(lambda: os.environ.get(variable, ""))


def _checked(read: Callable[[], str]) -> Callable[[], str]:
    """A password that is one; NUL separates the parts of what is sent (RFC 4616)."""

    def checked() -> str:
        password = read()
        if not 0 < len(password) <= LARGEST_PASSWORD or "\0" in password:
            raise ValueError("no password")
        password.encode()  # a variable that is no UTF-8 holds halves of characters, and this raises
        return password

    return checked


def _number(options: Mapping[str, str], name: str, usual: float, most: float) -> float:
    try:
        number = float(options.get(name, usual))
    except ValueError:
        number = 0
    if not 0 < number <= most or (name == "messages" and number < 1):
        raise _wrong(f"takes the option {name} as a number up to {most:g}")
    return number


def _authorities(path: str) -> str:
    if not path:
        return ""
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:  # an SSLError is one
        raise _wrong(f"has a cafile that holds no certificates ({type(error).__name__})") from None
    return path
