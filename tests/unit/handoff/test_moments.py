"""Moments as operators type them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.errors import InvalidInput
from handoff.canned import fill, unknown_variables
from handoff.moments import read_moment

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)  # noon in Moscow, a Monday


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("30m", "2025-03-03 12:30"),
        ("2h", "2025-03-03 14:00"),
        ("2 часа", "2025-03-03 14:00"),
        ("15 мин", "2025-03-03 12:15"),
        ("1d", "2025-03-04 12:00"),
        ("15:00", "2025-03-03 15:00"),
        ("в 15:00", "2025-03-03 15:00"),
        ("9:00", "2025-03-04 09:00"),
        ("9.30", "2025-03-04 09:30"),
        ("завтра 9:00", "2025-03-04 09:00"),
        ("Завтра в 9:00", "2025-03-04 09:00"),
        ("tomorrow 9:00", "2025-03-04 09:00"),
        ("послезавтра 18:00", "2025-03-05 18:00"),
        ("25.12 10:00", "2025-12-25 10:00"),
        ("01.02 10:00", "2026-02-01 10:00"),
        ("31.12.2025 23:59", "2025-12-31 23:59"),
        ("2025-03-05T10:00", "2025-03-05 10:00"),
        ("2025-03-05T10:00:00+00:00", "2025-03-05 13:00"),
    ],
)
def test_moment_is_understood(text: str, meant: str) -> None:
    assert f"{read_moment(text, NOW, MOSCOW).astimezone(MOSCOW):%Y-%m-%d %H:%M}" == meant


@pytest.mark.parametrize(
    "text", ["", "когда-нибудь", "0m", "25:00", "12:61", "30.02 10:00", "сегодня 9:00", "9999d", "2020-01-01T10:00"]
)
def test_no_moment(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_moment(text, NOW, MOSCOW)


def test_clocks_are_turned_between() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2025, 3, 29, 20, 0, tzinfo=UTC)
    assert read_moment("tomorrow 9:00", before, berlin).astimezone(UTC) == datetime(2025, 3, 30, 7, 0, tzinfo=UTC)


# --- canned replies


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        ("Здравствуйте, {имя}!", {"name": "Анна"}, "Здравствуйте, Анна!"),
        ("Здравствуйте, {имя}!", {}, "Здравствуйте!"),
        ("{Имя}, добрый день", {"name": "Анна"}, "Анна, добрый день"),
        ("I am {operator}, #{number}", {"operator": "Anna", "number": "7"}, "I am Anna, #7"),
        ("Код {abc}", {}, "Код {abc}"),
    ],
)
def test_variables_are_filled_in_without_gaps(text: str, values: dict[str, str], said: str) -> None:
    assert fill(text, values) == said


def test_values_are_not_read_again() -> None:
    assert fill("{имя}", {"name": "{оператор}", "operator": "Анна"}) == "{оператор}"


def test_unknown_variables_are_named() -> None:
    assert unknown_variables("{имя} {abc} {Operator}") == ["abc"]
