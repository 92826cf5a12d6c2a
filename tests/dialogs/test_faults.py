"""A fault of ours while a message is looked up: nothing is overtaken, nothing stands still."""

from __future__ import annotations

from pathlib import Path

from core.clock import FakeClock
from tests.dialogs.table import Table


async def test_a_fault_in_the_search_lets_no_later_message_overtake(
    sqlite_url: str, clock: FakeClock, tmp_path: Path
) -> None:
    table = Table(sqlite_url, clock, tmp_path)
    await table.start()
    know, faults = table.app.library.know, [RuntimeError("a fault"), RuntimeError("another")]

    async def faulty(texts, **how):  # type: ignore[no-untyped-def]
        if texts and faults:
            raise faults.pop()
        return await know(texts, **how)

    table.app.library.know = faulty  # type: ignore[method-assign]
    await table.channel.says("1", "первый вопрос о погоде на Луне")
    await table.channel.says("1", "/operator")
    await table.settle()
    said = await table.database.read(
        lambda connection: (
            connection.exec_driver_sql("SELECT text FROM message WHERE author = 'customer' ORDER BY id").scalars().all()
        )
    )
    assert said == ["первый вопрос о погоде на Луне", "/operator"]
    assert not faults
    await table.close()
