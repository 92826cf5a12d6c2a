"""Entries that compete for the same questions: found by asking the FAQ its own wordings."""

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from faq.entry import Entry
from faq.index import Index
from faq.normalize import normalize, question_of

_SAME = 3.0  # the very same words are the worst, whatever the search makes of them
COMPETES_AT = 0.3
"""Probability (0-1) of the other entry from which on two entries compete for a wording."""


class Collision(NamedTuple):
    """Two entries that want the same question; `wording` belongs to the first. `advice` says what to do."""

    entry_id: str
    other_id: str
    wording: str
    advice: str


def collisions(
    index: Index, only: Collection[str] | None = None, progress: Callable[[int], None] = lambda wordings: None
) -> list[Collision]:
    """One for each pair of entries that compete, the worst wording first; asks every wording, so it takes a while.

    With `only` the wordings of these entries are asked and no others. `progress` is told how many more were asked.
    """
    found: dict[frozenset[str], tuple[float, Collision]] = {}
    owners = _owners(index)
    for entry in index.entries:
        if only is not None and entry.id not in only:
            continue
        progress(len(entry.wordings))
        for wording in entry.wordings:
            for other_id, strength in _rivals(index, entry, wording, owners):
                pair = frozenset((entry.id, other_id))
                if pair not in found or found[pair][0] < strength:
                    advice = _advice(index, entry, other_id, wording)
                    found[pair] = strength, Collision(entry.id, other_id, wording, advice)
    return [collision for _, collision in sorted(found.values(), key=lambda pair: -pair[0])]


def _owners(index: Index) -> dict[str, set[str]]:
    """The entries that have a wording, by its normal form."""
    found: dict[str, set[str]] = {}
    for entry in index.entries:
        for wording in entry.wordings:
            found.setdefault(question_of(normalize(wording)), set()).add(entry.id)
    return found


def _rivals(index: Index, entry: Entry, wording: str, owners: dict[str, set[str]]) -> Iterator[tuple[str, float]]:
    for other_id in sorted(owners[question_of(normalize(wording))] - {entry.id}):
        yield other_id, _SAME
    matches = index.search(wording, limit=3)
    own = next((match.score for match in matches if match.entry_id == entry.id), 0.0)
    for match in matches:
        if match.entry_id != entry.id and (match.score >= COMPETES_AT or match.score > own):
            yield match.entry_id, match.score - own + 1


def _advice(index: Index, entry: Entry, other_id: str, wording: str) -> str:
    other = index.entry(other_id)
    own = question_of(normalize(wording))
    if any(question_of(normalize(one)) == own for one in other.wordings):
        return f"Both have the wording {wording!r}; remove it from one of them."
    if entry.answer.strip() == other.answer.strip():
        return "Both have the same answer; make one entry of them."
    return f"{wording!r} is nearer to {other_id!r}; reword it, or say in both questions what tells them apart."
