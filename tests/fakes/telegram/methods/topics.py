"""Forum topics: created, renamed, closed, reopened, deleted by the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.telegram.methods import method
from tests.fakes.telegram.methods.access import need_forum, open_chat, topic_to_manage
from tests.fakes.telegram.params import Params
from tests.fakes.telegram.refusal import Bad

if TYPE_CHECKING:
    from tests.fakes.telegram.fake import FakeTelegram

NAME_LIMIT = 128
ICON_COLORS = {7322096, 16766590, 13338331, 9367192, 16749490, 16478047}


@method("createForumTopic")
def create_topic(fake: FakeTelegram, p: Params) -> Any:
    chat = open_chat(fake, p)
    need_forum(chat)
    if not chat.can("can_manage_topics"):
        raise Bad("not enough rights to create a topic")
    name = " ".join(p.text("name").split())[:NAME_LIMIT]
    if not name:
        raise Bad("TOPIC_TITLE_EMPTY")
    if p.number("icon_color", 7322096) not in ICON_COLORS:
        raise Bad("TOPIC_ICON_COLOR_INVALID")
    topic = fake.make_topic(chat, fake.world.bot, name, p.raw)
    made = {"message_thread_id": topic.thread, "name": topic.name, "icon_color": topic.icon_color}
    return made | ({"icon_custom_emoji_id": p.text("icon_custom_emoji_id")} if p.text("icon_custom_emoji_id") else {})


@method("editForumTopic")
def edit_topic(fake: FakeTelegram, p: Params) -> Any:
    chat = open_chat(fake, p)
    topic = topic_to_manage(fake, chat, p, "edit the topic")
    name = " ".join(p.text("name").split())[:NAME_LIMIT]
    if (not name or name == topic.name) and not p.has("icon_custom_emoji_id"):
        raise Bad("TOPIC_NOT_MODIFIED")
    change: dict[str, Any] = {}
    if name and name != topic.name:
        topic.name = change["name"] = name
    if p.has("icon_custom_emoji_id"):
        change["icon_custom_emoji_id"] = p.text("icon_custom_emoji_id")
    fake.tell_in_topic(chat, fake.world.bot, topic, {"forum_topic_edited": change})
    return True


@method("closeForumTopic")
def close_topic(fake: FakeTelegram, p: Params) -> Any:
    return _toggle(fake, p, closed=True)


@method("reopenForumTopic")
def reopen_topic(fake: FakeTelegram, p: Params) -> Any:
    return _toggle(fake, p, closed=False)


def _toggle(fake: FakeTelegram, p: Params, *, closed: bool) -> bool:
    chat = open_chat(fake, p)
    topic = topic_to_manage(fake, chat, p, "close or open the topic")
    if topic.closed == closed:
        raise Bad("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    fake.tell_in_topic(chat, fake.world.bot, topic, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})
    return True


@method("deleteForumTopic")
def delete_topic(fake: FakeTelegram, p: Params) -> Any:
    chat = open_chat(fake, p)
    topic = topic_to_manage(fake, chat, p, "delete the topic", "can_delete_messages")
    fake.world.delete_topic(chat, topic)
    return True


@method("getForumTopicIconStickers")
def icon_stickers(fake: FakeTelegram, p: Params) -> Any:
    return []
