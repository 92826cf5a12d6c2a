"""What `/faq` and its buttons are about: the entry named, and what was found for the words."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection

from bot.decide.faq.reading import FaqText, read_faq_text
from bot.decide.situation import FaqEntry, FaqFacts
from bot.decide.steps import DeskPress
from bot.storage.entries import find_numbered, numbered_entries
from bot.storage.knowledge.revisions import find_revision
from core.errors import NotFound
from core.event import OperatorWrote
from faq.matches import Match
from handoff.desk_text import read_desk_text

_MOST = 6  # buttons under a list
_SPELT_LIKE = 3  # of them at most by the spelling of their ids
_LIKE = 0.7  # share of the letters that must be the same, in their order
_NUMBER = 16  # digits of a row's number, at most


def faq_facts(connection: Connection, side: Any, matches: Sequence[Match]) -> FaqFacts:
    """Nothing is looked up for anything else."""
    if isinstance(side, DeskPress) and side.act.startswith("faq:"):
        return _pressed(connection, side)
    if not isinstance(side, OperatorWrote):
        return FaqFacts()
    text = read_desk_text(side.message.text)
    if text.command != "faq":
        return FaqFacts()
    return _asked(connection, read_faq_text(text.argument), matches)


def _asked(connection: Connection, asked: FaqText, matches: Sequence[Match]) -> FaqFacts:
    listed = [FaqEntry(number, entry) for number, entry in numbered_entries(connection)]
    by_id = {one.entry.id: one for one in listed}
    found = [
        FaqEntry(by_id[m.entry_id].number, by_id[m.entry_id].entry, m.score) for m in matches if m.entry_id in by_id
    ]
    if asked.verb == "find":  # what is not answered with is found by its words alone
        seen, words = {one.entry.id for one in found}, asked.words.casefold().split()
        found += [one for one in listed if words and one.entry.id not in seen and _has(one, words)]
    entry = by_id.get(asked.key)
    if entry is None and asked.key:
        entry = next((one for one in listed if one.entry.id.casefold() == asked.key.casefold()), None)
        alike = _misspelt(asked.key, listed)
        known = {one.entry.id for one in alike}
        found = [*alike, *(one for one in found if one.entry.id not in known)]
    return FaqFacts(entry, tuple(found[:_MOST]))


def _misspelt(key: str, listed: Sequence[FaqEntry]) -> list[FaqEntry]:
    """Entries whose ids look like `key`, the nearest first; how likely their words are meant says nothing then."""
    by_id = {one.entry.id.casefold(): one for one in listed}
    return [by_id[one] for one in get_close_matches(key.casefold(), by_id, _SPELT_LIKE, _LIKE)]


def _has(one: FaqEntry, words: Sequence[str]) -> bool:
    text = "\n".join((one.entry.id, *one.entry.wordings, one.entry.answer)).casefold()
    return all(word in text for word in words)


def _pressed(connection: Connection, press: DeskPress) -> FaqFacts:
    first, _, second = press.argument.partition("-")
    if not _is_number(first) or (second and not _is_number(second)):
        return FaqFacts()
    if press.act != "faq:back":
        return FaqFacts(_numbered(connection, int(first)))
    try:
        key = find_revision(connection, int(first)).entry.id
    except NotFound:
        return FaqFacts()
    entry = next((FaqEntry(n, one) for n, one in numbered_entries(connection) if one.id == key), None)
    return FaqFacts(entry, revisions=(int(first), int(second or 0)))


def _numbered(connection: Connection, number: int) -> FaqEntry | None:
    entry = find_numbered(connection, number)
    return FaqEntry(number, entry) if entry is not None else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < _NUMBER
