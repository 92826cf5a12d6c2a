"""What a report of the year must say: reckoned from the plan alone, word by word from the definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import fmean, quantiles
from typing import Any

from tests.year.hours import ZONE
from tests.year.plan import FIRST_TARGET, NEXT_TARGET, RESOLUTION_TARGET, WITHIN, Asked, Person, Planned


@dataclass(frozen=True, slots=True)
class Cut:
    """A period and what it is narrowed to."""

    first: date
    last: date
    channel: str | None = None
    operator: int | None = None
    level: int | None = None
    category: str | None = None
    tag: str | None = None

    def has(self, moment: datetime | None) -> bool:
        return moment is not None and self.first <= moment.astimezone(ZONE).date() <= self.last

    def takes(self, one: Planned) -> bool:
        wanted = (self.channel, self.operator, self.level, self.category)
        given = (one.channel, one.operator, one.level, one.category)
        is_taken = all(want is None or want == have for want, have in zip(wanted, given, strict=True))
        return is_taken and (self.tag is None or self.tag in one.tags)

    def takes_unasked_for(self) -> bool:
        """Periodic askings: all of them in Telegram, about nobody's work, no subject, and without a tag."""
        is_of_work = self.operator or self.level or self.tag
        return self.channel in {None, "telegram"} and self.category in {None, ""} and not is_of_work


@dataclass(slots=True)
class Truth:
    """The facts of one cut, collected person by person."""

    cut: Cut
    opened: list[Planned] = field(default_factory=list)
    handed: list[Planned] = field(default_factory=list)
    closed: list[Planned] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    answers: list[tuple[str, str | None]] = field(default_factory=list)
    met: int = 0
    recommended: int = 0

    def add(self, person: Person) -> None:
        if self.cut.has(person.met_at):
            self.met += 1
            self.recommended += (person.source or "").startswith("ref_")
        asked = list(person.asked) if self.cut.takes_unasked_for() else []
        for one in filter(self.cut.takes, person.conversations):
            for moment, group in (
                (one.opened_at, self.opened),
                (one.queued_at, self.handed),
                (one.closed_at, self.closed),
            ):
                if self.cut.has(moment):
                    group.append(one)
            asked += one.asked
            self.answers += [(decision, outcome) for decision, outcome, at in one.answers if self.cut.has(at)]
        self.asked += [one for one in asked if self.cut.has(one.at) and one.state != "held_out"]

    def report(self) -> dict[str, Any]:
        """The keys that are compared, flat."""
        firsts = [one.response for one in self.handed if one.response is not None]
        waits = [one.waiting for one in self.handed if one.waiting is not None]
        handling = [one.handling for one in self.closed if one.handling is not None]
        first = [_first_kept(one) for one in self.handed if _first_kept(one) is not None]
        nexts = [wait <= NEXT_TARGET for one in self.handed for wait in one.waits]
        nexts += [False for one in self.handed if (one.unanswered or 0) > NEXT_TARGET]  # and closed without an answer
        resolved = [(one.since_handed or 0) <= RESOLUTION_TARGET for one in self.handed if not one.is_abandoned]
        helped = [outcome == "helped" for _, outcome in self.answers if outcome]
        return {
            "conversations.opened": len(self.opened),
            "conversations.closed": len(self.closed),
            "conversations.by_channel.vk.opened": sum(one.channel == "vk" for one in self.opened),
            "first_response_time.p50_s": _percentile(firsts, 50),
            "first_response_time.p90_s": _percentile(firsts, 90),
            "first_response_time.mean_s": _mean(firsts),
            "average_speed_of_answer_s": _mean(waits),
            "service_level.percent": _percent([w <= WITHIN for w in waits] + [False] * (len(self.handed) - len(waits))),
            "sla.first_response_percent": _percent(first),
            "sla.next_response_percent": _percent(nexts),
            "sla.next_response_count": len(nexts),
            "sla.resolution_percent": _percent(resolved),
            "abandonment_percent": _percent([one.is_abandoned for one in self.handed]),
            "containment_percent": _percent([one.queued_at is None for one in self.closed]),
            "first_contact_resolution_percent": _percent([not one.is_returned for one in self.closed]),
            "handling_time_s": _mean(handling),
            "resolution_time_s": _mean([one.resolution or 0 for one in self.closed]),
            "faq.answered": sum(decision == "answer" for decision, _ in self.answers),
            "faq.clarified": sum(decision == "clarify" for decision, _ in self.answers),
            "faq.unanswered": sum(decision == "none" for decision, _ in self.answers),
            "faq.helped_percent": _percent(helped),
            "newcomers.met": self.met,
            "newcomers.recommended": self.recommended,
            **self._scores(),
        }

    def _scores(self) -> dict[str, Any]:
        csi, ces, acsi = (self._of(name) for name in ("csi", "ces", "acsi"))
        versions = {one.version for one in self.asked if one.survey == "nps"}
        newest = [one for one in self._of("nps") if one.version == max(versions)]
        nps = _given(newest)
        return {
            "csi.mean": _mean(_given(csi)),
            "csi.percent": _times(_mean(_given(csi)), 20),
            "csi.responses": len(_given(csi)),
            "csi.invitations": len(csi),
            "csi.response_rate": _percent([one.score is not None for one in csi]),
            "csat.percent": _percent([score >= 4 for score in _given(csi)]),
            "nps.score": 100 * (sum(n >= 9 for n in nps) - sum(n <= 6 for n in nps)) / len(nps) if nps else None,
            "nps.promoters": sum(n in (9, 10) for n in nps) if nps else None,
            "nps.passives": sum(n in (7, 8) for n in nps) if nps else None,
            "nps.detractors": sum(n in range(7) for n in nps) if nps else None,
            "nps.invitations": len(newest),
            "ces": _mean(_given(ces)),
            "acsi": _mean([100 * (fmean(value for _, value in one.parts) - 1) / 9 for one in acsi]),
        }

    def _of(self, survey: str) -> list[Asked]:
        return [one for one in self.asked if one.survey == survey]


def _first_kept(one: Planned) -> bool | None:
    if one.response is not None:
        return one.response <= FIRST_TARGET
    return False if (one.since_handed or 0) > FIRST_TARGET else None


def _given(asked: Iterable[Asked]) -> list[int]:
    return [one.score for one in asked if one.score is not None]


def _mean(values: list[int] | list[float]) -> float | None:
    return fmean(values) if values else None


def _percent(flags: Iterable[bool | None]) -> float | None:
    given = list(flags)
    return 100 * sum(map(bool, given)) / len(given) if given else None


def _percentile(values: list[int], percent: int) -> float | None:
    if len(values) < 2:
        return float(values[0]) if values else None
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _times(value: float | None, factor: int) -> float | None:
    return None if value is None else value * factor


def differences(report: dict[str, Any], truth: dict[str, Any], near: Callable[[float, float], bool]) -> list[str]:
    """Every key that says something else than the truth."""
    found = []
    for path, wanted in truth.items():
        said: Any = report
        for key in path.split("."):
            said = said.get(key) if isinstance(said, dict) else None
        if said is None and wanted == 0 and path.startswith("conversations.by_channel"):
            continue
        is_same = said == wanted if said is None or wanted is None else near(said, wanted)
        if not is_same:
            found.append(f"{path}: the report says {said}, true is {wanted}")
    return found
