"""A visitor asks, presses, waits for a person, is answered and gives a score; nothing comes twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from bot.storage.surveys.tables import invitation
from bot.storage.tables import conversation, inbox, message
from tests.integration.website.shop import ANNA, Browser, Refused, Shop

Open = Callable[[Shop], Browser]


async def assigned(shop: Shop, one: Browser) -> str:
    """The visitor called a person, and Anna answered; returns the topic."""
    await one.says("оператор")
    await shop.settled()
    topic = await shop.desk.topic_of(1)
    assert topic
    await shop.desk.writes(topic, ANNA, "Здравствуйте! Чем помочь?")
    await shop.settled()
    return topic


async def test_whole_conversation(either_shop: Shop, browser: Open) -> None:
    shop, one = either_shop, browser(either_shop)
    opened = await one.open()
    assert opened["lines"] == []
    assert opened["state"]["status"] == "none"
    assert "оператор" in opened["starters"][-1][0].lower()

    await one.says("Где взять чек?")
    await shop.settled()
    answer = (await one.lines())[-1]
    assert answer["from"] == "bot"
    assert "Чек" in answer["text"]
    await one.presses("Не помогло")
    await shop.settled()
    await one.presses("оператора")
    await shop.settled()
    topic = await shop.desk.topic_of(1)
    assert topic
    await shop.desk.writes(topic, ANNA, "Сейчас пришлю")
    await shop.settled()
    said = (await one.lines())[-1]
    assert (said["from"], said["name"], said["text"]) == ("operator", "Анна", "Сейчас пришлю")
    assert (await one.open())["state"] == {"status": "assigned", "operator": "Анна"}

    await shop.desk.writes(topic, ANNA, "/close")
    await shop.settled()
    await one.presses("5")
    await shop.settled()
    score = await shop.database.read(lambda c: c.execute(select(invitation.c.score)).scalar_one())
    assert score == 5


async def test_empty_chat_offers_topics(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    label, token = (await one.open())["starters"][0]
    await one.ask("POST", "presses", {"nonce": "nonce-start", "key": "", "token": token})
    await shop.settled()
    mine, menu = await one.lines()
    assert mine["text"] == label
    assert label in menu["text"]
    assert menu["buttons"]


async def test_looking_leaves_no_trace(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    await one.open()
    assert await shop.database.read(lambda c: c.execute(select(func.count(conversation.c.id))).scalar_one()) == 0


async def test_message_sent_again_is_the_same_message(either_shop: Shop, browser: Open) -> None:
    one = browser(either_shop)
    await one.open()
    numbers = await asyncio.gather(*(one.says("Где мой заказ?", nonce="nonce-same") for _ in range(5)))
    await either_shop.settled()
    assert len(set(numbers)) == 1
    assert [line["from"] for line in await one.lines()] == ["visitor", "bot"]
    assert await either_shop.database.read(lambda c: c.execute(select(func.count(inbox.c.id))).scalar_one()) == 1


async def test_history_stays_and_goes_on_in_pages(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    topic = await assigned(shop, one)
    for number in range(60):
        await shop.desk.writes(topic, ANNA, f"сообщение {number}")
    await shop.settled()
    again = Browser(shop, one.http, one.token)
    opened = await again.open()
    assert len(opened["lines"]) == 50
    assert opened["lines"][-1]["text"] == "сообщение 59"
    earlier = (await again.ask("GET", f"lines?before={opened['lines'][0]['id']}"))["lines"]
    texts = [line["text"] for line in [*earlier, *opened["lines"]]]
    assert texts[-60:] == [f"сообщение {number}" for number in range(60)]
    assert texts[0] == "оператор"


async def test_unread_until_seen(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    await assigned(shop, one)
    assert (await one.open())["unseen"] == 2
    last = (await one.lines())[-1]["id"]
    await one.ask("POST", "seen", {"line": last})
    await one.ask("POST", "seen", {"line": 1})  # never backwards
    await one.ask("POST", "seen", {"line": last + 1000})  # nor ahead of what there is
    assert (await one.open())["unseen"] == 0
    await shop.desk.writes(await shop.desk.topic_of(1) or "", ANNA, "ещё")
    await shop.settled()
    assert (await one.open())["unseen"] == 1


async def test_edits_both_ways(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    topic = await assigned(shop, one)
    await one.says("заказ 15")
    await shop.settled()
    key = (await one.lines())[-1]["key"]
    await one.ask("POST", "changes", {"nonce": "nonce-edit1", "key": key, "text": "заказ 16"})
    await shop.settled()
    assert "заказ 16" in shop.desk.in_topic(topic)[-1].text
    posted = next(post for post in shop.desk.in_topic(topic) if post.author == ANNA)
    await shop.desk.writes(topic, ANNA, "Добрый день!", edit_of=posted.id)
    await shop.settled()
    texts = await one.texts()
    assert "заказ 16" in texts
    assert "заказ 15" not in texts
    assert "Добрый день!" in texts
    events = await one.lines()
    assert [line["text"] for line in events if "edit_of" in line] == ["заказ 16", "Добрый день!"]


async def test_only_ones_own_words_can_be_changed(shop: Shop, browser: Open) -> None:
    one, other = browser(shop), browser(shop)
    await one.open()
    await other.open()
    await assigned(shop, one)
    keys = {line["from"]: line["key"] for line in await one.lines()}
    for visitor, key in ((one, keys["operator"]), (other, keys["visitor"])):
        with pytest.raises(Refused) as caught:
            await visitor.ask("POST", "changes", {"nonce": "nonce-edit2", "key": key, "text": "подмена"})
        assert caught.value.status in (400, 404)
    assert "подмена" not in await one.texts()


async def test_buttons_of_others_are_no_buttons(shop: Shop, browser: Open) -> None:
    one, other = browser(shop), browser(shop)
    await one.open()
    await other.open()
    await one.says("Где взять чек?")
    await shop.settled()
    line, token = await one.find_button("Помогло")
    for key in (line["key"], ""):
        with pytest.raises(Refused) as caught:
            await other.ask("POST", "presses", {"nonce": "nonce-press", "key": key, "token": token})
        assert caught.value.status == 404
    assert await other.lines() == []


async def test_operator_answers_what_was_said(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    topic = await assigned(shop, one)
    await one.says("Заказ 15 не пришёл")
    await shop.settled()
    theirs = shop.desk.in_topic(topic)[-1]
    await shop.desk.writes(topic, ANNA, "Проверяю", reply_to=theirs.id)
    await shop.settled()
    mine, answer = (await one.lines())[-2:]
    assert answer["reply_to"] == mine["key"]
    await one.says("Спасибо", reply_to=answer["key"])
    await shop.settled()
    row = await shop.database.read(lambda c: c.execute(select(message).order_by(message.c.id.desc())).first())
    assert row is not None
    assert row.reply_to_id is not None


async def test_guest_has_a_name_for_operators(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    await assigned(shop, one)
    assert "Гость" in next(iter(shop.desk.topic_names.values()))
