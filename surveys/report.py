"""The report: all measures of a period from plain facts.

Every object is always there; a measure without data is None, never 0; counts are numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from surveys.scoring import csat_percent, csi_percent, mean, percentile, share


@dataclass(frozen=True, slots=True)
class FaqFacts:
    """What the bot made of free questions, and how many automatic answers helped or did not."""

    answered: int = 0
    clarified: int = 0
    unanswered: int = 0
    helped: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened from the first to the last day, both counted in.

    `opened`, `closed` by channel; `contained`: of the closed, those no operator was needed for; `scores` answer some
    of the `invitations` sent in the period; `first_response_times` (handed over to the first reply of an operator)
    and `waiting_times` (handed over to assigned) in seconds.
    """

    first_day: date
    last_day: date
    opened: Mapping[str, int] = field(default_factory=dict)
    closed: Mapping[str, int] = field(default_factory=dict)
    contained: int = 0
    invitations: int = 0
    scores: Sequence[int] = ()
    first_response_times: Sequence[float] = ()
    waiting_times: Sequence[float] = ()
    faq: FaqFacts = field(default_factory=FaqFacts)


def build_report(facts: Facts) -> dict[str, Any]:
    """The report as JSON will show it; fractions are rounded to six places."""
    closed = sum(facts.closed.values())
    report = {
        "period": {"from": facts.first_day.isoformat(), "to": facts.last_day.isoformat()},
        "conversations": _conversations(facts),
        "csi": {
            "mean": mean(facts.scores),
            "percent": csi_percent(facts.scores),
            "responses": len(facts.scores),
            "invitations": facts.invitations,
            "response_rate": share(len(facts.scores), facts.invitations),
        },
        "csat": {"percent": csat_percent(facts.scores), "responses": len(facts.scores)},
        "nps": dict.fromkeys(("score", "promoters", "passives", "detractors")),
        "ces": None,
        "acsi": None,
        "sla": dict.fromkeys(("first_response_percent", "next_response_percent", "resolution_percent")),
        "first_response_time": {
            "p50_s": percentile(facts.first_response_times, 50),
            "p90_s": percentile(facts.first_response_times, 90),
        },
        "average_speed_of_answer_s": mean(facts.waiting_times),
        "service_level": {"within_s": None, "percent": None},
        "first_contact_resolution_percent": None,
        "containment_percent": share(facts.contained, closed),
        "abandonment_percent": None,
        "faq": {
            "answered": facts.faq.answered,
            "clarified": facts.faq.clarified,
            "unanswered": facts.faq.unanswered,
            "helped_percent": share(facts.faq.helped, facts.faq.helped + facts.faq.refused),
        },
    }
    rounded: dict[str, Any] = _rounded(report)
    return rounded


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
    return round(value, 6) if isinstance(value, float) else value
