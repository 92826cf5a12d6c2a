"""What `otklik doctor` finds, and how it is told in either language.

The sentences stand in the catalogue `doctor` of `core/locales`: `finding.KEY`, `remedy.KEY` if something can be done,
and `subject.SUBJECT`. Admins do not reword them, so they are not among the texts of the bot.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from core.text import LANGUAGES

_LOCALES = Path(__file__).parent / "locales"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: how bad ("ok", "warning", "fatal"), about what, which sentence.

    `params` fill the sentence and its remedy, findings among them are told in its language; `count` chooses the
    plural form. A key or subject that is in no catalogue is told as it is.
    """

    level: str
    subject: str
    key: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """In English, as the command line speaks."""
        return tell(self, "en").text

    @property
    def remedy(self) -> str:
        """In English; empty if there is nothing to do."""
        return tell(self, "en").remedy


class Told(NamedTuple):
    """A finding in somebody's language."""

    level: str
    subject: str
    text: str
    remedy: str


def tell(finding: Finding, language: str) -> Told:
    """Another language than ru and en falls back to ru."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    params = {
        name: tell(value, known).text if isinstance(value, Finding) else value for name, value in finding.params.items()
    }
    text = _say(f"finding.{finding.key}", known, params) or finding.key
    return Told(finding.level, _subject(finding.subject, known), text, _say(f"remedy.{finding.key}", known, params))


def recognise(sentence: str) -> Finding | str:
    """What the program reported in English while it ran, as one of `finding.said_…`; what is none stays as it is."""
    for key, pattern in _said().items():
        if match := pattern.fullmatch(sentence):
            return Finding("warning", "", key, match.groupdict())
    return sentence


def _subject(subject: str, language: str) -> str:
    """A group's number may stand behind it."""
    name, _, number = subject.rpartition(" ")
    whole = _say(f"subject.{subject}", language, {})
    return whole or (f"{_say(f'subject.{name}', language, {}) or name} {number}" if name else subject)


def _say(key: str, language: str, params: Mapping[str, object]) -> str:
    """The sentence, or an empty one where the catalogue has none."""
    catalogue, count = _catalogue(language), params.get("count")
    said = catalogue.ngettext(key, key, count) if isinstance(count, int) else catalogue.gettext(key)
    if said == key and isinstance(count, int):
        said = catalogue.gettext(key)  # the remedy beside a number has no plural forms
    return "" if said == key else said.format(**params)


@cache
def _said() -> Mapping[str, re.Pattern[str]]:
    """Their English sentences as patterns, the longest first: it says most."""
    sentences: dict[str, str] = {
        key.removeprefix("finding."): sentence
        for key, sentence in vars(_catalogue("en"))["_catalog"].items()
        if isinstance(key, str) and key.startswith("finding.said_")
    }
    return {
        key: re.compile("".join(_pattern(*piece[:2]) for piece in Formatter().parse(sentence)), re.DOTALL)
        for key, sentence in sorted(sentences.items(), key=lambda one: -len(one[1]))
    }


def _pattern(before: str, name: str | None) -> str:
    return re.escape(before) + (f"(?P<{name}>.*)" if name else "")


@cache
def _catalogue(language: str) -> gettext.GNUTranslations:
    found = gettext.translation("doctor", _LOCALES, languages=[language])
    assert isinstance(found, gettext.GNUTranslations)
    return found
