"""Stems that mean nearly the same, in Russian and English: "почем", "цена" and "стоимость" are one concept."""

from collections.abc import Iterator
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


def concepts(normal: str) -> Iterator[str]:
    """The concepts of the words of a normal form; a word of no concept is its stem. "=" marks a concept."""
    known = _concepts()
    for word in normal.split():
        own = stem(word)
        yield known.get(own, own)
