"""Updates of the Bot API fake: kept, repeated, confirmed, by polling and by webhook."""

from __future__ import annotations

import asyncio

import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message
from aiohttp import web

from tests.fakes.telegram import FakeTelegram
from tests.unit.fakes.conftest import bot_on, close

KINDS = ["photo", "video", "voice", "video_note", "audio", "document", "animation", "sticker", "location", "venue",
         "contact", "dice"]  # fmt: skip


async def test_updates_are_repeated_until_an_offset_confirms_them(tg: FakeTelegram, bot: Bot) -> None:
    first, second = tg.customer_says(1, "один"), tg.customer_says(2, "два")
    for _ in range(2):
        assert [update.update_id for update in await bot.get_updates()] == [first.update_id, second.update_id]
    assert tg.unconfirmed() == 2
    assert [update.update_id for update in await bot.get_updates(offset=second.update_id)] == [second.update_id]
    assert await bot.get_updates(offset=second.update_id + 1) == []
    assert tg.unconfirmed() == 0


async def test_long_poll_ends_when_something_arrives(tg: FakeTelegram, bot: Bot) -> None:
    waiting = asyncio.ensure_future(bot.get_updates(timeout=20))
    await tg.wait_for_calls("getUpdates")
    tg.customer_says(1, "вот")
    assert [update.message.text for update in await waiting if update.message] == ["вот"]


async def test_older_of_two_pollers_gets_the_conflict(tg: FakeTelegram, bot: Bot) -> None:
    older = asyncio.ensure_future(bot.get_updates(timeout=20))
    await tg.wait_for_calls("getUpdates")
    newer = asyncio.ensure_future(bot.get_updates(timeout=20))
    with pytest.raises(TelegramConflictError, match="other getUpdates"):
        await older
    tg.customer_says(1, "кому?")
    assert len(await newer) == 1


async def test_only_allowed_updates_arrive_and_the_list_is_remembered(tg: FakeTelegram, bot: Bot) -> None:
    tg.customer_says(1, "до")
    await bot.get_updates(allowed_updates=["callback_query"])
    assert tg.customer_says(1, "после").update_id is None
    assert [update.message.text for update in await bot.get_updates() if update.message] == ["до"]


async def test_every_kind_of_update_passes_the_strict_models(tg: FakeTelegram, bot: Bot) -> None:
    forum = tg.add_forum(members=[7001], admins=[7002])
    topic = await bot.create_forum_topic(forum, "Анна")
    thread = topic.message_thread_id
    said = tg.customer_says(1, "привет https://example.org /start")
    for kind in KINDS:
        tg.customer_sends(1, kind)
        tg.member_sends(7001, kind, thread)
    tg.customer_sends_album(1, ["photo", "video"], caption="вот")
    tg.customer_says(1, "ответ", reply_to=said.message_id)
    tg.customer_forwards(1, "чужое", from_user=2)
    tg.customer_edits(1, said.message_id, "поправка")
    tg.member_says(7001, "в тему", thread)
    tg.member_says(7001, "в общую")
    tg.member_renames_topic(7002, thread, "Анна К.")
    tg.member_closes_topic(7002, thread)
    tg.member_reopens_topic(7002, thread)
    tg.member_joins(7003)
    tg.member_leaves(7003)
    tg.set_bot_rights(can_manage_topics=False)
    tg.customer_blocks(1)
    tg.customer_unblocks(1)
    updates = await bot.get_updates(limit=100)
    assert len(updates) == tg.unconfirmed() == 41
    created = updates[0].message
    assert created is not None
    assert created.from_user is not None
    assert created.from_user.id == tg.bot_id, "the bot is told of its own topic"
    in_topic = next(one.message for one in updates if one.message and one.message.text == "в тему")
    assert in_topic.is_topic_message
    assert in_topic.message_thread_id == thread
    assert in_topic.reply_to_message is not None, "outside a reply it is the topic's first message"
    assert in_topic.reply_to_message.forum_topic_created is not None


async def test_dispatcher_serves_messages_presses_and_blocks(tg: FakeTelegram, bot: Bot) -> None:
    seen: list[str] = []
    dp = Dispatcher()

    @dp.message()
    async def on_message(message: Message) -> None:
        seen.append(message.text or "")
        await message.answer(
            "Выберите", reply_markup={"inline_keyboard": [[{"text": "Оператор", "callback_data": "op:7"}]]}
        )

    @dp.callback_query()
    async def on_press(query: CallbackQuery) -> None:
        seen.append(query.data or "")
        await query.answer("Зову")

    @dp.my_chat_member()
    async def on_status(change: ChatMemberUpdated) -> None:
        seen.append(change.new_chat_member.status)

    polling = asyncio.ensure_future(
        dp.start_polling(bot, handle_as_tasks=False, handle_signals=False, polling_timeout=1)
    )
    tg.customer_says(5, "привет")
    await tg.wait_for_sent(1, chat=5, text="Выберите")
    press = tg.customer_presses(5, "оператор")
    tg.customer_blocks(5)
    await tg.wait_for_confirmed()
    await dp.stop_polling()
    await polling
    assert seen == ["привет", "op:7", "kicked"]
    assert [(answer.query_id, answer.text) for answer in tg.answers()] == [(press.query_id, "Зову")]


