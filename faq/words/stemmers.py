"""The two Snowball stemmers that are used, without the other thirty.

`import snowballstemmer` imports the rules of every language: 7 MB. The package is entered here beside its front door:
while its two modules are imported an empty package stands in its place; afterwards everything is as it was. Where
somebody has imported the package before us, or it is laid out differently, nothing is done.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Protocol

_PACKAGE = "snowballstemmer"


class Stemmer(Protocol):
    """What both of them are."""

    def stemWord(self, word: str) -> str: ...  # noqa: N802 - Snowball's name


@contextmanager
def _without_the_others() -> Iterator[None]:
    found = PathFinder.find_spec(_PACKAGE) if _PACKAGE not in sys.modules else None
    if found is None or not found.submodule_search_locations:
        yield
        return
    package = ModuleType(_PACKAGE)
    package.__path__ = list(found.submodule_search_locations)
    sys.modules[_PACKAGE] = package
    try:
        yield
    finally:
        del sys.modules[_PACKAGE]


with _without_the_others():
    from snowballstemmer.english_stemmer import EnglishStemmer
    from snowballstemmer.russian_stemmer import RussianStemmer

_MADE: dict[str, type[Stemmer]] = {"english": EnglishStemmer, "russian": RussianStemmer}


def open_stemmer(language: str) -> Stemmer:
    """The stemmer of `russian` or `english`, for any thread."""
    return _OfEachThread(_MADE[language])


class _OfEachThread(threading.local):
    """Snowball's stemmers hold the word they are at: two threads at one of them mix up their words."""

    def __init__(self, make: Callable[[], Stemmer]) -> None:
        self._own = make()

    def stemWord(self, word: str) -> str:  # noqa: N802 - Snowball's name
        return self._own.stemWord(word)
