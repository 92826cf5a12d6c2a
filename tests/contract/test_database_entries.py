"""The FAQ in both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection

from bot.storage.database import Database
from bot.storage.entries import ImportCount, faq_version, import_entries, is_empty, load_entries
from core.clock import FakeClock
from core.errors import InvalidInput
from faq.entry import Entry, EntryState

DELIVERY = Entry(
    "delivery",
    "Доставка",
    "Сколько идёт заказ?",
    "Три дня.",
    ("когда придёт", "срок|доставки"),
    valid_until=date(2030, 1, 2),
)
RETURN = Entry("return", "Возврат", "Как вернуть товар?", "Просто.", language="ru", state=EntryState.DRAFT)
PAYMENT = Entry("payment", "Payment", "How to pay?", "By card.", language="en")


async def put(database: Database, clock: FakeClock, *entries: Entry) -> ImportCount:
    return await database.write(lambda connection: import_entries(connection, entries, clock.now()))


async def test_entries_come_back_as_they_were(database: Database, clock: FakeClock) -> None:
    assert await database.read(is_empty)
    assert await put(database, clock, DELIVERY, RETURN) == ImportCount(imported=2)
    assert await database.read(load_entries) == [DELIVERY, RETURN]
    assert not await database.read(is_empty)


async def test_import_adds_and_changes_but_keeps_places_and_others(database: Database, clock: FakeClock) -> None:
    await put(database, clock, DELIVERY, RETURN)
    changed = replace(DELIVERY, answer="Два дня.", phrasings=())
    assert await put(database, clock, PAYMENT, changed) == ImportCount(imported=1, updated=1)
    assert await database.read(load_entries) == [changed, RETURN, PAYMENT]


async def test_same_import_again_changes_nothing(database: Database, clock: FakeClock) -> None:
    await put(database, clock, DELIVERY, RETURN)
    version = await database.read(faq_version)
    assert await put(database, clock, RETURN, DELIVERY) == ImportCount(unchanged=2)
    assert await database.read(faq_version) == version


async def test_every_change_raises_the_version(database: Database, clock: FakeClock) -> None:
    versions = [await database.read(faq_version)]
    for entry in (DELIVERY, RETURN, replace(RETURN, state=EntryState.PUBLISHED)):
        await put(database, clock, entry)
        versions.append(await database.read(faq_version))
    assert versions == sorted(set(versions))


@pytest.mark.parametrize("entries", [(DELIVERY, RETURN, DELIVERY), (RETURN, replace(DELIVERY, id="x" * 201))])
async def test_faulty_ids_change_nothing(database: Database, clock: FakeClock, entries: tuple[Entry, ...]) -> None:
    with pytest.raises(InvalidInput):
        await put(database, clock, *entries)
    assert await database.read(is_empty)


async def test_undone_import_leaves_no_version(database: Database, clock: FakeClock) -> None:
    def fail(connection: Connection) -> None:
        import_entries(connection, [DELIVERY], clock.now())
        raise RuntimeError("after the import")

    with pytest.raises(RuntimeError):
        await database.write(fail)
    assert await database.read(is_empty)
    assert await database.read(faq_version) == 0
