"""The week in words: what moved, what is weak, who waits to be called back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.text import Text
from surveys.figures import measures
from surveys.figures.measures import Figure
from surveys.report import Facts

_NOTABLE = 3.0  # points of change that are worth a word


def digest(now: Facts, before: Facts, complaints: Sequence[tuple[str, int]], waiting: int) -> list[Text]:
    """Sentences in order; what has too few cases is left out rather than guessed at.

    `complaints`: reasons of low scores with their number, the most frequent first; `waiting`: open follow-ups.
    """
    period = {"first": f"{now.first_day:%d.%m}", "last": f"{now.last_day:%d.%m}"}
    lines = [
        Text("digest.title", period),
        Text("digest.count", {"opened": now.tally.opened, "closed": now.tally.closed, "before": before.tally.opened}),
    ]
    for key, measure in _MEASURES.items():
        line = _line(key, measure(now), measure(before))
        if line is not None:
            lines.append(line)
    if complaints:
        for reason, count in complaints[:3]:
            lines.append(Text("digest.complaint", {"reason": Text(f"reason.{reason}"), "count": count}))
    if waiting:
        lines.append(Text("digest.waiting", {}, waiting))
    return lines


def _line(key: str, figure: Figure, before: Figure) -> Text | None:
    if not figure.is_enough or figure.value is None:
        return None
    value = _whole(figure.value)
    if not before.is_enough or before.value is None:
        return Text(f"digest.{key}", {"value": value, "change": ""})
    change = figure.value - before.value
    words = f" ({'+' if change > 0 else ''}{_whole(change)})" if abs(change) >= _NOTABLE else ""
    return Text(f"digest.{key}", {"value": value, "change": words})


def _whole(value: float) -> str:
    """With a minus and no hyphen; whole points need no decimal sign, which each language has its own of."""
    return f"{value:.0f}".replace("-", "−")


_MEASURES: dict[str, Callable[[Facts], Figure]] = {
    "csi": lambda facts: measures.csi(facts.result("csi").scores),
    "nps": lambda facts: measures.nps(facts.result("nps").scores),
    "sla": lambda facts: measures.sla_first_response(facts.tally),
    "fcr": lambda facts: measures.first_contact_resolution(facts.tally),
    "helped": lambda facts: measures.helped(facts.answers),
    "abandonment": lambda facts: measures.abandonment(facts.tally),
}
