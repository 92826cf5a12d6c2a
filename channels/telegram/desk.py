"""The operators' desk: a forum group with a topic for each conversation, served by the same bot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from channels.telegram.channel import acknowledge, fetch
from channels.telegram.doctor import check_desk
from channels.telegram.incoming.parse import parse_desk
from channels.telegram.outgoing.compose import CAPABILITIES, Place, Step, compose, edits
from channels.telegram.outgoing.merging import can_merge, merged
from channels.telegram.outgoing.send import Sender
from channels.telegram.outgoing.topics import TopicMaker
from channels.telegram.wire import sdk
from channels.telegram.wire.client import TelegramClient
from channels.telegram.wire.errors import explain_desk, is_no_forum, is_topic_gone, is_unchanged, says
from channels.telegram.wire.pace import GroupPace
from core.channel import Capabilities, Files, Finding, Hook, Inbox, Topics
from core.delivery import Delivery, DeskAct, DeskPost, Receipt
from core.errors import Permanent, Retryable, TopicGone
from core.event import Event, OperatorEdited, OperatorPressed, OperatorWrote, TopicSeen, TopicToggled
from core.fit import len16
from core.message import Attachment, OutgoingMessage

log = logging.getLogger(__name__)

_AT_HOME = (OperatorWrote, OperatorEdited, OperatorPressed, TopicSeen, TopicToggled)


class TelegramDesk:
    """Posts of one topic come in order because the outbox sends one lane one by one.

    Its updates arrive through TelegramChannel, which shares the client.
    """

    name = "telegram_desk"
    capabilities: Capabilities = CAPABILITIES

    def __init__(
        self,
        client: TelegramClient,
        files: Files,
        topics: Topics,
        *,
        group_pace: GroupPace | None = None,
        update_time: float = 2.5,
    ) -> None:
        self.account = client.account
        self._client, self._files, self._topics = client, files, topics
        self._group_pace = group_pace or GroupPace(client.notebook, f"telegram:{client.account}:desk_limited_until")
        self._maker = TopicMaker(client, topics, update_time)
        self._sender = Sender(client)

    async def start(self, inbox: Inbox) -> None:
        await self._group_pace.load()
        self._maker.inbox = inbox

    async def listen(self, inbox: Inbox) -> None:
        await asyncio.Event().wait()

    def hooks(self, inbox: Inbox) -> Sequence[Hook]:
        return ()

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        """A group that moved to a new id is still the desk it was set up as."""
        home = str(self._client.settings.desk_chat)
        events = parse_desk(payload, self.account, self._client.username)
        return [replace(event, desk=home) if isinstance(event, _AT_HOME) else event for event in events]

    async def acknowledge(self, payload: Mapping[str, Any]) -> None:
        await acknowledge(self._client, payload)

    async def fetch(self, attachment: Attachment, to: Path) -> None:
        await fetch(self._client, attachment, to)

    async def check(self) -> Sequence[Finding]:
        return await check_desk(self._client)

    async def close(self) -> None:
        await self._client.close()

    # pacing

    async def ready(self, delivery: Delivery) -> float:
        """Seconds until this delivery may go; 0 also means that its place is taken now."""
        await self._group_pace.load()  # the outbox may be earlier than `start`
        cost = await self._cost(delivery)
        wait = max(self._client.pace.wait(), self._group_pace.wait() if cost else 0.0)
        if wait <= 0:
            self._client.pace.take()
            self._group_pace.take(cost)
        return wait

    def merge(self, deliveries: Sequence[Delivery]) -> int:
        """How many of these, from the first on, should go as one message: more than one only while limited."""
        return can_merge(deliveries) if self._group_pace.is_limited else min(1, len(deliveries))

    async def send_merged(self, deliveries: Sequence[Delivery]) -> Receipt:
        """Send what `merge` counted as one message; the receipt is for all of them."""
        return await self.send(merged(deliveries))

    async def _cost(self, delivery: Delivery) -> int:
        """Calls that count towards the group's limit; reactions do not."""
        post = _post_of(delivery)
        if post.act is DeskAct.REACT:
            return 0
        if post.act is not DeskAct.POST:
            return 1
        cost = max(1, len(post.attachments), -(-len16(post.text) // CAPABILITIES.text_limit))
        needs_topic = post.topic is None and delivery.conversation_id is not None
        if needs_topic and self._group_pace.is_limited and await self._maker.find(delivery.conversation_id) is None:  # type: ignore[arg-type]
            cost += 1
        return cost

    # sending

    async def send(self, delivery: Delivery) -> Receipt:
        post = _post_of(delivery)
        if self._client.desk_chat is None:
            raise Permanent("there is no operators' group in the settings")
        try:
            return await self._act(delivery, post)
        except sdk.TelegramRetryAfter as error:
            after = float(error.retry_after)
            if post.act is not DeskAct.REACT:
                await self._group_pace.flooded(after)
            raise Retryable(
                f"Telegram asks to wait {after:.0f} s with the operators' group", after=after, counts=False
            ) from None
        except (sdk.AiogramError, OSError, ValueError) as error:
            explained = explain_desk(error, is_idempotent=post.act is not DeskAct.POST)
            if isinstance(explained, TopicGone) and delivery.conversation_id is not None:
                self._maker.forget(delivery.conversation_id)
            raise explained from None

    async def _act(self, delivery: Delivery, post: DeskPost) -> Receipt:
        if post.act is DeskAct.POST:
            return await self._post(delivery, post)
        if post.act is DeskAct.EDIT:
            return await self._edit(delivery, post)
        if post.act is DeskAct.REACT:
            await self._react(post)
        elif post.act is DeskAct.DROP:
            await self._manage(sdk.methods.DeleteForumTopic, post.target)
        else:
            topic = await self._known_topic(delivery, post)
            is_close = post.act is DeskAct.CLOSE
            await self._manage(sdk.methods.CloseForumTopic if is_close else sdk.methods.ReopenForumTopic, topic)
        return Receipt()

    async def _post(self, delivery: Delivery, post: DeskPost) -> Receipt:
        topic, is_plain = await self._place(delivery, post)
        text = f"{post.topic_name}\n{post.text}" if is_plain and post.topic_name else post.text
        message = OutgoingMessage(
            text=text,
            buttons=post.buttons,
            attachments=post.attachments,
            reply_to=post.reply_to,
            markup=post.markup if text == post.text else "",
        )
        steps = await compose(message, Place(self._chat, topic), self._files)
        return Receipt(await self._sender.run(delivery.id, steps, self._amend))

    async def _place(self, delivery: Delivery, post: DeskPost) -> tuple[str, bool]:
        """The topic to post into, made when there is none; True when the group has no topics at all."""
        if post.topic is not None or delivery.conversation_id is None:
            return post.topic or "", False
        topic = await self._maker.topic_for(delivery.conversation_id, post.topic_name)
        return ("", True) if topic is None else (topic, False)

    async def _edit(self, delivery: Delivery, post: DeskPost) -> Receipt:
        message = OutgoingMessage(
            text=post.text, buttons=post.buttons, attachments=post.attachments, markup=post.markup
        )
        if post.target.isdecimal():
            try:
                if await self._sender.edit(edits(message, self._chat, int(post.target)), self._amend):
                    return Receipt((post.target,))
            except sdk.TelegramBadRequest as error:
                if is_topic_gone(error):
                    return Receipt()
                raise
        return await self._post(delivery, replace(post, act=DeskAct.POST))

    async def _react(self, post: DeskPost) -> None:
        """A reaction is a courtesy: what Telegram does not take is left."""
        if not post.target.isdecimal():
            return
        reaction = [{"type": "emoji", "emoji": post.text}] if post.text else []
        try:
            await self._call(sdk.methods.SetMessageReaction, message_id=int(post.target), reaction=reaction)
        except sdk.TelegramBadRequest as error:
            log.debug("a reaction was not taken: %s", error.message)

    async def _manage(self, method: type[sdk.TelegramMethod[Any]], topic: str) -> None:
        """Close, reopen or delete a topic; one that is so already, or gone, is fine."""
        if not topic.isdecimal():
            return
        try:
            await self._call(method, message_thread_id=int(topic))
        except sdk.TelegramBadRequest as error:
            if not (is_unchanged(error) or is_topic_gone(error) or is_no_forum(error)):
                raise

    async def _known_topic(self, delivery: Delivery, post: DeskPost) -> str:
        if post.topic is not None:
            return post.topic
        if delivery.conversation_id is None:
            return ""
        return await self._topics.find(delivery.conversation_id) or ""

    @property
    def _chat(self) -> int:
        if self._client.desk_chat is None:
            raise Permanent("there is no operators' group in the settings")
        return self._client.desk_chat

    async def _call(self, method: type[sdk.TelegramMethod[Any]], **fields: Any) -> Any:
        """A call to the group; follows it when it has become a supergroup."""
        try:
            return await self._client.call(method, chat_id=self._chat, **fields)
        except sdk.TelegramMigrateToChat as error:
            await self._client.move_desk(error.migrate_to_chat_id)
            return await self._client.call(method, chat_id=self._chat, **fields)

    async def _amend(self, error: Exception, step: Step) -> Step | None:
        """Mend what stands in the way of a post: the group moved, or its topic is closed."""
        if isinstance(error, sdk.TelegramMigrateToChat):
            await self._client.move_desk(error.migrate_to_chat_id)
            return Step(step.method, step.fields | {"chat_id": self._chat})
        topic = step.fields.get("message_thread_id")
        if topic is not None and says(error, "topic_closed"):
            await self._manage(sdk.methods.ReopenForumTopic, str(topic))
            return step
        return None


def _post_of(delivery: Delivery) -> DeskPost:
    if not isinstance(delivery.content, DeskPost):
        raise Permanent("a customer's message was addressed to the desk")
    return delivery.content
