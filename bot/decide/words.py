"""Customers' commands, and words typed instead of pressing a button."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.decide.situation import ShownButton
from surveys.numbers import read_score

COMMANDS = {
    "start": "start",
    "начать": "start",
    "старт": "start",
    "faq": "faq",
    "вопросы": "faq",
    "operator": "operator",
    "оператор": "operator",
    "language": "language",
    "язык": "language",
    "privacy": "privacy",
    "link": "link",
    "связать": "link",
    "unlink": "unlink",
    "разъединить": "unlink",
    "конфиденциальность": "privacy",
}
_BARE = frozenset({"start", "начать", "faq", "operator", "language", "privacy"})
_COMMAND = re.compile(r"/(\w+)(?:@\w+)?(?:\s+\S.*)?", re.DOTALL)


def read_command(text: str) -> str:
    """The command meant, or "". With or without a slash; an unknown command is plain text."""
    stripped = text.strip()
    found = _COMMAND.fullmatch(stripped)
    if found:
        return COMMANDS.get(found[1].lower(), "")
    word = stripped.lower()
    return COMMANDS[word] if word in _BARE else ""


def find_button(text: str, keyboard: Sequence[ShownButton], *, is_numbered: bool) -> ShownButton | None:
    """The button whose label was typed; with `is_numbered` (no buttons shown) its number counts too."""
    wanted = _plain(text)
    if not wanted or not keyboard:
        return None
    for button in keyboard:
        if _plain_label(button.label) == wanted:
            return button
    score = read_score(text)
    rates = [button for button in keyboard if button.act in _RATES and button.argument.endswith(f":{score}")]
    if rates:
        return rates[0]
    if not wanted.isdecimal() or len(wanted) > 2:
        return None
    number = int(wanted)
    return keyboard[number - 1] if is_numbered and 1 <= number <= len(keyboard) else None


def _plain(text: str) -> str:
    """Letters and digits only, lower case: "👍 Помогло!" and "помогло" are the same press."""
    return "".join(filter(str.isalnum, text.lower().replace("ё", "е")))


@lru_cache(1000)
def _plain_label(label: str) -> str:
    """The same few are compared with everything that is said; what customers say is not kept."""
    return _plain(label)


_RATES = frozenset({"vote", "rate"})
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_ENGLISH = re.compile(
    r"\b(?:the|is|are|how|what|where|when|why|can|do|does|my|your|please|hello|hi|order|i|to|with|and|you|for)\b",
    re.IGNORECASE,
)


def guess_language(text: str) -> str:
    """ "ru" for Cyrillic, "en" for at least two common English words, "" when it cannot be told.

    Latin letters alone prove nothing: Russian is also typed in transliteration and in the wrong layout.
    """
    if _CYRILLIC.search(text):
        return "ru"
    return "en" if len(_ENGLISH.findall(text[:500])) >= 2 else ""


# --- ways into the bot from outside a conversation: a button on a page of ours, under no message

_OPENING = "open"
_OPENINGS = frozenset({"operator", "menu", "category", "entry"})  # what anybody may do at any time
_ARGUMENT = 220  # characters; a category's name, an entry's id


def write_opening(act: str, argument: str = "") -> str:
    """The token of such a button."""
    return f"{_OPENING}:{act}:{argument}"


def read_opening(token: str) -> tuple[str, str] | None:
    """Act and argument; None for any other token."""
    word, _, rest = token.partition(":")
    act, colon, argument = rest.partition(":")
    return (act, argument[:_ARGUMENT]) if word == _OPENING and colon and act in _OPENINGS else None
