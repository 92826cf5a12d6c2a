"""Days as facts and invitations keep them: 2025-03-10 is the number 20250310, which sorts and compares."""

from __future__ import annotations

from datetime import date


def number_of(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def day_of(number: int) -> date:
    return date(number // 10_000, number // 100 % 100, number % 100)
