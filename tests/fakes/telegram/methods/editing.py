"""edit… and delete…: messages of the bot change or go."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.fakes.telegram.methods import method
from tests.fakes.telegram.methods.access import inline_only, open_chat, reply_markup
from tests.fakes.telegram.methods.media import WITH_CAPTION, given_media, kind_of
from tests.fakes.telegram.methods.sending import caption_of, captioned, text_of
from tests.fakes.telegram.params import Params
from tests.fakes.telegram.refusal import Bad
from tests.fakes.telegram.world import Chat

if TYPE_CHECKING:
    from tests.fakes.telegram.fake import FakeTelegram

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
CONTENT = (
    "text",
    "entities",
    "caption",
    "caption_entities",
    "photo",
    "video",
    "audio",
    "document",
    "animation",
    "reply_markup",
)
DELETE_LIMIT_S = 48 * 3600


def _own(fake: FakeTelegram, p: Params) -> tuple[Chat, dict[str, Any]]:
    if p.has("inline_message_id"):
        raise Bad("MESSAGE_ID_INVALID")
    if not p.number("message_id"):
        raise Bad("message identifier is not specified")
    chat = open_chat(fake, p)
    message = chat.messages.get(p.number("message_id"))
    if message is None:
        raise Bad("message to edit not found")
    if not fake.world.is_own(message):
        raise Bad("message can't be edited")
    return chat, message


def _change(
    fake: FakeTelegram,
    name: str,
    p: Params,
    chat: Chat,
    message: dict[str, Any],
    content: dict[str, Any],
    replaced: tuple[str, ...],
) -> dict[str, Any]:
    markup = reply_markup(p)
    new = (
        {key: value for key, value in message.items() if key not in (*replaced, "reply_markup")}
        | content
        | inline_only(markup)
    )
    if all(new.get(key) == message.get(key) for key in CONTENT):
        raise Bad(NOT_MODIFIED)
    message.clear()
    message.update(new | {"edit_date": int(time.time())})
    fake.note_edited(name, chat, message)
    return message


@method("editMessageText")
def edit_text(fake: FakeTelegram, p: Params) -> Any:
    try:
        content = text_of(p.text("text"), p.text("parse_mode"), p.json("entities"))
    except Bad as error:
        raise Bad("MESSAGE_TOO_LONG") if "too long" in error.description else error from None
    chat, message = _own(fake, p)
    if kind_of(message) != "text":
        raise Bad("there is no text in the message to edit")
    return _change(fake, "editMessageText", p, chat, message, content, ("text", "entities"))


@method("editMessageCaption")
def edit_caption(fake: FakeTelegram, p: Params) -> Any:
    content = captioned(p)
    chat, message = _own(fake, p)
    if kind_of(message) not in WITH_CAPTION:
        raise Bad("there is no caption in the message to edit")
    return _change(fake, "editMessageCaption", p, chat, message, content, ("caption", "caption_entities"))


@method("editMessageReplyMarkup")
def edit_markup(fake: FakeTelegram, p: Params) -> Any:
    chat, message = _own(fake, p)
    return _change(fake, "editMessageReplyMarkup", p, chat, message, {}, ())


@method("editMessageMedia")
def edit_media(fake: FakeTelegram, p: Params) -> Any:
    item = p.json("media")
    if not isinstance(item, dict) or item.get("type") not in ("photo", "video", "audio", "document", "animation"):
        raise Bad("input message content is not specified")
    chat, message = _own(fake, p)
    if kind_of(message) in ("voice", "video_note", "sticker", "location", "venue", "contact"):
        raise Bad("message can't be edited")
    content = given_media(fake.world, item["type"], p.attached(item.get("media")))
    content |= caption_of(item.get("caption") or "", item.get("parse_mode") or "", item.get("caption_entities"))
    return _change(fake, "editMessageMedia", p, chat, message, content, CONTENT)


def _delete(fake: FakeTelegram, chat: Chat, message: dict[str, Any]) -> None:
    del chat.messages[message["message_id"]]
    fake.note_deleted(chat, message)


def _may_delete(fake: FakeTelegram, chat: Chat, message: dict[str, Any]) -> bool:
    if message["date"] < time.time() - DELETE_LIMIT_S and not chat.can("can_delete_messages"):
        return False
    return chat.type == "private" or fake.world.is_own(message) or chat.can("can_delete_messages")


@method("deleteMessage")
def delete_message(fake: FakeTelegram, p: Params) -> Any:
    chat = open_chat(fake, p)
    message = chat.messages.get(p.number("message_id"))
    if message is None:
        raise Bad("message to delete not found")
    if not _may_delete(fake, chat, message):
        raise Bad("message can't be deleted")
    _delete(fake, chat, message)
    return True


@method("deleteMessages")
def delete_messages(fake: FakeTelegram, p: Params) -> Any:
    numbers = p.json("message_ids")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= 100:
        raise Bad("message identifiers are not specified")
    chat = open_chat(fake, p)
    for number in numbers:
        message = chat.messages.get(number)
        if message is not None and _may_delete(fake, chat, message):
            _delete(fake, chat, message)
    return True
