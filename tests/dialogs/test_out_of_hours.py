"""Out of hours those who are online work all the same, and whoever waits is told so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.operators import change_operator
from bot.storage.service.settings import change_setting
from core.clock import FakeClock
from core.conversation import ConversationId, OperatorId
from core.event import Act, OperatorActed
from tests.dialogs.table import Table

HOURS = {"week": {"mon-fri": "10:00-18:00"}}  # it is nine on a Monday


@pytest.fixture
async def table(sqlite_url: str, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Table]:
    table = Table(sqlite_url, clock, tmp_path)
    await table.add_operator("anna", "7001", "Анна")
    await table.database.write(lambda c: change_operator(c, "anna", capacity=1))
    await table.database.write(lambda c: change_setting(c, "hours", HOURS, "tests", clock.now()))
    await table.start()
    yield table
    await table.close()


async def calls(table: Table, customer: str) -> str:
    await table.channel.says(customer, "оператор")
    await table.settle()
    return next(one.text for one in table.channel.sent_to(customer) if "Позвал" in one.text)


async def acts(table: Table, act: Act, number: int | None = None, to: str = "") -> None:
    about = ConversationId(number) if number is not None else None
    await table.app.acts.act(OperatorActed(OperatorId(1), act, f"{act}{number}{to}", about, to=to))
    await table.settle()


async def test_nobody_is_told_to_come_back_later_while_somebody_is_there(table: Table) -> None:
    assert "вернутся сегодня в 10:00" in await calls(table, "1")  # nobody is online
    await acts(table, Act.PRESENCE, to="online")
    assert "подключился оператор Анна" in table.channel.sent_to("1")[-1].text
    busy = await calls(table, "2")
    assert "Вы первый в очереди" in busy
    assert "ответим сегодня с 10:00" in busy
    assert "вернутся" not in busy
    await acts(table, Act.CLOSE, 1)
    await table.advance(1)
    await table.settle()
    assert "подключился оператор Анна" in table.channel.sent_to("2")[-1].text
    await acts(table, Act.CLOSE, 2)
    assert "с минуты на минуту" in await calls(table, "3")
    await acts(table, Act.PRESENCE, to="offline")
    assert "вернутся сегодня в 10:00" in await calls(table, "4")


async def test_nobody_is_told_a_place_who_gets_an_operator_at_once(table: Table) -> None:
    """Within the hours, too, and from the first customer on, when no wait is known yet."""
    await table.advance(2 * 3600)
    await acts(table, Act.PRESENCE, to="online")
    told = await calls(table, "1")
    assert "с минуты на минуту" in told
    assert "в очереди" not in told
    assert "подключился оператор Анна" in table.channel.sent_to("1")[-1].text
    assert "Вы первый в очереди" in await calls(table, "2")  # Anna holds as many as she can
