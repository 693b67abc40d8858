"""How one role of one session stands: here, there, and as it was last known to agree; and who is who."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from innovationhub.domain.agreement import Here, PlaceHere, Standing, There, place_of
from innovationhub.domain.booking import HOLDING, LIVE, BookingRow, BookingStatus
from innovationhub.domain.deciding import Draft
from innovationhub.domain.diary import Appointment
from innovationhub.domain.lms import Ability, Link, LmsPerson, LmsSession, SignUp
from innovationhub.domain.mirrors import (
    AMBIGUOUS,
    LmsAccountRow,
    LmsSessionRow,
    LmsSignUpRow,
    LmsState,
    key_of_role,
    roles_shown,
)
from innovationhub.domain.people import PersonRow
from innovationhub.domain.placing import Place, appointments_of, place_for
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.schedule import SessionStatus
from innovationhub.domain.settings import Leads
from innovationhub.engine import Engine
from innovationhub.errors import LmsError, LmsFailure, NotFound, Unavailable
from innovationhub.hub.agreeing.client import Client
from innovationhub.protocols.lms import MOST_PEOPLE, MOST_SIGNUPS

__all__ = ["Stands", "accounts_of", "link_of", "look_there", "persons_of", "stands"]

MOST = 5000
"""Bookings, and sign-ups, of one role of one session."""

MOST_PAGES = 200
"""Pages of sign-ups read in one look."""


@attrs.frozen
class Stands:
    """How it stands here, and what is remembered: `place` is None where there is no such session any more."""

    here: Here
    place: Place | None
    session: LmsSessionRow | None
    signups: Mapping[str, LmsSignUpRow]


def link_of(row: LmsSessionRow) -> Link:
    """A session under both its names."""
    return Link(key_of_role(row.session_id, row.role), row.ref)


def stands(engine: Engine, session_id: str, role: str, abilities: frozenset[Ability]) -> Stands:
    """Read how one role of one session stands here."""
    return engine.consider(lambda draft: _stands(draft, session_id, role, abilities))


def _stands(draft: Draft, session_id: str, role: str, abilities: frozenset[Ability]) -> Stands:
    bookings = Range(BookingRow, "by_roster", (session_id, role), limit=MOST)
    signups = Range(LmsSignUpRow, "key", (session_id, role), limit=MOST)
    draft.need(Key(LmsSessionRow, (session_id, role)), bookings, signups)
    row = draft.get(LmsSessionRow, session_id, role)
    if draft.scan(bookings).cut or draft.scan(signups).cut:
        raise Unavailable(f"{session_id} has more than {MOST:,} bookings as {role}: it cannot be compared")
    known = {each.account: each for each in draft.scan(signups).records}
    try:
        place = place_for(draft, session_id, role)
    except NotFound:
        # its series does not put it there any more, and nobody was ever booked on it
        return Stands(Here(session_id, role, None, {}), None, row, known)
    shown = None
    if place.session.status is not SessionStatus.CALLED_OFF:
        shown = _shown(draft, place, abilities)
    places = _places(draft, draft.scan(bookings).records)
    return Stands(Here(session_id, role, shown, places), place, row, known)


def _shown(draft: Draft, place: Place, abilities: frozenset[Ability]) -> LmsSession:
    """How a session ought to be shown there: its seats are those that one can book, not those kept for walk-ins."""
    settings, roster = draft.programme.hub, place.roster
    title = place.type.title
    if len(roles_shown(settings, place.type)) > 1:
        title = f"{title}: {place.role.title or place.role.key}"
    queues = settings.lms.leads is Leads.LMS and place.type.waitlist.limit != 0
    return LmsSession(
        key=key_of_role(place.session.id, place.role.key),
        title=title,
        starts=place.session.starts,
        ends=place.session.ends,
        venue=place.session.venue,
        capacity=None if roster.capacity is None else max(0, roster.capacity - roster.reserve),
        waitlist=queues and Ability.WAITLIST in abilities,
    )


def _places(draft: Draft, rows: Sequence[BookingRow]) -> dict[str, Standing]:
    """How everybody's place stands, each of a party by themselves."""
    counted = [row for row in rows if place_of(row.status) is not PlaceHere.NONE]
    parties = [row for row in counted if row.size > 1 or row.status is BookingStatus.ATTENDED]
    draft.need(*(appointments_of(row.id) for row in parties))
    lines = {row.id: draft.scan(appointments_of(row.id)).records for row in parties}
    places: dict[str, Standing] = {}
    # an active place counts before one that has ended: somebody may have had one before
    for row in sorted(counted, key=lambda each: (each.status in LIVE, each.sequence)):
        for person, status in _people(row, lines.get(row.id, ())):
            if place_of(status) is not PlaceHere.NONE:
                places[person] = Standing(place_of(status), row.id)
    return places


def _people(row: BookingRow, lines: Sequence[Appointment]) -> Iterable[tuple[str, BookingStatus]]:
    if not lines:
        return [(row.person, row.status)]
    # of a party that holds a place one may be there already
    return [
        (line.person, line.status)
        for line in lines
        if line.status is row.status or row.status in HOLDING | {BookingStatus.ATTENDED}
    ]


