"""What people are called, by their own ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from innovationhub import Hub, NotFound, Plan, Refused

__all__ = ["called", "name_of", "names_in", "names_of_refusal"]


def name_of(hub: Hub, person_id: str) -> str:
    """What a person is called; their id where the hub knows no name, or them no longer."""
    try:
        return hub.person(person_id).name or person_id
    except NotFound:
        return person_id


def called(person_id: str, names: Mapping[str, str]) -> str:
    """A name and the id that tells it from another's."""
    name = names.get(person_id, person_id)
    return f"{name} ({person_id})" if name != person_id else name


def names_in(hub: Hub, plan: Plan) -> Mapping[str, str]:
    """What the people of a plan are called, by their ids."""
    return _names(hub, (each.person_id for each in plan.effects))


def names_of_refusal(hub: Hub, error: Refused) -> Mapping[str, str]:
    """What the people are called whom a refusal is about, and those of the new plan, if it brings one."""
    named = [str(reason.facts.get("person_id", "")) for reason in error.reasons]
    return {**_names(hub, named), **(names_in(hub, error.plan) if error.plan else {})}


def _names(hub: Hub, ids: Iterable[str]) -> dict[str, str]:
    return {id: name_of(hub, id) for id in dict.fromkeys(ids) if id}
