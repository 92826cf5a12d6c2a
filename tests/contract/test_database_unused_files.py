"""Files of answers and canned replies that nothing refers to go in the end, on both databases; no other ever does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select, update

from bot.inbox.acting import write_act
from bot.knowledge import editing
from bot.knowledge.editing import By
from bot.storage.console.marks import drop_draft, keep_draft
from bot.storage.conversations import open_conversation
from bot.storage.database import Database, open_engine, read_url
from bot.storage.desk.canned import drop_canned, find_kept, list_shared, write_canned
from bot.storage.inbox import store_arrivals
from bot.storage.knowledge.files import keep_file, read_file, take_files
from bot.storage.knowledge.tables import faq_file, faq_file_part
from bot.storage.messages import NewMessage, add_message
from bot.storage.operators import add_operator
from bot.storage.outbox import NewDelivery, add_delivery
from bot.storage.people import add_customer
from bot.storage.privacy.person import name_of_file, place_of
from bot.storage.tables import inbox, metadata, outbox
from bot.storage.upkeep import unused
from bot.storage.upkeep.unused import FREE_TIME, drop_file, tidy_files, without_use
from core.clock import FakeClock
from core.conversation import ConversationId, OperatorId
from core.customer import IdentityId, Sender
from core.errors import NotFound
from core.event import Act, OperatorActed
from core.message import Attachment, AttachmentKind, OutgoingMessage
from handoff.operators import Role
from tests.contract.whole_customer import NOW
from tests.postgres import PostgresServer

PAPER = b"%PDF-1.4 price list" + b"\0" * 200_000  # in four parts
DAY = timedelta(days=1)
ROUNDS = 12


def put_in(connection: Connection, content: bytes = PAPER, name: str = "прайс.pdf") -> Attachment:
    return keep_file(connection, name, "application/pdf", AttachmentKind.DOCUMENT, content, NOW)


class Cabinet:
    """One installation whose days go by, with the tidying in each."""

    def __init__(self, database: Database, clock: FakeClock, folder: Path) -> None:
        self.database, self.clock, self.folder = database, clock, folder
        self.gone = 0

    async def do(self, work: Callable[[Connection], Any]) -> Any:
        return await self.database.write(work)

    async def days(self, count: int) -> int:
        """How many files went on these days."""
        before = self.gone
        for _ in range(count):
            self.clock.advance(DAY)
            self.gone += await tidy_files(self.database, self.clock.now(), self.folder)
        return self.gone - before

    async def has(self, file: Attachment, content: bytes = PAPER) -> bool:
        """Whether it is there, and whole."""
        try:
            return bool(await self.database.read(lambda connection: read_file(connection, file.ref)) == content)
        except NotFound:
            return False


@pytest.fixture
async def cabinet(database: Database, clock: FakeClock, tmp_path: Path) -> Cabinet:
    cabinet = Cabinet(database, clock, tmp_path)
    await cabinet.days(1)
    return cabinet


def rows_left(connection: Connection) -> list[int]:
    return [connection.execute(select(func.count()).select_from(one)).scalar_one() for one in (faq_file, faq_file_part)]


async def test_file_of_a_form_that_was_given_up_goes_when_no_page_and_no_link_can_name_it(cabinet: Cabinet) -> None:
    file = await cabinet.do(put_in)
    copy = place_of(cabinet.folder, name_of_file(file.channel, file.ref))
    copy.parent.mkdir(parents=True)
    copy.write_bytes(PAPER)
    assert await cabinet.days(FREE_TIME.days + 1) == 0
    assert (await cabinet.has(file), copy.exists()) == (True, True)
    assert await cabinet.days(1) == 1
    assert (await cabinet.database.read(rows_left), copy.exists()) == ([0, 0], False)
    again = await cabinet.do(put_in)  # somebody puts in the same one later
    assert (again.ref, await cabinet.has(again)) == (file.ref, True)


# --- what refers to a file


def in_entry(connection: Connection, file: Attachment) -> None:
    values = {"id": "price", "question": "Сколько стоит?", "answer": "Вот прайс."}
    editing.add_entry(connection, values, By("vera"), NOW, files=[file])


def in_history(connection: Connection, file: Attachment) -> None:
    """No entry has it now; one may be taken back to when it had."""
    in_entry(connection, file)
    editing.edit_entry(connection, "price", {}, By("vera"), NOW, files=[])


def in_own_canned(connection: Connection, file: Attachment) -> None:
    write_canned(connection, operator(connection), "прайс", "", NOW, [file])


def in_shared_canned(connection: Connection, file: Attachment) -> None:
    write_canned(connection, None, "прайс", "Вот прайс", NOW, [file])


def in_draft(connection: Connection, file: Attachment) -> None:
    keep_draft(connection, operator(connection), talk(connection)[0], "", NOW, [file], is_note=False)


def in_message(connection: Connection, file: Attachment) -> None:
    number, identity = talk(connection)
    add_message(connection, NewMessage(number, identity, "operator", "Держите", attachments=(file,)), NOW)


def in_arrival(connection: Connection, file: Attachment) -> None:
    """An operator has sent it; it was not decided on yet."""
    act = OperatorActed(OperatorId(1), Act.REPLY, "12345678", ConversationId(1), "Держите", attachments=(file,))
    store_arrivals(connection, [write_act(act)], None, NOW)


def in_delivery(connection: Connection, file: Attachment) -> None:
    content = OutgoingMessage("Держите", attachments=(file,))
    add_delivery(connection, NewDelivery("vk", "1", "2", "vk:2", content), NOW, is_claimed=False)


def operator(connection: Connection) -> OperatorId:
    return add_operator(connection, "anna", Role.OPERATOR, NOW)


def talk(connection: Connection) -> tuple[ConversationId, IdentityId]:
    found = add_customer(connection, Sender("memory", "memory", "1"), "ru", NOW)
    return open_conversation(
        connection, found.customer.id, found.identity.id, "memory", "ru", NOW
    ).id, found.identity.id


PLACES = (*(in_entry, in_history, in_own_canned, in_shared_canned, in_draft, in_message, in_arrival, in_delivery),)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
async def test_file_that_is_referred_to_stays_as_long_as_it_is(
    place: Callable[[Connection, Attachment], None], cabinet: Cabinet
) -> None:
    def work(connection: Connection) -> tuple[Attachment, Attachment]:
        needed, loose = put_in(connection), put_in(connection, b"%PDF-1.4 given up")
        place(connection, needed)
        return needed, loose

    needed, loose = await cabinet.do(work)
    assert await cabinet.days(3 * FREE_TIME.days) == 1
    assert (await cabinet.has(needed), await cabinet.has(loose, b"%PDF-1.4 given up")) == (True, False)


async def test_every_column_that_holds_files_is_looked_at() -> None:
    looked_at = {column for column, _ in unused._PLACES}
    assert {table.c.attachments for table in metadata.sorted_tables if "attachments" in table.c} <= looked_at


async def test_whatever_becomes_of_arrivals_and_deliveries_their_message_keeps_it(cabinet: Cabinet) -> None:
    file = await cabinet.do(put_in)
    for place in (in_arrival, in_delivery, in_message):
        await cabinet.do(lambda connection, place=place: place(connection, file))
    await cabinet.days(3)
    await cabinet.do(lambda connection: connection.execute(update(inbox).values(handled_at=NOW)))
    await cabinet.do(lambda connection: connection.execute(update(outbox).values(state="sent")))
    assert (await cabinet.days(3 * FREE_TIME.days), await cabinet.has(file)) == (0, True)


async def test_time_begins_when_the_last_that_referred_to_it_is_gone(cabinet: Cabinet) -> None:
    file = await cabinet.do(put_in)
    await cabinet.do(lambda connection: in_shared_canned(connection, file))
    await cabinet.do(lambda connection: in_draft(connection, file))
    await cabinet.days(100)
    await cabinet.do(lambda connection: drop_canned(connection, None, "прайс"))
    await cabinet.days(100)
    await cabinet.do(lambda connection: drop_draft(connection, OperatorId(1), ConversationId(1)))
    assert (await cabinet.days(FREE_TIME.days + 1), await cabinet.has(file)) == (0, True)
    assert (await cabinet.days(1), await cabinet.has(file)) == (1, False)


async def test_it_begins_anew_when_a_page_hands_the_file_in_or_somebody_puts_it_in(cabinet: Cabinet) -> None:
    file = await cabinet.do(put_in)
    for take in (lambda connection: take_files(connection, [file.ref]), put_in):
        assert await cabinet.days(FREE_TIME.days) == 0
        await cabinet.do(take)
        assert (await cabinet.days(FREE_TIME.days + 1), await cabinet.has(file)) == (0, True)
        await cabinet.do(take)
    await cabinet.do(lambda connection: in_shared_canned(connection, file))
    assert (await cabinet.days(3 * FREE_TIME.days), await cabinet.has(file)) == (0, True)


async def test_after_a_long_standstill_nothing_goes_that_was_just_let_go(cabinet: Cabinet) -> None:
    file = await cabinet.do(put_in)
    await cabinet.do(lambda connection: in_shared_canned(connection, file))
    await cabinet.days(2)
    cabinet.clock.advance(timedelta(days=400))  # the machine was off
    await cabinet.do(lambda connection: drop_canned(connection, None, "прайс"))
    assert (await cabinet.days(FREE_TIME.days + 1), await cabinet.has(file)) == (0, True)


async def test_marked_while_it_was_on_its_way_to_a_message(cabinet: Cabinet) -> None:
    """What an operator sends is taken a moment before it stands in a table: the tidying may pass in between."""
    file = await cabinet.do(put_in)
    await cabinet.days(1)
    await cabinet.do(lambda connection: in_message(connection, file))
    assert (await cabinet.days(3 * FREE_TIME.days), await cabinet.has(file)) == (0, True)


# --- at the same moment


@pytest.mark.parametrize("age", [0, FREE_TIME.days + 1], ids=["to be found", "to be removed"])
@pytest.mark.parametrize("after", range(5))
async def test_taken_between_two_steps_of_the_tidying(
    after: int, age: int, cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`after`: so many accesses of the tidying come before somebody saves a canned reply with the file."""
    file = await cabinet.do(put_in)
    await cabinet.days(age)
    seen = 0

    def in_between(method: Any) -> Any:
        async def access(work: Any) -> Any:
            nonlocal seen
            if seen == after:
                await write(save)
            seen += 1
            return await method(work)

        return access

    def save(connection: Connection) -> None:
        if take_files(connection, [file.ref]):
            in_shared_canned(connection, file)
        else:
            in_shared_canned(connection, put_in(connection))

    read, write = cabinet.database.read, cabinet.database.write
    monkeypatch.setattr(cabinet.database, "read", in_between(read))
    monkeypatch.setattr(cabinet.database, "write", in_between(write))
    await cabinet.days(1)
    monkeypatch.undo()
    (kept,) = await cabinet.database.read(list_shared)
    assert (seen > after, kept.attachments) == (True, (file,))
    assert await cabinet.has(file)
    await cabinet.do(lambda connection: drop_canned(connection, None, "прайс"))
    assert (await cabinet.days(FREE_TIME.days - 1), await cabinet.has(file)) == (0, True)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(read_url(database_url))
    yield engine
    engine.dispose()


