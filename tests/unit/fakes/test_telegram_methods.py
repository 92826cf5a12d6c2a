"""Methods of the Bot API fake: what they do and how they refuse."""

from __future__ import annotations

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InputMediaVideo,
    ReactionTypeEmoji,
    ReplyParameters,
)

from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.schema import load
from tests.unit.fakes.conftest import bot_on, close

FILE = BufferedInputFile(b"bytes", "name.bin")
INLINE = {"inline_keyboard": [[{"text": "Да", "callback_data": "y"}]]}


@pytest.fixture
def forum(tg: FakeTelegram) -> int:
    return tg.add_forum(members=[7001], admins=[7002])


async def test_who_cannot_be_written_to(tg: FakeTelegram, bot: Bot, forum: int) -> None:
    for act, error, words in (
        (lambda: None, TelegramBadRequest, "chat not found"),
        (lambda: tg.member_says(1, "я тут", chat=forum), TelegramForbiddenError, "bot can't initiate conversation"),
        (
            lambda: tg.customer_says(1, "x") and tg.customer_blocks(1),
            TelegramForbiddenError,
            "bot was blocked by the user",
        ),
        (lambda: tg.customer_deactivates(1), TelegramForbiddenError, "user is deactivated"),
    ):
        tg.member_joins(1)
        tg.world.users.pop(1) if error is TelegramBadRequest else None
        act()
        with pytest.raises(error, match=words):
            await bot.send_message(1, "письмо")
    tg.kick_bot(forum)
    with pytest.raises(TelegramForbiddenError, match="bot was kicked from the supergroup chat"):
        await bot.send_message(forum, "в группу")


async def test_topics_live_and_die(tg: FakeTelegram, bot: Bot, forum: int) -> None:
    thread = (await bot.create_forum_topic(forum, "Анна")).message_thread_id
    assert thread > 1
    sent = await bot.send_message(forum, "карточка", message_thread_id=thread)
    assert sent.is_topic_message
    assert sent.message_thread_id == thread
    await bot.edit_forum_topic(forum, thread, name="Анна К.")
    await bot.close_forum_topic(forum, thread)
    for call in (
        lambda: bot.close_forum_topic(forum, thread),
        lambda: bot.edit_forum_topic(forum, thread, name="Анна К."),
    ):
        with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
            await call()
    await bot.send_message(forum, "админу можно", message_thread_id=thread)
    tg.closed_blocks_admins = True
    with pytest.raises(TelegramBadRequest, match="TOPIC_CLOSED"):
        await bot.send_message(forum, "и админу нельзя", message_thread_id=thread)
    assert [(topic.name, topic.closed) for topic in tg.topics()] == [("Анна К.", True)]
    tg.member_deletes_topic(7002, thread)
    for number in (thread, 1, 999):
        with pytest.raises(TelegramBadRequest, match="message thread not found"):
            await bot.send_message(forum, "куда?", message_thread_id=number)
    with pytest.raises(TelegramBadRequest, match="TOPIC_ID_INVALID"):
        await bot.reopen_forum_topic(forum, thread)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("поздно", chat_id=forum, message_id=sent.message_id)
    assert [record.text for record in tg.sent(forum, thread)] == ["карточка", "админу можно"]


async def test_forum_rights(tg: FakeTelegram, bot: Bot, forum: int) -> None:
    me = await bot.get_chat_member(forum, tg.bot_id)
    assert me.can_manage_topics
    assert (await bot.get_chat(forum)).is_forum
    assert {one.user.id for one in await bot.get_chat_administrators(forum)} == {7002, tg.bot_id}
    assert (await bot.get_chat_member(forum, 7001)).status == "member"
    tg.set_bot_rights(can_manage_topics=False)
    with pytest.raises(TelegramBadRequest, match="not enough rights to create a topic"):
        await bot.create_forum_topic(forum, "x")
    tg.set_forum(forum, is_forum=False)
    with pytest.raises(TelegramBadRequest, match="the chat is not a forum"):
        await bot.create_forum_topic(forum, "x")
    assert not (await bot.send_message(forum, "без темы", message_thread_id=5)).is_topic_message


