"""Letter trigrams of words: what survives typos and endings."""


def grams(normal: str) -> list[str]:
    """Trigrams of each word with its edges marked, repeated as often as they occur."""
    return [edged[at : at + 3] for edged in map(" {} ".format, normal.split()) for at in range(len(edged) - 2)]
