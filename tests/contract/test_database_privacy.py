"""What is stored of a customer: handed out and erased, on both databases, in every table there is."""

from __future__ import annotations

import json
from datetime import UTC, date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, insert, select, update

from bot.storage.console.tables import draft
from bot.storage.conversations import open_conversation
from bot.storage.database import Database
from bot.storage.desk.links import join_customers, part
from bot.storage.desk.tables import audit, canned_reply, former_number
from bot.storage.inbox import end_arrivals, open_arrivals
from bot.storage.knowledge.evidence import read_questions
from bot.storage.knowledge.tables import faq_suggestion
from bot.storage.measures.keeping import step
from bot.storage.measures.period import Period
from bot.storage.measures.reading import load_facts
from bot.storage.measures.refresh import forget
from bot.storage.messages import NewMessage, add_message
from bot.storage.operators import add_operator
from bot.storage.outbox import open_deliveries
from bot.storage.people import add_customer, find_by_address
from bot.storage.privacy.erase import erase_customer, files_removed, files_to_remove
from bot.storage.privacy.export import export_customer
from bot.storage.privacy.fates import BY_HAND, FATES, UNTOUCHED
from bot.storage.privacy.person import follow_links, name_of_file
from bot.storage.privacy.retention import find_forgettable
from bot.storage.surveys.tables import follow_up, invitation
from bot.storage.tables import (
    conversation,
    faq_entry,
    message,
    metadata,
    notebook,
)
from core.conversation import OperatorId
from core.customer import CustomerId, Sender
from core.delivery import DeskAct, DeskPost
from core.errors import Conflict, NotFound
from handoff.operators import Role
from tests.contract.whole_customer import NOW, OTHER, WORD, can_hold_words, dump, live

# --- every table is decided upon


def refers_to_people() -> set[str]:
    """Tables from which some way of foreign keys leads to a customer."""
    people, has_grown = {"customer"}, True
    while has_grown:
        found = {
            table.name
            for table in metadata.sorted_tables
            for key in table.foreign_keys
            if key.column.table.name in people
        } | people
        has_grown, people = found != people, found
    return people


def test_every_table_is_decided_upon() -> None:
    decided = {fate.table.name for fate in FATES}
    everything = {table.name for table in metadata.sorted_tables}
    assert everything - decided - BY_HAND - UNTOUCHED == set(), "decide in bot.storage.privacy.fates"
    assert refers_to_people() - decided - BY_HAND == set()
    named = {"conversation_id", "message_id", "customer_id", "identity_id"}
    hidden = {table.name for table in metadata.sorted_tables if named & {column.name for column in table.columns}}
    assert hidden - decided - BY_HAND == {"ui_event"}


def test_every_column_that_can_hold_words_is_decided_upon() -> None:
    for fate in FATES:
        if fate.blank is None:
            continue
        words = {column.name for column in fate.table.columns if can_hold_words(column)}
        assert words - set(fate.blank) == fate.kept & words, f"{fate.table.name}: blank it or keep it"


@pytest.fixture
async def two(database: Database) -> tuple[dict[str, int], dict[str, int]]:
    def work(connection: Connection) -> tuple[dict[str, int], dict[str, int]]:
        operator = add_operator(connection, "anna", Role.OPERATOR, NOW, name="Анна")
        return live(connection, WORD, operator), live(connection, OTHER, operator)

    return await database.write(work)


async def test_nothing_of_the_customer_is_left_and_nobody_else_is_touched(
    database: Database, two: tuple[dict[str, int], dict[str, int]], database_kind: str
) -> None:
    number = two[0]["customer"]
    before = await database.read(dump)
    assert before.count(WORD) > 40
    assert before.count(OTHER) == before.count(WORD)
    await database.write(lambda connection: erase_customer(connection, number, NOW + timedelta(hours=1)))
    after = await database.read(dump)
    assert [line for line in after.splitlines() if WORD in line] == []
    assert after.count(OTHER) == before.count(OTHER)
    if database_kind == "sqlite":
        assert_gone_from_the_file(database)


def assert_gone_from_the_file(database: Database) -> None:
    from bot.storage.sqlite.connection import fold_journal

    name = str(database.engine.url.database)
    fold_journal(database.engine)
    escaped = json.dumps(WORD)[1:-1]
    for path in (name, f"{name}-wal"):
        with open(path, "rb") as file:
            content = file.read()
        assert WORD.encode() not in content
        assert escaped.encode() not in content


