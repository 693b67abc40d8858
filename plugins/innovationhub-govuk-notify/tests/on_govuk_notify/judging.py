"""How Notify judges a request to send, in its order: token, limits, form, permission, template, recipient, length.

See `notify_server` for where this is from.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import attrs

__all__ = ["EMAIL", "KEYS", "SERVICE", "TEXT", "Account", "Notification", "Refusal", "issuer_of", "judge"]

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
EMAIL = "9d751e0e-f929-4891-82a1-a3e1c3c18ee3"
TEXT = "f33517ff-2a88-4f6e-b855-c550268ce08a"
SETTING = "8e222534-7f05-4972-86e3-17c5d9f894e2"
"""The one reply-to address, and the one sender, that the service has."""

KEYS: Mapping[str, str] = {
    "live": "3d844edf-8d35-48ac-975b-e847b4f122b0",
    "team": "c95aa7d1-3b5e-4d3b-8e0a-3d5f5f1d2a11",
    "test": "0d2f1a9e-4d3b-44f7-9a52-6a4f1f9b7c22",
}

BOUND = 30
"""Seconds that the clocks of both sides may differ."""

LONGEST_TEXT, LONGEST_EMAIL = 918, 2_000_000

SIMULATED = {"simulate-delivered@notifications.service.gov.uk", "07700900000", "+447700900000"}

_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~\-]+@([A-Za-z0-9]+(-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,63}\Z", re.ASCII)
_PHONE = re.compile(r"\+?[0-9]+\Z")
_FIELD = re.compile(r"\(\(([^()]+)\)\)")
_FIELDS = {
    "email": {
        *("email_address", "template_id", "personalisation", "reference", "email_reply_to_id"),
        *("one_click_unsubscribe_url", "sanitise_content_for", "scheduled_for"),
    },
    "sms": {"phone_number", "template_id", "personalisation", "reference", "sms_sender_id", "scheduled_for"},
}


class Refusal(Exception):
    """An error as Notify's API answers it."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(f"{status} {error}: {message}")
        self.status, self.error, self.message = status, error, message

    def body(self) -> dict[str, Any]:
        return {"status_code": self.status, "errors": [{"error": self.error, "message": self.message}]}


@attrs.frozen
class Template:
    kind: str
    body: str = "((body))"
    subject: str = "((subject))"
    archived: bool = False


@attrs.define
class Notification:
    """One message as Notify has it."""

    kind: str
    to: str
    template: str
    key: str
    reference: str | None
    personalisation: Mapping[str, str]
    body: str
    subject: str
    form: Mapping[str, Any]
    status: str = "created"
    simulated: bool = False
    id: str = attrs.field(factory=lambda: str(uuid4()))

    def created(self, url: str) -> dict[str, Any]:
        """What the request that made it is answered."""
        content = {"body": self.body}
        if self.kind == "email":
            content |= {"subject": self.subject, "from_email": "hub@notifications.service.gov.uk"}
            content |= {"one_click_unsubscribe_url": None}  # type: ignore[dict-item]  # as it is
        else:
            content |= {"from_number": "GOVUK"}
        return {
            "id": self.id,
            "reference": self.reference,
            "content": content,
            "uri": f"{url}/v2/notifications/{self.id}",
            "template": self._template(url),
            "scheduled_for": None,
        }

    def listed(self, url: str) -> dict[str, Any]:
        """What a listing says of it."""
        lines = dict.fromkeys([*(f"line_{number}" for number in range(1, 7)), "postcode"])
        return lines | {
            "id": self.id,
            "reference": self.reference,
            "email_address": self.to if self.kind == "email" else None,
            "phone_number": self.to if self.kind == "sms" else None,
            "type": self.kind,
            "status": self.status,
            "template": self._template(url),
            "body": self.body,
            "subject": self.subject if self.kind == "email" else None,
            "created_at": "2026-11-24T09:30:00.000000Z",
            "sent_at": None,
            "completed_at": None,
            "scheduled_for": None,
        }

    def receipt(self) -> dict[str, Any]:
        """What is posted to the service's address once it is known what became of it."""
        return {
            "id": self.id,
            "reference": self.reference,
            "to": self.to,
            "status": self.status,
            "created_at": "2026-11-24T09:30:00.000000Z",
            "completed_at": "2026-11-24T09:30:04.000000Z",
            "sent_at": "2026-11-24T09:30:01.000000Z",
            "notification_type": self.kind,
            "template_id": self.template,
            "template_version": 1,
        }

    def _template(self, url: str) -> dict[str, Any]:
        return {
            "id": self.template,
            "version": 1,
            "uri": f"{url}/services/{SERVICE}/templates/{self.template}",
        }


