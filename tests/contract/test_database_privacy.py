"""What is stored of a customer: handed out and erased, on both databases, in every table there is."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Connection, LargeBinary, String, Table, Text, func, insert, select, update

from bot.storage.console.tables import draft
from bot.storage.database import Database
from bot.storage.desk.tables import audit, canned_reply
from bot.storage.inbox import end_arrivals, open_arrivals
from bot.storage.knowledge.evidence import read_questions
from bot.storage.knowledge.tables import faq_suggestion
from bot.storage.measures.keeping import step
from bot.storage.measures.period import Period
from bot.storage.measures.reading import load_facts
from bot.storage.measures.refresh import forget
from bot.storage.operators import add_operator
from bot.storage.outbox import open_deliveries
from bot.storage.people import add_customer, find_by_address
from bot.storage.privacy.erase import erase_customer, files_removed, files_to_remove
from bot.storage.privacy.export import export_customer
from bot.storage.privacy.fates import BY_HAND, FATES, UNTOUCHED
from bot.storage.privacy.person import name_of_file
from bot.storage.surveys.tables import follow_up, improvement, invitation
from bot.storage.tables import (
    conversation,
    faq_entry,
    identity,
    inbox,
    message,
    metadata,
    notebook,
    outbox,
    placement,
    topic,
)
from bot.storage.website.tables import visitor
from core.conversation import OperatorId
from core.customer import Sender
from core.delivery import DeskAct, DeskPost
from core.errors import NotFound
from handoff.operators import Role

NOW = datetime(2025, 3, 10, 12, 0, tzinfo=UTC)
WORD = "Мандрагора"  # everything the customer leaves has it
OTHER = "Подорожник"  # and everything of somebody else this
HOLDS_WORDS = (String, Text, JSON, LargeBinary)
DESK = ("telegram_desk", "9", "-100")


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


def can_hold_words(column: Column[Any]) -> bool:
    kind = column.type
    return isinstance(kind, HOLDS_WORDS) and type(kind).__name__ != "Moment"


# --- a customer with a row everywhere


def fill(connection: Connection, table: Table, rows: dict[str, int], word: str, kept: frozenset[str]) -> None:
    """A row that hangs on the customer's rows and has the word in every column that may be blanked."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name in ("id",) or (column.nullable and not column.foreign_keys and not can_hold_words(column)):
            continue
        target = next((key.column.table.name for key in column.foreign_keys), "")
        if target in rows and column.name != "reply_to_id":
            values[column.name] = rows[target]
        elif column.foreign_keys:
            continue
        elif can_hold_words(column) and column.name not in kept:
            values[column.name] = content(column, word)
        elif can_hold_words(column):
            values[column.name] = f"{table.name}-{column.name}"[: getattr(column.type, "length", None) or 50]
        elif column.server_default is None:
            values[column.name] = NOW if type(column.type).__name__ == "Moment" else 1
    connection.execute(insert(table).values(values))


def content(column: Column[Any], word: str) -> Any:
    if isinstance(column.type, LargeBinary):
        return word.encode()
    if isinstance(column.type, JSON):
        return {"word": word}
    return f"{word} о {column.name}"[: getattr(column.type, "length", None) or 100]


def settle(connection: Connection, word: str, source: str = "ref_x") -> dict[str, int]:
    """A customer with two addresses and a conversation with people, one with the desk; returns the rows' numbers."""
    sender = Sender("telegram", "9", f"tg-{word}", word, f"@{word}")
    found = add_customer(connection, sender, "ru", NOW, f"{source}{word}")
    number = int(found.customer.id)
    site = {"channel": "website", "account": "website", "address": f"site-{word}", "name": word}
    connection.execute(insert(identity).values(customer_id=number, username=word, created_at=NOW, **site))
    talk = {
        "customer_id": number,
        "identity_id": int(found.identity.id),
        "channel": "telegram",
        "status": "queued",
        "opened_at": NOW,
        "touched_at": NOW,
        "queued_at": NOW,
        "dialogue": {"question": word},
    }
    conversation_id = connection.execute(insert(conversation).values(talk).returning(conversation.c.id)).scalar_one()
    said = {
        "conversation_id": conversation_id,
        "identity_id": int(found.identity.id),
        "author": "customer",
        "kind": "text",
        "text": f"{word}: где мой заказ?",
        "attachments": [{"kind": "photo", "channel": "telegram", "ref": f"photo-{word}", "name": f"{word}.jpg"}],
        "buttons": [[word, "menu", ""]],
        "markup": word,
        "origin_id": f"11{ord(word[0])}",
        "created_at": NOW,
    }
    message_id = connection.execute(insert(message).values(said).returning(message.c.id)).scalar_one()
    return {
        "customer": number,
        "identity": int(found.identity.id),
        "conversation": conversation_id,
        "message": message_id,
    }


