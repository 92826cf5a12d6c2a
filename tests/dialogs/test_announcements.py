"""Announcements to many: everybody once, whatever breaks; the pace; a stop; what came of it; who is one person."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.apply.announcing import rounds
from bot.storage.announcements import keeping, telling
from bot.storage.announcements.audience import reach
from bot.storage.announcements.telling import Results
from bot.storage.privacy.erase import erase_customer
from bot.storage.service.settings import change_setting
from bot.storage.tables import identity
from core.channel import Capabilities
from core.clock import FakeClock
from core.errors import Permanent, Refusal
from faq.entry import Entry
from handoff.announcement import Audience, State
from tests.dialogs.table import Table

WORDS = "Склад переехал: теперь Лесная, 5."
ENTRY = Entry("pay", "Оплата", "Как оплатить?", "Картой.", ("способы оплаты",))
CROWD = [str(number) for number in range(1, 8)]
Open = Callable[[], Table]


@pytest.fixture
async def open_table(sqlite_url: str, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Open]:
    made: list[Table] = []

    def open_one() -> Table:
        made.append(Table(sqlite_url, clock, tmp_path, capabilities=Capabilities(is_idempotent=True)))
        return made[-1]

    yield open_one
    for one in made:
        await one.close()


async def gather(table: Table, people: list[str] = CROWD, pace: int = 60) -> int:
    """The crowd has written; an announcement to all of them is to be sent. Its number."""
    await table.start([ENTRY])
    for one in people:
        await table.channel.says(one, "Как оплатить?", name=f"Клиент {one}")
        await table.settle()
    now = table.clock.now()

    def work(connection: Connection) -> int:
        change_setting(connection, "surveys.limits", {"quiet_from": "00:00", "quiet_to": "00:00"}, "admin", now)
        change_setting(connection, "announcements.per_minute", pace, "admin", now)
        number = keeping.add_announcement(connection, {"ru": WORDS}, Audience(), None, now)
        keeping.schedule(connection, number, now, now)
        return number

    number = await table.database.write(work)
    await table.app.board.refresh()
    return number


async def tick(table: Table, times: int = 1) -> None:
    for _ in range(times):
        await table.advance(1.0)
        await table.app.timers.tick(with_idle=False)
        await table.settle()


def got(table: Table) -> list[str]:
    """Who got it, in order, as often as they did."""
    return [one.address for one in table.channel.sent if WORDS in one.message.text]


async def read(table: Table, work: Callable[..., Any], *arguments: Any) -> Any:
    return await table.database.read(lambda connection: work(connection, *arguments))


async def test_little_by_little_and_everybody_once(open_table: Open) -> None:
    table = open_table()
    number = await gather(table)
    await tick(table, 3)
    assert got(table) == ["1", "2", "3"]  # sixty a minute
    await tick(table, 6)
    assert got(table) == CROWD
    about = await read(table, keeping.find_announcement, number)
    assert (about.state, about.ended_at is not None) == (State.SENT, True)
    assert await read(table, telling.results_of, number) == Results(sent=7, delivered=7)
    await tick(table, 3)
    assert got(table) == CROWD


async def test_process_that_dies_in_the_middle_of_a_round_tells_nobody_twice_and_forgets_nobody(
    open_table: Open,
) -> None:
    """Killed after two of a round of five were told, before it was noted how far the round came."""
    table = open_table()
    number = await gather(table, pace=300)
    now = table.clock.now()
    found = await read(table, rounds.waiting)
    await table.database.write(lambda connection: rounds.begin_due(connection, found, now))
    part = await read(table, rounds.next_round, table.app.setup, now)
    assert len(part.due) == 5
    for _, event in part.due[:2]:
        await table.app.inbox.happen(event)
    await table.app.stop()
    other = open_table()
    await other.start()
    await tick(other, 5)
    assert sorted([*got(table), *got(other)]) == CROWD
    assert (await read(other, telling.results_of, number)).delivered == 7


async def test_round_played_twice_tells_once(open_table: Open) -> None:
    table = open_table()
    await gather(table, pace=300)
    now = table.clock.now()
    found = await read(table, rounds.waiting)
    await table.database.write(lambda connection: rounds.begin_due(connection, found, now))
    part = await read(table, rounds.next_round, table.app.setup, now)
    for _, event in (*part.due, *part.due):
        await table.app.inbox.happen(event)
    await table.settle()
    assert got(table) == CROWD[:5]


async def test_stopped_and_gone_on_with(open_table: Open) -> None:
    table = open_table()
    number = await gather(table)
    await tick(table, 2)
    now = table.clock.now()
    await table.database.write(lambda connection: keeping.stop(connection, number, now))
    await tick(table, 5)
    assert got(table) == ["1", "2"]
    assert (await read(table, keeping.find_announcement, number)).state is State.STOPPED
    await table.database.write(lambda connection: keeping.schedule(connection, number, now, now))
    await tick(table, 8)
    assert got(table) == CROWD


def _number(connection: Connection, address: str) -> int:
    return int(connection.execute(select(identity.c.customer_id).where(identity.c.address == address)).scalar_one())


async def test_who_cannot_be_reached_or_wants_none_is_counted_and_left_alone(open_table: Open) -> None:
    table = open_table()
    await gather(table, CROWD[:4])
    await table.channel.blocks("2")
    await table.channel.says("3", "/start", name="Клиент 3")
    await table.settle()
    number = (await read(table, keeping.list_announcements))[0].id
    await tick(table, 1)
    await table.channel.presses("1", "Не присылать новости")
    await table.settle()
    await tick(table, 6)
    assert got(table) == ["1", "3", "4"]
    results = await read(table, telling.results_of, number)
    assert (results.sent, results.delivered, results.stopped_news) == (3, 3, 1)
    now = table.clock.now()
    left = await read(table, reach, Audience(), ["memory"], now)
    assert (left.total, left.unwanted, left.unreachable) == (2, 1, 1)
    for one in ("1", "4"):  # one who asked for no news and one who did not: erasing changes no figure

        def erase(connection: Connection, address: str = one) -> None:
            erase_customer(connection, _number(connection, address), now + timedelta(minutes=1))

        await table.database.write(erase)
    assert (await read(table, telling.results_of, number)).stopped_news == 1


async def test_what_could_not_be_delivered_is_told(open_table: Open) -> None:
    table = open_table()
    number = await gather(table, CROWD[:3])
    await tick(table, 1)
    table.channel.fail_next(Permanent("blocked", Refusal.UNREACHABLE), times=1)
    await tick(table, 4)
    results = await read(table, telling.results_of, number)
    assert (results.sent, results.delivered, results.failed) == (3, 2, 1)


async def test_fault_of_ours_with_one_customer_holds_up_nobody(
    open_table: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = open_table()
    number = await gather(table, CROWD[:3])
    happen = table.app.inbox.happen

    async def breaks(event: Any) -> Any:
        if getattr(event, "identity_id", None) == 2:
            raise RuntimeError
        return await happen(event)

    monkeypatch.setattr(table.app.inbox, "happen", breaks)
    await tick(table, 5)
    assert got(table) == ["1", "3"]
    results = await read(table, telling.results_of, number)
    assert (results.sent, results.delivered, results.failed) == (3, 2, 1)


async def test_preview_counts_whom_it_will_reach(open_table: Open) -> None:
    table = open_table()
    await gather(table, CROWD[:3])
    now = table.clock.now()

    async def count(audience: Audience, at: datetime = now) -> int:
        return int((await read(table, reach, audience, ["memory"], at)).total)

    assert await count(Audience()) == 3
    assert await count(Audience(category="Оплата")) == 3
    assert await count(Audience(category="Доставка")) == 0
    assert await count(Audience(tag="опт")) == 0
    assert await count(Audience(reason="slow")) == 0
    assert await count(Audience(channels=("vk",))) == 0
    assert await count(replace(Audience(), days=7), now + timedelta(days=8)) == 0
    assert await count(replace(Audience(), days=None), now + timedelta(days=800)) == 3


async def test_pace_of_less_than_one_a_second(open_table: Open) -> None:
    table = open_table()
    await gather(table, pace=3)
    await tick(table, 10)
    assert got(table) == ["1", "2", "3"]


async def test_stopped_between_the_choice_of_customers_and_the_telling(open_table: Open) -> None:
    table = open_table()
    number = await gather(table, pace=300)
    now = table.clock.now()
    found = await read(table, rounds.waiting)
    await table.database.write(lambda connection: rounds.begin_due(connection, found, now))
    part = await read(table, rounds.next_round, table.app.setup, now)
    await table.database.write(lambda connection: keeping.stop(connection, number, now))
    for _, event in part.due:
        await table.app.inbox.happen(event)
    await table.settle()
    assert got(table) == []
