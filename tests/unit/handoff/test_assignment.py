"""Who gets which conversation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conversation import ConversationId, OperatorId
from handoff.assignment import Candidate, choose, fitting, share_out
from handoff.operators import Presence
from handoff.queue import AHEAD, Priority, Waiting, in_order, position

NOW = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)


def waits(number: int, minutes: float = 0, **values: Any) -> Waiting:
    return Waiting(ConversationId(number), NOW - timedelta(minutes=minutes), **values)


def mate(number: int, **values: Any) -> Candidate:
    return Candidate(OperatorId(number), **values)


def chosen(waiting: Waiting, *team: Candidate) -> int | None:
    found = choose(waiting, team)
    return found.id if found is not None else None


def test_least_loaded_relative_to_capacity() -> None:
    assert chosen(waits(1), mate(1, load=2, capacity=4), mate(2, load=3, capacity=10)) == 2


def test_longest_idle_among_equals() -> None:
    early, late = NOW - timedelta(minutes=9), NOW - timedelta(minutes=1)
    assert chosen(waits(1), mate(1, idle_since=late), mate(2, idle_since=early)) == 2
    assert chosen(waits(1), mate(1, idle_since=early), mate(2)) == 2  # never had one


def test_previous_operator_first_while_online_and_with_room() -> None:
    before = waits(1, previous=OperatorId(2))
    assert chosen(before, mate(1), mate(2, load=3)) == 2
    assert chosen(before, mate(1), mate(2, load=4)) == 1
    assert chosen(before, mate(1), mate(2, presence=Presence.BREAK)) == 1


@pytest.mark.parametrize("presence", [Presence.BREAK, Presence.OFFLINE, Presence.LOST, Presence.MANUAL])
def test_only_who_is_online_is_given_anything(presence: Presence) -> None:
    assert chosen(waits(1), mate(1, presence=presence)) is None


def test_who_gave_it_back_is_not_given_it_again() -> None:
    assert chosen(waits(1, avoid=OperatorId(1)), mate(1)) is None
    assert chosen(waits(1, avoid=OperatorId(1)), mate(1), mate(2, load=3)) == 2


def test_skills_count_for_known_categories() -> None:
    specialist, other, anybody = mate(1, skills=frozenset({"A"})), mate(2, skills=frozenset({"B"})), mate(3, load=3)
    assert chosen(waits(1, category="A"), other, specialist) == 1
    assert chosen(waits(1, category="C"), specialist, other, anybody) == 3
    assert chosen(waits(1, category="C"), specialist, other) in {1, 2}  # a skill nobody has keeps nobody waiting
    assert chosen(waits(1), specialist) == 1


def test_level_of_the_conversation_and_its_nearest_stand_in() -> None:
    first, third = mate(1, level=1), mate(3, level=3)
    assert [one.id for one in fitting(waits(1, level=1), [first, third])] == [1]
    assert [one.id for one in fitting(waits(1, level=2), [first, third])] == [3]
    away = replace(first, presence=Presence.OFFLINE)
    assert chosen(waits(1, level=1), away, third) is None  # the level is served, only nobody is there


def test_backlog_is_shared_evenly_and_within_capacity() -> None:
    queue = [waits(number, 60 - number) for number in range(1, 10)]
    placed = share_out(queue, [mate(1, capacity=3), mate(2, capacity=2)], NOW)
    given = [one.operator_id for one in placed]
    assert [one.conversation_id for one in placed] == [1, 2, 3, 4, 5]
    assert (given.count(OperatorId(1)), given.count(OperatorId(2))) == (3, 2)


def test_who_fits_nobody_holds_up_nobody() -> None:
    queue = [waits(1, 60, avoid=OperatorId(1)), waits(2, 5)]
    assert [one.conversation_id for one in share_out(queue, [mate(1)], NOW)] == [2]


# --- the queue


def test_priority_is_a_head_start_and_no_right_of_way() -> None:
    urgent, usual = waits(1, 0, priority=Priority.URGENT), waits(2, 30)
    assert [one.id for one in in_order([usual, urgent])] == [1, 2]
    patient = waits(3, 2 * AHEAD.total_seconds() / 60 + 1)
    assert [one.id for one in in_order([urgent, patient])] == [3, 1]


def test_vip_goes_ahead_of_the_same_priority() -> None:
    assert [one.id for one in in_order([waits(1, 10), waits(2, 0, is_vip=True)])] == [2, 1]


def test_position_counts_those_of_the_same_level() -> None:
    queue = [waits(1, 30), waits(2, 20, level=2), waits(3, 10)]
    assert [position(ConversationId(number), queue) for number in (1, 2, 3, 4)] == [1, 1, 2, None]


PRIORITIES = st.sampled_from(list(Priority))


@given(st.lists(st.tuples(PRIORITIES, st.booleans()), max_size=30), PRIORITIES, st.booleans())
def test_nobody_starves(later: list[tuple[Priority, bool]], own: Priority, is_vip: bool) -> None:
    """Whoever comes more than four steps of head start later can never go first, however urgent."""
    first = waits(1, 500, priority=own, is_vip=is_vip)
    rivals = [
        waits(number, 500 - 4 * AHEAD.total_seconds() / 60 - 1, priority=priority, is_vip=vip)
        for number, (priority, vip) in enumerate(later, 2)
    ]
    assert in_order([*rivals, first])[0].id == 1


@given(
    st.lists(st.tuples(PRIORITIES, st.integers(1, 3), st.sampled_from(["", "A", "B"])), max_size=12),
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 3), st.sampled_from(list(Presence)), st.sampled_from(["", "A"])),
        max_size=5,
    ),
)
def test_after_sharing_nobody_who_fits_has_room(queue: list[Any], team: list[Any]) -> None:
    waiting = [waits(n, n, priority=p, level=level, category=c) for n, (p, level, c) in enumerate(queue, 1)]
    mates = [
        mate(n, level=level, capacity=capacity, presence=presence, skills=frozenset({skill} - {""}))
        for n, (level, capacity, presence, skill) in enumerate(team, 1)
    ]
    placed = share_out(waiting, mates, NOW)
    loads = {one.id: one.load + sum(p.operator_id == one.id for p in placed) for one in mates}
    after = [replace(one, load=loads[one.id]) for one in mates]
    assert all(one.load <= one.capacity or one.load == 0 for one in after)
    left = [one for one in waiting if one.id not in {p.conversation_id for p in placed}]
    assert share_out(left, after, NOW) == []
