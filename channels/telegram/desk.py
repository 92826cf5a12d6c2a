"""The operators' desk: forum groups with a topic for each conversation, served by the same bot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from channels.telegram.channel import acknowledge, fetch
from channels.telegram.group import Group
from channels.telegram.incoming.parse import parse_desk
from channels.telegram.outgoing.compose import CAPABILITIES, Place, compose, edits
from channels.telegram.outgoing.merging import can_merge, merged
from channels.telegram.outgoing.send import Sender
from channels.telegram.wire import sdk
from channels.telegram.wire.client import TelegramClient
from channels.telegram.wire.errors import explain_desk, is_topic_gone
from channels.telegram.wire.pace import GroupPace
from core.channel import Capabilities, Files, Hook, Inbox, Topics
from core.delivery import Delivery, DeskAct, DeskPost, Receipt
from core.errors import Permanent, Retryable, TopicGone
from core.event import Event, OperatorEdited, OperatorPressed, OperatorWrote, TopicSeen, TopicToggled
from core.finding import Finding
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
        further: Mapping[str, Topics] | None = None,
        group_pace: GroupPace | None = None,
        further_paces: Mapping[str, GroupPace] | None = None,
        update_time: float = 2.5,
    ) -> None:
        """`topics` are those of the first group; `further`, of each other one by its id in the settings."""
        self.account = client.account
        self._client, self._files = client, files
        self._first = Group(client, client.home, topics, update_time, group_pace)
        paces = further_paces or {}
        self._further = {
            home: Group(client, home, theirs, update_time, paces.get(home)) for home, theirs in (further or {}).items()
        }
        self._sender = Sender(client)

    async def start(self, inbox: Inbox) -> None:
        for group in (self._first, *self._further.values()):
            await group.pace.load()
            group.maker.inbox = inbox

    async def listen(self, inbox: Inbox) -> None:
        await asyncio.Event().wait()

    def hooks(self, inbox: Inbox) -> Sequence[Hook]:
        return ()

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        """A group that moved to a new id is still the desk it was set up as."""
        events = parse_desk(payload, self.account, self._client.username)
        return [
            replace(event, desk=self._home_of(event.desk)) if isinstance(event, _AT_HOME) else event for event in events
        ]

    def _home_of(self, chat: str) -> str:
        """An update may be older than the move of its group."""
        return chat if chat in self._further else self._client.home_of(int(chat)) or self._client.home

    def _group_of(self, delivery: Delivery) -> Group:
        return self._further.get(delivery.address, self._first)

    async def acknowledge(self, payload: Mapping[str, Any]) -> None:
        await acknowledge(self._client, payload)

    async def fetch(self, attachment: Attachment, to: Path) -> None:
        await fetch(self._client, attachment, to)

    async def check(self) -> Sequence[Finding]:
        """The customers' channel of the same bot has looked at the groups, too."""
        return ()

    async def close(self) -> None:
        await self._client.close()

    # pacing

    async def ready(self, delivery: Delivery) -> float:
        """Seconds until this delivery may go; 0 also means that its place is taken now."""
        group = self._group_of(delivery)
        await group.pace.load()  # the outbox may be earlier than `start`
        cost = await self._cost(group, delivery)
        wait = max(self._client.pace.wait(), group.pace.wait() if cost else 0.0)
        if wait <= 0:
            self._client.pace.take()
            group.pace.take(cost)
        return wait

    def merge(self, deliveries: Sequence[Delivery]) -> int:
        """How many of these, from the first on, should go as one message: more than one only while limited."""
        is_limited = bool(deliveries) and self._group_of(deliveries[0]).pace.is_limited
        return can_merge(deliveries) if is_limited else min(1, len(deliveries))

    async def send_merged(self, deliveries: Sequence[Delivery]) -> Receipt:
        """Send what `merge` counted as one message; the receipt is for all of them."""
        return await self.send(merged(deliveries))

    async def _cost(self, group: Group, delivery: Delivery) -> int:
        """Calls that count towards the group's limit; reactions do not."""
        post = _post_of(delivery)
        if post.act is DeskAct.REACT:
            return 0
        if post.act is not DeskAct.POST:
            return 1
        cost = max(1, len(post.attachments), -(-len16(post.text) // CAPABILITIES.text_limit))
        needs_topic = post.topic is None and delivery.conversation_id is not None
        if needs_topic and group.pace.is_limited and await group.maker.find(delivery.conversation_id) is None:  # type: ignore[arg-type]
            cost += 1
        return cost

    # sending

    async def send(self, delivery: Delivery) -> Receipt:
        post = _post_of(delivery)
        group = self._group_of(delivery)
        try:
            return await self._act(group, delivery, post)
        except sdk.TelegramRetryAfter as error:
            after = float(error.retry_after)
            if post.act is not DeskAct.REACT:
                await group.pace.flooded(after)
            raise Retryable(
                f"Telegram asks to wait {after:.0f} s with the operators' group", after=after, counts=False
            ) from None
        except (sdk.AiogramError, OSError, ValueError) as error:
            is_refusal = isinstance(error, sdk.TelegramBadRequest | sdk.TelegramForbiddenError)
            name = await self._client.name_of(group.home) if is_refusal else ""
            explained = explain_desk(error, name, is_idempotent=post.act is not DeskAct.POST)
            if isinstance(explained, TopicGone) and delivery.conversation_id is not None:
                group.maker.forget(delivery.conversation_id)
            raise explained from None

    async def _act(self, group: Group, delivery: Delivery, post: DeskPost) -> Receipt:
        if post.act is DeskAct.POST:
            return await self._post(group, delivery, post)
        if post.act is DeskAct.EDIT:
            return await self._edit(group, delivery, post)
        if post.act is DeskAct.REACT:
            await self._react(group, post)
        elif post.act is DeskAct.DROP:
            await group.manage(sdk.methods.DeleteForumTopic, post.target)
        else:
            topic = await self._known_topic(group, delivery, post)
            is_close = post.act is DeskAct.CLOSE
            await group.manage(sdk.methods.CloseForumTopic if is_close else sdk.methods.ReopenForumTopic, topic)
        return Receipt()

    async def _post(self, group: Group, delivery: Delivery, post: DeskPost) -> Receipt:
        topic, is_plain = await self._place(group, delivery, post)
        text = f"{post.topic_name}\n{post.text}" if is_plain and post.topic_name else post.text
        message = OutgoingMessage(
            text=text,
            buttons=post.buttons,
            attachments=post.attachments,
            reply_to=post.reply_to,
            markup=post.markup if text == post.text else "",
        )
        steps = await compose(message, Place(group.chat, topic), self._files)
        return Receipt(await self._sender.run(delivery.id, steps, group.amend))

    async def _place(self, group: Group, delivery: Delivery, post: DeskPost) -> tuple[str, bool]:
        """The topic to post into, made when there is none; True when the group has no topics at all."""
        if post.topic is not None or delivery.conversation_id is None:
            return post.topic or "", False
        topic = await group.maker.topic_for(delivery.conversation_id, post.topic_name)
        return ("", True) if topic is None else (topic, False)

    async def _edit(self, group: Group, delivery: Delivery, post: DeskPost) -> Receipt:
        message = OutgoingMessage(
            text=post.text, buttons=post.buttons, attachments=post.attachments, markup=post.markup
        )
        if post.target.isdecimal():
            try:
                if await self._sender.edit(edits(message, group.chat, int(post.target)), group.amend):
                    return Receipt((post.target,))
            except sdk.TelegramBadRequest as error:
                if is_topic_gone(error):
                    return Receipt()
                raise
        return await self._post(group, delivery, replace(post, act=DeskAct.POST))

    async def _react(self, group: Group, post: DeskPost) -> None:
        """A reaction is a courtesy: what Telegram does not take is left."""
        if not post.target.isdecimal():
            return
        reaction = [{"type": "emoji", "emoji": post.text}] if post.text else []
        try:
            await group.call(sdk.methods.SetMessageReaction, message_id=int(post.target), reaction=reaction)
        except sdk.TelegramBadRequest as error:
            log.debug("a reaction was not taken: %s", error.message)

    async def _known_topic(self, group: Group, delivery: Delivery, post: DeskPost) -> str:
        if post.topic is not None:
            return post.topic
        if delivery.conversation_id is None:
            return ""
        return await group.topics.find(delivery.conversation_id) or ""


def _post_of(delivery: Delivery) -> DeskPost:
    if not isinstance(delivery.content, DeskPost):
        raise Permanent("a customer's message was addressed to the desk")
    return delivery.content
