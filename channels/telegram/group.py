"""One group of the operators' desk: where it is now, its topics, and its own twenty a minute."""

from __future__ import annotations

from typing import Any

from channels.telegram.outgoing.compose import Step
from channels.telegram.outgoing.topics import TopicMaker
from channels.telegram.wire import sdk
from channels.telegram.wire.client import TelegramClient
from channels.telegram.wire.errors import is_no_forum, is_topic_gone, is_unchanged, says
from channels.telegram.wire.pace import GroupPace
from core.channel import Topics
from core.errors import Permanent


class Group:
    """`home` is the group's id in the settings, by which the core knows it; it stays when the group moves."""

    def __init__(
        self, client: TelegramClient, home: str, topics: Topics, update_time: float, pace: GroupPace | None = None
    ) -> None:
        key = f"telegram:{client.account}:desk_limited_until"
        self.home, self.topics = home, topics
        self.pace = pace or GroupPace(client.notebook, key if home == client.home else f"{key}:{home}")
        self.maker = TopicMaker(client, topics, home, update_time)
        self._client = client

    @property
    def chat(self) -> int:
        chat = self._client.chat_of(self.home)
        if chat is None:
            raise Permanent("there is no operators' group in the settings")
        return chat

    async def call(self, method: type[sdk.TelegramMethod[Any]], **fields: Any) -> Any:
        """A call to the group; follows it when it has become a supergroup."""
        try:
            return await self._client.call(method, chat_id=self.chat, **fields)
        except sdk.TelegramMigrateToChat as error:
            await self._client.move_desk(self.home, error.migrate_to_chat_id)
            return await self._client.call(method, chat_id=self.chat, **fields)

    async def manage(self, method: type[sdk.TelegramMethod[Any]], topic: str) -> None:
        """Close, reopen or delete a topic; one that is so already, or gone, is fine."""
        if not topic.isdecimal():
            return
        try:
            await self.call(method, message_thread_id=int(topic))
        except sdk.TelegramBadRequest as error:
            if not (is_unchanged(error) or is_topic_gone(error) or is_no_forum(error)):
                raise

    async def amend(self, error: Exception, step: Step) -> Step | None:
        """Mend what stands in the way of a post: the group moved, or its topic is closed."""
        if isinstance(error, sdk.TelegramMigrateToChat):
            await self._client.move_desk(self.home, error.migrate_to_chat_id)
            return Step(step.method, step.fields | {"chat_id": self.chat})
        topic = step.fields.get("message_thread_id")
        if topic is not None and says(error, "topic_closed"):
            await self.manage(sdk.methods.ReopenForumTopic, str(topic))
            return step
        return None