async def test_figures_stay_as_they_were(database: Database, two: tuple[dict[str, int], dict[str, int]]) -> None:
    """Of a conversation that was closed; an open one is closed by the erasing."""

    def close(connection: Connection) -> None:
        values = {"status": "closed", "closed_at": NOW + timedelta(minutes=50), "closed_by": "operator"}
        connection.execute(update(conversation).values(values))
        own = {"score": 5, "sent_day": 20250310, "survey": "csi", "version": 1, "state": "done", "comment": "ой"}
        connection.execute(update(invitation).values(own))
        forget(connection)

    def figures(connection: Connection) -> Any:
        later = NOW + timedelta(days=1)
        forget(connection)
        after = None
        while (after := step(connection, later, UTC, after)) is not None:
            pass
        return load_facts(connection, Period(date(2025, 3, 1), date(2025, 3, 31), UTC))

    await database.write(close)
    before = await database.write(figures)
    assert (before.tally.opened, before.newcomers.met, before.newcomers.recommended) == (2, 2, 2)
    await database.write(lambda connection: erase_customer(connection, two[0]["customer"], NOW + timedelta(hours=1)))
    assert await database.write(figures) == before


async def test_what_is_on_its_way_is_withdrawn_and_the_topic_goes(
    database: Database, two: tuple[dict[str, int], dict[str, int]]
) -> None:
    number, talk = two[0]["customer"], two[0]["conversation"]
    erased = await database.write(lambda connection: erase_customer(connection, number, NOW))
    assert (erased.withdrawn, erased.topics, erased.conversations, erased.messages) == (3, 1, 1, 1)
    left = await database.read(lambda connection: open_deliveries(connection, ["telegram", "telegram_desk"]))
    posts = [one.delivery.content for one in left if f"5{talk}" in str(one.delivery.content)]
    assert posts == [DeskPost(DeskAct.DROP, target=f"5{talk}", topic="")]
    assert not any(WORD in str(one) for one in left)
    assert sum(one.delivery.address == f"tg-{OTHER}" for one in left) == 2


async def test_arrival_that_waits_is_not_handled_any_more(
    database: Database, two: tuple[dict[str, int], dict[str, int]]
) -> None:
    waiting = await database.read(lambda connection: open_arrivals(connection, ["telegram"]))
    await database.write(lambda connection: erase_customer(connection, two[0]["customer"], NOW))
    left = await database.read(lambda connection: open_arrivals(connection, ["telegram"]))
    assert [one.arrival.lane for one in left] == [f"telegram:tg-{OTHER}"]
    gone = [one.id for one in waiting if one.id not in {other.id for other in left}]
    assert not await database.write(lambda connection: end_arrivals(connection, gone, NOW))


async def test_who_writes_again_is_a_new_customer(
    database: Database, two: tuple[dict[str, int], dict[str, int]]
) -> None:
    number, sender = two[0]["customer"], Sender("telegram", "9", f"tg-{WORD}", "Ира")

    def work(connection: Connection) -> int:
        erase_customer(connection, number, NOW)
        assert find_by_address(connection, sender) is None
        return int(add_customer(connection, sender, "ru", NOW).customer.id)

    again = await database.write(work)
    assert again != number
    exported = await database.read(lambda connection: export_customer(connection, again, NOW))
    assert exported.data["conversations"] == []


async def test_nobody_waits_for_who_was_erased(database: Database, two: tuple[dict[str, int], dict[str, int]]) -> None:
    await database.write(lambda connection: erase_customer(connection, two[0]["customer"], NOW))
    talk = select(conversation).where(conversation.c.id == two[0]["conversation"])
    row = await database.read(lambda connection: connection.execute(talk).one())
    assert (row.status, row.closed_by, row.operator_id) == ("closed", "customer", None)
    owed = select(func.count()).where(follow_up.c.customer_id == two[0]["customer"], follow_up.c.ended_at.is_(None))
    assert await database.read(lambda connection: connection.execute(owed).scalar_one()) == 0


async def test_it_is_written_down_without_the_person(
    database: Database, two: tuple[dict[str, int], dict[str, int]]
) -> None:
    number, operator = two[0]["customer"], OperatorId(two[0]["operator"])
    await database.write(lambda connection: erase_customer(connection, number, NOW, operator, "console"))
    query = select(audit).where(audit.c.act == "erase")
    row = await database.read(lambda connection: connection.execute(query).one())
    assert (row.operator_id, row.desk, row.outcome, row.detail) == (operator, "console", "done", {"customer": number})
    assert row.conversation_id is None


