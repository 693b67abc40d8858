"""How a plan is told to people: what it would do, who would be promoted, moved, told, and what speaks against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import tzinfo

from innovationhub import Assign, Effect, Move, Plan, Resize
from innovationhub.cli.naming import called
from innovationhub.cli.output import Output

__all__ = ["TOKEN", "planned_by", "show_plan"]

TOKEN = 10
"""Letters of a plan's token that people are shown: enough to tell one plan from another."""

MOST = 12
"""Lines of one part that are shown; --json has all."""

PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Promoted, in this order", ("promoted",)),
    ("Offered a place, in this order", ("offered",)),
    ("Going along", ("transferred",)),
    ("Clashes", ("clash",)),
    ("Not kept", ("cancelled", "over-capacity", "unmet")),
)
"""What is told under which heading, besides the change itself and the messages."""

APART = frozenset(kind for _, kinds in PARTS for kind in kinds) | {"told"}

ABOUT = {
    "called-off": "that it is off",
    "moved": "that it is moved",
    "offered": "that a place is offered",
    "promoted": "that they have a place",
    "transferred": "that they go to another session",
}
"""What messages say, by the code that a plan has for them."""


def show_plan(out: Output, plan: Plan, names: Mapping[str, str]) -> None:
    """Everything that a change would do; nothing of it is done yet."""
    if not plan.effects:
        out.say("It would change nothing: all is so already.")
        return
    out.say(("The plan", "bold"), f" ({plan.token[:TOKEN]}), as things stand:")
    several = len({each.subject for each in plan.effects}) > 1
    for kind in dict.fromkeys(each.kind for each in plan.effects if each.kind not in APART):
        _lines(out, [each.sentence for each in plan.of(kind)])
    for title, kinds in PARTS:
        found = plan.of(*kinds)
        if found:
            out.say((title, "bold"), f" ({len(found)}):")
            _lines(out, [_line(each, names, several=several) for each in found])
    _show_messages(out, plan, names)


def planned_by(change: object, where: tzinfo) -> tuple[str, ...]:
    """The command that plans a change to one session, in words; empty for what is not said in one line."""
    match change:
        case Resize(subject_id=id, role=role, capacity=seats):
            return ("resize", id, role, "unlimited" if seats is None else str(seats))
        case Assign(session_id=id, facilitators=people) if people:
            return ("assign", id, *people)
        case Move(session_id=id, starts=starts, venue=venue):
            when = ("--starts", f"{starts.astimezone(where):%Y-%m-%dT%H:%M}") if starts else ()
            return ("move", id, *when, *(("--venue", venue) if venue is not None else ()))
    return ()


def _line(effect: Effect, names: Mapping[str, str], *, several: bool) -> str:
    """One effect; whom it happens to, and to which session where there are several."""
    who = f"{called(effect.person_id, names)}: " if effect.person_id else ""
    where = f" ({effect.subject})" if several and effect.subject not in effect.sentence else ""
    return f"{who}{effect.sentence}{where}"


def _lines(out: Output, lines: Sequence[str]) -> None:
    for each in lines[:MOST]:
        out.say(f"- {each}", indent=2)
    if len(lines) > MOST:
        out.say(f"and {len(lines) - MOST} more, which --json shows", indent=2)


def _show_messages(out: Output, plan: Plan, names: Mapping[str, str]) -> None:
    """Who would be told what: the same message once, with all who get it."""
    by_what: dict[str, list[str]] = {}
    for (what, id), number in Counter((each.sentence, each.person_id) for each in plan.messages).items():
        times = f" ({number} messages)" if number > 1 else ""
        by_what.setdefault(what, []).append(names.get(id, id) + times)
    if by_what:
        out.say(("Told", "bold"), f" ({len(plan.messages)}):")
    for what, told in by_what.items():
        more = f" and {len(told) - MOST} more" if len(told) > MOST else ""
        out.say(f"- {ABOUT.get(what, what)}: {', '.join(told[:MOST])}{more}", indent=2)
