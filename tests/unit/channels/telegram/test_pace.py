"""Pacing on a clock of our own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from channels.telegram.wire.notebook import MemoryNotebook
from channels.telegram.wire.pace import BotPace, ChatPace, GroupPace
from core.clock import FakeClock
from core.errors import Scope


class Ticks:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def now() -> Ticks:
    return Ticks()


def test_chat_burst_then_one_a_second(now: Ticks) -> None:
    pace = ChatPace(now)
    sent = 0
    for _ in range(600):  # a minute in tenths of a second
        if pace.wait("1") <= 0:
            pace.take("1")
            sent += 1
        now.at += 0.1
    assert 78 <= sent <= 81
    assert pace.wait("2") == 0


def test_chat_waits_as_asked(now: Ticks) -> None:
    pace = ChatPace(now)
    pace.flooded("1", 7)
    assert pace.wait("1") == 7
    assert pace.wait("2") == 0
    now.at += 7
    assert pace.wait("1") == 0


def test_chats_are_forgotten_when_quiet(now: Ticks) -> None:
    pace = ChatPace(now)
    for chat in range(10_000):
        pace.take(str(chat))
    now.at += 5
    pace.take("one more")
    assert len(pace._full_at) == 1


def test_bot_is_limited_by_three_chats_within_a_second(now: Ticks) -> None:
    pace = BotPace(now)
    assert [pace.flooded("1", 1), pace.flooded("1", 1), pace.flooded("2", 1)] == [Scope.LANE] * 3
    now.at += 2
    assert [pace.flooded("3", 1), pace.flooded("4", 1)] == [Scope.LANE] * 2
    assert pace.wait() == 0
    assert pace.flooded("5", 2) is Scope.ACCOUNT
    assert pace.wait() == 2
    now.at += 2
    sent = 0
    for _ in range(200):
        if pace.wait() <= 0:
            pace.take()
            sent += 1
        now.at += 0.01
    assert 49 <= sent <= 51
    now.at += 60
    for _ in range(100):
        assert pace.wait() == 0
        pace.take()


async def test_group_is_free_until_the_first_complaint(now: Ticks) -> None:
    pace = GroupPace(MemoryNotebook(), "k", now=now, clock=FakeClock(datetime(2025, 3, 3, tzinfo=UTC)))
    for _ in range(100):
        assert pace.wait() == 0
        pace.take()
    await pace.flooded(10)
    assert pace.is_limited
    assert pace.wait() == 10
    now.at += 10
    assert pace.wait() == pytest.approx(50)  # the last 18 of the hundred were just sent
    now.at += 50
    sent = []
    for _ in range(1200):  # two minutes
        if pace.wait() <= 0:
            pace.take()
            sent.append(now.at)
        now.at += 0.1
    assert len(sent) == 36
    assert all(late - early >= 60 - 1e-6 for early, late in zip(sent, sent[18:], strict=False))
    now.at += 3600
    assert not pace.is_limited


async def test_short_waits_are_only_waited_for(now: Ticks) -> None:
    pace = GroupPace(MemoryNotebook(), "k", now=now)
    for number in range(600):  # ten a second for a minute, one in forty refused
        if number % 40 == 0:
            await pace.flooded(1)
            assert pace.wait() == 1
            await pace.flooded(1)  # what was under way at the time
            now.at += 1
        assert pace.wait() == 0
        pace.take()
        now.at += 0.1
    assert not pace.is_limited


async def test_many_short_waits_are_the_limit(now: Ticks) -> None:
    pace = GroupPace(MemoryNotebook(), "k", now=now)
    for _ in range(3):
        assert not pace.is_limited
        pace.take()
        await pace.flooded(1)
        now.at += 2
    assert pace.is_limited


async def test_limit_survives_a_restart(now: Ticks) -> None:
    clock, notebook = FakeClock(datetime(2025, 3, 3, tzinfo=UTC)), MemoryNotebook()
    await GroupPace(notebook, "k", now=now, clock=clock).flooded(30)
    clock.advance(timedelta(minutes=30))
    later = GroupPace(notebook, "k", now=Ticks(), clock=clock)
    await later.load()
    assert later.is_limited
    clock.advance(timedelta(minutes=31))
    much_later = GroupPace(notebook, "k", now=Ticks(), clock=clock)
    await much_later.load()
    assert not much_later.is_limited


@pytest.mark.parametrize("written", ["", "junk", "1"])
async def test_odd_notes_are_no_limit(now: Ticks, written: str) -> None:
    notebook = MemoryNotebook()
    await notebook.put("k", written)
    pace = GroupPace(notebook, "k", now=now)
    await pace.load()
    assert not pace.is_limited
