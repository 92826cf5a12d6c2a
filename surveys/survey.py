"""Surveys as data; so far the closing question, whose scores make the CSI."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Survey:
    """A question with a whole-number scale.

    `low_score`: from the lowest up to it the reason is asked; `change_time`: for so long after the first vote it
    may be changed; `reasons`: keys of the reasons to choose from.
    """

    key: str
    lowest: int
    highest: int
    low_score: int
    change_time: timedelta
    reasons: tuple[str, ...]

    @property
    def scale(self) -> range:
        """Every score there is, in order."""
        return range(self.lowest, self.highest + 1)

    def is_low(self, score: int) -> bool:
        return score <= self.low_score


REASONS = ("slow", "unsolved", "rude", "other")

CSI = Survey(key="csi", lowest=1, highest=5, low_score=3, change_time=timedelta(hours=24), reasons=REASONS)