@attrs.define
class Account:
    """A service of Notify's: its templates, what it may do, and what it has sent."""

    templates: dict[str, Template] = attrs.field(
        factory=lambda: {EMAIL: Template("email"), TEXT: Template("sms")}
    )
    kept: list[Notification] = attrs.field(factory=list)
    keys: dict[str, str] = attrs.field(factory=lambda: dict(KEYS))
    revoked: set[str] = attrs.field(factory=set)
    permissions: set[str] = attrs.field(factory=lambda: {"email", "sms"})
    trial: bool = False
    guests: set[str] = attrs.field(factory=set)
    daily: int = 250_000
    clock: float = 0
    """Seconds that this side's clock is ahead."""

    def key_of(self, token: str) -> str:
        """Which type of key signed a token. Raises `Refusal`."""
        for name, secret in self.keys.items():
            if not _signed(token, secret):
                continue
            if abs(_claims(token)["iat"] - (time.time() + self.clock)) > BOUND:
                message = "Error: Your system clock must be accurate to within 30 seconds"
                raise Refusal(403, "AuthError", message)
            if name in self.revoked:
                raise Refusal(403, "AuthError", "Invalid token: API key revoked")
            return name
        raise Refusal(403, "AuthError", "Invalid token: API key not found")


def issuer_of(header: str | None) -> str:
    """The token of a request, if its form is right and it names the service. Raises `Refusal`."""
    if not header:
        raise Refusal(401, "AuthError", "Unauthorized: authentication token must be provided")
    if header[:7].title() != "Bearer ":
        raise Refusal(401, "AuthError", "Unauthorized: authentication bearer scheme must be used")
    token = header[7:]
    claims = _claims(token)
    if "iss" not in claims:
        raise Refusal(403, "AuthError", "Invalid token: iss field not provided")
    if claims["iss"] != SERVICE:
        raise Refusal(403, "AuthError", "Invalid token: service not found")
    if not isinstance(claims.get("iat"), int):
        raise Refusal(403, "AuthError", "Invalid token: API key not found")
    return token


def judge(account: Account, kind: str, token: str, text: bytes) -> Notification:
    """What a request to send comes to. Raises `Refusal`."""
    key = account.key_of(token)
    today = sum(each.kind == kind and each.key == key for each in account.kept)
    if today >= account.daily:
        message = f"Exceeded send limits ({kind}: {account.daily}) for today"
        raise Refusal(429, "TooManyRequestsError", message)
    form = _form(kind, text)
    if kind not in account.permissions:
        words = {"sms": "text messages", "email": "emails"}[kind]
        raise _bad(f"Service is not allowed to send {words}")
    template, values = _template(account, kind, form), form.get("personalisation", {})
    if (form.get("email_reply_to_id") or form.get("sms_sender_id") or SETTING) != SETTING:
        raise _bad(f"the id does not exist in database for service id {SERVICE}")
    to = form["email_address" if kind == "email" else "phone_number"]
    if key == "team" and to not in account.guests:
        raise _bad("Can’t send to this recipient using a team-only API key")
    if account.trial and key == "live" and to not in account.guests:
        where = "https://www.notifications.service.gov.uk/trial-mode"
        raise _bad(f"Can’t send to this recipient when service is in trial mode – see {where}")
    if kind == "sms" and re.sub(r"^(\+44|0044|0)", "", re.sub(r"[ ()-]", "", to))[:1] != "7":
        raise _bad("Cannot send to international mobile numbers")
    body, subject = _filled(template.body, values), _filled(template.subject, values)
    _check_length(kind, body)
    return Notification(
        kind=kind,
        to=to,
        template=form["template_id"],
        key=key,
        reference=form.get("reference"),
        personalisation=values,
        body=body,
        subject=subject,
        form=form,
        simulated=to in SIMULATED,
    )