def test_saved_and_removed_at_the_same_instant(engine: Engine) -> None:
    """Of what was saved nothing is missing, whoever came first; two hold on to the file, two remove it."""
    ready = Barrier(4)

    def save(writer: int) -> None:
        for place in range(ROUNDS):
            ready.wait(10)
            with engine.begin() as connection:
                file = put_in(connection, f"%PDF-1.4 {place}".encode())
                write_canned(connection, None, f"{writer} {place}", "", NOW, [file])

    def remove(_: int) -> None:
        for place in range(ROUNDS):
            ready.wait(10)
            with engine.begin() as connection:
                drop_file(connection, refs[place], NOW)

    with engine.begin() as connection:
        refs = [put_in(connection, f"%PDF-1.4 {place}".encode()).ref for place in range(ROUNDS)]
        connection.execute(update(faq_file).values(free_at=NOW - DAY))
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(save, 0), pool.submit(save, 1), pool.submit(remove, 2), pool.submit(remove, 3)]:
            done.result(60)
    with engine.connect() as connection:
        for place in range(ROUNDS):
            for writer in range(2):
                found = find_kept(connection, None, f"{writer} {place}")
                assert found is not None
                assert read_file(connection, found.attachments[0].ref) == f"%PDF-1.4 {place}".encode()
        assert without_use(connection, refs) == set()


