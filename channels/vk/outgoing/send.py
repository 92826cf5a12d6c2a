"""Sends and edits; the second ways when VK refuses the first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from channels.vk.calls import VkCalls
from channels.vk.errors import (
    BAD_PARAMETER,
    COMMENTS_CLOSED,
    EDIT_TOO_LATE,
    FLOOD,
    KEYBOARD_REFUSED,
    NO_BOT_FEATURES,
    VkError,
    as_channel_error,
)
from channels.vk.outgoing.batches import VkBatches
from channels.vk.outgoing.compose import CAPABILITIES, EDITED_MARK, edit_params, random_id_of, send_params
from channels.vk.outgoing.uploads import VkFiles
from core.delivery import Delivery, Receipt
from core.errors import ChannelError, Permanent
from core.fit import fit, with_buttons_as_text
from core.message import OutgoingMessage

T = TypeVar("T")
OWN_KEPT = 10_000


class VkSender:
    """Raises Retryable and Permanent only. Every try of a delivery carries the same random_id."""

    def __init__(self, calls: VkCalls, batches: VkBatches, files: VkFiles) -> None:
        self._calls = calls
        self._batches = batches
        self._files = files
        self._floods: dict[str, int] = {}
        self._own: OrderedDict[int, None] = OrderedDict()

    def is_own(self, random_id: object) -> bool:
        """Whether a message with this number was sent here lately."""
        return random_id in self._own

    async def send(self, delivery: Delivery) -> Receipt:
        message = delivery.content
        if isinstance(message, OutgoingMessage) and delivery.address.startswith("wall:"):
            return await self._comment(message, delivery)
        if not isinstance(message, OutgoingMessage) or not delivery.address.isdecimal():
            raise Permanent("not a message to somebody on VK")
        try:
            receipt = await self._send(message, delivery)
        except VkError as error:
            floods = self._floods.get(delivery.address, 0)
            if error.code == FLOOD:
                self._floods[delivery.address] = floods + 1
            raise as_channel_error(error, floods) from None
        self._floods.pop(delivery.address, None)
        return receipt

    async def _comment(self, message: OutgoingMessage, delivery: Delivery) -> Receipt:
        """In public, under the comment it answers; `guid` keeps a repeat from showing twice."""
        _, post, comment = delivery.address.split(":")
        group = int(delivery.account)
        try:
            answer = await self._calls.call(
                "wall.createComment",
                owner_id=-group,
                post_id=int(post),
                from_group=group,
                reply_to_comment=int(comment),
                message=message.text,
                guid=str(delivery.random_id),
            )
        except VkError as error:
            if error.code in COMMENTS_CLOSED:
                raise Permanent(str(error)) from None
            raise as_channel_error(error) from None
        number = answer.get("comment_id") if isinstance(answer, dict) else None
        return Receipt((str(number),) if number else ())

    async def _send(self, message: OutgoingMessage, delivery: Delivery) -> Receipt:
        attachments = await self._files.attach(message.attachments, delivery.address)
        try:
            if message.edit_of.isdecimal():
                return await self._edit(message, delivery, attachments)
            return await self._post(message, delivery, attachments)
        except VkError as error:
            if error.code not in (KEYBOARD_REFUSED, NO_BOT_FEATURES) or not message.buttons:
                raise
        return await self._post_without_buttons(message, delivery, attachments)

    async def _edit(self, message: OutgoingMessage, delivery: Delivery, attachments: str) -> Receipt:
        """An edit that comes too late becomes a new message with a mark."""
        try:
            await self._calls.call("messages.edit", **edit_params(message, delivery, attachments))
        except VkError as error:
            if error.code not in EDIT_TOO_LATE:
                raise
            (marked, *_) = fit(replace(message, text=EDITED_MARK + message.text, edit_of=""), CAPABILITIES)
            return await self._post(marked, delivery, attachments)
        return Receipt((message.edit_of,))

    async def _post(
        self, message: OutgoingMessage, delivery: Delivery, attachments: str, random_id: int = 0
    ) -> Receipt:
        params = send_params(message, delivery, attachments, random_id)
        self._own[params["random_id"]] = None
        if len(self._own) > OWN_KEPT:
            self._own.popitem(last=False)
        try:
            answer = await self._batches.send(params)
            return Receipt(await self._read(answer))
        except VkError as error:
            if error.code != BAD_PARAMETER or not message.reply_to:
                raise
        # the message answered may be gone; the answer still has to arrive
        return await self._post(replace(message, reply_to=""), delivery, attachments, random_id)

    async def _post_without_buttons(self, message: OutgoingMessage, delivery: Delivery, attachments: str) -> Receipt:
        """The labels as a list; should that make the text too long, in several messages."""
        bare = replace(message, attachments=(), edit_of="", reply_to=message.reply_to)
        ids: tuple[str, ...] = ()
        for number, part in enumerate(fit(with_buttons_as_text(bare, ""), CAPABILITIES)):
            files = attachments if number == 0 else ""
            random_id = random_id_of(delivery.random_id, str(number)) if number else 0
            ids += (await self._post(part, delivery, files, random_id)).platform_ids
        return Receipt(ids)

    async def _read(self, answer: Any) -> tuple[str, ...]:
        """conversation_message_ids; a repeat may be answered with anything and is a success all the same."""
        entry = answer[0] if isinstance(answer, list) and answer else answer
        if not isinstance(entry, dict):
            return ()
        if isinstance(error := entry.get("error"), dict):
            code = error.get("code", error.get("error_code"))
            text = str(error.get("description", error.get("error_msg", "")))[:300]
            raise VkError("messages.send", code if isinstance(code, int) else 1, text)
        number = entry.get("conversation_message_id") or entry.get("cmid")
        if not number and entry.get("message_id"):
            number = await self._look_up(entry["message_id"])
        return (str(number),) if number else ()

    async def _look_up(self, message_id: int) -> int | None:
        try:
            found = await self._calls.call("messages.getById", message_ids=message_id)
            number = found["items"][0]["conversation_message_id"]
        except (VkError, ChannelError, LookupError, TypeError):
            return None  # sent it was; later edits of it will have to be new messages
        return number if isinstance(number, int) else None


async def best_effort(work: Callable[[], Awaitable[T]]) -> T | None:
    """The result, or None when VK would not: for what must never fail a reply."""
    try:
        return await work()
    except (VkError, ChannelError):
        return None
