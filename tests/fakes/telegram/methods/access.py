"""Whom and where a call may write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.fakes.telegram.params import Params
from tests.fakes.telegram.refusal import Bad, Refusal
from tests.fakes.telegram.world import Chat, Topic

if TYPE_CHECKING:
    from tests.fakes.telegram.fake import FakeTelegram

ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)


def open_chat(fake: FakeTelegram, p: Params, name: str = "chat_id", *, write: bool = True) -> Chat:
    reference = p.text(name)
    if not reference:
        raise Bad(f"{name} is empty")
    chat = fake.world.find(reference)
    if chat is None:
        known = reference.lstrip("-").isdigit() and int(reference) in fake.world.users
        if known and int(reference) in fake.seen_users:
            raise Refusal(403, "bot can't initiate conversation with a user")
        raise Bad("chat not found")
    if chat.migrated_to is not None and write:
        raise Bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
    if chat.bot_status in ("kicked", "left"):
        kind = f"{chat.type} chat"
        raise Refusal(
            403,
            f"bot was kicked from the {kind}" if chat.bot_status == "kicked" else f"bot is not a member of the {kind}",
        )
    if chat.type == "private" and write:
        if chat.deactivated:
            raise Refusal(403, "user is deactivated")
        if chat.blocked:
            raise Refusal(403, "bot was blocked by the user")
        if not chat.met:
            raise Refusal(403, "bot can't initiate conversation with a user")
    return chat


def topic_to_write(fake: FakeTelegram, chat: Chat, p: Params) -> int | None:
    thread = p.number("message_thread_id")
    if not thread or chat.type in ("group", "channel") or (chat.type == "supergroup" and not chat.is_forum):
        return None
    topic = chat.topics.get(thread)
    if thread == 1 or topic is None or topic.deleted:
        raise Bad("message thread not found")
    if topic.closed and (fake.closed_blocks_admins or not chat.can("can_manage_topics")):
        raise Bad("TOPIC_CLOSED")
    return thread


def topic_to_manage(fake: FakeTelegram, chat: Chat, p: Params, what: str, right: str = "can_manage_topics") -> Topic:
    need_forum(chat)
    topic = chat.topics.get(p.number("message_thread_id"))
    if topic is None or topic.deleted:
        raise Bad("TOPIC_ID_INVALID")
    if not chat.can(right) and topic.creator != fake.bot_id:
        raise Bad(f"not enough rights to {what}")
    return topic


def need_forum(chat: Chat) -> None:
    if not chat.is_forum:
        raise Bad("the chat is not a forum")


def reply_target(chat: Chat, p: Params) -> int | None:
    given = p.json("reply_parameters")
    if given is not None and not isinstance(given, dict):
        raise Bad("object expected as reply parameters")
    given = given or {
        "message_id": p.number("reply_to_message_id"),
        "allow_sending_without_reply": p.flag("allow_sending_without_reply"),
    }
    number = int(given.get("message_id") or 0)
    if not number:
        return None
    if str(given.get("chat_id") or chat.id) != str(chat.id):
        return None
    if number not in chat.messages:
        if given.get("allow_sending_without_reply"):
            return None
        raise Bad("message to be replied not found")
    return number


def reply_markup(p: Params) -> dict[str, Any] | None:
    markup = p.json("reply_markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise Bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = [[_inline_button(button) for button in row] for row in markup["inline_keyboard"]]
        if sum(map(len, rows)) > 100:
            raise Bad("reply markup is too long")
        return {"inline_keyboard": [row for row in rows if row]}
    if "keyboard" in markup:
        rows = [
            [{"text": button} if isinstance(button, str) else button for button in row] for row in markup["keyboard"]
        ]
        if any(not button.get("text") for row in rows for button in row):
            raise Bad("keyboard button text must be non-empty")
        return markup | {"keyboard": rows}
    return markup


def _inline_button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise Bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not button.get("text"):
        raise Bad("inline keyboard button text must be non-empty")
    actions = [name for name in ACTIONS if name in button]
    if not actions:
        raise Bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= 64:
        raise Bad("BUTTON_DATA_INVALID")
    if "url" in button and not re.match(r"(https?|tg)://|[\w-]+(\.[\w-]+)+", str(button["url"])):
        raise Bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return button


def inline_only(markup: dict[str, Any] | None) -> dict[str, Any]:
    """Only inline keyboards are shown in a message."""
    return {"reply_markup": markup} if markup and markup.get("inline_keyboard") else {}
