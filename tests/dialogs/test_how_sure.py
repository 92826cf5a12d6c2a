"""How sure the bot has to be is the admin's to say, and holds from the next question on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.service.settings import change_setting, reset_setting
from core.clock import FakeClock
from core.errors import InvalidInput
from faq.entry import Entry
from tests.dialogs.table import Table

ANSWER = "Доставим за два дня."
ENTRIES = (
    Entry("delivery", "Доставка", "Сколько идёт доставка?", ANSWER, ("Срок доставки", "Когда привезут заказ")),
    Entry(
        "return", "Возврат", "Как вернуть товар?", "Привезите его в магазин.", ("Возврат товара", "Не подошёл размер")
    ),
    Entry("pay", "Оплата", "Как оплатить заказ?", "Картой или наличными.", ("Способы оплаты", "Оплата картой")),
)
QUESTION = "подскажите сколько обычно идет доставка заказа"


@pytest.fixture
async def table(sqlite_url: str, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Table]:
    table = Table(sqlite_url, clock, tmp_path)
    await table.start(ENTRIES)
    yield table
    await table.close()


async def asks(table: Table, chat: str) -> list[str]:
    """What the bot says to a new customer with the question."""
    before = len(table.channel.sent)
    await table.channel.says(chat, QUESTION)
    await table.settle()
    return [one.message.text for one in table.channel.sent[before:]]


async def choose(table: Table, key: str, percent: int | None) -> None:
    now = table.clock.now()
    if percent is None:
        await table.database.write(lambda connection: reset_setting(connection, key))
    else:
        await table.database.write(lambda connection: change_setting(connection, key, percent, "ada", now))
    await table.app.board.refresh()


async def test_a_bot_that_must_be_surer_asks_back_and_one_that_must_not_answers(table: Table) -> None:
    match = table.app.library.index.search(QUESTION).items[0]
    assert 0.5 < match.score < 0.999
    await choose(table, "faq.answer_from", int(100 * match.score))
    assert any(ANSWER in text for text in await asks(table, "1"))
    await choose(table, "faq.answer_from", int(100 * match.score) + 1)
    assert not any(ANSWER in text for text in await asks(table, "2"))


async def test_no_choice_is_offered_below_what_was_chosen(table: Table) -> None:
    await choose(table, "faq.answer_from", 100)
    assert table.app.library.policy.clarify_at == 0.4
    offered = await asks(table, "3")
    await choose(table, "faq.ask_back_from", 100)
    assert await asks(table, "4") != offered
    await choose(table, "faq.ask_back_from", None)
    assert await asks(table, "5") == offered


@pytest.mark.parametrize("percent", [49, 101, 0.94])
async def test_what_is_no_per_cent_is_refused(table: Table, percent: float) -> None:
    now = table.clock.now()
    with pytest.raises(InvalidInput, match=r"faq\.answer_from must be a whole number from 50 to 100"):
        await table.database.write(lambda connection: change_setting(connection, "faq.answer_from", percent, "a", now))