def test_what_somebody_is_just_taking_is_let_be_at_once(postgres_server: PostgresServer) -> None:
    """On PostgreSQL; on SQLite those who write come one by one anyhow."""
    with postgres_server.migrated() as url:
        engine = open_engine(read_url(url))
        with engine.begin() as connection:
            file = put_in(connection)
            connection.execute(update(faq_file).values(free_at=NOW - DAY))
        with engine.connect() as taker, engine.begin() as remover:
            remover.exec_driver_sql("SET lock_timeout = '5s'")
            assert take_files(taker, [file.ref]) == {file.ref: ("application/pdf", len(PAPER))}
            assert not drop_file(remover, file.ref, NOW)
            taker.commit()
            assert not drop_file(remover, file.ref, NOW)
        engine.dispose()


class Ended(Exception):
    """The program was ended within a transaction."""


async def test_tidying_cut_short_anywhere_is_begun_anew(cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = [b"%PDF-1.4 loose" + bytes([number]) for number in range(3)]
    loose = [await cabinet.do(lambda connection, content=content: put_in(connection, content)) for content in contents]
    needed = await cabinet.do(put_in)
    await cabinet.do(lambda connection: in_draft(connection, needed))
    await cabinet.days(FREE_TIME.days + 1)
    write, left = cabinet.database.write, [0]

    async def cut(work: Any) -> Any:
        left[0] -= 1

        def cut_off(connection: Connection) -> None:
            work(connection)
            raise Ended

        return await write(work if left[0] >= 0 else cut_off)

    monkeypatch.setattr(cabinet.database, "write", cut)
    cabinet.clock.advance(DAY)
    there = []
    for left[0] in (0, 1, 0, 1, 1, 0):  # writes that are still done before the end
        with pytest.raises(Ended):
            await tidy_files(cabinet.database, cabinet.clock.now())
        whole = [await cabinet.has(one, content) for one, content in zip(loose, contents, strict=True)]
        there.append(sum(whole))
        assert await cabinet.database.read(rows_left) == [1 + sum(whole), 4 + sum(whole)]
        assert await cabinet.has(needed)
    assert there == [3, 2, 2, 1, 0, 0]
    monkeypatch.undo()
    assert (await tidy_files(cabinet.database, cabinet.clock.now()), await cabinet.has(needed)) == (0, True)
