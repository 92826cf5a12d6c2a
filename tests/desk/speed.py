"""How quick the desk is: from a customer's words to the topic, and what that costs."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.desk.program import OPERATOR, Otklik
from tests.fakes.remote import spawn

USERS, FIRST = 40, 1001
LAG_S = 1.0  # a rate is kept when 99 % arrive within this, and the rest soon after the last was said
SETTLE_S = 60.0
RATES = (50, 100, 150, 200, 250, 300, 350, 400, 450, 500)


@dataclass(frozen=True)
class Step:
    """One stretch at a steady rate."""

    rate: float
    count: int
    delays_s: list[float]
    cpu_ms: float  # of the program, a message
    fake_cpu_ms: float

    @property
    def is_kept(self) -> bool:
        late = sum(delay > LAG_S for delay in self.delays_s)
        return len(self.delays_s) == self.count and late <= self.count // 100


@contextmanager
def assigned_desk() -> Iterator[tuple[Otklik, Any, int]]:
    """Forty conversations held by an operator."""
    with _started() as (otklik, tg, forum):
        _take_all(tg, forum)
        yield otklik, tg, forum


@contextmanager
def _started() -> Iterator[tuple[Otklik, Any, int]]:
    """Telegram, VK and the desk set up against light fakes."""
    with (
        tempfile.TemporaryDirectory() as folder,
        spawn("telegram", light=True) as tg,
        spawn("vk", light=True) as vk,
    ):
        forum = tg.add_forum(members=[OPERATOR])
        otklik = Otklik(Path(folder), tg, forum, vk)
        otklik.add_operator()
        otklik.start()
        try:
            otklik.wait_until_running()
            yield otklik, tg, forum
        finally:
            otklik.stop()


def _take_all(tg: Any, forum: int) -> None:
    for user in range(FIRST, FIRST + USERS):
        tg.customer_says(user, "Позовите оператора")
    tg.block_for_sent(USERS, chat=forum, timeout=120)
    for topic in tg.topics(forum):
        tg.member_says(OPERATOR, "Слушаю", thread=topic.thread)
    for user in range(FIRST, FIRST + USERS):
        tg.block_for_sent(1, chat=user, text="Слушаю", timeout=120)


def stretch(otklik: Otklik, tg: Any, forum: int, rate: float, count: int) -> Step:
    tg.forget()
    mark = f"шаг {rate:.0f}"
    cpu, fake_cpu = otklik.cpu_s(), _cpu_of_fake(tg)
    tg.traffic(rate, count, USERS, FIRST, mark + " № {n}.")
    tg.block_for_said(count, timeout=10 * count / rate + 60)
    _wait_until_quiet(tg, forum, count)
    used, fake_used = otklik.cpu_s() - cpu, _cpu_of_fake(tg) - fake_cpu
    said = {one.text: one.at for one in tg.said() if one.text.startswith(mark)}
    first: dict[str, float] = {}
    for one in tg.sent(forum):
        for text in one.text.split("\n"):
            first.setdefault(text, one.at)
    delays = [first[text] - at for text, at in said.items() if text in first]
    return Step(rate, count, delays, 1000 * used / count, 1000 * fake_used / count)


def _wait_until_quiet(tg: Any, forum: int, count: int) -> None:
    """Until everything has arrived or nothing more does."""
    before, until = -1, time.monotonic() + SETTLE_S
    while time.monotonic() < until:
        there = len(tg.sent(forum))
        if there >= count or there == before:
            return
        before = there
        time.sleep(2.0)


def _cpu_of_fake(tg: Any) -> float:
    """Seconds of processor the fake has used: it shares the machine with what is measured."""
    running = [one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE]
    (fake,) = [one for one in running if "tests.fakes.telegram" in one.cmdline()]
    times = fake.cpu_times()
    return float(times.user + times.system)


def ramp(otklik: Otklik, tg: Any, forum: int, rates: Sequence[float], seconds: float = 5.0) -> Iterator[Step]:
    """Faster and faster until a rate is not kept; every rate has three tries, for others use the machine too."""
    for rate in rates:
        for _ in range(3):
            step = stretch(otklik, tg, forum, rate, int(rate * seconds))
            yield step
            if step.is_kept:
                break
        else:
            return


def rss_at_rest(seconds: float = 60.0) -> float:
    """Of a program just started, with Telegram, VK and the desk, that nobody has written to; in MB."""
    with _started() as (otklik, _, _):
        time.sleep(seconds)
        return otklik.rss_mb()
