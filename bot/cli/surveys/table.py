"""The report for people: what each figure is in plain words, with its unit, grouped, and of how many cases it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.figures import measures
from surveys.figures.confidence import ENOUGH
from surveys.figures.measures import Figure
from surveys.report import Facts, Result

_NAME, _VALUE = 44, 10  # letters


@dataclass(frozen=True, slots=True)
class _Row:
    """`unit` as in `_told`; `case` names one of the cases, "" where the figure is a count and rests on none."""

    name: str
    figure: Figure
    unit: str = ""
    case: str = ""


_Group = tuple[str, list[_Row]]


def as_table(facts: Facts, built: dict[str, Any], zone: str, narrowed: Sequence[str] = ()) -> str:
    """The period first, then one figure a line; what has no data is left out. `built`: what `--json` prints of it."""
    lines = [f"{facts.first_day} to {facts.last_day}, both days counted in ({zone})"]
    if narrowed:
        lines.append(f"only {', '.join(narrowed)}")
    for name, rows in _groups(facts, built):
        if told := [_line(row) for row in rows if row.figure.value is not None]:
            lines += ["", name, *told]
    return "\n".join(lines)


def _line(row: _Row) -> str:
    start = f"  {row.name:<{_NAME}}{_told(row.figure.value, row.unit):>{_VALUE}}"
    return f"{start}   {note}" if (note := _note(row)) else start


def _note(row: _Row) -> str:
    of = row.figure
    if not row.case:
        return ""
    if not of.is_enough:
        return f"of {_many(of.count, row.case)} only: too few to go by, {ENOUGH} are needed"
    likely = "" if of.low is None or of.high is None else f", likely {_number(of.low)} to {_number(of.high)}"
    return f"of {_many(of.count, row.case)}{likely}"


def _groups(facts: Facts, built: dict[str, Any]) -> Iterator[_Group]:
    yield "Conversations", [*_counted(built["conversations"])]
    yield "How satisfied customers are", [*_satisfaction(facts, built)]
    yield "Surveys, each version by itself", [_survey(result) for result in facts.results]
    tally = facts.tally
    yield (
        "Promised times kept",
        [
            _Row("first response in time", measures.sla_first_response(tally), "%", "conversation"),
            _Row("further responses in time", measures.sla_next_response(tally), "%", "wait"),
            _Row("resolved in time", measures.sla_resolution(tally), "%", "conversation"),
        ],
    )
    yield "Times, counted in working hours", [*_times(facts)]
    yield (
        "What became of them",
        [
            _Row("settled at the first contact (FCR)", measures.first_contact_resolution(tally), "%", "conversation"),
            _Row("closed without a person (containment)", measures.containment(tally), "%", "conversation"),
            _Row("gave up waiting (abandonment)", measures.abandonment(tally), "%", "conversation"),
        ],
    )
    bot = facts.answers
    yield (
        "What the bot made of questions",
        [
            _count("answered", bot.answered),
            _count("asked back", bot.clarified),
            _count("did not know", bot.unanswered),
            _Row("answers that helped", measures.helped(bot), "%", "press"),
        ],
    )
    new = facts.newcomers
    yield (
        "New customers, of the whole company",
        [
            _count("met", new.met),
            _count("came by somebody's link", new.recommended),
            _Row("share of those", measures.referral(new), "%", "customer"),
        ],
    )


def _counted(conversations: dict[str, Any]) -> Iterator[_Row]:
    for what in ("opened", "closed"):
        yield _count(what, conversations[what])
        for channel, counts in conversations["by_channel"].items():
            yield _count(f"  {channel}", counts[what])


def _satisfaction(facts: Facts, built: dict[str, Any]) -> Iterator[_Row]:
    csi, nps = facts.result("csi"), facts.result("nps")
    percent = measures.csi(csi.scores)
    # With several questions the value is weighted, which the interval of the plain mean says nothing of.
    is_plain = percent.value is None or round(percent.value, 6) == built["csi"]["percent"]
    ends = (percent.low, percent.high) if is_plain else (None, None)
    yield _Row("CSI, of the best score", Figure(built["csi"]["percent"], percent.count, *ends), "%", "answer")
    yield _Row("CSI, mean of scores 1 to 5", measures.csi_mean(csi.scores), "", "answer")
    yield _Row("answered when asked for it", measures.response_rate(csi.scores), "%", "invitation")
    yield _Row("CSAT, scores of 4 and 5", measures.csat(facts.asked_for("csat").scores), "%", "answer")
    yield _Row("NPS, -100 to 100", measures.nps(nps.scores), "", "answer")
    if nps.scores.responses:
        for name in ("promoters", "passives", "detractors"):
            yield _count(f"  {name}", built["nps"][name])
    yield _Row("CES, how easy it was, 1 to 7", measures.ces(facts.result("ces").scores), "", "answer")
    yield _Row("ACSI, 0 to 100", measures.acsi(facts.result("acsi").scores), "", "answer")


def _survey(result: Result) -> _Row:
    """One without a score of its own tells how many answered."""
    name = f"{result.key}, version {result.version}"
    measure = measures.OF_SCORES.get(result.kind)
    if measure is None or not result.scores.responses:
        return _Row(f"{name}, answered when asked", measures.response_rate(result.scores), "%", "invitation")
    unit = "%" if result.kind in ("csi", "csat") else ""
    return _Row(f"{name} ({result.kind.upper()})", measure(result.scores), unit, "answer")


def _times(facts: Facts) -> Iterator[_Row]:
    tally, spread = facts.tally, facts.spread
    for part, milliseconds in (("half", spread.p50_ms), ("nine tenths", spread.p90_ms)):
        seconds = None if milliseconds is None else milliseconds / 1000
        yield _Row(f"first response, {part} came within", Figure(seconds, tally.responded), "s", "conversation")
    yield _Row("first response, mean", measures.mean_first_response(tally), "s", "conversation")
    yield _Row("taken by a person after, mean (ASA)", measures.average_speed_of_answer(tally), "s", "conversation")
    within = f"taken within {_told(facts.within_s, 's')} (service level)"
    yield _Row(within, measures.service_level(tally), "%", "conversation")
    yield _Row("handling, from taken to closed, mean", measures.mean_handling(tally), "s", "conversation")
    yield _Row("resolution, from opened to closed, mean", measures.mean_resolution(tally), "s", "conversation")


def _count(name: str, number: int) -> _Row:
    return _Row(name, Figure(number, number))


def _told(value: float | None, unit: str) -> str:
    """`unit` is "%", "s" (seconds, told as a time whose seconds matter while it is short) or ""."""
    if value is None:
        return ""
    if unit != "s":
        return f"{_number(value)} {unit}".rstrip()
    if round(value) < 120:
        return f"{round(value)} s"
    hours, minutes = divmod(round(value / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _many(count: int, case: str) -> str:
    several = f"{case}es" if case.endswith("s") else f"{case}s"
    return f"{count} {case if count == 1 else several}"
