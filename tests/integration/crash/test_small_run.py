"""The crash run in small; the whole of it is `python -m tests.crash`."""

from __future__ import annotations

import pytest

from tests.crash.options import Options
from tests.crash.play import run

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("database", "telegram", "vk"),  # each of them once; `make crash` takes any of them together
    [("sqlite", "polling", "callback"), ("postgresql", "webhook", "longpoll")],
)
def test_nothing_is_lost(database: str, telegram: str, vk: str) -> None:
    options = Options(database, 120, 20, 4, 1, telegram, vk, has_long_faults=False, limit=240)
    verdict = run(options)
    assert verdict.violations == [], verdict.table()
