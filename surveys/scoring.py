"""The formulas. Each takes plain numbers, gives None where there is no data, and names its source and an example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


def mean(values: Sequence[float]) -> float | None:
    """Arithmetic mean: (5 + 4 + 2) / 3 = 3.666667."""
    return sum(values) / len(values) if values else None


def share(part: int, whole: int) -> float | None:
    """Per cent, 0-100: share(3, 4) = 75."""
    return 100 * part / whole if whole else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The value below which `percent` (0-100) of the values lie, linear between neighbours.

    Source: Hyndman and Fan (1996), definition 7, the same as PERCENTILE.INC of spreadsheets.
    Example: of 10, 20, 30, 40 the 90th lies at place 0.9 * 3 = 2.7, so 30 + 0.7 * 10 = 37.
    """
    if not values:
        return None
    ordered = sorted(values)
    below, rest = divmod(percent * (len(ordered) - 1), 100)
    lower, upper = ordered[int(below)], ordered[min(int(below) + 1, len(ordered) - 1)]
    return (lower * (100 - rest) + upper * rest) / 100


def csi_percent(scores: Sequence[int], highest: int = 5) -> float | None:
    """Customer satisfaction index: the mean as per cent of the highest score.

    Source: Hill, Roche, Allen, "Customer Satisfaction" (2007), the index of a single overall question.
    Example: 5, 4, 5, 2 on a scale of 5: mean 4, 4 / 5 = 80 %.
    """
    average = mean(scores)
    return None if average is None else 100 * average / highest


def csi_weighted(scores: Mapping[str, Sequence[int]], weights: Mapping[str, float], highest: int = 5) -> float | None:
    """The index of several questions: each question's per cent, weighted by its importance.

    Questions without answers or without weight do not count. Source: Hill, Roche, Allen (2007), the weighted index.
    Example: speed 4 (weight 3) and courtesy 5 (weight 1): (80 * 3 + 100 * 1) / 4 = 85 %.
    """
    counted = [question for question, given in scores.items() if given and weights.get(question, 0) > 0]
    total = sum(weights[question] for question in counted)
    if not total:
        return None
    return sum((csi_percent(scores[question], highest) or 0) * weights[question] for question in counted) / total


def csi_weighted_means(
    means: Mapping[str, tuple[int, float]], weights: Mapping[str, float], highest: int = 5
) -> float | None:
    """`csi_weighted` from each question's number of answers and mean; None unless several questions count.

    Example: speed with mean 4 (weight 3) and courtesy with mean 5 (weight 1): 85 %.
    """
    counted = [question for question, (count, _) in means.items() if count and weights.get(question, 0) > 0]
    if len(counted) < 2:
        return None
    total = sum(weights[question] for question in counted)
    return sum(100 * means[question][1] / highest * weights[question] for question in counted) / total


def csat_percent(scores: Sequence[int], lowest_satisfied: int = 4) -> float | None:
    """Share of satisfied answers, 4 and 5 of 5.

    Source: Farris et al., "Marketing Metrics" (2010), the top-two-box score.
    Example: 5, 4, 3, 1: two of four, 50 %.
    """
    return share(sum(score >= lowest_satisfied for score in scores), len(scores))


@dataclass(frozen=True, slots=True)
class Nps:
    """`score` is -100 to 100 (None without answers); the others are counts."""

    score: float | None
    promoters: int
    passives: int
    detractors: int


def nps(scores: Sequence[int]) -> Nps:
    """Net promoter score of answers 0-10: per cent of 9-10 less per cent of 0-6.

    Source: Reichheld, "The One Number You Need to Grow", Harvard Business Review, December 2003.
    Example: 10, 9, 8, 7, 3: two promoters, two passives, one detractor; 40 - 20 = 20.
    """
    promoters = sum(score >= 9 for score in scores)
    detractors = sum(score <= 6 for score in scores)
    score = 100 * (promoters - detractors) / len(scores) if scores else None
    return Nps(score, promoters, len(scores) - promoters - detractors, detractors)


def ces(scores: Sequence[int]) -> float | None:
    """Customer effort score: the mean of "the company made it easy", 1 (disagree) to 7 (agree).

    Source: Dixon, Freeman, Toman, "Stop Trying to Delight Your Customers", Harvard Business Review, July 2010; the
    seven-point wording is the authors' version of 2013. Example: 7, 6, 2: 15 / 3 = 5.
    """
    return mean(scores)


def acsi(answers: Sequence[tuple[int, int, int]], weights: tuple[float, float, float] = (1, 1, 1)) -> float | None:
    """Index 0-100 of three answers 1-10: overall satisfaction, against expectations, against the ideal.

    (weighted mean - 1) / 9 * 100. Source: Fornell et al., "The American Customer Satisfaction Index", Journal of
    Marketing 60 (1996); there the weights come from a model, here they are equal unless given.
    Example: (10, 8, 6): mean 8, 7 / 9 = 77.777778.
    """
    if not answers:
        return None
    weighted = [
        sum(answer * weight for answer, weight in zip(given, weights, strict=True)) / sum(weights) for given in answers
    ]
    return 100 * (sum(weighted) / len(weighted) - 1) / 9


def within_percent(durations: Sequence[float], target: float) -> float | None:
    """SLA and service level: share of requests that took at most `target` (any unit, the same for all).

    Source: ITIL 4, service level management; for calls, ISO 18295-1. Example: 10, 20, 30, 90 against 30: 75 %.
    """
    return share(sum(duration <= target for duration in durations), len(durations))