def look_there(
    client: Client, known: Stands, abilities: frozenset[Ability], *, whole: bool
) -> tuple[There, str]:
    """How it stands in the LMS, and the cursor up to which its sign-ups were read. Raises `LmsError`."""
    row = known.session
    if row is None or row.state is not LmsState.PUBLISHED:
        return There(None, whole=False), ""
    link = link_of(row)
    session: LmsSession | None = None
    try:
        if Ability.READ_SESSIONS in abilities:
            session = client.ask(Ability.READ_SESSIONS, lambda lms: lms.read_session(link))
        if Ability.PULL not in abilities:
            return There(session, whole=False), ""
        pending = any(each.asked or not each.person for each in known.signups.values())
        whole = whole or pending or not row.cursor
        signups, cursor = _pull(client, link, "" if whole else row.cursor)
    except LmsError as error:
        if error.kind is LmsFailure.NOT_FOUND:
            return There(None, gone=True), ""
        if error.kind is LmsFailure.REFUSED and error.reason == "cursor" and not whole:
            return look_there(client, known, abilities, whole=True)
        raise
    return There(session, signups, whole=whole), cursor


def _pull(client: Client, link: Link, cursor: str) -> tuple[tuple[SignUp, ...], str]:
    found: dict[str, SignUp] = {}
    for _ in range(MOST_PAGES):
        after = cursor
        page = client.ask(Ability.PULL, lambda lms: lms.sign_ups(link, after, MOST_SIGNUPS))  # noqa: B023
        found.update((each.person.account, each) for each in page.signups)
        cursor = page.cursor
        if not page.more:
            return tuple(found.values()), cursor
    raise LmsError(
        LmsFailure.TEMPORARY, "too-many", f"more than {MOST_PAGES} pages of sign-ups for one session"
    )


def persons_of(engine: Engine, signups: Iterable[SignUp]) -> dict[str, str]:
    """Whom the hub takes these sign-ups' accounts for: by the account, the staff number, the e-mail; exactly."""
    people = {each.person.account: each.person for each in signups}
    if not people:
        return {}
    staff = engine.programme.hub.lms.staff
    by_account = {account: Range(LmsAccountRow, "by_account", (account,), limit=2) for account in people}
    ids = {account: _ids(person, staff) for account, person in people.items()}
    emails = {account: _emails(person) for account, person in people.items()}
    rows = engine.store.read(
        Read(
            tuple(Key(PersonRow, (id,)) for each in ids.values() for id in each),
            (*by_account.values(), *(each for some in emails.values() for each in some)),
        )
    )
    found: dict[str, str] = {}
    for account in people:
        known = [row.person for row in rows.scan(by_account[account]).records]
        named = [row.key for id in ids[account] if (row := rows.get(PersonRow, id)) is not None]
        mailed = {row.key for each in emails[account] for row in rows.scan(each).records}
        # of several with one address none is certain
        certain = known[:1] or named[:1] or (list(mailed) if len(mailed) == 1 else [])
        if certain:
            found[account] = certain[0]
    return found


def _ids(person: LmsPerson, staff: str) -> tuple[str, ...]:
    """The ids under which a caller may have added this person, the surest first."""
    ids = [f"{staff}:{person.staff_number}"] if person.staff_number else []
    return (*ids, f"email:{person.email}", f"email:{person.email.lower()}") if person.email else tuple(ids)


def _emails(person: LmsPerson) -> tuple[Range[PersonRow], ...]:
    wanted = {person.email, person.email.lower()} - {""}
    return tuple(Range(PersonRow, "by_email", (each,), limit=2) for each in sorted(wanted))


def accounts_of(engine: Engine, client: Client, people: Sequence[str]) -> dict[str, str]:
    """The accounts of these people (keys), as remembered or as the LMS finds them; `AMBIGUOUS` where it finds two.

    Raises `LmsError`.
    """
    rows = engine.store.read(Read(tuple(Key(LmsAccountRow, (person,)) for person in people)))
    found = {person: row.account for person in people if (row := rows.get(LmsAccountRow, person)) is not None}
    missing = [person for person in people if person not in found]
    if Ability.FIND_PEOPLE not in client.abilities():
        return found
    for at in range(0, len(missing), MOST_PEOPLE):
        found |= _found_there(engine, client, missing[at : at + MOST_PEOPLE])
    return found


def _found_there(engine: Engine, client: Client, people: Sequence[str]) -> dict[str, str]:
    staff = f"{engine.programme.hub.lms.staff}:"
    wanted = {person: Range(PersonRow, "by_key", (person,), limit=1) for person in people}
    read = engine.store.read(Read(ranges=tuple(wanted.values())))
    rows = {person: row for person, each in wanted.items() for row in read.scan(each).records}
    numbers = {person: row.id.removeprefix(staff) for person, row in rows.items() if row.id.startswith(staff)}
    emails = {person: row.email or row.id.removeprefix("email:") for person, row in rows.items()}
    emails = {person: email for person, email in emails.items() if "@" in email}
    listed = client.ask(
        Ability.FIND_PEOPLE, lambda lms: lms.find_people(list(numbers.values()), list(emails.values()))
    )
    found: dict[str, str] = {}
    for person in rows:
        number, email = numbers.get(person), emails.get(person, "").casefold()
        by_number = {each.account for each in listed if number and each.staff_number == number}
        by_email = {each.account for each in listed if email and each.email.casefold() == email}
        certain = by_number or by_email
        if certain:
            found[person] = certain.pop() if len(certain) == 1 else AMBIGUOUS
    return found
