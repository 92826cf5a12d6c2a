"""The measures: each from counts that add up, with its formula, source and a worked example.

A Figure carries beside its value how many cases it rests on and how sure it is; a measure without cases is None,
never 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from surveys.figures import confidence
from surveys.figures.tally import Answers, Newcomers, Scores, Tally
from surveys.scoring import share


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` is per cent, seconds or a score; `count` cases; `low` to `high` holds the truth 95 times of 100."""

    value: float | None
    count: int
    low: float | None = None
    high: float | None = None

    @property
    def is_enough(self) -> bool:
        return self.value is not None and confidence.is_enough(self.count)


def sla_first_response(of: Tally) -> Figure:
    """Share of requests answered by a person within the promised time.

    Within target / all decided × 100, in working time, by the period of the handing over. Source: ITIL 4, service
    level management. Example: 8 answered in time, 1 late, 1 still unanswered after the time: 8 / 10 = 80 %.
    """
    return _share(of.first_within, of.first_decided)


def sla_next_response(of: Tally) -> Figure:
    """Share of the customers' further words answered within the promised time.

    Within target / all decided × 100. Source: ITIL 4. Example: three waits of 5, 10 and 90 minutes against an hour:
    2 / 3 = 66.7 %.
    """
    return _share(of.next_within, of.next_decided)


def sla_resolution(of: Tally) -> Figure:
    """Share of requests closed within the promised time, from the handing over, in working time.

    Within target / all decided × 100. Source: ITIL 4. Example: 9 closed in time, 3 late, 1 open but still in time
    (not counted): 9 / 12 = 75 %.
    """
    return _share(of.resolution_within, of.resolution_decided)


def average_speed_of_answer(of: Tally) -> Figure:
    """ASA: mean working time from joining the queue to being taken by a person, in seconds.

    Sum of the waits / number taken. Source: ISO 18295-1; Erlang, 1917. Example: 20, 40 and 90 s: 150 / 3 = 50 s.
    """
    return Figure(of.waiting_ms / 1000 / of.taken if of.taken else None, of.taken)


def service_level(of: Tally) -> Figure:
    """Share of the handed over that a person took within N seconds of working time.

    Taken within N / (handed over - those waiting for less than N still) × 100; the abandoned count as not taken.
    Source: ISO 18295-1, "service level"; Cleveland, "Call Center Management on Fast Forward".
    Example: 70 within 60 s, 20 later, 8 gave up, 2 came a moment ago: 70 / 98 = 71.4 %.
    """
    return _share(of.quick, of.handed - of.undecided)


def abandonment(of: Tally) -> Figure:
    """Share of the handed over who left before any person took or answered them.

    Abandoned / handed over × 100. Source: ISO 18295-1, "abandonment rate". Example: 5 of 100: 5 %.
    """
    return _share(of.abandoned, of.handed)


def containment(of: Tally) -> Figure:
    """Share of closed conversations that needed no person.

    Closed without a handoff / closed × 100. Source: the containment (self-service) rate of voice dialogues.
    Example: 60 of 100 closed were never handed over: 60 %.
    """
    return _share(of.contained, of.closed)


def first_contact_resolution(of: Tally) -> Figure:
    """FCR: share of closed conversations without a return on the same subject (see the module returns).

    Settled / closed × 100. While the window of seven days is open, no return so far counts as settled: the newest
    week looks a little better than it will be. Example: 100 closed, 12 came back: 88 %.
    """
    return _share(of.settled, of.closed)


def mean_first_response(of: Tally) -> Figure:
    """Mean working time from the handing over to the first message of a person, in seconds.

    Example: 60, 120 and 600 s: 780 / 3 = 260 s. The median tells more: one forgotten customer moves the mean.
    """
    return Figure(of.response_ms / 1000 / of.responded if of.responded else None, of.responded)


def mean_handling(of: Tally) -> Figure:
    """Mean working time from taken to closed, in seconds. Example: 300 and 900 s: 600 s."""
    return Figure(of.handling_ms / 1000 / of.handled if of.handled else None, of.handled)


