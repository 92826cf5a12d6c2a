"""Who waits, as leads read it in the group: in words, whatever the channel and the level."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.decide.sharing.boards import show_load, show_queue, show_who
from core.conversation import ConversationId, OperatorId
from core.text import render
from handoff.board import Board, QueueRow, TeamRow
from handoff.operators import Operator, Presence
from handoff.queue import Priority

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ru", ["#1 Мария · Telegram · 5 мин  Оплата", "#2 Пётр · ВКонтакте · линия 2 · 12 мин ⭐ ❗"]),
        ("en", ["#1 Мария · Telegram · 5 min  Оплата", "#2 Пётр · VK · level 2 · 12 min ⭐ ❗"]),
    ],
)
def test_queue_is_told_in_words(language: str, expected: list[str]) -> None:
    board = Board(
        queue=(
            _row(1, "Мария", "telegram", 5, category="Оплата"),
            _row(2, "Пётр", "vk", 12, level=2, priority=Priority.HIGH, is_vip=True),
        )
    )
    _, *rows = show_queue(board, NOW)
    assert [render(row, language).rstrip() for row in rows] == expected


def _row(
    number: int,
    name: str,
    channel: str,
    minutes: int,
    *,
    category: str = "",
    level: int = 1,
    priority: Priority = Priority.NORMAL,
    is_vip: bool = False,
) -> QueueRow:
    since = NOW - timedelta(minutes=minutes)
    return QueueRow(ConversationId(number), name, channel, level, priority, is_vip, category, since)


def test_operator_without_capacity_is_given_nothing_and_is_no_share_of_it() -> None:
    vera = Operator(OperatorId(1), "vera", "Вера", presence=Presence.MANUAL)
    board = Board(team=(TeamRow(vera, 0, 0, skills=("Оплата",)), TeamRow(vera, 0, 2, closed=3), TeamRow(vera, 4, 1)))
    _, *rows = show_who(board)
    assert [render(row, "ru") for row in rows] == [
        "Вера: берёт обращения вручную · линия 1 · в работе 0, новые не назначаются · Оплата",
        "Вера: берёт обращения вручную · линия 1 · в работе 2, новые не назначаются",
        "Вера: берёт обращения вручную · линия 1 · 1 из 4",
    ]
    _, *rows = show_load(board)
    assert [render(row, "en") for row in rows] == [
        "Вера: 2, is given no new ones, snoozed 0, closed today 3",
        "Вера: 1 of 4 (25%), snoozed 0, closed today 0",
        "Вера: 0, is given no new ones, snoozed 0, closed today 0",
    ]
