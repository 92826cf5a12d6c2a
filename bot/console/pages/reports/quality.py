"""The quality page: scores, what is complained of and how that changes, whom to call back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from bot.console.look.charts import Series
from bot.console.pages.reports.blocks import Chart, Report, Say, Table, bars
from bot.console.pages.reports.tiles import both, course_of, rate, rounded, score
from bot.storage.measures import voices
from bot.storage.measures.period import Narrowing, Period
from bot.storage.measures.reading import Part
from bot.storage.measures.voices import Complaints
from surveys.figures import measures

REASONS = {"slow": "reason.slow", "unsolved": "reason.unsolved", "rude": "reason.rude", "other": "reason.other"}
_CALLS = ("report.conversation", "report.customer", "report.survey", "report.value", "report.reason", "report.words")
_SHARES = ("csi", "csat")  # told per cent
_CAUSES = 200
_MOST = 5  # colours of a trend; what is rarer is told as one


def quality(connection: Any, period: Period, where: Narrowing, say: Say, within: timedelta) -> Report:
    now, before = both(connection, period, where, within, Part.RESULTS)
    tiles = [*(score(kind, say, now, before) for kind in measures.OF_SCORES), rate(say, now, before)]
    surveys = Table(
        say("report.surveys"),
        [say(key) for key in ("report.survey", "report.version", "report.value", "report.answers", "report.asked")],
        [
            [survey_name(one.key, say), one.version, _value(one), one.scores.responses, one.scores.invitations]
            for one in now.results
        ],
        own_units={(row, 2): "%" for row, one in enumerate(now.results) if one.kind in _SHARES},
    )
    complaints = voices.complaints(connection, period, where)
    by_tag = voices.complaints_by_tag(connection, period, where) if complaints else []
    causes = Table(
        say("report.complaints"),
        [say("report.subject"), say("report.reason"), say("report.count")],
        [[subject or "—", reason_in_words(reason, say), number] for subject, reason, number in _causes(complaints)],
    )
    calls = low_scores(connection, period, where, say)
    return Report("quality", tiles, list(_trends(complaints, by_tag, period, say)), [surveys, causes, calls])


def low_scores(connection: Any, period: Period, where: Narrowing, say: Say) -> Table:
    """Who was dissatisfied, the newest first, each with the way to the conversation."""
    low = voices.low_scores(connection, period, where)
    return Table(
        say("report.low"),
        [say(key) for key in _CALLS],
        [
            [f"#{row.conversation_id or '—'}", row.name, survey_name(row.survey, say), row.score,
             reason_in_words(row.reason, say), row.comment or ""]
            for row in low
        ],
        [f"/inbox/{row.conversation_id}" if row.conversation_id else "" for row in low],
    )  # fmt: skip


def survey_name(key: str, say: Say) -> str:
    """As the list of surveys calls it; one's own by its key."""
    word = say(f"surveys.name.{key}")
    return key if word.startswith("surveys.name.") else word


def reason_in_words(reason: str | None, say: Say) -> str:
    return say(REASONS.get(reason, "reason.other")) if reason else ""


def _causes(complaints: Sequence[Complaints]) -> list[tuple[str, str, int]]:
    """By subject and reason, the most frequent first."""
    counts: dict[tuple[str, str], int] = {}
    for one in complaints:
        counts[one.category, one.reason] = counts.get((one.category, one.reason), 0) + one.number
    ordered = sorted(counts.items(), key=lambda cause: (-cause[1], cause[0]))
    return [(subject, reason, number) for (subject, reason), number in ordered[:_CAUSES]]


def _trends(
    complaints: Sequence[Complaints], by_tag: Sequence[tuple[date, str, int]], period: Period, say: Say
) -> Iterator[Chart]:
    """Complaints over the time, by subject, by reason and by tag; without complaints there is nothing to draw."""
    told = {
        "category": [(one.day, one.category or say("report.no_subject"), one.number) for one in complaints],
        "reason": [(one.day, reason_in_words(one.reason, say), one.number) for one in complaints],
        "tag": by_tag,
    }
    course = course_of(period)
    for by, found in told.items():
        counts: dict[str, list[int]] = {}
        for day, name, number in found:
            counts.setdefault(name, [0] * len(course.names))[course.at(day)] += number
        if counts:
            yield bars(say(f"report.trend.{by}"), say(course.unit), course.names, _largest(counts, say))


def _largest(counts: dict[str, list[int]], say: Say) -> list[Series]:
    ordered = sorted(counts, key=lambda name: (-sum(counts[name]), name))
    shown = [Series(name, counts[name]) for name in ordered[:_MOST]]
    rest = [counts[name] for name in ordered[_MOST:]]
    return [*shown, Series(say("report.others"), [sum(one) for one in zip(*rest, strict=True)])] if rest else shown


def _value(result: Any) -> float | None:
    measure = measures.OF_SCORES.get(result.kind)
    return rounded(measure(result.scores))[0] if measure else None
