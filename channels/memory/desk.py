"""A scripted operators' desk: members write and press in topics; what is posted is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from channels.memory.script import Scripted, read_message, write_message
from core.channel import Arrival, Capabilities, Topics
from core.conversation import ConversationId
from core.delivery import Delivery, DeskAct, DeskPost, Receipt
from core.errors import Permanent, Refusal, TopicGone
from core.event import DeskMember, Event, OperatorEdited, OperatorPressed, OperatorWrote, TopicSeen, TopicToggled
from core.message import AttachmentKind, IncomingMessage


@dataclass(slots=True)
class Post:
    """What stands in a topic of the desk; `reaction` is the emoji put on a member's message."""

    id: str
    topic: str
    content: DeskPost | IncomingMessage
    author: str = ""
    reaction: str = ""

    @property
    def text(self) -> str:
        return self.content.text


class MemoryDesk(Scripted):
    """An operators' group: one topic per conversation. Without `topics` it remembers the bindings itself."""

    def __init__(self, topics: Topics | None = None, name: str = "memory_desk", account: str = "-1") -> None:
        super().__init__()
        self.name, self.account = name, account
        self.capabilities = Capabilities(max_row=8, has_markup=True)
        self.posts: list[Post] = []
        self.topic_names: dict[str, str] = {}
        self.closed: set[str] = set()
        self.acts: list[Delivery] = []
        self._topics = topics
        self._own: dict[int, str] = {}

    # --- what members do and see

    async def writes(self, topic: str, member: str, text: str, *, edit_of: str = "", **fields: Any) -> Arrival:
        """`fields`: reply_to, attachments, album_id, at, lost, member_name. "" is outside topics."""
        name = fields.pop("member_name", "")
        message = write_message(edit_of or self._next_id("post"), text, **fields)
        self.posts.append(Post(message["origin_id"], topic, read_message(message), member))
        kind = "edited" if edit_of else "wrote"
        return await self._act(kind, topic, member=member, member_name=name, message=message)

    async def sends(
        self, topic: str, member: str, kind: AttachmentKind | str, content: bytes = b"file", text: str = ""
    ) -> Arrival:
        return await self.writes(topic, member, text, attachments=[self._file(kind, content)])

    async def presses(self, topic: str, member: str, button: str) -> Arrival:
        """`button`: a token, a label or a part of one; the newest post of the topic that has it counts."""
        for post in reversed(self.in_topic(topic)):
            buttons = [b for row in getattr(post.content, "buttons", ()) for b in row]
            for found in buttons:
                if found.token == button or button.casefold() in found.label.casefold():
                    return await self._act("pressed", topic, member=member, token=found.token, origin_id=post.id)
        return await self._act("pressed", topic, member=member, token=button, origin_id="0")

    async def toggles(self, topic: str, *, is_closed: bool) -> Arrival:
        """A member closes or reopens the topic by hand."""
        (self.closed.add if is_closed else self.closed.discard)(topic)
        return await self._act("toggled", topic, is_closed=is_closed)

    def deletes_topic(self, topic: str) -> None:
        """A member deletes the topic; the desk is not told, as in life."""
        self.topic_names.pop(topic, None)

    def in_topic(self, topic: str) -> list[Post]:
        return [post for post in self.posts if post.topic == topic]

    async def topic_of(self, conversation_id: int) -> str | None:
        if self._topics is not None:
            return await self._topics.find(ConversationId(conversation_id))
        return self._own.get(conversation_id)

    # --- the channel's promises

    async def send(self, delivery: Delivery) -> Receipt:
        if not isinstance(delivery.content, DeskPost):
            raise Permanent("a desk takes posts only", Refusal.REJECTED)
        error, after_effect = self._failure(delivery.address)
        if error is not None and not after_effect:
            raise error
        receipt = await self._do(delivery, delivery.content)
        self.acts.append(delivery)
        self._changed.set()
        if error is not None:
            raise error
        return receipt

    async def _do(self, delivery: Delivery, post: DeskPost) -> Receipt:
        if post.act is DeskAct.DROP:
            self.topic_names.pop(post.target, None)
            return Receipt()
        topic = post.topic if post.topic is not None else await self._own_topic(delivery, post)
        if topic and topic not in self.topic_names:
            raise TopicGone("the topic was deleted")
        match post.act:
            case DeskAct.POST:
                self.posts.append(Post(self._next_id("post"), topic, post))
                return Receipt((self.posts[-1].id,))
            case DeskAct.CLOSE:
                self.closed.add(topic)
            case DeskAct.REOPEN:
                self.closed.discard(topic)
            case _:
                self._change(post)
        return Receipt()

    def _change(self, post: DeskPost) -> None:
        target = next((known for known in reversed(self.posts) if known.id == post.target), None)
        if target is None:
            raise Permanent("no such post", Refusal.NOT_FOUND)
        if post.act is DeskAct.REACT:
            target.reaction = post.text
        else:
            target.content = replace(post, act=DeskAct.POST)

    async def _own_topic(self, delivery: Delivery, post: DeskPost) -> str:
        conversation_id = delivery.conversation_id
        if conversation_id is None:
            return ""
        if topic := await self.topic_of(conversation_id):
            return topic
        if self._topics is not None:
            await self._topics.begin(conversation_id)
        topic = self._next_id("topic")
        self.topic_names[topic] = post.topic_name
        self._own[conversation_id] = topic
        if self._topics is not None:
            await self._topics.bind(conversation_id, topic)
        return topic

    async def _act(self, kind: str, topic: str, **fields: Any) -> Arrival:
        return await self._arrive(topic, {"kind": kind, "topic": topic, **fields})

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        try:
            return self._parse(payload)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not an event of this desk: {type(error).__name__}") from error

    def _parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        kind, topic = payload["kind"], str(payload["topic"])
        if kind == "seen":
            return (TopicSeen(self.account, topic, ConversationId(int(payload["conversation_id"]))),)
        if kind == "toggled":
            return (TopicToggled(self.account, topic, bool(payload["is_closed"])),)
        member = DeskMember(str(payload["member"]), str(payload.get("member_name", "")))
        if kind == "pressed":
            return (OperatorPressed(self.account, topic, member, str(payload["token"]), str(payload["origin_id"])),)
        message = read_message(payload["message"])
        if kind == "wrote":
            return (OperatorWrote(self.account, topic, member, message),)
        if kind == "edited":
            return (OperatorEdited(self.account, topic, member, message),)
        raise ValueError("unknown kind of event")
