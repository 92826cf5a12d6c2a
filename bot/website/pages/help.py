"""The public FAQ: categories, a search by the bot's own engine, a page with an address for every answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from aiohttp import web
from babel.numbers import format_decimal

from bot.library import Library
from bot.ports import FileShelf
from bot.storage.announcements.keeping import said_announcements
from bot.storage.database import Database
from bot.storage.knowledge.files import CHANNEL, is_signed, mime_of
from bot.website.access.door import Door
from bot.website.access.limits import Rate, TooMany
from bot.website.manner import Manner
from bot.website.pages.rendering import HELP, page, read_language, sentences
from channels.website import NAME, kind_of
from core.clock import Clock
from core.errors import ChannelError, NotFound
from core.message import Attachment, AttachmentKind
from core.text import LANGUAGES, Text, render
from faq.entry import Entry

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_QUERY = 300  # characters of a question
_HITS = 8
_OPEN_UP_TO = 12  # entries of a category shown without opening it, when there are few in all
_PICTURES = (AttachmentKind.PHOTO, AttachmentKind.ANIMATION)
_INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]»]")


class Help:
    """Serves `/help`; reading needs no script, the chat on it does."""

    def __init__(
        self,
        library: Library,
        door: Door,
        language: str,
        manner: Manner,
        database: Database,
        shelf: FileShelf,
        clock: Clock,
    ) -> None:
        self._library, self._door, self._language, self._manner = library, door, language, manner
        self._database, self._shelf, self._clock = database, shelf, clock

    async def index(self, request: web.Request) -> web.Response:
        """All categories with their questions, or what fits the words asked for."""
        language = read_language(request, self._language)
        query = " ".join(request.query.get("q", "").split())[:_QUERY]
        values: dict[str, Any] = {"query": query, "hits": None, "categories": self._categories(language)}
        values["notices"] = await self._notices(language)
        if query:
            if (refused := self._slow_down(request, "search", self._door.rates.readings)) is not None:
                return refused
            values["hits"] = await self._find(query, language)
        values["is_open"] = sum(len(one["entries"]) for one in values["categories"]) <= _OPEN_UP_TO
        return self._page(request, "index.html", language, values)

    async def entry(self, request: web.Request) -> web.Response:
        language = read_language(request, self._language)
        key = request.match_info["key"]
        try:
            entry = self._library.index.entry(key)
        except NotFound:
            values = {"query": "", "categories": self._categories(language), "is_open": False, "is_file": False}
            return self._page(request, "gone.html", language, values, 404)
        others = [one for one in self._library.index.entries_in(entry.category) if one.id != entry.id]
        values = {
            "query": "",
            "entry": entry,
            "paragraphs": [_linked(part) for part in re.split(r"\n\s*\n", entry.answer.strip())],
            "others": [_shown(one) for one in others[:8]],
            "notices": await self._notices(language),
            "pictures": [_file(one, language) for one in entry.files if one.kind in _PICTURES],
            "files": [_file(one, language) for one in entry.files if one.kind not in _PICTURES],
        }
        return self._page(request, "answer.html", language, values)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file of an entry that is answered, or one that a customer was sent a signed link to."""
        if (refused := self._slow_down(request, "help files", self._door.rates.everything)) is not None:
            return refused
        ref, name = request.match_info["ref"], request.match_info["name"][:150]
        found = next((one for entry in self._library.index.entries for one in entry.files if one.ref == ref), None)
        try:
            found = found or await self._signed(request, ref, name)
            stored = await self._shelf.get(found)
        except (NotFound, ChannelError):
            language = read_language(request, self._language)
            values = {"query": "", "categories": self._categories(language), "is_open": False, "is_file": True}
            return self._page(request, "gone.html", language, values, 404)
        is_shown = stored.mime in _INLINE
        headers = {
            "Content-Type": stored.mime if is_shown else "application/octet-stream",
            "Content-Disposition": f"{'inline' if is_shown else 'attachment'}; filename*=UTF-8''{quote(name)}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "public, max-age=3600",
        }
        return web.FileResponse(stored.path, headers=headers)

    async def _signed(self, request: web.Request, ref: str, name: str) -> Attachment:
        until, sign, now = request.query.get("until", ""), request.query.get("sign", ""), self._clock.now()

        def work(connection: Any) -> str:
            if not is_signed(connection, ref, until, sign, now):
                raise NotFound("there is no such file")
            return mime_of(connection, ref)

        mime = await self._database.read(work)
        return Attachment(kind_of(mime), CHANNEL, ref, name, mime)

    def _slow_down(self, request: web.Request, what: str, rate: Rate) -> web.Response | None:
        try:
            self._door.limiter.take(what, self._door.ip(request), rate)
        except TooMany as error:
            return web.Response(status=429, text=str(error), headers={"Retry-After": "10"})
        return None

    async def _notices(self, language: str) -> list[str]:
        """What the bot says first now to whoever writes in the chat."""
        now, said = self._clock.now(), await self._database.read(said_announcements)
        return [one.in_language(language) for one in said if one.is_said(NAME, now)]

    def _categories(self, language: str) -> list[dict[str, Any]]:
        """In the reader's language where there is any, else all there is."""
        index = self._library.index
        names = index.categories(language) or index.categories()
        entries = {name: self._in_language(index.entries_in(name), language) for name in names}
        if loose := [one for one in index.entries if not one.category]:
            entries[render(Text("help.all"), language, self._manner.wording())] = self._in_language(loose, language)
        return [{"name": name, "entries": [_shown(one) for one in found]} for name, found in entries.items()]

    @staticmethod
    def _in_language(entries: Sequence[Entry], language: str) -> Sequence[Entry]:
        return [one for one in entries if one.language == language] or entries

    async def _find(self, query: str, language: str) -> list[dict[str, str]]:
        """What the bot would answer or offer first, then the other likely ones."""
        matches = await self._library.find(query, _HITS)
        entries = [self._library.index.entry(match.entry_id) for match in matches]
        return [_shown(entry) | {"answer": _beginning(entry.answer)} for entry in entries]

    def _page(
        self, request: web.Request, template: str, language: str, values: dict[str, Any], status: int = 200
    ) -> web.Response:
        other = next(code for code in LANGUAGES if code != language)
        shared = {
            "language": language,
            "say": sentences(HELP, language, self._manner.wording()),
            "colour": self._manner.colour.removeprefix("#"),
            "other": other,
            "other_path": str(request.rel_url.update_query(lang=other)),
        }
        return page(template, _POLICY, shared | values, status)


def _shown(entry: Entry) -> dict[str, str]:
    return {"path": f"/help/{quote(entry.id, safe='')}", "question": entry.question}


def _file(one: Attachment, language: str) -> dict[str, Any]:
    size = one.size or 0
    key, value = ("help.mb", size / 2**20) if size >= 2**20 else ("help.kb", float(max(1, round(size / 1024))))
    shown = render(Text(key, {"size": format_decimal(round(value, 1), "#,##0.#", language)}), language)
    return {"path": f"/help/files/{one.ref}/{quote(one.name, safe='')}", "name": one.name, "size": shown}


def _beginning(answer: str, limit: int = 220) -> str:
    flat = " ".join(answer.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,.;:—-") + "…"


def _linked(text: str) -> list[tuple[str, bool]]:
    """Pieces of a paragraph, and whether each is a link."""
    pieces: list[tuple[str, bool]] = []
    place = 0
    for found in _LINK.finditer(text):
        if found.start() > place:
            pieces.append((text[place : found.start()], False))
        pieces.append((found.group(), True))
        place = found.end()
    if place < len(text):
        pieces.append((text[place:], False))
    return pieces
