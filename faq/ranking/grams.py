"""Letter trigrams of words: what survives typos and endings."""

from collections.abc import Iterator


def grams(normal: str) -> Iterator[str]:
    """Trigrams of each word with its edges marked, repeated as often as they occur."""
    for word in normal.split():
        edged = f" {word} "
        for at in range(len(edged) - 2):
            yield edged[at : at + 3]