async def test_poison_blocks_a_strict_batch(tg: FakeTelegram, bot: Bot) -> None:
    tg.push_poison()
    tg.customer_says(1, "за ядом")
    with pytest.raises(ClientDecodeError):
        await bot.get_updates()
    assert tg.unconfirmed() == 2


async def test_wrong_and_revoked_token(tg: FakeTelegram, bot: Bot) -> None:
    tg.set_token_revoked()
    with pytest.raises(TelegramUnauthorizedError):
        await bot.get_me()
    assert tg.calls == []


async def test_privacy_mode_hides_ordinary_messages_from_a_bot_without_rights(tg: FakeTelegram, bot: Bot) -> None:
    tg.add_forum(members=[7001], admin=False)
    assert not (await bot.get_me()).can_read_all_group_messages
    assert tg.member_says(7001, "между нами").update_id is None
    assert tg.member_says(7001, "/help").update_id is not None


class Hook:
    """A webhook whose answers are scripted by status."""

    def __init__(self) -> None:
        self.script: list[int] = []
        self.got: list[dict] = []
        self.in_flight: dict[int, int] = {}
        self.peak = 0
        self.secrets: set[str | None] = set()

    async def take(self, request: web.BaseRequest) -> web.Response:
        update = await request.json()
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        chat = update.get("message", update.get("callback_query", {})).get("from", {}).get("id", 0)
        self.in_flight[chat] = self.in_flight.get(chat, 0) + 1
        self.peak = max(self.peak, self.in_flight[chat])
        await asyncio.sleep(0.002)
        self.in_flight[chat] -= 1
        self.got.append(update)
        return web.Response(status=self.script.pop(0) if self.script else 200)


@pytest.fixture
async def hook():  # type: ignore[no-untyped-def]
    hook = Hook()
    runner = web.ServerRunner(web.Server(hook.take), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/telegram"
    yield hook
    await runner.cleanup()


async def test_webhook_repeats_until_2xx_and_keeps_the_order_of_a_chat(tg: FakeTelegram, bot: Bot, hook: Hook) -> None:
    hook.script = [500, 503]
    for number in range(5):
        tg.customer_says(1, str(number))
    assert await bot.set_webhook(hook.url, secret_token="s3cret-_")
    await tg.wait_for_confirmed()
    assert [update["message"]["text"] for update in hook.got] == ["0", "0", "0", "1", "2", "3", "4"]
    assert hook.peak == 1
    assert hook.secrets == {"s3cret-_"}
    info = await bot.get_webhook_info()
    assert info.pending_update_count == 0
    assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"


async def test_failing_chat_holds_up_nobody_else(tg: FakeTelegram, bot: Bot, hook: Hook) -> None:
    tg.retry_s = 30.0
    hook.script = [500, 500]
    tg.customer_says(1, "мешает")
    await bot.set_webhook(hook.url)
    await tg.wait_for(lambda: tg.webhook.info().get("last_error_message") and len(hook.got) == 2)
    tg.customer_says(2, "проходит")
    await tg.wait_for(lambda: tg.unconfirmed() == 1)
    assert hook.got[-1]["message"]["text"] == "проходит"
    assert tg.webhook.info()["pending_update_count"] == 1


async def test_polling_while_a_webhook_is_set(tg: FakeTelegram, bot: Bot, hook: Hook) -> None:
    await bot.set_webhook(hook.url)
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == []


async def test_webhook_settings_are_checked(tg: FakeTelegram, bot: Bot) -> None:
    for url, secret in (("http://example.org/x", "a"), ("https://example.org/x", "not allowed!")):
        with pytest.raises(TelegramBadRequest):
            await bot.set_webhook(url, secret_token=secret)
    tg.set_webhook_pause_s = 1.0
    await bot.set_webhook("http://127.0.0.1:1/x")
    with pytest.raises(TelegramRetryAfter):
        await bot.set_webhook("http://127.0.0.1:1/y")


async def test_a_thread_of_its_own_serves_a_busy_loop() -> None:
    with FakeTelegram() as tg:
        bot = bot_on(tg)
        tg.customer_says(1, "привет")
        await bot.send_message(1, "и вам")
        assert (await tg.wait_for_sent(1, chat=1))[0].text == "и вам"
        assert tg.block_for_sent(1, chat=1)[0].text == "и вам"
        await close(bot)
