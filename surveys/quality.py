"""Quality control: conversations looked at by a supervisor against a scorecard."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import FaultyValue, InvalidInput, shown
from core.text import Text

BEST = 2  # marks: 0 not kept, 1 in part, 2 kept


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing looked at; `weight` is its importance."""

    key: str
    words: str
    weight: float = 1.0


Scorecard = tuple[Criterion, ...]
USUAL: Scorecard = (
    Criterion("greeting", "Поздоровались и представились"),
    Criterion("understood", "Поняли, о чём вопрос, прежде чем отвечать", 2),
    Criterion("right", "Ответ верный и полный", 3),
    Criterion("clear", "Ответ понятный, без лишнего", 2),
    Criterion("kind", "Вежливо и по-человечески", 2),
    Criterion("finished", "Убедились, что вопрос решён", 2),
)


def percent(scorecard: Sequence[Criterion], marks: Mapping[str, int]) -> float:
    """The marks as per cent of the best, weighted; what does not apply is left out of `marks`.

    Sum of weight · mark / (2 · sum of weights of what was marked) × 100.
    Example: right 2 (weight 3) and kind 1 (weight 2): (6 + 2) / (2 · 5) = 80 %.
    Raises InvalidInput for a mark or criterion that is not there, and when nothing was marked.
    """
    known = {one.key: one.weight for one in scorecard}
    if unknown := set(marks) - set(known):
        names = {"names": ", ".join(sorted(unknown)), "known": ", ".join(known)}
        raise InvalidInput(Text("fault.scorecard.no_such", names))
    if any(mark not in range(BEST + 1) for mark in marks.values()):
        raise InvalidInput(Text("fault.scorecard.mark"))
    total = sum(known[key] for key in marks)
    if not total:
        raise InvalidInput(Text("fault.scorecard.no_mark"))
    return 100 * sum(known[key] * mark for key, mark in marks.items()) / (BEST * total)


def left_out(scorecard: Sequence[Criterion], marks: Mapping[str, int]) -> list[str]:
    """Keys of the criteria without a mark, in order: what did not apply, or was forgotten."""
    return [one.key for one in scorecard if one.key not in marks]


def draw(numbers: Sequence[int], count: int, salt: str) -> list[int]:
    """So many of the conversations, by a lot nobody can steer and that falls the same way again."""
    ordered = sorted(numbers, key=lambda number: hashlib.sha256(f"{salt}:{number}".encode()).digest())
    return sorted(ordered[:count])


def read_scorecard(raw: Any) -> Scorecard:
    """From a list of {key, words, weight}; raises FaultyValue that says what is wrong."""
    if not isinstance(raw, list | tuple) or not raw:
        raise FaultyValue(Text("fault.scorecard.unfit"))
    card: list[Criterion] = []
    for number, one in enumerate(raw, 1):
        criterion = _criterion(one, number)
        if criterion.weight < 0:
            raise FaultyValue(Text("fault.scorecard.unfit"), spot=(number, "weight"))
        if any(criterion.key == other.key for other in card):
            raise FaultyValue(Text("fault.scorecard.unfit"), spot=(number, "key"))
        card.append(criterion)
    return tuple(card)


def _criterion(raw: Any, number: int) -> Criterion:
    named = Text("fault.scorecard.number", {"number": number})
    if not isinstance(raw, Mapping) or raw.get("key") is None or raw.get("words") is None:
        raise FaultyValue(Text("fault.scorecard.criterion"), (number,), named=named)
    weight = raw.get("weight", 1)
    try:
        return Criterion(str(raw["key"]), str(raw["words"]), float(weight))
    except (ValueError, TypeError, OverflowError):
        why = Text("fault.value.no_number", {"value": shown(weight)})
        raise FaultyValue(why, (number, "weight"), named=named) from None


def write_scorecard(card: Scorecard) -> list[dict[str, Any]]:
    """As `read_scorecard` takes it."""
    return [{"key": one.key, "words": one.words, "weight": one.weight} for one in card]
