"""Raw updates -> events. Pure; raises ValueError, and nothing else, on what cannot be read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from channels.telegram.incoming.content import CHANNEL, Json, integer, number, part, read_message, text_of
from core.conversation import ConversationId
from core.customer import Sender
from core.event import (
    ButtonPressed,
    CustomerBlocked,
    CustomerReturned,
    DeskMember,
    DeskMoved,
    Event,
    MessageEdited,
    MessageReceived,
    OperatorEdited,
    OperatorPressed,
    OperatorWrote,
    TopicSeen,
    TopicToggled,
)

_TOPIC_NAME = re.compile(r"#(\d{1,15})\b", re.ASCII)


def parse_customer(update: Mapping[str, Any], account: str, username: str) -> Sequence[Event]:
    """What a customer did in their private chat with the bot; nothing for groups."""
    kind, content = _kind_and_content(update)
    if kind == "callback_query":
        return _customer_press(content, account)
    if not kind:
        return ()
    chat = _chat(content)
    if chat.get("type") != "private":
        return ()
    sender = _sender(content, account, str(integer(chat, "id")))
    if kind == "my_chat_member":
        return _membership(content, sender)
    message = read_message(content, username)
    if message is None:
        return ()
    if kind == "message":
        return (MessageReceived(sender, message),)
    if not message.text and part(content, "location"):
        return ()  # a live location moves on by editing itself
    return (MessageEdited(sender, message),)


def parse_desk(update: Mapping[str, Any], account: str, username: str) -> Sequence[Event]:
    """What a member did in the operators' group; nothing for bots and service messages about other things."""
    kind, content = _kind_and_content(update)
    if kind == "callback_query":
        return _desk_press(content)
    if kind not in ("message", "edited_message"):
        return ()
    desk = str(integer(_chat(content), "id"))
    new_desk = number(content, "migrate_to_chat_id")
    if new_desk is not None:
        return (DeskMoved(desk, str(new_desk)),)
    topic = topic_of(content)
    if service := _topic_service(content, desk, topic, account):
        return service
    member = _member(content)
    if member is None:
        return ()
    message = read_message(content, username)
    if message is None:
        return ()
    if kind == "message":
        return (OperatorWrote(desk, topic, member, message),)
    return (OperatorEdited(desk, topic, member, message),)


def topic_of(message: Json) -> str:
    """Replies outside topics carry a thread id too: it counts only where the message is a topic's."""
    thread = number(message, "message_thread_id")
    return str(thread) if message.get("is_topic_message") is True and thread is not None else ""


def chat_of(update: Mapping[str, Any]) -> int | None:
    """The chat an update belongs to, as far as that can be told; never raises."""
    for kind in ("message", "edited_message", "my_chat_member"):
        if content := part(update, kind):
            return number(part(content, "chat"), "id")
    query = part(update, "callback_query")
    where = number(part(part(query, "message"), "chat"), "id")
    return where if where is not None else number(part(query, "from"), "id")


def message_of(update: Mapping[str, Any]) -> Json:
    """The message an update is about; an empty one when there is none. Never raises."""
    message = part(update, "message") or part(update, "edited_message")
    return message or part(part(update, "callback_query"), "message")


def _kind_and_content(update: Mapping[str, Any]) -> tuple[str, Json]:
    for kind in ("message", "edited_message", "callback_query", "my_chat_member"):
        if kind in update:
            content = update[kind]
            if not isinstance(content, Mapping):
                raise ValueError(f"{kind} is no object")
            return kind, content
    return "", {}


def _chat(content: Json) -> Json:
    chat = part(content, "chat")
    if not chat:
        raise ValueError("no chat")
    return chat


def _name(person: Json) -> str:
    full = " ".join(filter(None, (text_of(person, "first_name").strip(), text_of(person, "last_name").strip())))
    return full or text_of(person, "username")


def _sender(content: Json, account: str, address: str) -> Sender:
    person = part(content, "from") or part(content, "chat")
    return Sender(
        channel=CHANNEL,
        account=account,
        address=address,
        name=_name(person),
        username=text_of(person, "username"),
        language=text_of(person, "language_code"),
        has_buttons=True,
    )


def _customer_press(query: Json, account: str) -> Sequence[Event]:
    person = integer(part(query, "from"), "id")
    chat = part(part(query, "message"), "chat")
    token = text_of(query, "data")
    if not token or (chat and chat.get("type") != "private"):
        return ()
    return (ButtonPressed(_sender(query, account, str(person)), token),)


def _membership(content: Json, sender: Sender) -> Sequence[Event]:
    status = text_of(part(content, "new_chat_member"), "status")
    if status in ("kicked", "left"):
        return (CustomerBlocked(sender),)
    return (CustomerReturned(sender),) if status else ()


def _desk_press(query: Json) -> Sequence[Event]:
    person = part(query, "from")
    member = DeskMember(str(integer(person, "id")), _name(person))
    message = part(query, "message")
    token = text_of(query, "data")
    if not token:
        return ()
    desk, origin_id = str(integer(part(message, "chat"), "id")), str(integer(message, "message_id"))
    return (OperatorPressed(desk, topic_of(message), member, token, origin_id),)


def _topic_service(message: Json, desk: str, topic: str, account: str) -> Sequence[Event]:
    is_ours = str(number(part(message, "from"), "id")) == account
    if created := part(message, "forum_topic_created"):
        named = _TOPIC_NAME.match(text_of(created, "name"))
        if is_ours and topic and named:
            return (TopicSeen(desk, topic, ConversationId(int(named[1]))),)
    elif topic and not is_ours:
        if "forum_topic_closed" in message:
            return (TopicToggled(desk, topic, is_closed=True),)
        if "forum_topic_reopened" in message:
            return (TopicToggled(desk, topic, is_closed=False),)
    return ()


def _member(message: Json) -> DeskMember | None:
    """Who wrote; None for bots. An administrator who writes as the group is a member with the group's id."""
    mask = part(message, "sender_chat")
    if mask and message.get("is_automatic_forward") is not True:
        return DeskMember(str(integer(mask, "id")), text_of(mask, "title"))
    person = part(message, "from")
    if mask or person.get("is_bot") is True:
        return None
    return DeskMember(str(integer(person, "id")), _name(person))
