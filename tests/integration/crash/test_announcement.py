"""An announcement on its way while the program is killed again and again, against both fakes over HTTP."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest

from bot.storage.announcements import keeping
from bot.storage.announcements.telling import results_of
from bot.storage.database import open_engine, read_url
from bot.storage.service.settings import change_setting
from core.clock import SystemClock
from handoff.announcement import Audience, State
from tests.crash.options import Options
from tests.crash.play import _wait_until_listening
from tests.crash.stage import Stage, set_up

pytestmark = pytest.mark.slow

WORDS = "Склад переехал: теперь Лесная, 5."
EACH = 6  # customers on either platform
TELEGRAM, VK = range(5001, 5001 + EACH), range(6001, 6001 + EACH)
KILLS_AT = (3, 8)  # messages that have arrived


def until(condition: Callable[[], bool], limit: float = 40.0) -> None:
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)


def got(stage: Stage) -> Counter[int]:
    records = [*stage.tg.sent(after=0), *stage.vk.sent(after=0)]
    return Counter(int(one["chat"]) for one in records if WORDS in (one["text"] or ""))


def announce(stage: Stage, now: datetime) -> int:
    engine = open_engine(read_url(stage.database_url))
    with engine.begin() as connection:
        change_setting(connection, "surveys.limits", {"quiet_from": "00:00", "quiet_to": "00:00"}, "admin", now)
        change_setting(connection, "announcements.per_minute", 300, "admin", now)
        number = keeping.add_announcement(connection, {"ru": WORDS}, Audience(), None, now)
        keeping.schedule(connection, number, now, now)
    engine.dispose()
    return number


def test_everybody_is_told_once_whenever_the_program_is_killed() -> None:
    with set_up(Options("sqlite", customers=2 * EACH)) as stage:
        stage.bot.start()
        _wait_until_listening(stage)
        for one in TELEGRAM:
            stage.tg.customer_says(one, "Здравствуйте")
        for one in VK:
            stage.vk.customer_says(one, "Здравствуйте")
        until(lambda: len({*(one["chat"] for one in [*stage.tg.sent(after=0), *stage.vk.sent(after=0)])}) >= 2 * EACH)
        number = announce(stage, SystemClock().now())
        for count in KILLS_AT:
            until(lambda: sum(got(stage).values()) >= count)  # noqa: B023
            stage.bot.kill()
            stage.bot.start()
        until(lambda: len(got(stage)) == 2 * EACH)
        engine = open_engine(read_url(stage.database_url)).execution_options(read_only=True)

        def is_over() -> bool:
            with engine.connect() as connection:
                results = results_of(connection, number)
                is_sent = keeping.find_announcement(connection, number).state is State.SENT
            return is_sent and results.delivered == 2 * EACH

        until(is_over)
        engine.dispose()
        told = got(stage)
    assert set(told) == {*TELEGRAM, *VK}
    assert [told[one] for one in VK] == [1] * EACH
    # Telegram knows no repeats: a message may come again only if the kill kept it from being noted
    assert sum(told[one] - 1 for one in TELEGRAM) <= len(KILLS_AT)