async def test_one_transaction_or_nothing(database: Database, two: tuple[dict[str, int], dict[str, int]]) -> None:
    before = await database.read(dump)

    def work(connection: Connection) -> None:
        erase_customer(connection, two[0]["customer"], NOW)
        raise RuntimeError("the process ends here")

    with pytest.raises(RuntimeError):
        await database.write(work)
    assert await database.read(dump) == before


async def test_files_nobody_else_needs_are_noted_until_they_are_gone(
    database: Database, two: tuple[dict[str, int], dict[str, int]]
) -> None:
    shared = {"kind": "document", "channel": "upload", "ref": "price-list"}
    own = {"kind": "photo", "channel": "telegram", "ref": f"photo-{WORD}"}

    def work(connection: Connection) -> dict[str, list[str]]:
        mine = message.c.id == two[0]["message"]
        connection.execute(update(message).where(mine).values(attachments=[own, shared]))
        connection.execute(insert(canned_reply).values(name="p", text="", attachments=[shared], updated_at=NOW))
        erase_customer(connection, two[0]["customer"], NOW)
        return files_to_remove(connection)

    noted = await database.write(work)
    assert list(noted.values()) == [[name_of_file("telegram", f"photo-{WORD}")]]
    await database.write(lambda connection: files_removed(connection, noted))
    assert await database.read(files_to_remove) == {}


async def test_learning_and_the_faq(database: Database, two: tuple[dict[str, int], dict[str, int]]) -> None:
    """Proposals go; what a person has put into the FAQ stays and is named."""
    values = {"position": 1, "category": "c", "question": "Где заказ?", "answer": "a", "language": "ru", "state": "p"}
    said = f"{WORD.upper()}:  где мой заказ?"

    def work(connection: Connection) -> Any:
        connection.execute(insert(faq_entry).values(key="order", phrasings=[said], updated_at=NOW, **values))
        erased = erase_customer(connection, two[0]["customer"], NOW)
        left = connection.execute(select(faq_suggestion).order_by(faq_suggestion.c.id)).all()
        asked = [one.asked.question for one in read_questions(connection, NOW - timedelta(days=1))]
        return erased.entries, [(one.state, WORD in one.text, OTHER in one.text) for one in left], asked

    entries, left, asked = await database.write(work)
    assert entries == ("order",)
    assert sorted(left) == [("open", False, True), ("rejected", False, False), ("rejected", False, True)]
    assert len(asked) == 1


@pytest.mark.parametrize("number", [999, 0, -1, 2**70])
async def test_unknown_customer(database: Database, number: int) -> None:
    for work in (erase_customer, export_customer):
        with pytest.raises(NotFound, match="there is no customer"):
            await database.write(lambda connection, work=work: work(connection, number, NOW))  # type: ignore[misc]


async def test_erased_customer_cannot_be_erased_again(
    database: Database, two: tuple[dict[str, int], dict[str, int]]
) -> None:
    await database.write(lambda connection: erase_customer(connection, two[0]["customer"], NOW))
    for work in (erase_customer, export_customer):
        with pytest.raises(NotFound, match="was erased on 2025-03-10"):
            await database.write(lambda c, work=work: work(c, two[0]["customer"], NOW))  # type: ignore[misc]


async def test_export_has_everything_and_nobody_else(
    database: Database, two: tuple[dict[str, int], dict[str, int]]
) -> None:
    exported = await database.read(lambda connection: export_customer(connection, two[0]["customer"], NOW))
    told = json.dumps(exported.data, ensure_ascii=False)
    assert OTHER not in told
    assert exported.data["customer"]["name"] == WORD
    assert {one["channel"] for one in exported.data["addresses"]} == {"telegram", "website"}
    talk = exported.data["conversations"][0]
    assert talk["messages"][0]["text"] == f"{WORD}: где мой заказ?"
    assert talk["messages"][0]["files"] == [{"kind": "photo", "name": f"{WORD}.jpg", "file": 1}]
    assert talk["questions_to_the_bot"][0]["question"].startswith(WORD)
    assert exported.data["surveys"][0]["comment"].startswith(WORD)
    assert exported.data["website"]["chat"][0]["text"].startswith(WORD)
    assert [one.ref for one in exported.files] == [f"photo-{WORD}"]


async def test_drafts_of_colleagues_are_no_part_of_it(
    database: Database, two: tuple[dict[str, int], dict[str, int]]
) -> None:
    """Words that were never sent are not told; they are erased all the same."""

    def work(connection: Connection) -> tuple[str, int]:
        connection.execute(update(draft).values(text="Клевета"))
        connection.execute(insert(notebook).values(key="own", value="x"))
        told = json.dumps(export_customer(connection, two[0]["customer"], NOW).data, ensure_ascii=False)
        erase_customer(connection, two[0]["customer"], NOW)
        return told, connection.execute(select(func.count()).select_from(draft)).scalar_one()

    told, left = await database.write(work)
    assert "Клевета" not in told
    assert left == 1


