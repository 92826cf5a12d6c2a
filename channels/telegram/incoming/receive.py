"""Raw updates -> the inbox, by long polling or webhook; Telegram is told only after they are stored."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from channels.telegram.incoming.content import number, part, text_of
from channels.telegram.incoming.parse import chat_of, message_of
from channels.telegram.wire import sdk
from channels.telegram.wire.client import TelegramClient
from core.channel import Arrival, Hook, HookRequest, HookResponse, Inbox
from core.errors import InvalidInput

HOOK_PATH = "/hooks/telegram"
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
CUSTOMERS, DESK = "telegram", "telegram_desk"
_MOST_BYTES, _DEEPEST = 1_048_576, 64


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds: how long a poll waits for news, and how long to rest after each kind of trouble."""

    poll: int = 25
    first: float = 0.5
    longest: float = 5.0
    conflict: float = 5.0
    refused: float = 30.0


class Receiver:
    """Takes what Telegram brings for both channels."""

    def __init__(self, client: TelegramClient, pauses: Pauses) -> None:
        self._client, self._pauses = client, pauses
        self._offset = 0
        self._failures = 0
        self._told = ""

    async def poll(self, inbox: Inbox) -> NoReturn:
        """Ask for updates until cancelled. The offset moves after the commit: it is what confirms them."""
        while True:
            rest = await self._ask(inbox)
            if rest > 0:
                await asyncio.sleep(rest)

    async def _ask(self, inbox: Inbox) -> float:
        """One poll; seconds to rest after it."""
        if self._client.hearing_since is None:
            self._client.hearing_since = asyncio.get_running_loop().time()
        try:
            updates = await self._client.call(
                sdk.methods.GetUpdates,
                within=self._pauses.poll + 10,
                offset=self._offset or None,
                timeout=self._pauses.poll,
                allowed_updates=ALLOWED_UPDATES,
            )
        except sdk.AiogramError as error:
            return await self._rest(inbox, error)
        self._failures, self._told = 0, ""
        if not isinstance(updates, list):
            return self._backoff()
        await self.store(inbox, updates)
        numbers = [update_id for update in updates if (update_id := _number_of(update)) is not None]
        if numbers:
            self._offset = max(numbers) + 1
        return 0.0 if numbers or not updates else self._pauses.first

    async def _rest(self, inbox: Inbox, error: sdk.AiogramError) -> float:
        self._client.hearing_since = None
        if isinstance(error, sdk.TelegramConflictError):
            words = "another program polls this bot, or a webhook is set: " + error.message
            await self._tell(inbox, words)
            return self._pauses.conflict
        if isinstance(error, sdk.TelegramUnauthorizedError | sdk.TelegramNotFound):
            await self._tell(inbox, "Telegram refuses the token: it was revoked or mistyped")
            return self._pauses.refused
        if isinstance(error, sdk.TelegramRetryAfter):
            return float(error.retry_after)
        return self._backoff()

    def _backoff(self) -> float:
        self._failures += 1
        return float(min(self._pauses.longest, self._pauses.first * 2 ** min(self._failures - 1, 10)))

    async def _tell(self, inbox: Inbox, problem: str) -> None:
        """Once for each stretch of the same trouble."""
        if problem != self._told:
            self._told = problem
            await inbox.report(CUSTOMERS, problem)

    async def store(self, inbox: Inbox, updates: list[Any]) -> None:
        arrivals = []
        for update in updates:
            if not isinstance(update, dict) or _number_of(update) is None:
                await inbox.report(CUSTOMERS, "Telegram sent something without an update_id; it cannot be stored")
                continue
            arrivals.append(self._arrival(update))
            await self._follow_move(update)  # what follows may come from the new id already
        if arrivals:
            await inbox.store(arrivals)
        for arrival in arrivals:
            await self._notice(inbox, arrival.payload)

    def _arrival(self, update: dict[str, Any]) -> Arrival:
        chat = chat_of(update)
        message = message_of(update)
        home = self._client.home_of(chat)
        if home is not None:
            group = "" if home == self._client.home else f"{home}:"  # topics of two groups may have one number
            thread = number(message, "message_thread_id") if message.get("is_topic_message") is True else None
            channel, lane = DESK, f"{DESK}:{group}{thread or 0}"
        else:
            channel, lane = CUSTOMERS, f"{CUSTOMERS}:{chat or 0}"
        return Arrival(channel, self._client.account, str(update["update_id"]), lane, update)

    async def _follow_move(self, update: Mapping[str, Any]) -> None:
        new_chat = number(part(update, "message"), "migrate_to_chat_id")
        home = self._client.home_of(chat_of(update))
        if new_chat is not None and home is not None:
            await self._client.move_desk(home, new_chat)

    async def _notice(self, inbox: Inbox, update: Mapping[str, Any]) -> None:
        """What concerns the bot's place in groups rather than any conversation."""
        chat = chat_of(update)
        membership = part(update, "my_chat_member")
        group = part(membership, "chat")
        if not group or group.get("type") == "private":
            return
        is_in = text_of(part(membership, "new_chat_member"), "status") not in ("left", "kicked")
        home = self._client.home_of(chat)
        if home is not None and not is_in:
            which = "" if home == self._client.home else f" {home}"
            await inbox.report(DESK, f"the bot was removed from the operators' group{which}")
        elif home is None and is_in:
            await inbox.report(
                CUSTOMERS, f"the bot was added to the group {chat}, which is not the operators': ignored"
            )

    # webhook

    def hook(self, inbox: Inbox) -> Hook:
        async def handle(request: HookRequest) -> HookResponse:
            given = request.headers.get("x-telegram-bot-api-secret-token", "")
            if not hmac.compare_digest(given.encode("utf-8", "replace"), secret_of(self._client).encode()):
                return HookResponse(401, "wrong secret")
            if len(request.body) > _MOST_BYTES:
                return HookResponse(413, "too big")
            update = _read_body(request.body)
            if update is None:
                return HookResponse(400, "not an update")
            await self.store(inbox, [update])
            return HookResponse(200)

        return Hook(HOOK_PATH, handle)

    async def register_webhook(self) -> None:
        await self._client.call(
            sdk.methods.SetWebhook,
            url=hook_url(self._client),
            secret_token=secret_of(self._client),
            allowed_updates=ALLOWED_UPDATES,
        )
        self._client.hearing_since = asyncio.get_running_loop().time()

    async def remove_webhook(self) -> None:
        """Polling is refused while one is set. What is pending stays pending: they are customers' messages."""
        info = await self._client.call(sdk.methods.GetWebhookInfo)
        if isinstance(info, dict) and info.get("url"):
            await self._client.call(sdk.methods.DeleteWebhook)


def hook_url(client: TelegramClient) -> str:
    if not client.settings.public_url:
        raise InvalidInput("Telegram in webhook mode needs the public address of this server")
    return client.settings.public_url.rstrip("/") + HOOK_PATH


def secret_of(client: TelegramClient) -> str:
    """The secret Telegram shows us; never empty, so that nobody else's posts are taken."""
    settings = client.settings
    return settings.secret or hmac.digest(settings.token.encode(), b"otklik webhook", "sha256").hex()


def _number_of(update: Any) -> int | None:
    return number(update, "update_id") if isinstance(update, Mapping) else None


def _read_body(body: bytes) -> dict[str, Any] | None:
    """The JSON object in it; None when there is none, or one that is too deep or odd to be stored."""
    try:
        update = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    if not isinstance(update, dict) or (body.count(b"{") + body.count(b"[") > _DEEPEST and _is_deep(update)):
        return None
    return update


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _is_deep(value: Any) -> bool:
    layer = [value]
    for _ in range(_DEEPEST):
        layer = [
            inner
            for outer in layer
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not layer:
            return False
    return True
