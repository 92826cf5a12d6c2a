"""Card and passport numbers: hidden on the operators' desk, which many people read, and said to the operator."""

from __future__ import annotations

from bot.apply.work import Work
from bot.settings.service import WARN_OF_NUMBERS
from core.delivery import DeskAct, DeskPost
from core.text import Text
from handoff.service.numbers import NumberKind, find_numbers, hide_numbers


def guarded(work: Work, text: str) -> str:
    """As it is shown on the desk; the length stays, so that formatting still fits."""
    return hide_numbers(text) if work.setup.settings()[WARN_OF_NUMBERS] else text


def warn_of_numbers(work: Work, text: str, key: str) -> None:
    """A line in the topic that says what kind of number it was; `key`: whose words they were."""
    if not work.setup.settings()[WARN_OF_NUMBERS] or not work.has_topic():
        return
    found = {one.kind for one in find_numbers(text)}
    for kind in NumberKind:
        if kind in found:
            words = work.desk_words(Text(key, {"what": Text(f"number.{kind}")}))
            work.post(DeskPost(DeskAct.POST, text=words))
