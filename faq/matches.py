"""What a search found: scored matches, best first."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that may be the one meant. `score` (0-1) is the probability that it is; `phrasing` came closest."""

    entry_id: str
    score: float
    phrasing: str


@dataclass(frozen=True, slots=True)
class Matches:
    """Matches for one text, best first; may be empty. `normal` is the reading of the text that was searched."""

    text: str
    items: tuple[Match, ...] = ()
    normal: str = ""

    @property
    def first(self) -> Match | None:
        """The best match, if there is any."""
        return self.items[0] if self.items else None

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Match]:
        return iter(self.items)

    def __getitem__(self, place: int) -> Match:
        return self.items[place]