# --- numbers that were linked into another


@pytest.fixture
async def linked(database: Database) -> tuple[int, int]:
    """The second of two customers was linked into the first."""

    def work(connection: Connection) -> tuple[int, int]:
        found = [add_customer(connection, Sender("vk", "9", name, name), "ru", NOW) for name in ("Мария", "Маша")]
        for one in found:
            talk = open_conversation(connection, one.customer.id, one.identity.id, "vk", "ru", NOW)
            add_message(connection, NewMessage(talk.id, one.identity.id, "customer", f"Я {one.customer.name}"), NOW)
        kept, joined = (one.customer.id for one in found)
        join_customers(connection, kept, joined)
        return int(kept), int(joined)

    return await database.write(work)


async def part_address(database: Database, name: str) -> int:
    def work(connection: Connection) -> int:
        found = find_by_address(connection, Sender("vk", "9", name))
        assert found is not None
        made = part(connection, found.identity, found.customer, NOW)
        assert made is not None
        return int(made)

    return await database.write(work)


async def test_number_that_was_linked_erases_nobody(database: Database, linked: tuple[int, int]) -> None:
    kept, joined = linked
    before = await database.read(dump)
    for work in (erase_customer, export_customer):
        with pytest.raises(Conflict, match=f"customer {joined} was linked into {kept}"):
            await database.write(lambda connection, work=work: work(connection, joined, NOW))  # type: ignore[misc]
    assert await database.read(dump) == before
    assert await database.read(lambda connection: follow_links(connection, joined)) == kept


async def test_with_the_customer_the_numbers_they_had_before_are_erased(
    database: Database, linked: tuple[int, int]
) -> None:
    kept, joined = linked
    exported = await database.read(lambda connection: export_customer(connection, kept, NOW))
    assert exported.data["former_numbers"] == [joined]
    assert len(exported.data["conversations"]) == 2
    await database.write(lambda connection: erase_customer(connection, kept, NOW))
    after = await database.read(dump)
    assert [line for line in after.splitlines() if "Мария" in line or "Маша" in line] == []
    for number in linked:
        with pytest.raises(NotFound, match=f"customer {number} was erased"):
            await database.write(lambda connection, number=number: erase_customer(connection, number, NOW))  # type: ignore[misc]


async def test_number_leads_to_the_address_it_had_also_after_parting(
    database: Database, linked: tuple[int, int]
) -> None:
    kept, joined = linked
    made = await part_address(database, "Маша")
    assert await database.read(lambda connection: follow_links(connection, joined)) == made
    await database.write(lambda connection: erase_customer(connection, kept, NOW))
    assert "Маша" in await database.read(dump)  # somebody else by now
    with pytest.raises(Conflict, match=f"customer {joined} was linked into {made}"):
        await database.write(lambda connection: erase_customer(connection, joined, NOW))


async def test_number_whose_addresses_went_apart_names_all(database: Database, linked: tuple[int, int]) -> None:
    kept, joined = linked

    def link_again(connection: Connection) -> int:
        """A third customer takes both in, so that two addresses stood under the first of them."""
        first = add_customer(connection, Sender("vk", "9", "Первая"), "ru", NOW).customer.id
        join_customers(connection, first, CustomerId(kept))
        return int(first)

    first = await database.write(link_again)
    made = await part_address(database, "Маша")
    with pytest.raises(Conflict, match=f"what is theirs stands under {first} and {made}"):
        await database.write(lambda connection: erase_customer(connection, kept, NOW))
    assert await database.read(lambda connection: follow_links(connection, joined)) == made


async def test_number_that_was_linked_is_not_forgotten_by_age(database: Database, linked: tuple[int, int]) -> None:
    def work(connection: Connection) -> list[int]:
        connection.execute(update(conversation).values(status="closed"))
        return find_forgettable(connection, NOW + timedelta(days=1), 0, 10)

    assert await database.write(work) == [linked[0]]


async def test_number_linked_before_that_was_noted_says_so(database: Database, linked: tuple[int, int]) -> None:
    await database.write(lambda connection: connection.execute(delete(former_number)))
    for work in (erase_customer, export_customer):
        with pytest.raises(Conflict, match="linked into another before Otklik kept a note"):
            await database.write(lambda connection, work=work: work(connection, linked[1], NOW))  # type: ignore[misc]
