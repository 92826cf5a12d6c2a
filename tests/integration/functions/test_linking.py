"""One customer on Telegram and on VK: a code asked for at one, confirmed at the other; joined, and parted again."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.integration.functions.house import CALL, House, Person, TelegramPerson, VkPerson

WAYS = {"code from Telegram": (TelegramPerson, VkPerson), "code from VK": (VkPerson, TelegramPerson)}


@pytest.fixture(params=WAYS)
def places(request: pytest.FixtureRequest, house: House) -> tuple[Person, Person]:
    """Where the customer asks for the code, and where they confirm it."""
    here, there = WAYS[request.param]
    return here(house, "Мария Здесь"), there(house, "Мария Там")


async def link(here: Person, there: Person, time: int = 1) -> str:
    await here.says("/link")
    asked = await here.gets("Ваш код")
    found = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", asked.text)
    assert found is not None
    await there.says(f"/link {found[0].lower()}")
    await there.gets("Это вы пишете нам и там")
    await there.presses("Да, это я")
    await there.gets("Готово: мы знаем вас в обоих местах", count=time)
    await here.gets("Готово: мы знаем вас в обоих местах", count=time)
    return found[0]


def heard(person: Person) -> list[Any]:
    return [one.text for one in person.got()]


async def test_history_is_joined_and_replies_go_where_each_conversation_is(
    house: House, places: tuple[Person, Person]
) -> None:
    here, there = places
    old = await here.reach_the_desk()
    house.says(old, "/close")
    await here.gets("Оцените")
    code = await link(here, there)
    await there.says(CALL)
    new = await house.wait(lambda: house.topic_of(here.name, but=old))  # by the name the customer had first
    card = house.posts(new)[0].text
    assert "Он же: " in card
    assert here.name in card
    assert "Раньше: " in card
    house.says(new, "Ответ туда, откуда спросили")
    await there.gets("Ответ туда, откуда спросили")
    assert "Ответ туда, откуда спросили" not in heard(here)
    await here.says(f"/link {code}")
    await here.gets("не подошёл")  # it has been used


async def test_customer_and_operator_part_the_addresses(house: House, places: tuple[Person, Person]) -> None:
    here, there = places
    await link(here, there)
    await there.says("/unlink")
    await there.gets("Разъединили")
    topic = await there.reach_the_desk()
    assert "Он же: " not in house.posts(topic)[0].text
    await link(there, here, 2)
    said = house.says(topic, "/unlink")
    await house.wait(lambda: house.tg.reactions(house.forum, said.message_id)[-1:] == ["👌"])
    house.says(topic, "/unlink")
    await house.shows(topic, "только этот адрес")