def live(connection: Connection, word: str, operator: int) -> dict[str, int]:
    """Everything there can be of a customer, besides what `settle` makes."""
    rows = settle(connection, word) | {"operator": operator}
    connection.execute(
        insert(placement).values(message_id=rows["message"], desk="-100", platform_id=f"77{ord(word[0])}")
    )
    place = f"5{rows['conversation']}"
    connection.execute(insert(topic).values(conversation_id=rows["conversation"], desk="-100", topic=place))
    made = insert(improvement).values(reason="wait", words={}, created_at=NOW).returning(improvement.c.id)
    rows["improvement"] = connection.execute(made).scalar_one()
    known = {"customer", "identity", "conversation", "message", "placement", "topic", "rule_step"}
    for fate in reversed(FATES):
        if fate.table.name in known:
            continue
        site = {"address": f"site-{word}"} if fate.table.name in {"upload", "chat_line", "visitor"} else {}
        fill(connection, fate.table, rows, word, fate.kept)
        if "id" in fate.table.columns:
            rows[fate.table.name] = connection.execute(select(func.max(fate.table.c.id))).scalar_one()
        if site:
            here = fate.table.c.id == rows[fate.table.name]
            connection.execute(update(fate.table).where(here).values(site))
    connection.execute(update(visitor).where(visitor.c.address == f"site-{word}").values(merged_into=None))
    guest = {"address": f"guest-{word}", "site": "s", "user_id": word, "merged_into": f"site-{word}"}
    connection.execute(insert(visitor).values(created_at=NOW, active_at=NOW, **guest))
    travel(connection, word, rows, place)
    return rows


def travel(connection: Connection, word: str, rows: dict[str, int], place: str) -> None:
    """What came in and what is on its way."""
    for step_, (channel, lane, handled) in enumerate(
        (
            ("telegram", f"telegram:tg-{word}", NOW),
            ("telegram", f"telegram:tg-{word}", None),
            ("website", f"website:guest-{word}", NOW),
            ("console", f"console:{rows['conversation']}", NOW),
            ("telegram_desk", f"telegram_desk:{place}", NOW),
            ("telegram_desk", "telegram_desk:0", NOW),
        )
    ):
        key = f"{word}-{step_}" if channel == "website" else f"{rows['customer']}-{step_}"
        payload = {"text": word, "message": {"reply_to_message": {"message_id": int(f"77{ord(word[0])}")}}}
        values = {"payload": json.dumps(payload, ensure_ascii=False), "error": word, "handled_at": handled}
        connection.execute(
            insert(inbox).values(channel=channel, account="9", key=key, lane=lane, received_at=NOW, **values)
        )
    said = {"text": word, "message": 1}
    posted = {"text": f"{word} #{rows['conversation']}", "desk": 1, "act": "post"}
    talk = rows["conversation"]
    for channel, account, address, lane, number, state, what in (
        ("telegram", "9", f"tg-{word}", f"telegram:9:tg-{word}", talk, "sent", said),
        ("telegram", "9", f"tg-{word}", f"telegram:9:tg-{word}", talk, "pending", said),
        ("telegram", "9", f"tg-{word}", f"telegram:9:tg-{word}", None, "uncertain", said),
        (*DESK, f"desk:{talk}", talk, "pending", posted),
        (*DESK, "desk:at:", None, "sent", posted),
    ):
        values = {"channel": channel, "account": account, "address": address, "lane": lane, "state": state}
        connection.execute(
            insert(outbox).values(
                **values, conversation_id=number, content=what, random_id=1, error=word, created_at=NOW
            )
        )
    for state in ("open", "rejected"):
        connection.execute(
            insert(faq_suggestion).values(
                signature=f"{state}{rows['customer']}",
                kind="phrasing",
                text=f"{word}: где мой заказ?",
                conversations=1,
                evidence=[rows["faq_answer"]],
                state=state,
                created_at=NOW,
                updated_at=NOW,
            )
        )


def dump(connection: Connection) -> str:
    return "\n".join(
        json.dumps(dict(row), ensure_ascii=False, default=_readable)
        for table in metadata.sorted_tables
        for row in connection.execute(select(table)).mappings()
    )


def _readable(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


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
