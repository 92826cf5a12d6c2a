"""What the chat's frame asks for: sessions, messages, presses, files; every answer is JSON."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from aiohttp import web
from sqlalchemy import Connection

from bot.library import Library
from bot.ports import FileShelf
from bot.storage.database import Database
from bot.storage.website import lines, uploads, visitors
from bot.website.access.door import Door, SignInAnew, answer, read_body, read_json, words
from bot.website.access.limits import TooMany
from bot.website.access.tokens import IDENTITY_LIMIT, Pass
from bot.website.access.visiting import OWN_SITE, Visiting, visitor_of
from bot.website.chats import SiteChats
from bot.website.hub import Hub
from bot.website.manner import Manner
from bot.website.showing import shown, starters
from channels.website import FILE_LIMIT, FILES_LIMIT, NAME, TEXT_LIMIT, WebsiteChannel, judge_file, kind_of
from core.clock import Clock
from core.errors import Forbidden, InvalidInput, NotFound
from core.message import Attachment
from core.text import LANGUAGES

_INLINE = ("image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4", "video/webm", "audio/mpeg", "audio/ogg")


class Api:
    """The handlers; what is allowed at all was checked by the door."""

    def __init__(
        self,
        channel: WebsiteChannel,
        chats: SiteChats,
        visiting: Visiting,
        hub: Hub,
        door: Door,
        database: Database,
        library: Library,
        shelf: FileShelf,
        clock: Clock,
        language: str,
        manner: Manner,
    ) -> None:
        self._channel, self._chats, self._visiting, self._hub, self._door = channel, chats, visiting, hub, door
        self._database, self._library, self._shelf, self._clock = database, library, shelf, clock
        self._language, self._manner = language, manner

    async def session(self, request: web.Request) -> web.Response:
        """Opens the chat: a token, the end of the history, and what an empty chat offers."""
        self._door.limiter.take("session", self._door.ip(request), self._door.rates.sessions)
        raw = await read_json(request)
        site = await self._visiting.site(words(raw, "key"))
        parent = words(raw, "parent")
        is_allowed = self._door.is_own(request, parent) if site.key == OWN_SITE else site.allows(parent)
        if not is_allowed:
            raise Forbidden("the chat may not be shown on this site")
        language = self._read_language(words(raw, "language"))
        token, identity = words(raw, "token", IDENTITY_LIMIT), words(raw, "identity", IDENTITY_LIMIT)
        session = await self._visiting.open(site, token, identity, language, resumes=raw.get("resumes") is True)
        state = session.state
        return answer(
            {
                "token": session.token,
                "known": session.who.is_known,
                "name": session.who.name,
                "merged": session.is_merged,
                "lines": [shown(line) for line in state["lines"]],
                "cursor": state["cursor"],
                "seen": state["seen"],
                "unseen": state["unseen"],
                "state": state["state"],
                "starters": starters(self._library, language, self._manner.wording()),
                "limits": {"text": TEXT_LIMIT, "files": FILES_LIMIT, "bytes": FILE_LIMIT},
            }
        )

    async def lines(self, request: web.Request) -> web.Response:
        """`before`: an earlier page of the history; `after`: what is new, for a chat that is not being looked at."""
        who = await self.who(request)
        self._door.limiter.take("reading", who.address, self._door.rates.readings)
        if "after" in request.query:
            after = number_of(request.query["after"]) or 0
            found = await self._database.read(lambda c: lines.lines_behind(c, who.address, after))
        else:
            before = number_of(request.query.get("before", ""))
            found = await self._database.read(lambda c: lines.lines_before(c, who.address, before))
        return answer({"lines": [shown(line) for line in found]})

    async def say(self, request: web.Request) -> web.Response:
        """A message with its nonce: sent again, it is the same message."""
        who = await self._who_acts(request)
        raw = await read_json(request)
        refs = raw.get("files", [])
        if not isinstance(refs, list) or not all(isinstance(ref, str) for ref in refs):
            raise InvalidInput("files must be a list of ids")
        files = await self._database.read(lambda c: uploads.find_uploads(c, who.address, refs[: FILES_LIMIT + 1]))
        number = await self._channel.says(
            visitor_of(who, self._read_language(words(raw, "language"))),
            words(raw, "nonce"),
            words(raw, "text", 4 * TEXT_LIMIT),
            [Attachment(kind_of(one.mime), NAME, one.ref, one.name, one.mime, one.size) for one in files],
            reply_to=words(raw, "reply_to"),
        )
        return answer({"line": number})

    async def change(self, request: web.Request) -> web.Response:
        who = await self._who_acts(request)
        raw = await read_json(request)
        visitor = visitor_of(who, self._read_language(words(raw, "language")))
        text = words(raw, "text", 4 * TEXT_LIMIT)
        number = await self._channel.changes(visitor, words(raw, "nonce"), words(raw, "key"), text)
        return answer({"line": number})

    async def press(self, request: web.Request) -> web.Response:
        """A button that this visitor was shown, or one of an empty chat."""
        who = await self._who_acts(request)
        raw = await read_json(request)
        language = self._read_language(words(raw, "language"))
        key, token = words(raw, "key"), words(raw, "token", 300)
        if key:
            line = await self._database.read(lambda c: lines.find_line(c, who.address, key))
            offered = [pair for row in line.body.get("buttons", ()) for pair in row] if line is not None else []
        else:
            offered = starters(self._library, language, self._manner.wording())
        label = next((label for label, own in offered if own == token), None)
        if label is None:
            raise NotFound("there is no such button")
        number = await self._channel.presses(visitor_of(who, language), words(raw, "nonce"), key, token, label)
        return answer({"line": number})

    async def type(self, request: web.Request) -> web.Response:
        who = await self.who(request)
        self._door.limiter.take("typing", who.address, self._door.rates.typing)
        self._chats.on_typing(who.address)
        return answer({})

    async def see(self, request: web.Request) -> web.Response:
        """How far the visitor has read."""
        who = await self.who(request)
        self._door.limiter.take("reading", who.address, self._door.rates.readings)
        number = (await read_json(request)).get("line")
        if not isinstance(number, int) or isinstance(number, bool):
            raise InvalidInput("line must be a number")

        def work(connection: Connection) -> None:
            visitors.note_seen(connection, who.address, min(number, lines.last_id(connection, who.address)))

        await self._database.write(work)
        return answer({})

    async def upload(self, request: web.Request) -> web.Response:
        """The body is the file, its name stands in the query."""
        who = await self.who(request)
        self._door.limiter.take("files", who.address, self._door.rates.files)
        now, most = self._clock.now(), self._door.rates.bytes_an_hour
        sent = await self._database.read(lambda c: uploads.bytes_since(c, who.address, now - timedelta(hours=1)))
        if sent > most:
            raise TooMany(600)
        content = await read_body(request, FILE_LIMIT)
        name, mime = judge_file(request.query.get("name", ""), request.headers.get("Content-Type", ""), content)
        made = await self._database.write(lambda c: uploads.add_upload(c, who.address, name, mime, content, now))
        return answer({"id": made.ref, "name": name, "mime": mime, "size": made.size, "kind": kind_of(mime).value})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file of the visitor's own chat, whoever sent it; never something a browser would run."""
        who = await self.who(request)
        self._door.limiter.take("reading", who.address, self._door.rates.readings)
        number = number_of(request.match_info["line"]) or 0
        line = await self._database.read(lambda c: lines.find_numbered(c, who.address, number))
        if line is None:
            raise NotFound("there is no such file")
        found = await self._shelf.get(self._chats.find_file(line, number_of(request.match_info["place"]) or 0))
        mime = found.mime if found.mime in _INLINE else "application/octet-stream"
        headers = {
            "Content-Type": mime,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, max-age=86400",
        }
        return web.FileResponse(found.path, headers=headers)

    # --- who asks

    async def who(self, request: web.Request) -> Pass:
        """Raises SignInAnew."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        who = await self._visiting.read(token.strip()) if scheme.lower() == "bearer" else None
        try:
            return await self._visiting.check_open(who)
        except Forbidden as error:
            raise SignInAnew(str(error)) from None

    async def _who_acts(self, request: web.Request) -> Pass:
        who = await self.who(request)
        self._door.limiter.take("message", who.address, self._door.rates.messages)
        return who

    def _read_language(self, wanted: str) -> str:
        code = wanted.lower().partition("-")[0]
        return code if code in LANGUAGES else self._language


def number_of(text: str) -> int | None:
    """A row's number; None for nothing. Raises InvalidInput."""
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise InvalidInput(f"{text[:20]!r} is no number")
    return int(text)
