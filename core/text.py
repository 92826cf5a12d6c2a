"""Sentences the bot says: a key and parameters, rendered in the customer's language.

Catalogues are gettext files in `core/locales`; keys stand in for the sentences, English and Russian are equals.
What an installation says in its own words is handed in as a Wording.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("ru", "en")
_APART = {"fault": "faults"}
"""Keys whose first word stands here are in a catalogue of their own: what is told to those who look after Otklik."""
_LOCALES = Path(__file__).parent / "locales"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence to be said; with `count` the catalogue's plural forms are used ({count} in the sentence)."""

    key: str
    params: Mapping[str, object] = field(default_factory=dict)
    count: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """What is said instead of the catalogue's sentences: language and key -> the sentence, or its plural forms."""

    own: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)


SHIPPED = Wording()


@cache
def _catalogue(language: str, domain: str = "otklik") -> gettext.GNUTranslations:
    found = gettext.translation(domain, _LOCALES, languages=[language])
    assert isinstance(found, gettext.GNUTranslations)
    return found


def render(text: Text | str, language: str, wording: Wording = SHIPPED) -> str:
    """The sentence in `language` (another than ru and en falls back to ru); a plain string stays as it is.

    Parameters may be sentences themselves.
    """
    if isinstance(text, str):
        return text
    known = language if language in LANGUAGES else LANGUAGES[0]
    params = {
        key: render(value, language, wording) if isinstance(value, Text) else value
        for key, value in text.params.items()
    }
    sentence = _sentence(text, known, wording)
    if text.count is not None:
        return sentence.format(count=text.count, **params)
    return sentence.format(**params) if params else sentence


def _sentence(text: Text, language: str, wording: Wording) -> str:
    catalogue = _catalogue(language, _APART.get(text.key.partition(".")[0], "otklik"))
    own = wording.own.get((language, text.key))
    if text.count is None:
        return own[0] if own else catalogue.gettext(text.key)
    return own[_form(catalogue, text.count)] if own else catalogue.ngettext(text.key, text.key, text.count)


def _form(catalogue: gettext.GNUTranslations, count: int) -> int:
    """Which plural form a number takes: the catalogue's own rule."""
    choose: Callable[[int], int] = vars(catalogue)["plural"]
    return choose(count)


@cache
def shipped(language: str) -> Mapping[str, tuple[str, ...]]:
    """Every sentence of the catalogue as it comes with Otklik; several where it has plural forms."""
    found: dict[str, list[str]] = {}
    sentences: dict[Any, str] = vars(_catalogue(language))["_catalog"]
    for key in sorted(filter(None, sentences), key=str):  # plural forms in their order; the empty key is the header
        found.setdefault(key if isinstance(key, str) else key[0], []).append(sentences[key])
    return {key: tuple(forms) for key, forms in found.items()}
