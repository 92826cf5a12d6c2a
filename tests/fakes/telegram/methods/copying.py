"""copy… and forward…: messages that exist already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.telegram.methods import method
from tests.fakes.telegram.methods.access import open_chat, reply_markup, reply_target, topic_to_write
from tests.fakes.telegram.methods.media import WITH_CAPTION, kind_of
from tests.fakes.telegram.methods.sending import captioned, deliver
from tests.fakes.telegram.params import Params
from tests.fakes.telegram.refusal import Bad

if TYPE_CHECKING:
    from tests.fakes.telegram.fake import FakeTelegram

ENVELOPE = {
    "message_id",
    "from",
    "chat",
    "date",
    "edit_date",
    "message_thread_id",
    "is_topic_message",
    "reply_to_message",
    "media_group_id",
    "reply_markup",
    "forward_origin",
    "forward_from",
    "forward_date",
}


def _content(message: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in message.items() if key not in ENVELOPE}


def _origin(message: dict[str, Any]) -> dict[str, Any]:
    origin = {"type": "user", "date": message["date"], "sender_user": message["from"]}
    return {"forward_origin": message.get("forward_origin", origin)}


@method("copyMessage")
def copy_message(fake: FakeTelegram, p: Params) -> Any:
    source = open_chat(fake, p, "from_chat_id", write=False)
    message = source.messages.get(p.number("message_id"))
    if message is None:
        raise Bad("message to copy not found")
    if kind_of(message) == "service":
        raise Bad("message can't be copied")
    content = _content(message)
    if p.has("caption") and kind_of(message) in WITH_CAPTION:
        content = {key: value for key, value in content.items() if not key.startswith("caption")} | captioned(p)
    markup = reply_markup(p)
    chat = open_chat(fake, p)
    thread, reply = topic_to_write(fake, chat, p), reply_target(chat, p)
    copy = deliver(fake, chat, "copyMessage", content, thread, reply, markup, p)
    return {"message_id": copy["message_id"]}


@method("copyMessages")
def copy_messages(fake: FakeTelegram, p: Params) -> Any:
    return [{"message_id": copy["message_id"]} for copy in _several(fake, p, "copyMessages", "copy")]


@method("forwardMessages")
def forward_messages(fake: FakeTelegram, p: Params) -> Any:
    return [{"message_id": copy["message_id"]} for copy in _several(fake, p, "forwardMessages", "forward")]


def _several(fake: FakeTelegram, p: Params, name: str, verb: str) -> list[dict[str, Any]]:
    """Missing ones are passed over; albums stay albums."""
    numbers = p.json("message_ids")
    if not isinstance(numbers, list) or not numbers:
        raise Bad("message identifiers are not specified")
    if len(numbers) > 100:
        raise Bad("too many message identifiers specified")
    if sorted(set(numbers)) != numbers:
        raise Bad("message identifiers must be in a strictly increasing order")
    source = open_chat(fake, p, "from_chat_id", write=False)
    found = [source.messages[number] for number in numbers if number in source.messages]
    found = [message for message in found if kind_of(message) != "service"]
    if not found:
        raise Bad(f"there are no messages to {verb}")
    chat = open_chat(fake, p)
    thread = topic_to_write(fake, chat, p)
    groups: dict[str, str] = {}
    copies = []
    for message in found:
        content = _content(message)
        if verb == "copy" and p.flag("remove_caption"):
            content = {key: value for key, value in content.items() if not key.startswith("caption")}
        fields: dict[str, Any] = _origin(message) if verb == "forward" else {}
        if old := message.get("media_group_id"):
            fields["media_group_id"] = (
                groups[old] if old in groups else groups.setdefault(old, fake.world.next_group_id())
            )
        copies.append(deliver(fake, chat, name, content, thread, None, None, p, **fields))
    return copies


@method("forwardMessage")
def forward_message(fake: FakeTelegram, p: Params) -> Any:
    source = open_chat(fake, p, "from_chat_id", write=False)
    message = source.messages.get(p.number("message_id"))
    if message is None:
        raise Bad("message to forward not found")
    if kind_of(message) == "service":
        raise Bad("message can't be forwarded")
    chat = open_chat(fake, p)
    thread = topic_to_write(fake, chat, p)
    return deliver(fake, chat, "forwardMessage", _content(message), thread, None, None, p, **_origin(message))
