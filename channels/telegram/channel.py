"""Customers' private chats with the bot; also the ear for the operators' group, which shares the update stream."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from channels.telegram.doctor import check_bot, check_desk
from channels.telegram.incoming.content import part, text_of
from channels.telegram.incoming.parse import parse_customer
from channels.telegram.incoming.receive import Pauses, Receiver
from channels.telegram.outgoing.compose import CAPABILITIES, Place, compose, edits
from channels.telegram.outgoing.send import Sender, no_amendment
from channels.telegram.wire import sdk
from channels.telegram.wire.client import TelegramClient
from channels.telegram.wire.errors import explain
from channels.telegram.wire.pace import ChatPace
from core.channel import Capabilities, Files, Hook, Inbox
from core.delivery import Delivery, Receipt
from core.errors import ChannelError, Permanent, Refusal, Retryable, Scope
from core.event import Event
from core.finding import Finding
from core.message import Attachment, OutgoingMessage

log = logging.getLogger(__name__)

COMMANDS = {
    "ru": {
        "start": "Начать",
        "faq": "Частые вопросы",
        "operator": "Позвать оператора",
        "language": "Язык",
        "privacy": "Мои данные",
    },
    "en": {
        "start": "Start",
        "faq": "Frequent questions",
        "operator": "Call an operator",
        "language": "Language",
        "privacy": "My data",
    },
}


class TelegramChannel:
    """One message at most in flight per customer is the outbox's care; pacing is told by `ready`."""

    name = "telegram"
    capabilities: Capabilities = CAPABILITIES

    def __init__(
        self,
        client: TelegramClient,
        files: Files,
        *,
        pauses: Pauses | None = None,
    ) -> None:
        self.account = client.account
        self._client, self._files = client, files
        self._chat_pace = ChatPace()
        self._receiver = Receiver(client, pauses or Pauses())
        self._sender = Sender(client)

    async def start(self, inbox: Inbox) -> None:
        try:
            await self._client.introduce()
            if self._client.settings.mode == "webhook":
                await self._receiver.register_webhook()
            else:
                await self._receiver.remove_webhook()
        except sdk.AiogramError as error:
            raise explain(error, is_idempotent=True) from None
        await self._show_commands()

    async def listen(self, inbox: Inbox) -> None:
        if self._client.settings.mode == "webhook":
            await asyncio.Event().wait()
        await self._receiver.poll(inbox)

    def hooks(self, inbox: Inbox) -> Sequence[Hook]:
        return (self._receiver.hook(inbox),) if self._client.settings.mode == "webhook" else ()

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        return parse_customer(payload, self.account, self._client.username)

    async def acknowledge(self, payload: Mapping[str, Any]) -> None:
        await acknowledge(self._client, payload)

    async def ready(self, delivery: Delivery) -> float:
        """Seconds until this delivery may go; 0 also means that its place is taken now."""
        wait = max(self._client.pace.wait(), self._chat_pace.wait(delivery.address))
        if wait <= 0:
            self._client.pace.take()
            self._chat_pace.take(delivery.address)
        return wait

    async def send(self, delivery: Delivery) -> Receipt:
        message = delivery.content
        if not isinstance(message, OutgoingMessage):
            raise Permanent("a post for the desk was addressed to a customer")
        try:
            return Receipt(await self._send(delivery, message, _chat_id(delivery.address)))
        except sdk.TelegramRetryAfter as error:
            raise self._flooded(delivery.address, float(error.retry_after)) from None
        except (sdk.AiogramError, OSError, ValueError) as error:
            raise explain(error) from None

    async def _send(self, delivery: Delivery, message: OutgoingMessage, chat: int) -> tuple[str, ...]:
        if message.edit_of:
            try:
                ways = edits(message, chat, int(message.edit_of)) if message.edit_of.isdecimal() else []
                if await self._sender.edit(ways, no_amendment):
                    return (message.edit_of,)
            except sdk.AiogramError as error:
                raise self._edit_failed(delivery.address, error) from None
        return await self._sender.run(delivery.id, await compose(message, Place(chat), self._files), no_amendment)

    def _edit_failed(self, address: str, error: sdk.AiogramError) -> ChannelError:
        if isinstance(error, sdk.TelegramRetryAfter):
            return self._flooded(address, float(error.retry_after))
        return explain(error, is_idempotent=True)

    def _flooded(self, address: str, after: float) -> Retryable:
        self._chat_pace.flooded(address, after)
        scope = self._client.pace.flooded(address, after)
        whose = "the bot" if scope is Scope.ACCOUNT else "this chat"
        return Retryable(f"Telegram asks to wait {after:.0f} s with {whose}", after=after, counts=False, scope=scope)

    async def fetch(self, attachment: Attachment, to: Path) -> None:
        await fetch(self._client, attachment, to)

    async def check(self) -> Sequence[Finding]:
        """Of the bot, and of the operators' groups: the doctor opens no desk."""
        return [*await check_bot(self._client), *await check_desk(self._client)]

    async def close(self) -> None:
        await self._client.close()

    async def _show_commands(self) -> None:
        """The menu of commands; the bot works without it."""
        for language, commands in COMMANDS.items():
            listed = [{"command": command, "description": words} for command, words in commands.items()]
            try:
                await self._client.call(
                    sdk.methods.SetMyCommands,
                    within=10,
                    commands=listed,
                    scope={"type": "all_private_chats"},
                    language_code=language if language != "en" else None,
                )
            except sdk.AiogramError as error:
                log.info("the menu of commands was not set: %s", explain(error))


async def acknowledge(client: TelegramClient, payload: Mapping[str, Any]) -> None:
    """Stop the spinner of a pressed button; too late or in vain is all right."""
    query_id = text_of(part(payload, "callback_query"), "id")
    if not query_id:
        return
    try:
        await client.call(sdk.methods.AnswerCallbackQuery, within=10, callback_query_id=query_id)
    except sdk.AiogramError as error:
        log.debug("a press was not acknowledged: %s", explain(error))


async def fetch(client: TelegramClient, attachment: Attachment, to: Path) -> None:
    if not attachment.ref:
        raise Permanent("there is no file behind this attachment", Refusal.FILE)
    try:
        await client.download(attachment.ref, to)
    except sdk.AiogramError as error:
        explained = explain(error, is_idempotent=True)
        if isinstance(explained, Permanent):
            raise Permanent(str(explained), Refusal.FILE) from None
        raise explained from None
    except OSError as error:
        raise Retryable(f"the file could not be written ({type(error).__name__})") from None


def _chat_id(address: str) -> int:
    try:
        return int(address)
    except ValueError:
        raise Permanent("the customer's address is not one of Telegram", Refusal.UNREACHABLE) from None
