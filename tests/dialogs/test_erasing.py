"""A customer erases what is stored of them: searched for in everything the played conversation left behind."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.storage.privacy.erase import erase_customer
from bot.storage.service.tables import timer
from bot.storage.tables import conversation, customer, metadata, outbox
from core.clock import FakeClock
from core.delivery import DeskAct
from tests.dialogs.table import Table

WORDS = ("Мандрагора", "Розамунда", "Корнелия")


@pytest.fixture
async def table(database_url: str, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Table]:
    table = Table(database_url, clock, tmp_path)
    await table.add_operator("anna", "7001", "Анна")
    await table.start()
    yield table
    await table.close()


async def says(table: Table, text: str, address: str = "1", name: str = "Розамунда") -> None:
    await table.channel.says(address, text, name=name)
    await table.settle()


async def answers(table: Table, text: str) -> None:
    topic = await table.desk.topic_of(1)
    assert topic is not None
    await table.desk.writes(topic, "7001", text)
    await table.settle()


async def presses(table: Table, label: str) -> str:
    await table.channel.presses("1", label)
    await table.settle()
    return table.channel.sent_to("1")[-1].text


def left(connection: Connection) -> list[str]:
    """Lines of the whole database in which some word of the customer's still stands."""
    found = []
    for table in metadata.sorted_tables:
        for row in connection.execute(select(table)).mappings():
            line = json.dumps(dict(row), ensure_ascii=False, default=str)
            line = line.encode().decode("unicode_escape", "ignore") if "\\u" in line else line
            if any(word in line for word in WORDS):
                found.append(f"{table.name}: {line[:200]}")
    return found


async def talk(table: Table) -> None:
    """A question, a person, words in both directions, a score below the best with its reason."""
    await says(table, "Мандрагора завяла, где мой заказ?")
    await presses(table, "оператор")
    await says(table, "Мандрагора — это я, кстати")
    await answers(table, "Корнелия вам перезвонит")
    await answers(table, "// Мандрагора опять")
    await answers(table, "/close")
    await presses(table, "2")
    await says(table, "Мандрагора так и не расцвела")


async def test_nothing_of_a_played_conversation_is_left(table: Table, clock: FakeClock) -> None:
    await talk(table)
    assert len(await table.database.read(left)) > 10
    await says(table, "privacy")
    await presses(table, "Удалить всё")
    assert "Через минуту удалю" in await presses(table, "Да, удалить")
    clock.advance(timedelta(minutes=2))
    await table.app.timers.tick()
    await table.settle()
    assert await table.database.read(left) == []
    dropped = [one for one in await table.database.read(desk_acts) if one == DeskAct.DROP.value]
    assert len(dropped) == 1


def desk_acts(connection: Connection) -> list[str]:
    return [row.get("act", "") for row in connection.execute(select(outbox.c.content)).scalars() if "desk" in row]


async def test_asked_twice_it_is_done_once(table: Table, clock: FakeClock) -> None:
    await talk(table)
    await says(table, "privacy")
    await presses(table, "Удалить всё")
    await presses(table, "Да, удалить")
    await says(table, "privacy")
    await presses(table, "Удалить всё")
    await presses(table, "Да, удалить")
    clock.advance(timedelta(minutes=2))
    await table.app.timers.tick()
    await table.app.timers.tick()
    await says(table, "Здравствуйте", name="Ира")
    count = select(func.count()).select_from(customer)
    assert await table.database.read(lambda connection: connection.execute(count).scalar_one()) == 2
    waiting = select(func.count()).where(timer.c.kind == "erase")
    assert await table.database.read(lambda connection: connection.execute(waiting).scalar_one()) == 0


async def test_erased_by_another_hand_while_it_runs(table: Table, clock: FakeClock) -> None:
    """As the command line does it: the running bot goes on with everybody else, and with the same person anew."""
    await talk(table)
    await says(table, "Позовите оператора", "2", "Борис")
    await says(table, "Позовите оператора")
    await table.database.write(lambda connection: erase_customer(connection, 1, clock.now()))
    await table.app.timers.tick()
    await table.settle()
    await says(table, "Где мой заказ?", name="Ира")
    assert table.channel.sent_to("1")[-1].text
    await says(table, "Я всё ещё жду", "2", "Борис")
    query = select(conversation.c.status, conversation.c.customer_id).order_by(conversation.c.id)
    rows = [tuple(row) for row in await table.database.read(lambda c: c.execute(query).all())]
    first, borises, last = rows[0][1], rows[1][1], rows[-1][1]
    assert rows == [("closed", first), ("queued", borises), ("closed", first), ("active", last)]
    assert last not in (first, borises)
    assert await table.database.read(left) == []
