"""One token, one connection pool: what both Telegram channels talk through."""

from __future__ import annotations

import asyncio
import re
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from channels.telegram.wire import sdk
from channels.telegram.wire.notebook import MemoryNotebook, Notebook
from channels.telegram.wire.pace import BotPace
from channels.telegram.wire.session import LeanSession
from core.errors import InvalidInput, Permanent, Refusal

DOWNLOAD_LIMIT = 20 * 1024 * 1024  # the Bot API gives bots no larger files
_CHUNK = 256 * 1024
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """Where the bot is. Without `secret` one is derived from the token; without `desk_chat` there is no desk.

    `further_chats`: more groups of the desk, of which each has a load of its own.
    """

    token: str = field(repr=False)
    api_url: str | None = None
    mode: Literal["polling", "webhook"] = "polling"
    secret: str | None = field(default=None, repr=False)
    public_url: str | None = None
    desk_chat: int | None = None
    further_chats: tuple[int, ...] = ()


class TelegramClient:
    """Calls methods and brings files; knows who the bot is and where the desk is now."""

    def __init__(
        self, settings: TelegramSettings, notebook: Notebook | None = None, *, request_time: float = 30.0
    ) -> None:
        if settings.secret and not _SECRET.fullmatch(settings.secret):
            raise InvalidInput("the Telegram secret may have 1-256 characters of A-Z a-z 0-9 _ - only")
        if settings.mode == "webhook" and not settings.public_url:
            raise InvalidInput("Telegram in webhook mode needs the public address of this server")
        api = sdk.TelegramAPIServer.from_base(settings.api_url) if settings.api_url else sdk.PRODUCTION
        self.settings = settings
        self.notebook = notebook or MemoryNotebook()
        self.pace = BotPace()
        self.session = LeanSession(api, request_time)
        try:
            self._bot = sdk.Bot(settings.token, session=self.session)
        except Exception:
            raise InvalidInput("the Telegram token is not one: it looks like 123456789:AAE…") from None
        self.account = str(self._bot.id)
        self.username = ""
        self.desk_chat = settings.desk_chat
        self.further = {str(chat): chat for chat in settings.further_chats if chat != settings.desk_chat}
        self._titles: dict[int, str] = {}  # of the desk's groups, once asked for
        self.hearing_since: float | None = None  # loop time from which on updates have been coming in

    async def call(
        self,
        method: type[sdk.TelegramMethod[Any]],
        /,
        *,
        within: int | None = None,
        **fields: Any,
    ) -> Any:
        """The raw result; raises aiogram's errors. Fields are not validated; None means not given; `within` seconds."""
        return await self.session.make_request(self._bot, sdk.with_fields(method, fields), timeout=within)

    async def introduce(self) -> None:
        """Learn the bot's name, and where the desk went if it has moved."""
        me = await self.call(sdk.methods.GetMe)
        if isinstance(me, dict) and isinstance(me.get("username"), str):
            self.username = me["username"]
        if self.desk_chat is not None:
            moved = await self.notebook.get(self._moved_key(self.desk_chat))
            self.desk_chat = int(moved) if moved else self.desk_chat
        for home in self.further:
            moved = await self.notebook.get(self._moved_key(int(home)))
            self.further[home] = int(moved) if moved else self.further[home]

    @property
    def home(self) -> str:
        """The id in the settings of the desk's first group; homes stay when groups move."""
        return str(self.settings.desk_chat)

    def chat_of(self, home: str) -> int | None:
        """Where this group of the desk is now; the first one stands in for one that is no longer in the settings."""
        return self.further.get(home, self.desk_chat)

    def home_of(self, chat: int | None) -> str | None:
        """Which group of the desk this chat is; None when it is none."""
        if chat is None:
            return None
        if chat == self.desk_chat:
            return self.home
        return next((home for home, now in self.further.items() if now == chat), None)

    async def name_of(self, home: str) -> str:
        """This group of the desk as a person knows it: title and id; the id alone while Telegram does not tell."""
        chat = self.chat_of(home)
        if chat is None:
            return "the operators' group"
        if chat not in self._titles:
            try:
                found = await self.call(sdk.methods.GetChat, chat_id=chat)
            except (sdk.AiogramError, OSError, ValueError):
                return f"the operators' group {chat}"
            self._titles[chat] = str(found.get("title", "")) if isinstance(found, dict) else ""
        return f"the operators' group “{self._titles[chat]}” ({chat})"

    async def move_desk(self, home: str, new_chat: int) -> None:
        """A group of operators became a supergroup: remember its new id, also for the next start."""
        if self.settings.desk_chat is None or new_chat == self.chat_of(home):
            return
        if home in self.further:
            self.further[home] = new_chat
        else:
            self.desk_chat, home = new_chat, self.home
        await self.notebook.put(self._moved_key(int(home)), str(new_chat))

    async def download(self, file_id: str, to: Path) -> None:
        """Write a file to `to`; raises aiogram's errors, Permanent(FILE), Retryable."""
        found = await self.call(sdk.methods.GetFile, file_id=file_id)
        path, size = (found.get("file_path"), found.get("file_size")) if isinstance(found, dict) else (None, None)
        if isinstance(size, int) and size > DOWNLOAD_LIMIT:
            raise too_big()
        if not isinstance(path, str) or not path:
            raise Permanent("Telegram does not give this file", Refusal.FILE)
        written = 0
        url = self.session.api.file_url(self.settings.token, path)
        pieces = self.session.stream_content(url, chunk_size=_CHUNK)
        with await asyncio.to_thread(to.open, "wb") as file:
            async with aclosing(pieces):
                async for chunk in pieces:
                    written += len(chunk)
                    if written > DOWNLOAD_LIMIT:
                        raise too_big()
                    file.write(chunk)

    async def close(self) -> None:
        await self.session.close()

    def _moved_key(self, chat: int) -> str:
        return f"telegram:{self.account}:desk_moved:{chat}"


def too_big() -> Permanent:
    return Permanent("the file is larger than the 20 MB that Telegram lets a bot download", Refusal.FILE)
