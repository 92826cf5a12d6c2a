"""What the day was like, reckoned from the stored rows; and the same from the report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, median, pstdev, quantiles
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from bot.storage.measures.period import WHOLE, Period
from bot.storage.measures.reading import load_facts
from bot.storage.service.tables import countdown
from bot.storage.tables import conversation
from core.conversation import Status
from handoff.service.targets import Target
from surveys.report import build_report
from surveys.scoring import percentile

_TURN = 60.0  # seconds; a shorter wait was no waiting for a turn


@dataclass(frozen=True, slots=True)
class Figures:
    conversations: int
    waiting_p50_s: float
    waiting_p90_s: float
    longest_wait_s: float
    load_spread: float  # of load / capacity among those there, mean over time of the standard deviation
    load_range: float  # the same of the difference between the fullest and the emptiest
    fewest_closed: int
    most_closed: int
    told: int
    honesty: float  # median of told / real among those who were told a wait
    honesty_of_waits: float  # the same among those who really waited
    honest_share: float  # of those, how many within 0.5 to 2
    breaches: dict[str, int]
    abandoned: int
    abandoned_percent: float
    forgotten: int
    own: dict[str, float | None]  # what the report should say
    report: dict[str, Any]

    @property
    def reported(self) -> dict[str, float | None]:
        """The same figures as the report has them."""
        return {name: _found(self.report, name) for name in self.own}

    def lines(self) -> list[str]:
        shown = [
            ("conversations", f"{self.conversations}"),
            ("waiting p50 / p90 / longest", _times(self.waiting_p50_s, self.waiting_p90_s, self.longest_wait_s)),
            ("load spread (sd / range of load:capacity)", f"{self.load_spread:.3f} / {self.load_range:.3f}"),
            ("closed by one operator, fewest to most", f"{self.fewest_closed} to {self.most_closed}"),
            (
                "told / real wait, median",
                f"{self.honesty:.2f} of {self.told} told; {self.honesty_of_waits:.2f} of waits",
            ),
            ("of waits told within a factor of two", f"{self.honest_share:.0%}"),
            ("breaches", ", ".join(f"{name} {count}" for name, count in sorted(self.breaches.items())) or "none"),
            ("abandoned", f"{self.abandoned} ({self.abandoned_percent:.1f} %)"),
            ("forgotten", f"{self.forgotten}"),
        ]
        return [f"  {name:<42} {value}" for name, value in shown]


def read_figures(connection: Connection, loads: list[list[float]], day: date) -> Figures:
    rows = connection.execute(select(conversation)).all()
    queued = [row for row in rows if row.queued_at is not None]
    waits = [(row.assigned_at - row.queued_at).total_seconds() for row in queued if row.assigned_at is not None]
    told = [
        (row.told_wait_s, max(1.0, (row.assigned_at - row.queued_at).total_seconds()))
        for row in queued
        if row.told_wait_s is not None and row.assigned_at is not None
    ]
    real = [(said, took) for said, took in told if took >= _TURN or said > _TURN]
    closed = Counter(row.closed_by_operator_id for row in rows if row.closed_by_operator_id is not None)
    breaches = connection.execute(
        select(countdown.c.target, func.count())
        .where(countdown.c.breached_at.is_not(None))
        .group_by(countdown.c.target)
    )
    abandoned = sum(row.abandoned_at is not None for row in queued)
    open_ones = (Status.QUEUED.value, Status.ASSIGNED.value)
    period = Period(day, day + timedelta(days=1), ZoneInfo("UTC"))
    deciles = quantiles(waits, n=10)
    return Figures(
        len(queued),
        median(waits),
        deciles[8],
        max(waits),
        fmean(pstdev(load) for load in loads),
        fmean(max(load) - min(load) for load in loads),
        min(closed.values()),
        max(closed.values()),
        len(told),
        median(said / took for said, took in told) if told else 0.0,
        median(said / took for said, took in real) if real else 0.0,
        fmean(0.5 <= said / took <= 2 for said, took in real) if real else 0.0,
        {row[0]: row[1] for row in breaches},
        abandoned,
        100 * abandoned / len(queued),
        sum(row.status in open_ones for row in rows),
        _own(connection, queued, abandoned),
        build_report(load_facts(connection, period, WHOLE, timedelta(seconds=60))),
    )


def _own(connection: Connection, queued: list[Any], abandoned: int) -> dict[str, float | None]:
    """By the report's keys, from the countdowns of targets, which are another way to reckon."""
    ended = select(countdown).where(countdown.c.ended_at.is_not(None), countdown.c.outcome != "dropped")
    rows = connection.execute(ended).all()
    answered = [row for row in rows if row.target == Target.FIRST_RESPONSE.value and row.operator_id is not None]
    first = sorted(row.spent_s for row in answered)
    own: dict[str, float | None] = {
        "conversations.opened": float(len(queued)),
        "abandonment_percent": 100 * abandoned / len(queued),
        "first_response_time.p50_s": percentile(first, 50),
        "first_response_time.p90_s": percentile(first, 90),
    }
    for target in Target:
        # who left unanswered in time is none of them, and who left too late was missed
        ends = [row.outcome == "met" for row in rows if row.target == target.value]
        own[f"sla.{target.value}_percent"] = 100 * fmean(ends) if ends else None
    return own


def _found(report: dict[str, Any], name: str) -> float | None:
    found: Any = report
    for key in name.split("."):
        found = found[key]
    return None if found is None else float(found)


def _times(*seconds: float) -> str:
    return " / ".join(f"{int(one // 60)}:{int(one % 60):02}" for one in seconds)
