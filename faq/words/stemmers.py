"""The two Snowball stemmers that are used, without the other thirty.

`import snowballstemmer` imports every language's rules: 7 MB and 60 ms. The package is entered here beside its front
door: while its two modules are imported, an empty package stands in its place; afterwards everything is as it was.
Where somebody has imported the package, or it has been built differently, it is used as it comes.
"""

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Protocol

_PACKAGE = "snowballstemmer"


class Stemmer(Protocol):
    """What both of them are."""

    def stemWord(self, word: str) -> str: ...  # noqa: N802 - Snowball's name


def open_stemmer(language: str) -> Stemmer:
    """The stemmer of `russian` or `english`."""
    name = f"{language.capitalize()}Stemmer"
    made: Stemmer = getattr(_rules(language), name)()
    return made


def _rules(language: str) -> ModuleType:
    name = f"{_PACKAGE}.{language}_stemmer"
    found = PathFinder.find_spec(_PACKAGE) if _PACKAGE not in sys.modules else None
    if found is None or not found.submodule_search_locations:
        return import_module(name)
    package = ModuleType(_PACKAGE)
    package.__path__ = list(found.submodule_search_locations)
    sys.modules[_PACKAGE] = package
    try:
        return import_module(name)
    finally:
        del sys.modules[_PACKAGE]
