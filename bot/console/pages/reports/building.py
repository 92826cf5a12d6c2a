"""Each report page from the database: what it shows, in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from bot.console.look.charts import Series
from bot.console.pages.reports.blocks import Report, Table, Tile, bars, donut
from bot.storage.measures import pages
from bot.storage.measures.period import Narrowing, Period
from bot.storage.measures.reading import Part, load_facts
from surveys.figures import measures
from surveys.figures.measures import Figure
from surveys.figures.tally import Answers, Tally
from surveys.report import Facts

Say = Callable[..., str]
_CALLS = ("report.conversation", "report.customer", "report.survey", "report.value", "report.words")
_REASONS = {"slow": "reason.slow", "unsolved": "reason.unsolved", "rude": "reason.rude", "other": "reason.other"}
_WEEKDAYS = ("weekday.0", "weekday.1", "weekday.2", "weekday.3", "weekday.4", "weekday.5", "weekday.6")
_WEEKLY = 62  # days; a longer course is shown by week


def overview(connection: Any, period: Period, where: Narrowing, say: Say, within: timedelta) -> Report:
    now, before = _both(connection, period, where, within, Part.RESULTS | Part.ANSWERS | Part.NEWCOMERS)
    tiles = [
        _count(say("report.opened"), now.tally.opened, before.tally.opened, "opened"),
        _count(say("report.closed"), now.tally.closed, before.tally.closed, "closed"),
        Tile(say("report.csi"), _csi(now), _csi(before), "%"),
        Tile(say("report.csat"), _csat(now), _csat(before), "%"),
        Tile(say("report.nps"), _nps(now), _nps(before)),
        _tile(say("report.sla"), measures.sla_first_response, now, before, "%", 1, "late"),
        _tile(say("report.fcr"), measures.first_contact_resolution, now, before, "%", 1, "returned"),
        _tile(say("report.containment"), measures.containment, now, before, "%", 0, "contained"),
        _tile(say("report.abandonment"), measures.abandonment, now, before, "%", -1, "abandoned"),
        Tile(say("report.helped"), measures.helped(now.answers), measures.helped(before.answers), "%"),
        Tile(say("report.referral"), measures.referral(now.newcomers), measures.referral(before.newcomers), "%"),
    ]
    days = _course(connection, period, where)
    names = [name for name, _ in days]
    charts = [
        bars(
            say("report.course"), say("report.day"), names,
            [Series(say("report.opened"), [tally.opened for _, tally in days]),
             Series(say("report.closed"), [tally.closed for _, tally in days])],
        ),
        donut(say("report.channels"), [say("report.channel"), say("report.opened")], sorted(now.opened.items())),
    ]  # fmt: skip
    return Report("overview", tiles, charts, [_subjects(connection, period, where, say)])


def quality(connection: Any, period: Period, where: Narrowing, say: Say, within: timedelta) -> Report:
    now, before = _both(connection, period, where, within, Part.RESULTS)
    tiles = [
        Tile(say("report.csi"), _csi(now), _csi(before), "%"),
        Tile(say("report.csat"), _csat(now), _csat(before), "%"),
        Tile(say("report.nps"), _nps(now), _nps(before)),
        Tile(say("report.ces"), _ces(now), _ces(before)),
        Tile(say("report.acsi"), _acsi(now), _acsi(before)),
        Tile(say("report.rate"), _rate(now), _rate(before), "%"),
    ]
    surveys = Table(
        say("report.surveys"),
        [say(key) for key in ("report.survey", "report.version", "report.value", "report.answers", "report.asked")],
        [[one.key, one.version, _value(one), one.scores.responses, one.scores.invitations] for one in now.results],
    )
    found = pages.complaints(connection, period, where)
    causes = Table(
        say("report.complaints"),
        [say("report.subject"), say("report.reason"), say("report.count")],
        [[subject or "—", say(_REASONS.get(reason, "reason.other")), count] for subject, reason, count in found],
    )
    low = pages.low_scores(connection, period, where)
    calls = Table(
        say("report.low"),
        [say(key) for key in _CALLS],
        [[f"#{row.conversation_id or '—'}", row.name, row.survey, row.score, row.comment or ""] for row in low],
        [f"/inbox/{row.conversation_id}" if row.conversation_id else "" for row in low],
    )
    return Report("quality", tiles, (), [surveys, causes, calls])


def operators(connection: Any, period: Period, where: Narrowing, say: Say, within: timedelta) -> Report:
    found = pages.by_operator(connection, period, where)
    heads = ("report.operator", "report.closed", "report.first", "report.sla", "report.handling", "report.fcr",
             "report.csi_mean", "report.answers", "report.review", "report.reviews")  # fmt: skip
    rows = [
        [
            one.name, one.tally.closed,
            *_rounded(
                measures.mean_first_response(one.tally), measures.sla_first_response(one.tally),
                measures.mean_handling(one.tally), measures.first_contact_resolution(one.tally),
                measures.csi_mean(one.scores),
            ),
            one.scores.responses, None if one.worth is None else round(one.worth, 1), one.reviews,
        ]
        for one in found
    ]  # fmt: skip
    chart = bars(
        say("report.by_operator"), say("report.operator"), [one.name for one in found],
        [Series(say("report.closed"), [one.tally.closed for one in found])],
    )  # fmt: skip
    return Report("operators", (), [chart], [Table(say("report.operators"), [say(head) for head in heads], rows)])


def knowledge(connection: Any, period: Period, where: Narrowing, say: Say, within: timedelta) -> Report:
    now, before = _both(connection, period, where, within, Part.ANSWERS)
    tiles = [
        _count(say("report.answered"), now.answers.answered, before.answers.answered),
        _count(say("report.clarified"), now.answers.clarified, before.answers.clarified),
        _count(say("report.unanswered"), now.answers.unanswered, before.answers.unanswered, good=-1),
        Tile(say("report.helped"), measures.helped(now.answers), measures.helped(before.answers), "%"),
        _tile(say("report.containment"), measures.containment, now, before, "%", 0, "contained"),
    ]
    of = now.answers
    shares = [
        (say("report.answered"), of.answered),
        (say("report.clarified"), of.clarified),
        (say("report.unanswered"), of.unanswered),
    ]
    chart = donut(say("report.bot"), [say("report.decision"), say("report.count")], shares)
    heads = [say(key) for key in ("report.question", "report.shown", "report.yes", "report.no", "report.helped")]
    rows = [
        [question, shown, yes, no, *_rounded(measures.helped(Answers(helped=yes, refused=no)))]
        for question, shown, yes, no in pages.entries(connection, period)
    ]
    return Report("faq", tiles, [chart], [Table(say("report.entries"), heads, rows)])


def load(connection: Any, period: Period, where: Narrowing, say: Say, within: timedelta) -> Report:
    now, before = _both(connection, period, where, within, Part.NOTHING)
    tiles = [
        _count(say("report.handed"), now.tally.handed, before.tally.handed, "handed"),
        _tile(say("report.asa"), measures.average_speed_of_answer, now, before, "s", -1),
        _tile(say("report.first"), measures.mean_first_response, now, before, "s", -1),
        _tile(say("report.level"), measures.service_level, now, before, "%", 1),
        _tile(say("report.resolution"), measures.mean_resolution, now, before, "s", -1, "unresolved"),
    ]
    hours = pages.load(connection, period, where)
    days = [say(key) for key in _WEEKDAYS]
    names = [f"{hour:02}" for hour in range(24)]
    by_hour = [Series(say("report.opened"), [sum(hours[day][hour] for day in range(7)) for hour in range(24)])]
    by_day = [Series(say("report.opened"), [sum(row) for row in hours])]
    charts = [
        bars(say("report.by_hour"), say("report.hour"), names, by_hour),
        bars(say("report.by_weekday"), say("report.weekday"), days, by_day),
    ]
    grid = Table(
        say("report.grid"), [say("report.weekday"), *names], [[days[at], *row] for at, row in enumerate(hours)]
    )
    return Report("load", tiles, charts, [grid])


REPORTS = {"overview": overview, "quality": quality, "operators": operators, "faq": knowledge, "load": load}


def _both(connection: Any, period: Period, where: Narrowing, within: timedelta, parts: Part) -> tuple[Facts, Facts]:
    """Of the period and of the one before, only what the page shows."""
    now, before = (load_facts(connection, one, where, within, parts) for one in (period, period.before))
    return now, before


def _tile(
    name: str, measure: Callable[[Tally], Figure], now: Facts, before: Facts, unit: str, good: int, behind: str = ""
) -> Tile:
    return Tile(name, measure(now.tally), measure(before.tally), unit, good, behind)


def _count(name: str, now: int, before: int, behind: str = "", good: int = 0) -> Tile:
    return Tile(name, Figure(now, max(now, 10)), Figure(before, before), "", good, behind)


def _csi(facts: Facts) -> Figure:
    return measures.csi(facts.result("csi").scores)


def _csat(facts: Facts) -> Figure:
    own = facts.result("csat").scores
    return measures.csat(own if own.invitations else facts.result("csi").scores)


def _nps(facts: Facts) -> Figure:
    return measures.nps(facts.result("nps").scores)


def _ces(facts: Facts) -> Figure:
    return measures.ces(facts.result("ces").scores)


def _acsi(facts: Facts) -> Figure:
    return measures.acsi(facts.result("acsi").scores)


def _rate(facts: Facts) -> Figure:
    return measures.response_rate(facts.result("csi").scores)


def _value(result: Any) -> float | None:
    measure = measures.OF_SCORES.get(result.kind)
    return _rounded(measure(result.scores))[0] if measure else None


def _rounded(*figures: Figure) -> list[float | None]:
    return [None if one.value is None else round(one.value, 1) for one in figures]


def _course(connection: Any, period: Period, where: Narrowing) -> list[tuple[str, Tally]]:
    """By day; a long period by week, named after its Monday."""
    days = dict(pages.course(connection, period, where))
    length = (period.last_day - period.first_day).days + 1
    found: dict[str, Tally] = {}
    for number in range(length):
        day = period.first_day + timedelta(days=number)
        start = day - timedelta(days=day.weekday()) if length > _WEEKLY else day
        name = f"{start:%d.%m}"
        found[name] = found.get(name, Tally()) + days.get(day, Tally())
    return list(found.items())


def _subjects(connection: Any, period: Period, where: Narrowing, say: Say) -> Table:
    heads = ("report.subject", "report.opened", "report.handed", "report.fcr", "report.containment")
    rows: list[Sequence[Any]] = [
        [
            name or "—", tally.opened, tally.handed,
            *_rounded(measures.first_contact_resolution(tally), measures.containment(tally)),
        ]
        for name, tally in pages.by_category(connection, period, where)
    ]  # fmt: skip
    return Table(say("report.subjects"), [say(head) for head in heads], rows)
