"""Compares every measure with the truth, and takes the time of what pages ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isclose
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Engine

from bot.storage.measures.period import Narrowing, Period
from bot.storage.measures.reading import load_facts
from bot.storage.measures.refresh import Place, Rules, refresh
from surveys.figures.episode import Promise
from surveys.report import build_report
from tests.year.hours import ZONE, Hours
from tests.year.plan import FIRST_DAY, FIRST_TARGET, NEXT_TARGET, NOW, RESOLUTION_TARGET
from tests.year.truth import Cut, Truth, differences

YEAR = (FIRST_DAY, date(2024, 12, 31))
CUTS = (
    Cut(*YEAR),
    Cut(date(2024, 3, 1), date(2024, 3, 31)),
    Cut(date(2024, 6, 30), date(2024, 6, 30)),
    Cut(*YEAR, channel="vk"),
    Cut(*YEAR, operator=3),
    Cut(*YEAR, level=2),
    Cut(*YEAR, category="delivery"),
    Cut(*YEAR, operator=3, category="delivery"),
    Cut(date(2024, 1, 31), date(2024, 4, 1), level=2, category="delivery"),  # whole months and a day on either side
    Cut(date(2024, 2, 15), date(2024, 3, 15)),  # parts of two months
    Cut(date(2024, 11, 1), date(2024, 12, 31), channel="telegram", category=""),
    Cut(*YEAR, tag="hard"),
    Cut(date(2024, 2, 15), date(2024, 4, 15), channel="vk", tag="vip"),
)


def rules() -> Rules:
    promise = Promise(*(timedelta(seconds=one) for one in (FIRST_TARGET, NEXT_TARGET, RESOLUTION_TARGET)))
    return Rules(NOW, ZONE, lambda level, priority: (Hours(), promise))


def reckon_all(engine: Engine, most: int = 500) -> int:
    """Facts of everything; returns the number of transactions."""
    place: Place | None = None
    steps = 0
    while True:
        with engine.begin() as connection:
            place = refresh(connection, rules(), place, most)
        steps += 1
        if place is None:
            return steps


def report_of(connection: Connection, cut: Cut) -> dict[str, Any]:
    period = Period(cut.first, cut.last, ZONE)
    return build_report(
        load_facts(connection, period, Narrowing(cut.channel, cut.operator, cut.level, cut.category, cut.tag))
    )


def check(engine: Engine, truths: Sequence[Truth]) -> list[str]:
    """Everything that differs, cut by cut; the report rounds to six places, so does the comparison."""

    def near(said: float, wanted: float) -> bool:
        return isclose(said, wanted, rel_tol=0, abs_tol=1e-6)

    found = []
    with engine.connect() as connection:
        for truth in truths:
            report = report_of(connection, truth.cut)
            found += [f"{truth.cut}: {one}" for one in differences(report, truth.report(), near)]
    return found


@dataclass(frozen=True, slots=True)
class Timing:
    name: str
    p50_ms: float
    p95_ms: float

    def __str__(self) -> str:
        return f"{self.name:<44} p50 {self.p50_ms:7.1f} ms   p95 {self.p95_ms:7.1f} ms"


def timings(engine: Engine, work: dict[str, Callable[[Connection], object]], times: int = 20) -> list[Timing]:
    """Each piece of work so often, on a connection of its own as the console uses one."""
    found = []
    for name, piece in work.items():
        taken = []
        for _ in range(times):
            with engine.execution_options(read_only=True).connect() as connection:
                start = perf_counter()
                piece(connection)
                taken.append(1000 * (perf_counter() - start))
        taken.sort()
        found.append(Timing(name, taken[len(taken) // 2], taken[min(len(taken) - 1, int(len(taken) * 0.95))]))
    return found
