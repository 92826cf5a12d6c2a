"""Stems that mean nearly the same, in Russian and English: "почем", "цена" and "стоимость" are one concept."""

from collections.abc import Iterable
from functools import lru_cache

from faq.normalize import stem
from faq.words.lists import read_list


@lru_cache(maxsize=1)
def _concepts() -> dict[str, str]:
    return {
        stem(word): f"={concept}"
        for concept, lines in read_list("concepts.yaml").items()
        for line in lines
        for word in line.replace("ё", "е").split()
    }


def concepts(stems: Iterable[str]) -> list[str]:
    """The concepts of stems; a stem of no concept stays as it is. "=" marks a concept."""
    known = _concepts()
    return [known.get(stem, stem) for stem in stems]
