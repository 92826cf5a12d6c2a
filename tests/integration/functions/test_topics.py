"""Topics that members delete or close, customers who block, customers who are banned."""

from __future__ import annotations

from tests.integration.functions.house import CALL, CHIEF, OPERATOR, House, Person


async def test_topic_deleted(house: House, person: Person) -> None:
    old = await person.reach_the_desk()
    await person.says("заказ 17")
    await house.shows(old, "заказ 17")
    house.tg.member_deletes_topic(OPERATOR, old)
    await person.says("вы здесь?")
    new = await house.wait(lambda: house.topic_of(person.name, but=old))
    await house.wait(lambda: any(one.text == "вы здесь?" for one in house.posts(new)))
    card, *others = house.posts(new)
    assert "👤 заказ 17" in card.text
    assert "💬 Анна: Слушаю вас" in card.text
    assert [one.text for one in others if one.text == "вы здесь?"] == ["вы здесь?"]
    assert "👤 вы здесь?" not in card.text  # it follows as itself
    house.says(new, "Да, здесь")
    await person.gets("Да, здесь")


async def test_topic_closed(house: House, person: Person) -> None:
    thread = await person.reach_the_desk()
    house.tg.member_closes_topic(OPERATOR, thread)
    await house.shows(thread, "Тема снова открыта")
    assert not any(one.closed for one in house.tg.topics(house.forum))
    await person.says("вы здесь?")
    await house.shows(thread, "вы здесь?")
    house.says(thread, "Да, здесь")
    await person.gets("Да, здесь")


async def test_customer_blocks(house: House, person: Person) -> None:
    thread = await person.reach_the_desk()
    person.blocks()  # type: ignore[attr-defined]
    await house.shows(thread, "Клиент заблокировал бота")
    there = len(person.got())
    sent = house.says(thread, "Вы меня слышите?")
    told = await house.shows(thread, "Не доставлено: клиент заблокировал бота")
    assert told.reply_to == sent.message_id
    assert len(person.got()) == there
    person.unblocks()  # type: ignore[attr-defined]
    await house.shows(thread, "снова принимает")
    house.says(thread, "Теперь слышите?")
    await person.gets("Теперь слышите?")


async def test_ban(house: House, person: Person) -> None:
    thread = await person.reach_the_desk()
    house.says(thread, "/ban")
    await house.shows(thread, "Клиент заблокирован (Анна)")
    there = len(person.got())
    await person.says("брань")
    await house.keeps("брань")
    await house.wait(lambda: house.tg.topics(house.forum)[0].closed)
    house.tg.member_says(CHIEF, "Ответ", thread=thread)
    await house.shows(thread, "ничего не ушло")
    assert not any("брань" in one.text for one in house.posts(thread))
    house.tg.member_presses(OPERATOR, "Разблокировать")
    await house.shows(thread, "Блокировка снята")
    await house.shows(thread, "👤 брань")
    assert len(person.got()) == there
    await person.says(CALL)
    new = await house.wait(lambda: house.topic_of(person.name, but=thread))
    house.says(new, "Слушаю снова")
    await person.gets("Слушаю снова")


async def test_group_moved_to_a_new_id(house: House, person: Person) -> None:
    thread = await person.reach_the_desk()
    house.forum = house.tg.migrate(house.forum)
    house.says(thread, "Мы переехали, слушаю")
    await person.gets("Мы переехали, слушаю")
    await person.says("вижу вас")
    await house.shows(thread, "вижу вас")