def mean_resolution(of: Tally) -> Figure:
    """Mean working time from opened to closed, in seconds. Example: 2 and 4 hours: 10 800 s."""
    return Figure(of.resolution_ms / 1000 / of.closed if of.closed else None, of.closed)


def helped(of: Answers) -> Figure:
    """Share of "helped" among the presses of "helped" and "did not help"; silence is no press.

    Example: 45 helped, 15 did not: 45 / 60 = 75 %.
    """
    return _share(of.helped, of.helped + of.refused)


def referral(of: Newcomers) -> Figure:
    """Share of new customers who came by somebody's link.

    With a link / all met in the period × 100. Source: Reichheld's check on what promoters promise ("earned growth",
    Harvard Business Review, November 2021). Example: 8 of 40 new customers: 20 %.
    """
    return _share(of.recommended, of.met)


def response_rate(of: Scores) -> Figure:
    """Answers / invitations × 100; beside every score. Example: 30 of 120: 25 %."""
    return _share(of.responses, of.invitations)


def csi_mean(of: Scores) -> Figure:
    """Mean of the closing question, 1 to 5. Example: 5, 4, 5, 2: 4."""
    return _mean(of, 1, 5)


def csi(of: Scores) -> Figure:
    """CSI: the mean as per cent of the highest score. Source: Hill, Roche, Allen (2007). Example: 4 of 5: 80 %."""
    mean = _mean(of, 1, 5)
    return Figure(_times(mean.value, 20), mean.count, _times(mean.low, 20), _times(mean.high, 20))


def csat(of: Scores) -> Figure:
    """CSAT: answers 4 and 5 / all answers × 100. Source: Farris et al. (2010). Example: 5, 4, 3, 1: 50 %."""
    return _share(of.satisfied, of.responses)


def nps(of: Scores) -> Figure:
    """NPS: per cent of 9-10 less per cent of 0-6. Source: Reichheld (2003). Example: 10, 9, 8, 7, 3: 40 - 20 = 20."""
    if not of.responses:
        return Figure(None, 0)
    low, high = confidence.of_nps(of.promoters, of.detractors, of.responses) or (None, None)
    return Figure(100 * (of.promoters - of.detractors) / of.responses, of.responses, low, high)


def ces(of: Scores) -> Figure:
    """CES: mean of 1 to 7. Source: Dixon, Freeman, Toman (2010). Example: 7, 6, 2: 5."""
    return _mean(of, 1, 7)


def acsi(of: Scores) -> Figure:
    """ACSI: (mean of the three answers - 1) / 9 × 100; `total` holds the three answers' sum of each response.

    Source: Fornell et al. (1996), with equal weights. Example: 10, 8, 6: sum 24, mean 8, 7 / 9 = 77.8.
    """
    mean = _mean(of, 3, 30)

    def index(value: float | None) -> float | None:
        return None if value is None else 100 * (value / 3 - 1) / 9

    return Figure(index(mean.value), mean.count, index(mean.low), index(mean.high))


OF_CONVERSATIONS: dict[str, Callable[[Tally], Figure]] = {
    "sla_first_response": sla_first_response,
    "sla_next_response": sla_next_response,
    "sla_resolution": sla_resolution,
    "average_speed_of_answer": average_speed_of_answer,
    "service_level": service_level,
    "first_contact_resolution": first_contact_resolution,
    "containment": containment,
    "abandonment": abandonment,
    "mean_first_response": mean_first_response,
    "mean_handling": mean_handling,
    "mean_resolution": mean_resolution,
}
OF_SCORES: dict[str, Callable[[Scores], Figure]] = {"csi": csi, "csat": csat, "nps": nps, "ces": ces, "acsi": acsi}


def _share(part: int, whole: int) -> Figure:
    low, high = confidence.wilson(part, whole) or (None, None)
    return Figure(share(part, whole), whole, low, high)


def _mean(of: Scores, lowest: float, highest: float) -> Figure:
    if not of.responses:
        return Figure(None, 0)
    low, high = confidence.of_mean(of.responses, of.total, of.squares, lowest, highest) or (None, None)
    return Figure(of.total / of.responses, of.responses, low, high)


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor
