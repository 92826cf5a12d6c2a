"""What people merely see: typing, reactions, pins, answers to presses."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.fakes.telegram.methods import method
from tests.fakes.telegram.methods.access import open_chat, topic_to_write
from tests.fakes.telegram.params import Params
from tests.fakes.telegram.refusal import Bad

if TYPE_CHECKING:
    from tests.fakes.telegram.fake import FakeTelegram

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
EMOJI = """
👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾
💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
"""
REACTIONS = frozenset(EMOJI.split())
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
PIN_RIGHTS = "not enough rights to manage pinned messages in the chat"


@method("sendChatAction")
def send_action(fake: FakeTelegram, p: Params) -> Any:
    action = p.text("action")
    if action not in ACTIONS:
        raise Bad("wrong parameter action in request")
    chat = open_chat(fake, p)
    thread = topic_to_write(fake, chat, p)
    fake.note_action(chat, thread, kind=action)
    return True


@method("answerCallbackQuery")
def answer_query(fake: FakeTelegram, p: Params) -> Any:
    query = fake.queries.get(p.text("callback_query_id"))
    if query is None or query["at"] < time.time() - fake.query_life_s:
        raise Bad(TOO_OLD)
    if len(p.text("text")) > 200:
        raise Bad("MESSAGE_TOO_LONG")
    query["answered"] = True
    fake.note_answer(query, p.text("text"), p.flag("show_alert"))
    return True


@method("setMessageReaction")
def set_reaction(fake: FakeTelegram, p: Params) -> Any:
    wanted = p.json("reaction") or []
    if not isinstance(wanted, list):
        raise Bad("expected an Array of ReactionType")
    chat = open_chat(fake, p)
    number = p.number("message_id")
    if number not in chat.messages:
        raise Bad("message to react not found")
    if len(wanted) > 1:
        raise Bad("REACTIONS_TOO_MANY")
    for one in wanted:
        if one.get("type") == "emoji" and str(one.get("emoji")).replace("\ufe0f", "") not in REACTIONS:
            raise Bad("REACTION_INVALID")
    chat.reactions[number] = wanted
    emoji = [one.get("emoji") or one.get("custom_emoji_id") for one in wanted]
    fake.note_action(
        chat, chat.messages[number].get("message_thread_id"), kind="reaction", message_id=number, reaction=emoji
    )
    return True


@method("pinChatMessage")
def pin(fake: FakeTelegram, p: Params) -> Any:
    chat = open_chat(fake, p)
    if chat.type != "private" and not chat.can("can_pin_messages"):
        raise Bad(PIN_RIGHTS)
    message = chat.messages.get(p.number("message_id"))
    if message is None:
        raise Bad("message to pin not found")
    thread = message.get("message_thread_id") if message.get("is_topic_message") else None
    shown = {key: value for key, value in message.items() if key != "reply_to_message"}
    notice = fake.world.post(chat, fake.world.bot, {"pinned_message": shown}, thread=thread)
    fake.note_action(chat, thread, kind="pin", message_id=message["message_id"])
    fake.tell("message", notice)
    return True


@method("unpinChatMessage")
def unpin(fake: FakeTelegram, p: Params) -> Any:
    chat = open_chat(fake, p)
    if chat.type != "private" and not chat.can("can_pin_messages"):
        raise Bad(PIN_RIGHTS)
    fake.note_action(chat, None, kind="unpin", message_id=p.number("message_id"))
    return True
