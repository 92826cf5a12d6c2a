"""Sentences the bot says: a key and parameters, rendered in the customer's language.

Catalogues are gettext files in `core/locales`; keys stand in for the sentences, English and Russian are equals.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

LANGUAGES = ("ru", "en")
_LOCALES = Path(__file__).parent / "locales"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence to be said; with `count` the catalogue's plural forms are used ({count} in the sentence)."""

    key: str
    params: Mapping[str, object] = field(default_factory=dict)
    count: int | None = None


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("otklik", _LOCALES, languages=[language])


def render(text: Text | str, language: str) -> str:
    """The sentence in `language` (another than ru and en falls back to ru); a plain string stays as it is.

    Parameters may be sentences themselves.
    """
    if isinstance(text, str):
        return text
    catalogue = _catalogue(language if language in LANGUAGES else LANGUAGES[0])
    if text.count is None:
        sentence = catalogue.gettext(text.key)
        return sentence.format(**_spoken(text.params, language)) if text.params else sentence
    sentence = catalogue.ngettext(text.key, text.key, text.count)
    return sentence.format(count=text.count, **_spoken(text.params, language))


def _spoken(params: Mapping[str, object], language: str) -> dict[str, object]:
    return {key: render(value, language) if isinstance(value, Text) else value for key, value in params.items()}
