"""Remembering what was last known to agree with the LMS: the records of `mirrors`, each written as it was reckoned.

A pass over a session asks, thinks and acts while others may do the same. So each row is written only where it is still
as the pass had read it: whoever comes second leaves it be, and the next pass sees how things stand.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.lms import SignUpStatus
from innovationhub.domain.mirrors import Finding, LmsAccountRow, LmsFindingRow, LmsSessionRow, LmsSignUpRow
from innovationhub.domain.records import Key, Range, Read, Record, key_of
from innovationhub.domain.refusals import Refusal

__all__ = ["MOST_FINDINGS", "ForgetPerson", "KeepFindings", "Remember", "findings_of"]

MOST_FINDINGS = 2000
"""Findings about one role of one session."""

STEP = 200
"""Sign-ups of one person that are forgotten in one commit."""


@attrs.frozen(kw_only=True)
class Remember:
    """Write rows about the LMS, each with the one that is expected there (None: none); a row that is None goes."""

    key: str
    rows: tuple[tuple[Record | None, Record | None], ...]
    actor: str = "system:lms"

    def needs(self) -> Read:
        """The rows as they are."""
        return Read(tuple(_key(before, after) for before, after in self.rows))

    def decide(self, view: View) -> Accepted | Refusal:
        """Write those that nobody wrote since."""
        draft = Draft(view, self.actor)
        for before, after in self.rows:
            key = _key(before, after)
            now = draft.get(key.type, *key.values)
            if now != before or now == after:
                continue
            if after is not None:
                draft.put(after)
            elif now is not None:
                draft.delete(now)
            self._note(draft, before, after)
        return draft.accept(Done(self.key))

    def _note(self, draft: Draft, before: Record | None, after: Record | None) -> None:
        """What becomes of a session there is history; what is remembered of sign-ups is not: their bookings are."""
        if not isinstance(after, LmsSessionRow):
            return
        was = before.told if isinstance(before, LmsSessionRow) else None
        state = before.state if isinstance(before, LmsSessionRow) else None
        if state is not after.state or dict(was or {}) != dict(after.told):
            draft.note(f"lms.{after.state}", after.session_id, role=after.role, ref=after.ref)


def _key(before: Record | None, after: Record | None) -> Key[Record]:
    row = after if after is not None else before
    if row is None:
        raise AssertionError("neither a row nor one to be")
    return key_of(row)


def findings_of(session_id: str, role: str) -> Range[LmsFindingRow]:
    """The findings about one role of a session."""
    return Range(LmsFindingRow, "key", (session_id, role), limit=MOST_FINDINGS)


@attrs.frozen(kw_only=True)
class KeepFindings:
    """Let these be the findings about one role of a session: new ones are noted, those that are gone too."""

    session_id: str
    role: str
    findings: tuple[Finding, ...]
    actor: str = "system:lms"

    def needs(self) -> Read:
        """The findings as they are, and how the session was last published, which guards them."""
        return Read(
            (Key(LmsSessionRow, (self.session_id, self.role)),),
            (findings_of(self.session_id, self.role),),
        )

    def decide(self, view: View) -> Accepted | Refusal:
        """Write what differs."""
        draft = Draft(view, self.actor)
        rows = draft.scan(findings_of(self.session_id, self.role)).records
        kept = {(row.code, row.about): row for row in rows}
        found = {(each.code, each.about): each for each in self.findings[:MOST_FINDINGS]}
        for which in sorted({*kept, *found}):
            row, now = kept.get(which), found.get(which)
            if row is not None and now is not None and dict(row.facts) == dict(now.facts):
                continue
            self._change(draft, which, row, now)
        guard = draft.get(LmsSessionRow, self.session_id, self.role)
        if guard is not None and draft.entries:
            draft.touch(guard)
        return draft.accept(Done(self.session_id))

    def _change(
        self, draft: Draft, which: tuple[str, str], row: LmsFindingRow | None, now: Finding | None
    ) -> None:
        code, about = which
        draft.need(Key(LmsFindingRow, (self.session_id, self.role, code, about)))
        draft.get(LmsFindingRow, self.session_id, self.role, code, about)
        if now is None:
            if row is not None:
                draft.delete(row)
            draft.note("lms.resolved", self.session_id, role=self.role, code=code)
            return
        since = row.since if row else draft.now
        draft.put(LmsFindingRow(self.session_id, self.role, code, about, since, now.facts))
        draft.note("lms.found", self.session_id, role=self.role, code=code)


@attrs.frozen(kw_only=True)
class ForgetPerson:
    """Take a person who is erased out of what is kept about the LMS. What they had there is asked to be cancelled."""

    person: str
    actor: str

    def needs(self) -> Read:
        """Their account, and their sign-ups."""
        return Read((Key(LmsAccountRow, (self.person,)),), (self._mine,))

    @property
    def _mine(self) -> Range[LmsSignUpRow]:
        return Range(LmsSignUpRow, "by_person", (self.person,), limit=STEP)

    def decide(self, view: View) -> Accepted | Refusal:
        """Forget a step of them."""
        draft = Draft(view, self.actor)
        account = draft.get(LmsAccountRow, self.person)
        if account is not None:
            draft.delete(account)
        found = draft.scan(self._mine)
        self._forget(draft, found.records)
        return draft.accept(Done(self.person, found.cut))

    def _forget(self, draft: Draft, rows: Sequence[LmsSignUpRow]) -> None:
        draft.need(*(key_of(row) for row in rows))
        for row in rows:
            draft.get(LmsSignUpRow, row.session_id, row.role, row.account)
            draft.put(attrs.evolve(row, person="", here="none", asked=str(SignUpStatus.CANCELLED)))