async def test_edits(tg: FakeTelegram, bot: Bot) -> None:
    came = tg.customer_says(1, "x")
    sent = await bot.send_message(1, "раз", reply_markup=INLINE)
    edited = await bot.edit_message_text("два", chat_id=1, message_id=sent.message_id, reply_markup=INLINE)
    assert edited.edit_date
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("два", chat_id=1, message_id=sent.message_id, reply_markup=INLINE)
    await bot.edit_message_reply_markup(chat_id=1, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("чужое", chat_id=1, message_id=came.message_id)
    photo = await bot.send_photo(1, FILE, caption="раз")
    await bot.edit_message_caption(chat_id=1, message_id=photo.message_id, caption="два")
    await bot.edit_message_media(InputMediaVideo(media=FILE, caption="три"), chat_id=1, message_id=photo.message_id)
    with pytest.raises(TelegramBadRequest, match="no text in the message"):
        await bot.edit_message_text("x", chat_id=1, message_id=photo.message_id)
    assert [edit.text or edit.caption for edit in tg.edits(1)] == ["два", "два", "два", "три"]
    assert [message.get("text") or message["caption"] for message in tg.view(1)] == ["x", "два", "три"]
    assert [record.text or record.caption for record in tg.sent(1)] == ["раз", "раз"]
    assert all(record.edited for record in tg.sent(1))
    await bot.delete_message(1, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(1, sent.message_id)
    with pytest.raises(LookupError):
        tg.customer_presses(1, "Да")


async def test_copies_and_forwards(tg: FakeTelegram, bot: Bot, forum: int) -> None:
    album = tg.customer_sends_album(1, ["photo", "photo"], caption="вот")
    thread = (await bot.create_forum_topic(forum, "x")).message_thread_id
    copies = await bot.copy_messages(forum, 1, album.message_ids, message_thread_id=thread)
    assert len({record.media_group_id for record in tg.sent(forum, thread)}) == 1
    assert len(copies) == 2
    one = await bot.copy_message(forum, 1, album.message_id, caption="своё", message_thread_id=thread)
    assert tg.sent(forum)[-1].caption == "своё"
    assert tg.sent(forum)[-1].message_id == one.message_id
    assert (await bot.forward_message(forum, 1, album.message_id)).forward_origin is not None
    with pytest.raises(TelegramBadRequest, match="message to copy not found"):
        await bot.copy_message(forum, 1, 999)
    with pytest.raises(TelegramBadRequest, match="message can't be copied"):
        await bot.copy_message(1, forum, thread)


async def test_replies_reactions_pins_and_typing(tg: FakeTelegram, bot: Bot) -> None:
    came = tg.customer_says(1, "вопрос")
    sent = await bot.send_message(1, "ответ", reply_parameters=ReplyParameters(message_id=came.message_id))
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "вопрос"
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(1, "ответ", reply_parameters=ReplyParameters(message_id=999))
    lenient = ReplyParameters(message_id=999, allow_sending_without_reply=True)
    assert (await bot.send_message(1, "ответ", reply_parameters=lenient)).reply_to_message is None
    await bot.set_message_reaction(1, came.message_id, [ReactionTypeEmoji(emoji="👌")])
    assert tg.reactions(1, came.message_id) == ["👌"]
    with pytest.raises(TelegramBadRequest, match="REACTION_INVALID"):
        await bot.set_message_reaction(1, came.message_id, [ReactionTypeEmoji(emoji="🚀")])
    await bot.send_chat_action(1, "typing")
    await bot.pin_chat_message(1, sent.message_id)
    assert [action.kind for action in tg.actions(1)] == ["reaction", "typing", "pin"]
    pinned = (await bot.get_updates())[-1].message
    assert pinned is not None
    assert pinned.pinned_message is not None


async def test_button_answered_too_late(tg: FakeTelegram, bot: Bot) -> None:
    tg.customer_says(1, "x")
    await bot.send_message(1, "?", reply_markup=INLINE)
    press = tg.customer_presses(1, "Да")
    await bot.answer_callback_query(press.query_id, "принято")
    tg.query_life_s = -1.0
    for query in (press.query_id, "77"):
        with pytest.raises(TelegramBadRequest, match="query is too old"):
            await bot.answer_callback_query(query)


async def test_reply_keyboard_says_its_label(tg: FakeTelegram, bot: Bot) -> None:
    tg.customer_says(1, "x")
    await bot.send_message(
        1, "?", reply_markup={"keyboard": [[{"text": "Позвать оператора"}]], "one_time_keyboard": True}
    )
    tg.customer_presses(1, "оператор")
    update = (await bot.get_updates())[-1]
    assert update.message is not None
    assert update.message.text == "Позвать оператора"
    with pytest.raises(LookupError):
        tg.customer_presses(1, "оператор")


async def test_commands_migration_and_unknown_methods(tg: FakeTelegram, bot: Bot) -> None:
    await bot.set_my_commands([BotCommand(command="start", description="Начать")], language_code="ru")
    assert [one.command for one in await bot.get_my_commands(language_code="ru")] == ["start"]
    assert await bot.get_my_commands() == []
    old = tg.add_group(members=[7001])
    new = tg.migrate(old)
    with pytest.raises(TelegramMigrateToChat) as error:
        await bot.send_message(old, "x")
    assert error.value.migrate_to_chat_id == new
    await bot.send_message(new, "x")


async def test_problems_name_what_breaks_the_specification(tg: FakeTelegram) -> None:
    if load() is None:
        pytest.skip("the specification is not at hand")
    tg.customer_says(1, "x")
    bad = {"chat_id": 1, "text": 5, "colour": "red", "reply_markup": {"inline_keyboard": [[{"txt": "a"}]]}}
    async with aiohttp.ClientSession(f"{tg.base}/bot{tg.token}/") as http:
        for name, body in (("sendMessage", bad), ("sendMassage", {}), ("createForumTopic", {"chat_id": "x"})):
            async with http.post(name, json=body) as answer:
                assert answer.status in (400, 404)
    found = "\n".join(problem.problem for problem in tg.problems)
    for words in (
        "unknown parameter colour",
        "text: not String",
        "unknown field txt",
        "missing text",
        "unknown method",
        "missing name",
    ):
        assert words in found


async def test_forum_rate_counts_all_topics_edits_and_creations() -> None:
    now = [0.0]
    async with FakeTelegram(forum_rate=5, minute_s=60.0, clock=lambda: now[0]) as tg:
        bot = bot_on(tg)
        forum = tg.add_forum(members=[7001])
        threads = [(await bot.create_forum_topic(forum, str(number))).message_thread_id for number in range(2)]
        sent = [await bot.send_message(forum, "x", message_thread_id=thread) for thread in threads]
        await bot.edit_message_text("y", chat_id=forum, message_id=sent[0].message_id)
        now[0] = 10.0
        with pytest.raises(TelegramRetryAfter) as error:
            await bot.send_message(forum, "x", message_thread_id=threads[0])
        assert error.value.retry_after == 50
        tg.customer_says(1, "x")
        await bot.send_message(1, "клиенту можно")
        await bot.set_message_reaction(forum, sent[0].message_id, [ReactionTypeEmoji(emoji="👍")])
        now[0] = 60.5
        await bot.send_message(forum, "x", message_thread_id=threads[0])
        await close(bot)
