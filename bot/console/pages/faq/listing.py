"""The list of entries, and a box to try what the bot would answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.attaching import shown
from bot.console.pages.facts import script_facts
from bot.storage.entries import load_entries
from faq.answer import Answer, Clarify, Handoff, Policy, Smalltalk, Verdict, judge
from faq.entry import Entry, EntryState
from faq.index import Index

_PAGE = 100
_COMPETES_AT = 0.3  # probability of another entry from which on the two compete for a wording


@dataclass(frozen=True, slots=True)
class Tried:
    """What the bot would do with a question. `normal` is how it reads the words, `known` the share it knows."""

    text: str
    verdict: str
    normal: str
    known: float
    matches: list[Hit]
    policy: Policy


@dataclass(frozen=True, slots=True)
class Hit:
    """`is_chosen`: it would be sent, or be one of the buttons to choose from."""

    entry: Entry
    score: float
    phrasing: str
    is_chosen: bool

    @property
    def files(self) -> list[Mapping[str, Any]]:
        return shown(self.entry.files)


@dataclass(frozen=True, slots=True)
class Rival:
    """Another entry that wants the same words."""

    entry: Entry
    wording: str
    score: float


async def show_list(visit: Visit) -> web.StreamResponse:
    query = visit.request.query
    words, category = query.get("q", "").strip()[:200], query.get("category", "")
    state, language = query.get("state", ""), query.get("language", "")
    page = int(query["page"]) if query.get("page", "").isdecimal() and len(query["page"]) < 6 else 0
    entries = await visit.ground.database.read(load_entries)
    found = [one for one in entries if _fits(one, words, category, state, language)]
    shown = found[page * _PAGE : (page + 1) * _PAGE]
    return visit.page(
        "faq/list.html",
        script=await script_facts(visit),
        groups=_grouped(shown),
        count=len(found),
        total=len(entries),
        counts={one: sum(entry.state is one for entry in entries) for one in EntryState},
        categories=list(dict.fromkeys(one.category for one in entries if one.category)),
        languages=sorted({one.language for one in entries}),
        words=words,
        category=category,
        state=state,
        chosen_language=language,
        page=page,
        has_more=len(found) > (page + 1) * _PAGE,
        today=visit.ground.clock.now().date(),
    )


def _fits(entry: Entry, words: str, category: str, state: str, language: str) -> bool:
    if category and entry.category != category:
        return False
    if state and entry.state != state:
        return False
    if language and entry.language != language:
        return False
    if not words:
        return True
    text = "\n".join((entry.id, entry.question, *entry.phrasings, entry.answer)).casefold()
    return all(word in text for word in words.casefold().split())


def _grouped(entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.category, []).append(entry)
    return list(groups.items())


async def show_try(visit: Visit) -> web.StreamResponse:
    text = visit.request.query.get("text", "").strip()[:1000]
    library = visit.ground.library
    tried = await asyncio.to_thread(try_out, library.index, text, library.policy) if text else None
    return visit.page("faq/try.html", script=await script_facts(visit), tried=tried, text=text)


def try_out(index: Index, text: str, policy: Policy | None = None) -> Tried:
    policy = policy or Policy()
    verdict = judge(index, text, policy)
    trace = index.trace(text)
    chosen = _chosen(verdict)
    hits = [
        Hit(index.entry(match.entry_id), match.score, match.phrasing, match.entry_id in chosen)
        for match in verdict.matches
    ]
    return Tried(text, _name(verdict), trace.normal, trace.familiarity, hits, policy)


def _name(verdict: Verdict) -> str:
    names = {Answer: "answer", Clarify: "clarify", Handoff: "handoff", Smalltalk: "smalltalk"}
    return names.get(type(verdict), "none")


def _chosen(verdict: Verdict) -> set[str]:
    if isinstance(verdict, Answer):
        return {verdict.match.entry_id}
    if isinstance(verdict, Clarify):
        return {option.entry_id for option in verdict.options}
    return set()


def rivals(index: Index, entry: Entry) -> Sequence[Rival]:
    """Other entries that the bot would likely take for these wordings; the strongest first, each once."""
    found: dict[str, Rival] = {}
    for wording in entry.wordings:
        for match in index.search(wording, limit=3):
            known = found.get(match.entry_id)
            is_rival = match.entry_id != entry.id and match.score >= _COMPETES_AT
            if is_rival and (known is None or known.score < match.score):
                found[match.entry_id] = Rival(index.entry(match.entry_id), wording, match.score)
    return sorted(found.values(), key=lambda rival: -rival.score)
