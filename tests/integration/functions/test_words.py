"""Words both ways: as they are, changed, answered, long, awkward, at once."""

from __future__ import annotations

import pytest

from bot.storage.entries import import_entries
from faq.entry import Entry
from tests.integration.functions.conftest import PEOPLE
from tests.integration.functions.house import CALL, House, Person
from tests.integration.functions.table import PAGE, page

LONG = "\n\n".join(f"Абзац {number}. " + "Очень подробно. " * 18 for number in range(1, 21))[:6000].strip()
AWKWARD = "<b>1 < 2 <br> && 3 > 2 &amp; <i x='&'> alert('&') *не жирно* _не косо_ [нет](x)"


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_page_is_the_table() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m tests.integration.functions.table"


async def test_text(house: House, person: Person) -> None:
    thread = await person.reach_the_desk()
    await person.says("Где мой заказ?\nВторая строка 👍")
    assert (await house.shows(thread, "Где мой")).text == "Где мой заказ?\nВторая строка 👍"
    house.says(thread, "Уже едет:\n  завтра 🚚")
    assert (await person.gets("Уже едет")).text == "Уже едет:\n  завтра 🚚"


async def test_formatting(house: House, person: Person) -> None:
    thread = await person.reach_the_desk()
    bold = [{"type": "bold", "offset": 0, "length": 5}]
    house.says(thread, "Важно: срок", entities=bold)
    seen = await person.gets("Важно: срок")
    assert seen.text == "Важно: срок"
    assert seen.record.entities == (bold if person.platform == "telegram" else [])
    if person.platform == "telegram":
        await person.says("Очень прошу", entities=bold)
        assert (await house.shows(thread, "Очень прошу")).record.entities == bold


async def test_edit(house: House, person: Person) -> None:
    thread = await person.reach_the_desk()
    number = await person.says("заказ 17")
    await house.shows(thread, "заказ 17")
    person.edits(number, "заказ 71")
    await house.wait(lambda: [one for one in house.tg.edits(house.forum) if one.text == "✏️ заказ 71"])
    sent = house.says(thread, "Проверяю")
    await person.gets("Проверяю")
    house.tg.member_edits(7001, sent.message_id, "Проверила")
    platform = house.tg if person.platform == "telegram" else house.vk
    await platform.wait_for(lambda: "Проверила" in person.edited(), 15)


async def test_reply(house: House, person: Person) -> None:
    thread = await person.reach_the_desk()
    asked = house.says(thread, "Какой цвет?")
    question = await person.gets("Какой цвет?")
    await person.says("Синий", reply_to=question.number)
    answer = await house.shows(thread, "Синий")
    assert answer.reply_to == asked.message_id
    number = await person.says("А размер?")
    post = await house.shows(thread, "А размер?")
    house.says(thread, "Сорок второй", reply_to=post.number)
    assert (await person.gets("Сорок второй")).reply_to == number


async def test_six_thousand_characters(house: House, person: Person) -> None:
    thread = await person.reach_the_desk()
    before = len(house.posts(thread))
    await person.says(LONG)
    await house.wait(lambda: len(house.posts(thread)) == before + 2)
    parts = house.posts(thread)[before:]
    assert squeezed("".join(part.text for part in parts)) == squeezed(LONG)
    there = len(person.got())
    house.says(thread, LONG)
    await person.gets("Абзац 20.")
    parts = person.got()[there:]
    assert len(parts) == 2
    assert squeezed("".join(part.text for part in parts)) == squeezed(LONG)


async def test_awkward_signs(house: House, person: Person) -> None:
    odd = PEOPLE[person.platform](house, "<b>Иван</b> O'Нил&Ко")
    thread = await odd.reach_the_desk()
    (card, *_) = house.posts(thread)
    assert odd.platform == "telegram" or "vk" in odd.platform
    assert "<b>Иван</b> O'Нил&Ко" in card.text
    await odd.says(AWKWARD)
    seen = await house.shows(thread, "alert")
    assert (seen.text, seen.record.entities) == (AWKWARD, [])
    house.says(thread, AWKWARD)
    assert (await odd.gets("alert")).text == AWKWARD


async def test_two_at_once(house: House, person: Person) -> None:
    await person.says(CALL)
    await person.says("Заказ 17 пришёл пустым")
    thread = await house.wait(lambda: house.topic_of(person.name))
    await house.shows(thread, "Заказ 17 пришёл пустым")
    words = "\n".join(post.text for post in house.posts(thread))
    assert words.rindex(CALL) < words.rindex("Заказ 17")
    assert len(house.tg.topics(house.forum)) == 1
    house.says(thread, "Первое")
    house.says(thread, "Второе")
    await person.gets("Второе")
    assert [one.text for one in person.got() if one.text in ("Первое", "Второе")] == ["Первое", "Второе"]


@pytest.mark.parametrize("person", ["telegram"], indirect=True)
async def test_long_answer_looked_up_in_the_group_comes_whole(house: House, person: Person) -> None:
    """In as many messages as Telegram needs; the button stands under the last of them."""
    answer = "Подробности о доставке. " * 300
    entry = Entry("long", "Доставка", "Расскажите о доставке подробно", answer.strip())
    now = house.app.clock.now()
    await house.app.database.write(lambda connection: import_entries(connection, [entry], now))
    thread = await person.reach_the_desk()
    house.says(thread, "/faq show long")
    await house.shows(thread, "📗 Расскажите о доставке подробно")
    await house.wait(lambda: sum(one.text.count("Подробности о доставке.") for one in house.posts(thread)) == 300)
    last = [one for one in house.posts(thread) if "Подробности о доставке." in one.text][-1]
    assert "Отправить клиенту" in str(last.record)
