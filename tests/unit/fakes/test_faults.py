"""Faults on demand, on both fakes."""

from __future__ import annotations

import time

import pytest
import requests
import vk_api
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from tests.fakes.faults import Faults
from tests.fakes.telegram import FakeTelegram
from tests.fakes.vk import FakeVk
from tests.unit.fakes.conftest import bot_on, close


@pytest.mark.parametrize(
    ("kind", "details", "error", "is_delivered"),
    [
        ("429", {"retry_after": 7}, TelegramRetryAfter, False),
        ("500", {}, TelegramServerError, False),
        ("502", {}, ClientDecodeError, False),
        ("html", {}, ClientDecodeError, False),
        ("403", {}, TelegramForbiddenError, False),
        ("400", {"description": "TOPIC_CLOSED"}, TelegramBadRequest, False),
        ("drop_before", {}, TelegramNetworkError, False),
        ("drop_after", {}, TelegramNetworkError, True),
        ("500", {"after": True}, TelegramServerError, True),
    ],
)
async def test_telegram_faults(
    tg: FakeTelegram, bot: Bot, kind: str, details: dict, error: type[Exception], is_delivered: bool
) -> None:
    tg.customer_says(1, "x")
    tg.fail_next(kind, "sendMessage", **details)
    with pytest.raises(error) as raised:
        await bot.send_message(1, "раз")
    await bot.send_message(1, "два")
    assert getattr(raised.value, "retry_after", 7) == 7
    assert [(one.text, one.answer_lost) for one in tg.sent()] == [("раз", True)] * is_delivered + [("два", False)]
    assert tg.faults_hit == {kind: 1}


async def test_faults_keep_to_their_method_chat_and_turn(tg: FakeTelegram, bot: Bot) -> None:
    tg.customer_says(1, "x")
    tg.customer_says(2, "x")
    tg.fail_next(None, "sendMessage", chat=2)
    tg.fail_next("500", "sendMessage", chat=2)
    await bot.send_message(1, "мимо")
    await bot.send_message(2, "первый проходит")
    await bot.send_chat_action(2, "typing")
    with pytest.raises(TelegramServerError):
        await bot.send_message(2, "второй нет")
    await bot.send_message(2, "третий да")
    assert [one.text for one in tg.sent(2)] == ["первый проходит", "третий да"]


async def test_faults_of_polling_must_be_named(tg: FakeTelegram, bot: Bot) -> None:
    tg.customer_says(1, "x")
    tg.fail_randomly("500", 1.0)
    assert len(await bot.get_updates()) == 1
    tg.fail_next("drop_after", "getUpdates")
    with pytest.raises(TelegramNetworkError):
        await bot.get_updates()
    tg.clear_faults()
    assert len(await bot.get_updates()) == 1


async def test_created_topic_whose_answer_was_lost(tg: FakeTelegram, bot: Bot) -> None:
    forum = tg.add_forum()
    tg.fail_next("drop_after", "createForumTopic")
    with pytest.raises(TelegramNetworkError):
        await bot.create_forum_topic(forum, "Анна")
    assert [(topic.name, topic.answer_lost) for topic in tg.topics()] == [("Анна", True)]


async def test_client_that_gave_up_has_lost_the_answer(tg: FakeTelegram) -> None:
    impatient = bot_on(tg, timeout=0.05)
    tg.customer_says(1, "x")
    tg.fail_next("delay", "sendMessage", seconds=0.1)
    with pytest.raises(TelegramNetworkError):
        await impatient.send_message(1, "поздно")
    await close(impatient)
    await tg.wait_for_sent(1)
    await tg.wait_for(lambda: tg.sent()[0].answer_lost)


def test_dice_are_repeatable() -> None:
    def draw(seed: int) -> list[bool]:
        faults = Faults(seed, ())
        faults.fail_randomly("500", 0.3)
        return [faults.choose("sendMessage", None) is not None for _ in range(200)]

    assert draw(1) == draw(1) != draw(2)
    assert 40 < sum(draw(1)) < 80


@pytest.mark.parametrize("code", [1, 5, 6, 9, 10, 901])
def test_vk_errors(vk: FakeVk, api: vk_api.VkApi, code: int) -> None:
    vk.customer_says(1, "x")
    vk.fail_next(code, "messages.send")
    with pytest.raises(vk_api.ApiError) as error:
        api.method("messages.send", {"peer_id": 1, "message": "x", "random_id": 1})
    assert error.value.code == code
    assert vk.sent() == []


def test_vk_captcha(vk: FakeVk, api: vk_api.VkApi) -> None:
    vk.fail_next(14, "users.get", times=2)
    with pytest.raises(vk_api.Captcha) as error:
        api.method("users.get", {"user_ids": "1"})
    assert error.value.sid
    assert error.value.url.startswith("https://")


@pytest.mark.parametrize(
    ("kind", "error", "is_delivered"),
    [
        ("502", vk_api.ApiHttpError, False),
        ("html", requests.JSONDecodeError, False),
        ("drop_before", requests.ConnectionError, False),
        ("drop_after", requests.ConnectionError, True),
    ],
)
def test_vk_transport_faults_and_the_same_random_id(
    vk: FakeVk, api: vk_api.VkApi, kind: str, error: type[Exception], is_delivered: bool
) -> None:
    vk.customer_says(1, "x")
    letter = {"peer_id": 1, "message": "раз", "random_id": 42}
    vk.fail_next(kind, "messages.send")
    with pytest.raises(error):
        api.method("messages.send", letter)
    assert len(vk.sent()) == is_delivered
    number = api.method("messages.send", letter)
    assert [(one.message_id, one.answer_lost, one.repeats) for one in vk.sent()] == [
        (number, is_delivered, int(is_delivered))
    ]


async def test_latency_and_jitter(tg: FakeTelegram, bot: Bot) -> None:
    tg.set_latency(0.03, 0.01)
    began = time.perf_counter()
    await bot.get_me()
    assert time.perf_counter() - began >= 0.03


async def test_bot_without_rights_to_poll_hears_401_from_a_fault(tg: FakeTelegram, bot: Bot) -> None:
    for kind in ("401", "409"):
        tg.fail_next(kind, "getUpdates")
        with pytest.raises(TelegramAPIError):
            await bot.get_updates()
