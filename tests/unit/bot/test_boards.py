"""Who waits, as leads read it in the group: in words, whatever the channel and the level."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.decide.sharing.boards import show_queue
from core.conversation import ConversationId
from core.text import render
from handoff.board import Board, QueueRow
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
