"""The people of a group are given in the order in which they were named."""

from __future__ import annotations

from tests.support import TASTER, crowd, session_type, small_hub


def test_a_groups_people_keep_their_order() -> None:
    """Who booked is first, the others follow as they were named: in answers, and when the booking is read."""
    with small_hub(types=[session_type(capacity=12)]) as hub:
        lead, *others = crowd(hub, 9)
        booked = hub.book(TASTER, lead, group=others)
        assert list(booked.people) == [lead, *others]
        assert list(hub.booking(booked.id).people) == [lead, *others]
        assert list(hub.cancel(booked.id).people) == [lead, *others]
