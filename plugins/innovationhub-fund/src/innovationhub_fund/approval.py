"""What an approval is good for: a place where only approved ideas come, and losing it when the approval ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from innovationhub.domain.asking import allowed
from innovationhub.domain.booking import HOLDING, LIVE, BookingRow, BookingStatus, moved
from innovationhub.domain.diary import Appointment, Diary
from innovationhub.domain.freeing import end_dependents, look_at_dates, reopen
from innovationhub.domain.making import Making, Party, promote
from innovationhub.domain.placing import Place, appointments_of, change, facts_of, place_for
from innovationhub.domain.policies import OnIneligible
from innovationhub.domain.records import Facts, Key, Range, Read, Rows
from innovationhub.domain.roster import Roster
from innovationhub.domain.rules import Case, Verdict
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.waitlist import recall
from innovationhub.domain.wording import count
from innovationhub_fund.ideas import STANDING, MemberRow, Stage, theirs

__all__ = ["RULE", "ApprovedIdea", "let_go"]

RULE = "approved-idea"

HELP = "ideas-development"
"""The session type in which one gets help, where a rule's argument names no other."""

MOST_AHEAD = 500
"""Places of one person ahead that are looked at when an approval ends."""

_S = Stage

_REMEDIES = {
    _S.DEVELOPING: "Submit it to the panel when it is ready; come to {help} for help with it.",
    _S.SUBMITTED: "The panel has it: you will hear when it has decided. If it is approved, book again.",
    _S.WITHDRAWN: "Revise it and submit it again; come to {help} for help with it.",
    _S.EXPIRED: "Revise it and submit it again; come to {help} for help with it.",
}
_ANOTHER = "Propose an idea, and come to {help} for help with it."

_TELLING = (_S.SUBMITTED, _S.DEVELOPING, _S.EXPIRED, _S.WITHDRAWN, _S.DECLINED, _S.REPORTED, _S.DROPPED)
"""Of several ideas the one nearest to an approval is told of."""


class ApprovedIdea:
    """Only who owns, or works on, an idea that the panel has approved. Whoever was invited to advise may come too."""

    def needs(self, case: Case) -> Read:
        """The person's ideas, each with its stage."""
        return Read(ranges=(theirs(case.person),))

    def judge(self, rows: Rows, case: Case) -> Verdict:
        """Allowed with an approval that stands; if not, what there is and where to get the rest."""
        role = case.type.role(case.role)
        ideas = rows.scan(theirs(case.person)).records
        if (role is not None and role.invited) or any(each.stage in STANDING for each in ideas):
            return Verdict(allowed=True)
        help = case.argument or HELP
        rest = f"{case.type.title} is for people whose idea the Innovation Fund's panel has approved"
        if not ideas:
            sentence = f"{rest}; there is no idea of this person's."
            return Verdict(allowed=False, sentence=sentence, remedies=(_ANOTHER.format(help=help),))
        nearest: MemberRow = min(ideas, key=lambda each: _TELLING.index(each.stage))
        said = f"the idea {nearest.idea_id} is at the stage {nearest.stage}"
        facts: Facts = {"idea": nearest.idea_id, "stage": str(nearest.stage)}
        remedy = _REMEDIES.get(nearest.stage, _ANOTHER).format(help=help)
        return Verdict(allowed=False, sentence=f"{rest}; {said}.", facts=facts, remedies=(remedy,))


def let_go(making: Making, people: Iterable[str]) -> None:
    """An approval of these people's ended: where a session type says "release", their places to come end with it.

    It does at once, and with names, what `tick` would do when it next looks at those who hold a place: only what the
    rules do not allow any more. Whoever waits is asked when it is their turn.
    """
    draft = making.draft
    people = list(people)
    ahead = {
        each: Range(Appointment, "by_person", (each, True), draft.now, limit=MOST_AHEAD) for each in people
    }
    draft.need(*ahead.values(), *(Key(Diary, (each,)) for each in people))
    for each in people:
        diary = draft.get(Diary, each)
        if diary is not None:
            draft.touch(diary)  # whoever is booking them at this moment looks again
    lines = {
        line.booking_id: line
        for each in people
        for line in draft.scan(ahead[each]).records
        if line.status in HOLDING and not line.parent
    }
    draft.need(
        *(Key(SessionRow, (line.session_id,)) for line in lines.values()),
        *(Key(Roster, (line.session_id, line.role)) for line in lines.values()),
        *(Key(BookingRow, (id,)) for id in lines),
        *(appointments_of(id) for id in lines),
    )
    for id, line in sorted(lines.items()):
        place = place_for(draft, line.session_id, line.role)
        named = any(rule.partition(":")[0] == RULE for rule in place.type.rules)
        open_ = place.session.status is SessionStatus.SCHEDULED and draft.now < place.closes
        if named and open_ and place.type.on_ineligible is OnIneligible.RELEASE:
            _release(making, place, id)


def _release(making: Making, place: Place, booking_id: str) -> None:
    """End a booking if the rules have something against one of its people, and let others have the seats."""
    draft = making.draft
    row = draft.get(BookingRow, booking_id)
    people = draft.scan(appointments_of(booking_id)).records
    if row is None or row.status not in HOLDING:
        return
    party = Party(row, tuple(people))
    against = [each for line in party.people for each in allowed(draft, place, line.person, row.id)]
    if not against:
        return
    number = count(row.size, "person", "people")
    sentence = f"A booking of {number} ends: the approval it rests on has ended."
    making.add("cancelled", place.session.id, sentence, booking=row.id, person=row.person)
    making.tell(party, "cancelled")
    depending = _depending(making, row, people)
    ended = moved(row, BookingStatus.CANCELLED)
    change(draft, place, row, ended, people)
    rule = str(against[0].facts.get("rule", ""))
    draft.note("booking.cancelled", row.id, **facts_of(ended), because="not-eligible", rule=rule)
    owed = [*end_dependents(draft, row, people), *reopen(draft, people)]
    for each in depending:
        sentence = f"The place as {each.role} that depends on it ends too."
        making.add("cancelled", each.session_id, sentence, booking=each.booking_id, person=each.person)
    recall(draft, place)
    promote(making, place)
    for session_id, role in dict.fromkeys(owed):
        promote(making, place_for(draft, session_id, role))
    making.owed += look_at_dates(draft, place)


def _depending(making: Making, row: BookingRow, people: Sequence[Appointment]) -> list[Appointment]:
    """The lines that end with a booking, such as time alone with an adviser."""
    draft = making.draft
    ahead = [
        Range(Appointment, "by_person", (each.person, True), draft.now, limit=MOST_AHEAD) for each in people
    ]
    draft.need(*ahead)
    found = [line for each in ahead for line in draft.scan(each).records]
    return [line for line in found if line.parent == row.id and line.status in LIVE]
