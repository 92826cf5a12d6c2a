"""One customer at two addresses: a code asked for at one, confirmed at the other; joined, and parted again."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.storage.tables import conversation, customer, identity
from core.clock import FakeClock
from tests.dialogs.table import Table

HERE, THERE = "1", "2"


@pytest.fixture
async def table(sqlite_url: str, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Table]:
    table = Table(sqlite_url, clock, tmp_path)
    await table.add_operator("anna", "7001", "Анна")
    await table.start()
    yield table
    await table.close()


async def says(table: Table, address: str, text: str) -> str:
    """What the customer is answered."""
    await table.channel.says(address, text, name=f"Иван {address}")
    await table.settle()
    return table.channel.sent_to(address)[-1].text


async def presses(table: Table, address: str, label: str) -> str:
    await table.channel.presses(address, label)
    await table.settle()
    return table.channel.sent_to(address)[-1].text


async def customers(table: Table) -> list[int]:
    """Whose the two addresses are, and their conversations."""
    by_address = await table.database.read(
        lambda connection: connection.execute(select(identity.c.customer_id).order_by(identity.c.id)).scalars().all()
    )
    by_conversation = await table.database.read(
        lambda connection: (
            connection.execute(
                select(conversation.c.customer_id).order_by(conversation.c.identity_id, conversation.c.id)
            )
            .scalars()
            .all()
        )
    )
    assert set(by_address) == set(by_conversation)
    return list(by_address)


async def code_from(table: Table, address: str) -> str:
    found = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", await says(table, address, "/link"))
    assert found is not None
    return found[0]


async def linked(table: Table) -> None:
    code = await code_from(table, HERE)
    assert "Это вы" in await says(table, THERE, f"/link {code.lower()}")
    assert "Готово" in await presses(table, THERE, "Да, это я")


async def test_linked_addresses_are_one_customer_and_both_are_told(table: Table) -> None:
    await linked(table)
    assert await customers(table) == [1, 1]
    assert "Готово" in table.channel.sent_to(HERE)[-1].text


async def test_card_shows_the_other_address_and_its_conversations(table: Table) -> None:
    await linked(table)
    await says(table, THERE, "оператор")
    card = next(post.text for post in table.desk.posts if post.text.startswith("#"))
    assert "Он же" in card
    assert "Иван 1" in card
    assert "Раньше: 1 обращение" in card


async def test_reply_goes_where_the_conversation_is(table: Table) -> None:
    await linked(table)
    await says(table, THERE, "оператор")
    place = await table.topics.find(2)  # type: ignore[arg-type]
    await table.desk.writes(str(place), "7001", "Ответ")
    await table.settle()
    assert table.channel.sent_to(THERE)[-1].text == "Ответ"
    assert "Ответ" not in [message.text for message in table.channel.sent_to(HERE)]


async def test_code_works_once_and_not_for_long(table: Table, clock: FakeClock) -> None:
    code = await code_from(table, HERE)
    await says(table, THERE, f"/link {code}")
    await presses(table, THERE, "Да, это я")
    assert "не подошёл" in await says(table, "3", f"/link {code}")
    late = await code_from(table, HERE)
    clock.advance(timedelta(minutes=16))
    assert "не подошёл" in await says(table, "3", f"/link {late}")
    assert "не подошёл" in await says(table, "3", "/link ABCD-EFGH")


async def test_confirmation_is_needed(table: Table) -> None:
    code = await code_from(table, HERE)
    await says(table, THERE, f"/link {code}")
    assert "не соединяем" in await presses(table, THERE, "Нет, не я")
    assert await customers(table) == [1, 2]


async def test_own_code_links_nothing(table: Table) -> None:
    code = await code_from(table, HERE)
    assert "уже знаем" in await says(table, HERE, f"/link {code}")


async def test_ban_of_either_is_the_ban_of_both(table: Table, clock: FakeClock) -> None:
    code = await code_from(table, THERE)
    await says(table, HERE, "привет")
    now = clock.now()
    await table.database.write(
        lambda connection: connection.execute(customer.update().where(customer.c.id == 1).values(banned_at=now))
    )
    await says(table, HERE, f"/link {code}")  # a banned customer is not answered, so nothing is joined
    assert await customers(table) == [2, 1] or await customers(table) == [1, 2]


async def test_parting_takes_the_conversations_along(table: Table) -> None:
    await linked(table)
    assert "Разъединили" in await says(table, THERE, "/unlink")
    assert len(set(await customers(table))) == 2
    assert "Других ваших адресов" in await says(table, THERE, "/unlink")


async def test_operator_parts_addresses(table: Table) -> None:
    await linked(table)
    await says(table, THERE, "оператор")
    place = await table.topics.find(2)  # type: ignore[arg-type]
    await table.desk.writes(str(place), "7001", "/unlink")
    await table.settle()
    assert len(set(await customers(table))) == 2
    await table.desk.writes(str(place), "7001", "/unlink")
    await table.settle()
    assert "только этот адрес" in table.desk.in_topic(str(place))[-1].text
