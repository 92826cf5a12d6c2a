"""Each report page from the database: what it shows, in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from bot.console.look.charts import Series
from bot.console.pages.reports.blocks import Report, Say, Table, Tile, bars, donut, line
from bot.console.pages.reports.quality import quality
from bot.console.pages.reports.tiles import both, count, course_of, rounded, score, tile
from bot.storage.measures import pages
from bot.storage.measures.period import Narrowing, Period
from bot.storage.measures.reading import Part
from surveys.figures import measures
from surveys.figures.tally import Answers, Tally
from surveys.report import Facts

_WEEKDAYS = ("weekday.0", "weekday.1", "weekday.2", "weekday.3", "weekday.4", "weekday.5", "weekday.6")


def overview(connection: Any, period: Period, where: Narrowing, say: Say, within: timedelta) -> Report:
    now, before = both(connection, period, where, within, Part.RESULTS | Part.ANSWERS | Part.NEWCOMERS)
    tiles = [
        count(say("report.opened"), now.tally.opened, before.tally.opened, "opened"),
        count(say("report.closed"), now.tally.closed, before.tally.closed, "closed"),
        *(score(kind, say, now, before) for kind in ("csi", "csat", "nps")),
        tile(say("report.sla"), measures.sla_first_response, now, before, "%", 1, "late"),
        tile(say("report.fcr"), measures.first_contact_resolution, now, before, "%", 1, "returned"),
        tile(say("report.containment"), measures.containment, now, before, "%", 0, "contained"),
        tile(say("report.abandonment"), measures.abandonment, now, before, "%", -1, "abandoned"),
        Tile(say("report.helped"), measures.helped(now.answers), measures.helped(before.answers), "%", case="press"),
        _referral(say, now, before),
    ]
    course = course_of(period)
    days = [Tally() for _ in course.names]
    for day, tally in pages.course(connection, period, where):
        days[course.at(day)] += tally
    charts = [
        line(
            say("report.course"), say(course.unit), course.names,
            [Series(say("report.opened"), [tally.opened for tally in days]),
             Series(say("report.closed"), [tally.closed for tally in days])],
        ),
        donut(say("report.channels"), [say("report.channel"), say("report.opened")],
              [(_channel(say, name), opened) for name, opened in sorted(now.opened.items())]),
    ]  # fmt: skip
    return Report("overview", tiles, charts, [_subjects(connection, period, where, say)])


def _channel(say: Say, name: str) -> str:
    """As people call it; a channel added later by its own name."""
    word = say(f"channel.{name}")
    return name if word.startswith("channel.") else word


def operators(connection: Any, period: Period, where: Narrowing, say: Say, within: timedelta) -> Report:
    found = pages.by_operator(connection, period, where)
    heads = ("report.operator", "report.closed", "report.first_response", "report.sla", "report.handling_time",
             "report.fcr", "report.csi_mean", "report.answers", "report.review", "report.reviews")  # fmt: skip
    rows = [
        [
            one.name, one.tally.closed,
            measures.mean_first_response(one.tally), measures.sla_first_response(one.tally),
            measures.mean_handling(one.tally), measures.first_contact_resolution(one.tally),
            *rounded(measures.csi_mean(one.scores)),
            one.scores.responses, None if one.worth is None else round(one.worth, 1), one.reviews,
        ]
        for one in found
    ]  # fmt: skip
    chart = bars(
        say("report.by_operator"), say("report.operator"), [one.name for one in found],
        [Series(say("report.closed"), [one.tally.closed for one in found])],
    )  # fmt: skip
    named = [say(head) for head in heads]
    span = f"from={period.first_day}&to={period.last_day}"
    links = [f"/reports/overview?operator={one.id}&{span}" for one in found]
    units = ("", "", "s", "%", "s", "%", "", "", "%", "")
    return Report("operators", (), [chart], [Table(say("report.operators"), named, rows, links, units)])


def knowledge(connection: Any, period: Period, where: Narrowing, say: Say, within: timedelta) -> Report:
    now, before = both(connection, period, where, within, Part.ANSWERS)
    tiles = [
        count(say("report.answered"), now.answers.answered, before.answers.answered),
        count(say("report.clarified"), now.answers.clarified, before.answers.clarified),
        count(say("report.unanswered"), now.answers.unanswered, before.answers.unanswered, good=-1),
        Tile(say("report.helped"), measures.helped(now.answers), measures.helped(before.answers), "%", case="press"),
        tile(say("report.containment"), measures.containment, now, before, "%", 0, "contained"),
    ]
    of = now.answers
    shares = [
        (say("report.answered"), of.answered),
        (say("report.clarified"), of.clarified),
        (say("report.unanswered"), of.unanswered),
    ]
    chart = donut(say("report.bot"), [say("report.decision"), say("report.count")], shares)
    heads = [say(key) for key in ("report.question", "report.shown", "report.yes", "report.no", "report.helped_share")]
    rows: list[Sequence[Any]] = [
        [question, shown, yes, no, measures.helped(Answers(helped=yes, refused=no))]
        for question, shown, yes, no in pages.entries(connection, period)
    ]
    return Report("faq", tiles, [chart], [Table(say("report.entries"), heads, rows, units=("", "", "", "", "%"))])


def load(connection: Any, period: Period, where: Narrowing, say: Say, within: timedelta) -> Report:
    now, before = both(connection, period, where, within, Part.NOTHING)
    tiles = [
        count(say("report.handed"), now.tally.handed, before.tally.handed, "handed"),
        tile(say("report.asa"), measures.average_speed_of_answer, now, before, "s", -1),
        tile(say("report.first_response"), measures.mean_first_response, now, before, "s", -1),
        tile(say("report.level"), measures.service_level, now, before, "%", 1),
        tile(say("report.resolution"), measures.mean_resolution, now, before, "s", -1, "unresolved"),
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
        say("report.grid"), [say("report.weekday"), *names], [[days[at], *row] for at, row in enumerate(hours)],
        has_shades=True, about=say("report.about_grid"),
    )  # fmt: skip
    return Report("load", tiles, charts, [grid])


REPORTS: dict[str, Callable[..., Report]] = {
    "overview": overview,
    "quality": quality,
    "operators": operators,
    "faq": knowledge,
    "load": load,
}


def _referral(say: Say, now: Facts, before: Facts) -> Tile:
    share, earlier = (measures.referral(facts.newcomers) for facts in (now, before))
    return Tile(say("report.referral"), share, earlier, "%", case="customer")


def _subjects(connection: Any, period: Period, where: Narrowing, say: Say) -> Table:
    heads = ("report.subject", "report.opened", "report.handed", "report.fcr", "report.containment")
    rows: list[Sequence[Any]] = [
        [
            name or "—", tally.opened, tally.handed,
            measures.first_contact_resolution(tally), measures.containment(tally),
        ]
        for name, tally in pages.by_category(connection, period, where)
    ]  # fmt: skip
    return Table(say("report.subjects"), [say(head) for head in heads], rows, units=("", "", "", "%", "%"))
