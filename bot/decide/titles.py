"""Titles of the entries a customer chooses from: short, different from each other, in the order of likelihood."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from faq.entry import Entry

LABEL = 38
"""Characters of a title; VK takes forty on a button."""
_SAME = 93.0  # likeness of two questions (0-100) from which on they are one choice to a customer
_KEPT_WORDS = 2  # that a title keeps of what several have in common


def different(entries: Sequence[Entry]) -> list[Entry]:
    """Without those whose question is nearly that of a likelier one: choosing between such helps nobody."""
    kept: list[Entry] = []
    for entry in entries:
        own = _plain(entry.question)
        if all(fuzz.token_sort_ratio(own, _plain(other.question)) < _SAME for other in kept):
            kept.append(entry)
    return kept


def titles(entries: Sequence[Entry]) -> list[str]:
    """One for each, no two the same: the question, shortened where it must be so that the difference stays."""
    found = [short(entry.question) for entry in entries]
    if len(set(map(_plain, found))) < len(found):
        shared = _shared_words([entry.question for entry in entries])
        found = [_without(entry.question, shared) for entry in entries]
    return _numbered(found)


def short(text: str) -> str:
    """A label: cut at a word where it must be cut."""
    if len(text) <= LABEL:
        return text
    cut = text[: LABEL - 1]
    head = cut.rsplit(" ", 1)[0] if " " in cut[LABEL // 2 :] else cut
    return head.rstrip(" ,.;:—-") + "…"


def _shared_words(questions: Sequence[str]) -> int:
    """How many words all questions begin with."""
    count = 0
    for words in zip(*(question.casefold().split() for question in questions), strict=False):
        if len(set(words)) > 1:
            break
        count += 1
    return count


def _without(question: str, shared: int) -> str:
    """The beginning, then what is the question's own."""
    words = question.split()
    if shared <= _KEPT_WORDS or len(question) <= LABEL:
        return short(question)
    return short(" ".join([*words[:_KEPT_WORDS], "…", *words[shared:]]))


def _numbered(found: list[str]) -> list[str]:
    """What is still the same is told apart by numbers."""
    plain = [_plain(title) for title in found]
    return [
        title if plain.count(_plain(title)) == 1 else f"{number}. {short(title)[: LABEL - 3]}"
        for number, title in enumerate(found, 1)
    ]


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold().replace("ё", "е")).split())
