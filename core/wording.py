"""What an installation's own sentence must be like, so that the bot can say it wherever the shipped one was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import Formatter

from core.text import LANGUAGES, shipped

SENTENCE_LIMIT = 2000  # characters
LABEL_LIMIT = 40  # characters of a button; VK shows no more
FIXED = frozenset({"chat.guest"})  # is stored as a name before anybody could change it
_COUNT = "count"  # a plural form may do without the number
_PROMISED = {("button.operator", "ru"): "оператор", ("button.operator", "en"): "operator"}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a sentence cannot be said. `kind`: empty, long, lines, braces, unknown, missing, forms, word; `what`: which.

    `form` is the place of the plural form it was found in.
    """

    kind: str
    what: str = ""
    form: int = 0

    def __str__(self) -> str:
        return {
            "empty": "it is empty",
            "long": f"it is longer than {self.what} characters",
            "lines": "a button has one line",
            "braces": "a brace { or } is not part of a placeholder such as {name}",
            "unknown": f"there is no placeholder {{{self.what}}} here",
            "missing": f"the placeholder {{{self.what}}} is missing",
            "forms": f"it needs {self.what} forms",
            "word": f"the button must have the word «{self.what}», which customers type as well",
        }[self.kind]


def is_known(key: str) -> bool:
    """Whether there is such a sentence, and it may be changed."""
    return key in shipped(LANGUAGES[0]) and key not in FIXED


def placeholders(key: str, language: str) -> tuple[str, ...]:
    """Names in braces that stand in the shipped sentence, in their order."""
    return tuple(dict.fromkeys(name for form in shipped(language)[key] for name in _names(form)))


def find_faults(key: str, language: str, forms: Sequence[str]) -> list[Fault]:
    """Nothing for a sentence that fits; every placeholder of the shipped one must stand in it, and no other."""
    usual = shipped(language)[key]
    if len(forms) != len(usual):
        return [Fault("forms", str(len(usual)))]
    wanted = placeholders(key, language)
    return [fault for place, form in enumerate(forms) for fault in _faults(key, language, form, wanted, place)]


def _faults(key: str, language: str, form: str, wanted: Sequence[str], place: int) -> list[Fault]:
    if not form.strip():
        return [Fault("empty", form=place)]
    is_label = key.startswith("button.")
    limit = LABEL_LIMIT if is_label else SENTENCE_LIMIT
    found = [Fault("long", str(limit), place)] if len(form) > limit else []
    if is_label and "\n" in form:
        found.append(Fault("lines", form=place))
    word = _PROMISED.get((key, language), "")
    if word not in form.casefold():
        found.append(Fault("word", word, place))
    try:
        named = _names(form)
    except ValueError:
        return [*found, Fault("braces", form=place)]
    found += [Fault("unknown", name, place) for name in dict.fromkeys(named) if name not in wanted]
    return found + [Fault("missing", name, place) for name in wanted if name != _COUNT and name not in named]


def _names(sentence: str) -> list[str]:
    """Raises ValueError for braces that are no plain placeholder."""
    names = []
    for _, name, form, conversion in Formatter().parse(sentence):
        if name is not None:
            if form or conversion or not name.isidentifier():
                raise ValueError(name)
            names.append(name)
    return names
