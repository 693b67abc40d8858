"""The hub's keys as Moodle keeps them, and how a session's description is written and read again.

A type's key is the ID number of its course: `ih:type:cqi-taster`. A session's key is a mark in its details: `ref
ih:session:cqi-taster@2026-12-01T10:00#attendee`. mod_facetoface has no other place for it.
"""

from __future__ import annotations

import hashlib
import html
import re

import attrs

from innovationhub.protocols.lms import LmsSession

__all__ = ["Description", "course_idnumber", "course_name", "course_shortname", "session_mark", "summary"]

LONGEST_IDNUMBER = 100
LONGEST_NAME = 254

_PLAIN = re.compile(r"[A-Za-z0-9._:@#+\-]{1,90}\Z")
_PARAGRAPH = re.compile(r'<p class="ih-(title|venue)">(.*?)</p>', re.DOTALL)


def course_idnumber(key: str) -> str:
    """What a course is found by. A key that is too long for it is cut, and ends in a digest of all of it."""
    whole = f"ih:type:{key}"
    if len(whole) <= LONGEST_IDNUMBER:
        return whole
    return f"{whole[:67]}~{_digest(key)}"


def course_shortname(key: str) -> str:
    """The short name of a course: unique in Moodle, and without signs that it would clean away."""
    return f"ih-{key}" if _PLAIN.match(key) else f"ih-{_digest(key)}"


def course_name(title: str) -> str:
    """A title as a course's name: Moodle takes what follows a < for a tag, and cuts nothing that is too long itself."""
    name = " ".join(title.split())
    while len(name.replace("<", "&lt;")) > LONGEST_NAME:
        name = name[:-1]
    return name.replace("<", "&lt;")


def summary(description: str) -> str:
    """Plain text as the paragraphs of a course's summary."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", description) if block.strip()]
    return "\n".join(f"<p>{html.escape(block, quote=False).replace(chr(10), '<br>')}</p>" for block in blocks)


def session_mark(key: str) -> str:
    """What a session is found by: a word of its details."""
    return f"ih:session:{key}"


@attrs.frozen
class Description:
    """What a session's details say in Moodle."""

    title: str
    venue: str

    @classmethod
    def of(cls, session: LmsSession) -> Description:
        """What is to be said of a session."""
        return cls(session.title, session.venue)

    @classmethod
    def read(cls, details: str) -> Description:
        """What details say that we wrote; what somebody there has written over is empty."""
        found = {name: html.unescape(inner).strip() for name, inner in _PARAGRAPH.findall(details)}
        return cls(found.get("title", ""), found.get("venue", ""))

    def written(self, key: str) -> str:
        """The details, with the mark as their last line."""
        lines = [("title", self.title), ("venue", self.venue), ("ref", f"ref {session_mark(key)}")]
        return "\n".join(
            f'<p class="ih-{name}">{html.escape(text, quote=False)}</p>' for name, text in lines if text
        )


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]
