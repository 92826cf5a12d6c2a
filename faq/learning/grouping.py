"""Questions that ask the same are one group: by their letters and by what their words mean."""

from collections.abc import Sequence
from dataclasses import dataclass

from faq.normalize import grams, normalize, question_of, stems
from faq.ranking.concepts import concepts
from faq.ranking.shelf import Shelf

ALIKE_AT = 0.55
"""Mean of both likenesses (0-1) from which on two questions are taken for the same."""
_NEAR = 40


@dataclass(frozen=True, slots=True)
class Group:
    """Places of the texts of a group, in order; `first` is the one that the others are like."""

    first: int
    members: tuple[int, ...]


def group_alike(texts: Sequence[str]) -> list[Group]:
    """Groups of like texts, the largest first. Shorter texts lead, for they say what the longer ones are about."""
    normals = [question_of(normalize(text)) for text in texts]
    meanings = [concepts(stems(normal)) for normal in normals]
    by_letters, by_meaning = Shelf(), Shelf()
    for normal, meaning in zip(normals, meanings, strict=True):
        by_letters.add(grams(normal))
        by_meaning.add(meaning)
    by_letters.seal()
    by_meaning.seal()
    leader: dict[int, int] = {}
    for place in sorted(range(len(texts)), key=lambda one: (len(normals[one]), one)):
        leader[place] = _leader(place, grams(normals[place]), meanings[place], by_letters, by_meaning, leader)
    members: dict[int, list[int]] = {}
    for place in range(len(texts)):
        members.setdefault(leader[place], []).append(place)
    return sorted((Group(first, tuple(places)) for first, places in members.items()), key=lambda one: -len(one.members))


def _leader(
    place: int,
    letters: Sequence[str],
    meaning: Sequence[str],
    by_letters: Shelf,
    by_meaning: Shelf,
    leader: dict[int, int],
) -> int:
    """The nearest text that already leads a group, or the text itself."""
    asked, meant = by_letters.weigh(letters), by_meaning.weigh(meaning)
    near = by_letters.nearest(asked, _NEAR).tolist() + by_meaning.nearest(meant, _NEAR).tolist()
    leaders = sorted({one for one in near if one != place and leader.get(one) == one})
    if not leaders:
        return place
    import numpy as np

    numbers = np.array(leaders, dtype=np.intp)
    alike = by_letters.cosines(asked, by_letters.rows(numbers)) + by_meaning.cosines(meant, by_meaning.rows(numbers))
    best = int(alike.argmax())
    return leaders[best] if alike[best] / 2 >= ALIKE_AT else place
