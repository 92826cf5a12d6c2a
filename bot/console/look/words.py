"""The console's sentences in one language; keys stand in for them, as in core.text."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path
from typing import Any

from core.text import LANGUAGES

LOCALES = Path(__file__).parent.parent / "locales"
DOMAIN = "console"
_FOR_SCRIPT = "js."


class Words:
    """`say` and `count` are what templates call `t` and `n`."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = gettext.translation(DOMAIN, LOCALES, languages=[language])
        self._said: dict[Any, str] = vars(self._catalogue)["_catalog"]

    def knows(self, key: str) -> bool:
        return bool(key) and (key in self._said or (key, 0) in self._said)

    def say(self, key: str, **params: object) -> str:
        sentence = self._catalogue.gettext(key) if key else ""  # the empty key is the catalogue's own header
        return sentence.format(**params) if params else sentence

    def count(self, key: str, number: int, **params: object) -> str:
        return self._catalogue.ngettext(key, key, number).format(count=number, **params)

    def or_else(self, key: str, default: str) -> str:
        """The sentence, or the default where a value has no word of its own (a channel added later)."""
        return self.say(key) if self.knows(key) else default

    def for_script(self) -> dict[str, str]:
        """What the page's own script says."""
        return {
            key.removeprefix(_FOR_SCRIPT): sentence
            for key, sentence in self._said.items()
            if isinstance(key, str) and key.startswith(_FOR_SCRIPT)
        }


@cache
def words_of(language: str) -> Words:
    """Another language than ru and en falls back to ru."""
    return Words(language if language in LANGUAGES else LANGUAGES[0])