def _bad(message: str) -> Refusal:
    return Refusal(400, "BadRequestError", message)


def _invalid(message: str) -> Refusal:
    return Refusal(400, "ValidationError", message)


def _form(kind: str, text: bytes) -> dict[str, Any]:
    try:
        form = json.loads(text)
    except ValueError:
        raise _bad("Invalid JSON supplied in POST data") from None
    to = "email_address" if kind == "email" else "phone_number"
    for name in (to, "template_id"):
        if name not in form:
            raise _invalid(f"{name} is a required property")
    if strays := form.keys() - _FIELDS[kind]:
        raise _invalid(f"Additional properties are not allowed ({', '.join(strays)} was unexpected)")
    for name in {"template_id", "email_reply_to_id", "sms_sender_id"} & form.keys():
        try:
            UUID(form[name])
        except ValueError:
            raise _invalid(f"{name} is not a valid UUID") from None
    if not isinstance(form.get("personalisation", {}), dict):
        raise _invalid(f"personalisation {form['personalisation']} is not of type object")
    if len(form.get("reference", "")) > 1000:
        raise _invalid(f"reference {form['reference']} is too long")
    _check_recipient(kind, to, form[to])
    return dict(form)


def _check_recipient(kind: str, field: str, to: object) -> None:
    if not isinstance(to, str):
        raise _invalid(f"{field} {to} is not of type string")
    if kind == "email":
        if not _EMAIL.match(to.strip()) or ".." in to or len(to) > 320:
            raise _invalid(f"{field} Not a valid email address")
        return
    digits = re.sub(r"[ ()\-.]", "", to)
    if not _PHONE.match(digits):
        raise _invalid(f"{field} Must not contain letters or symbols")
    if len(digits) < 10:
        raise _invalid(f"{field} Not enough digits")
    if len(digits) > 15:
        raise _invalid(f"{field} Too many digits")


def _template(account: Account, kind: str, form: Mapping[str, Any]) -> Template:
    template = account.templates.get(form["template_id"])
    if template is None:
        raise _bad("Template not found")
    if template.kind != kind:
        raise _bad(f"{template.kind} template is not suitable for {kind} notification")
    if template.archived:
        raise _bad("Template has been deleted")
    values = {_plain(name) for name in form.get("personalisation", {})}
    wanted = _FIELD.findall(template.body + (template.subject if kind == "email" else ""))
    missing = list(dict.fromkeys(each for each in wanted if _plain(each) not in values))
    if missing:
        raise _bad(f"Missing personalisation: {', '.join(missing)}")
    return template


def _plain(name: str) -> str:
    """Fields are the same whatever their case, spaces, hyphens and underscores."""
    return re.sub(r"[ _-]", "", name).lower()


def _filled(text: str, values: Mapping[str, str]) -> str:
    known = {_plain(name): value for name, value in values.items()}
    return _FIELD.sub(lambda field: known.get(_plain(field[1]), field[0]), text)


def _check_length(kind: str, body: str) -> None:
    if not body.strip():
        raise _bad("Your message is empty.")
    if kind == "sms" and len(body) > LONGEST_TEXT:
        raise _bad(
            f"Your message is too long. Text messages cannot be longer than {LONGEST_TEXT} characters. "
            f"Your message is {len(body)} characters long."
        )
    size = len(body.encode("utf-8", "surrogatepass"))
    if kind == "email" and size > LONGEST_EMAIL:
        raise _bad(
            f"Your message is too long. Emails cannot be longer than {LONGEST_EMAIL} bytes. "
            f"Your message is {size} bytes."
        )


def _signed(token: str, secret: str) -> bool:
    content, _, signature = token.rpartition(".")
    wanted = hmac.new(secret.encode(), content.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(_decoded(signature), wanted)


def _claims(token: str) -> dict[str, Any]:
    """What a token says, if it is one. Raises `Refusal`."""
    try:
        header, claims = (json.loads(_decoded(part)) for part in token.split(".")[:2])
    except (ValueError, binascii.Error):
        raise Refusal(
            403, "AuthError", "Invalid token: make sure your API token matches the example"
        ) from None
    if header.get("alg") != "HS256":
        raise Refusal(403, "AuthError", "Invalid token: algorithm used is not HS256")
    return dict(claims)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
