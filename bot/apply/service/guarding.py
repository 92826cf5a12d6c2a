"""Card and passport numbers: hidden on the operators' desk, which many people read, and said to the operator."""

from __future__ import annotations

from bot.apply.work import Work
from bot.settings.service import WARN_OF_NUMBERS
from bot.settings.setting import Settings
from core.delivery import DeskAct, DeskPost
from core.text import Text
from handoff.service.numbers import NumberKind, find_numbers, hide_numbers


def shown_at_desks(text: str, settings: Settings) -> str:
    """As operators read it, in the group and in the console; the length stays, so that formatting still fits."""
    return hide_numbers(text) if settings[WARN_OF_NUMBERS] else text


def guarded(work: Work, text: str) -> str:
    return shown_at_desks(text, work.setup.settings())


def warn_of_numbers(work: Work, key: str, *texts: str, rank: float | None = None) -> None:
    """A line in the topic for each kind of number in the texts; `key`: whose words they were."""
    if not work.setup.settings()[WARN_OF_NUMBERS] or not work.has_topic():
        return
    found = {one.kind for text in texts for one in find_numbers(text)}
    for kind in NumberKind:
        if kind in found:
            words = work.desk_words(Text(key, {"what": Text(f"number.{kind}")}))
            work.post(DeskPost(DeskAct.POST, text=words), rank=rank)
