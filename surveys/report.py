"""The report: all measures of a period from counts.

Every object is always there; a measure without data is None, never 0; counts are numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from surveys.figures import measures
from surveys.figures.measures import Figure
from surveys.figures.tally import Answers, Newcomers, Scores, Tally
from surveys.scoring import csi_weighted_means


@dataclass(frozen=True, slots=True)
class Result:
    """What one version of a survey brought; versions are never mixed.

    `means`: of each question its number of answers and mean, where there are several; `weights` their importance.
    """

    key: str
    version: int
    kind: str
    scores: Scores
    means: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and the slow end of the first response times, in milliseconds."""

    p50_ms: float | None = None
    p90_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened from the first to the last day, both counted in.

    `opened`, `closed` by channel; `results` with the newest version of a survey before its older ones;
    `within_s`: the service level's time.
    """

    first_day: date
    last_day: date
    tally: Tally = field(default_factory=Tally)
    opened: Mapping[str, int] = field(default_factory=dict)
    closed: Mapping[str, int] = field(default_factory=dict)
    results: Sequence[Result] = ()
    answers: Answers = field(default_factory=Answers)
    newcomers: Newcomers = field(default_factory=Newcomers)
    spread: Spread = field(default_factory=Spread)
    within_s: int = 60

    def result(self, kind: str) -> Result:
        """The newest version of a survey of this kind with invitations in the period; an empty one if there is none."""
        return next((one for one in self.results if one.kind == kind), Result(kind, 1, kind, Scores()))

    def asked_for(self, kind: str) -> Result:
        """The same; CSAT without a survey of its own is answered by the closing question."""
        found = self.result(kind)
        return self.result("csi") if kind == "csat" and not found.scores.invitations else found


def build_report(facts: Facts) -> dict[str, Any]:
    """The report as JSON will show it; fractions are rounded to six places."""
    tally = facts.tally
    level = measures.service_level(tally)
    report = {
        "period": {"from": facts.first_day.isoformat(), "to": facts.last_day.isoformat()},
        "conversations": _conversations(facts),
        **_scores(facts),
        "sla": {
            **_named("first_response", measures.sla_first_response(tally)),
            **_named("next_response", measures.sla_next_response(tally)),
            **_named("resolution", measures.sla_resolution(tally)),
        },
        "first_response_time": {
            "p50_s": _seconds(facts.spread.p50_ms),
            "p90_s": _seconds(facts.spread.p90_ms),
            "mean_s": measures.mean_first_response(tally).value,
            "count": tally.responded,
        },
        "average_speed_of_answer_s": measures.average_speed_of_answer(tally).value,
        "service_level": {"within_s": facts.within_s if level.count else None, "percent": level.value},
        "first_contact_resolution_percent": measures.first_contact_resolution(tally).value,
        "containment_percent": measures.containment(tally).value,
        "abandonment_percent": measures.abandonment(tally).value,
        "handling_time_s": measures.mean_handling(tally).value,
        "resolution_time_s": measures.mean_resolution(tally).value,
        "faq": {
            "answered": facts.answers.answered,
            "clarified": facts.answers.clarified,
            "unanswered": facts.answers.unanswered,
            "helped_percent": measures.helped(facts.answers).value,
        },
        "newcomers": {
            "met": facts.newcomers.met,
            "recommended": facts.newcomers.recommended,
            "referral_percent": measures.referral(facts.newcomers).value,
        },
        "surveys": [_survey(result) for result in facts.results],
    }
    rounded: dict[str, Any] = _rounded(report)
    return rounded


def _scores(facts: Facts) -> dict[str, Any]:
    csi, nps = facts.result("csi"), facts.result("nps")
    csat = facts.asked_for("csat")
    mean, percent = measures.csi_mean(csi.scores), measures.csi(csi.scores)
    has_nps = bool(nps.scores.responses)
    return {
        "csi": {
            "mean": mean.value,
            "percent": csi_weighted_means(csi.means, csi.weights) or percent.value,
            **_counts(csi.scores),
            "low": mean.low,
            "high": mean.high,
        },
        "csat": {"percent": measures.csat(csat.scores).value, **_counts(csat.scores), **_ends(measures.csat, csat)},
        "nps": {
            "score": measures.nps(nps.scores).value,
            "promoters": nps.scores.promoters if has_nps else None,
            "passives": nps.scores.responses - nps.scores.promoters - nps.scores.detractors if has_nps else None,
            "detractors": nps.scores.detractors if has_nps else None,
            **_counts(nps.scores),
            **_ends(measures.nps, nps),
        },
        "ces": measures.ces(facts.result("ces").scores).value,
        "acsi": measures.acsi(facts.result("acsi").scores).value,
    }


def _ends(measure: Any, result: Result) -> dict[str, float | None]:
    figure: Figure = measure(result.scores)
    return {"low": figure.low, "high": figure.high}


def _counts(scores: Scores) -> dict[str, Any]:
    return {
        "responses": scores.responses,
        "invitations": scores.invitations,
        "response_rate": measures.response_rate(scores).value,
    }


def _survey(result: Result) -> dict[str, Any]:
    measure = measures.OF_SCORES.get(result.kind)
    figure = measure(result.scores) if measure else Figure(None, result.scores.responses)
    return {
        "key": result.key,
        "version": result.version,
        "kind": result.kind,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        **_counts(result.scores),
        "is_enough": figure.is_enough,
        "questions": {name: {"answers": count, "mean": mean} for name, (count, mean) in result.means.items()},
    }


def _named(name: str, figure: Figure) -> dict[str, Any]:
    return {f"{name}_percent": figure.value, f"{name}_count": figure.count}


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _conversations(facts: Facts) -> dict[str, Any]:
    channels = sorted({*facts.opened, *facts.closed})
    return {
        "opened": sum(facts.opened.values()),
        "closed": sum(facts.closed.values()),
        "by_channel": {
            channel: {"opened": facts.opened.get(channel, 0), "closed": facts.closed.get(channel, 0)}
            for channel in channels
        },
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return round(value, 6) if isinstance(value, float) else value
