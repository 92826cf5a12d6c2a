"""One topic for each conversation, whatever happens while it is being made."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from channels.telegram.wire import sdk
from channels.telegram.wire.client import TelegramClient
from channels.telegram.wire.errors import is_no_forum
from channels.telegram.wire.session import NotConnectedError
from core.channel import Inbox, Topics
from core.conversation import ConversationId
from core.errors import Permanent, Retryable
from core.fit import clean, len16

NAME_LIMIT = 128
_REMEMBERED = 5000  # conversations
_NO_FORUM_TIME = 60.0  # seconds until topics are tried again in a group that had none


class TopicMaker:
    """Finds or makes a conversation's topic in one group.

    The making is written down before it is asked for. When its outcome is not known (the answer was lost, the
    process was killed), the topic may exist: then its service message is under way to us as an update, and the core
    binds the topic when it reads that. So it is given `update_time` seconds, counted while updates do come in, before
    another topic is made; ten times that at most.
    """

    def __init__(self, client: TelegramClient, topics: Topics, home: str, update_time: float) -> None:
        self.inbox: Inbox | None = None
        self._client, self._topics, self._home, self._update_time = client, topics, home, update_time
        self._waits_since: dict[ConversationId, float] = {}
        self._surely_unmade: set[ConversationId] = set()
        self._no_forum_until = float("-inf")
        self._bound: OrderedDict[ConversationId, str] = OrderedDict()  # of the latest posts

    async def find(self, conversation: ConversationId) -> str | None:
        """The topic bound to the conversation; remembered, for it stays until `forget`."""
        topic = self._bound.get(conversation)
        if topic is None:
            topic = await self._topics.find(conversation)
            if topic is not None:
                self._bound[conversation] = topic
                if len(self._bound) > _REMEMBERED:
                    self._bound.popitem(last=False)
        return topic

    def forget(self, conversation: ConversationId) -> None:
        """The topic is gone: whichever the core binds next counts."""
        self._bound.pop(conversation, None)

    async def topic_for(self, conversation: ConversationId, name: str) -> str | None:
        """The topic's id; None when the group has no topics, so posts go into it plainly."""
        topic = await self.find(conversation)
        if topic is not None:
            return topic
        now = asyncio.get_running_loop().time()
        if now < self._no_forum_until:
            return None
        if conversation not in self._surely_unmade and await self._topics.was_tried(conversation):
            self._await_update(conversation, now)
        return await self._make(conversation, name)

    def _await_update(self, conversation: ConversationId, now: float) -> None:
        since = self._waits_since.setdefault(conversation, now)
        hearing_since = self._client.hearing_since
        heard = now - max(since, hearing_since) if hearing_since is not None else 0.0
        left = min(self._update_time - heard, since + 10 * self._update_time - now)
        if left > 0:
            raise Retryable("waiting to hear whether the topic was made", after=left, counts=False)

    async def _make(self, conversation: ConversationId, name: str) -> str | None:
        self._waits_since.pop(conversation, None)
        self._surely_unmade.discard(conversation)
        await self._topics.begin(conversation)
        try:
            made = await self._create(_cut(name) or f"#{conversation}")
        except (sdk.TelegramAPIError, NotConnectedError) as error:
            if isinstance(error, sdk.TelegramNetworkError | sdk.TelegramServerError) and not isinstance(
                error, NotConnectedError
            ):
                raise
            self._surely_unmade.add(conversation)
            if is_no_forum(error):
                await self._fall_back()
                return None
            raise
        topic = str(made["message_thread_id"]) if isinstance(made, dict) else ""
        if not topic:
            raise ValueError("createForumTopic gave no topic")
        await self._topics.bind(conversation, topic)
        return await self.find(conversation) or topic  # the first one bound stays

    async def _create(self, name: str) -> object:
        for _ in range(2):
            try:
                return await self._ask(name)
            except sdk.TelegramMigrateToChat as error:
                await self._client.move_desk(self._home, error.migrate_to_chat_id)
        return await self._ask(name)

    async def _ask(self, name: str) -> object:
        chat = self._client.chat_of(self._home)
        if chat is None:
            raise Permanent("there is no operators' group in the settings")
        return await self._client.call(sdk.methods.CreateForumTopic, chat_id=chat, name=name)

    async def _fall_back(self) -> None:
        is_news = self._no_forum_until == float("-inf")
        self._no_forum_until = asyncio.get_running_loop().time() + _NO_FORUM_TIME
        if is_news and self.inbox is not None:
            group = await self._client.name_of(self._home)
            words = f"{group} has no topics: posts go into it plainly until they are switched on"
            await self.inbox.report("telegram_desk", words)


def _cut(name: str) -> str:
    """One line within Telegram's limit."""
    line = " ".join(clean(name).split())[:NAME_LIMIT]
    while len16(line) > NAME_LIMIT:
        line = line[:-1]
    return line
