"""Keys struck at random: no language. Some rare words look alike, so ask only about what the FAQ does not know."""

import itertools
import re

from faq.words.letters import likelihood

_ROWS = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_PLACES = {letter: (row, at) for row, letters in enumerate(_ROWS) for at, letter in enumerate(letters)}
_WORD = re.compile(r"[a-zа-я]+")
# The same one to three letters again and again; two rounds of one letter are an ordinary word's.
_ROUNDS = re.compile(r"^([a-zа-я]{1,3}?)\1{2,}[a-zа-я]{0,2}$")
_SHORTEST = 4
# Nats a letter, see letters.py: below it no words of Russian or English are this long.
_UNLIKELY, _STRANGE = -3.05, -3.75
_NEIGHBOURS = 0.55
_LAUGHTER = re.compile(r"^(?:[хп]?[аиое]?ха|хи|хе|ha|he|lo|бла|ля|тра|ку|ку|да|не|но|ну|ау|га|му|мяу|гав)")


def is_mashing(normal: str) -> bool:
    """Whether the words of a normal form are keys struck at random."""
    words = _WORD.findall(normal)
    if not words or len("".join(words)) < 0.7 * len(normal.replace(" ", "")):
        return False
    if all(len(set(word)) == 1 for word in words):
        return any(len(word) > 1 for word in words)
    long = [word for word in words if len(word) >= _SHORTEST]
    return len(long) * 2 > len(words) and all(map(_is_random, long))


def _is_random(word: str) -> bool:
    if _ROUNDS.match(word):
        return not _LAUGHTER.match(word)
    pairs = list(itertools.pairwise(word))
    if len(word) > _SHORTEST and all(_are_neighbours(*pair, 1) for pair in pairs):
        return True
    how_likely = likelihood(word)
    if len(word) >= 6 and how_likely < _STRANGE:
        return True
    near = sum(_are_neighbours(*pair) for pair in pairs)
    return how_likely < _UNLIKELY and near >= _NEIGHBOURS * len(pairs)


def _are_neighbours(first: str, second: str, most: int = 2) -> bool:
    one, other = _PLACES.get(first), _PLACES.get(second)
    return one is not None and other is not None and one[0] == other[0] and abs(one[1] - other[1]) <= most
