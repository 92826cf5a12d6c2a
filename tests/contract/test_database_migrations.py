"""The tables of both databases: made, unmade, and the same as tables.py says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, insert, inspect, select, text

from bot.storage import people
from bot.storage.conversations import bind_topic, find_topic, move_topic, open_conversation
from bot.storage.database import open_engine, read_url
from bot.storage.entries import faq_version
from bot.storage.migrate import is_current, known_versions, migrate_down, migrate_up, version
from bot.storage.notes import read_note
from bot.storage.operators import add_operator
from bot.storage.service.tables import setting
from bot.storage.tables import metadata
from core.customer import Sender
from core.errors import Conflict, InvalidInput
from handoff.operators import Role

_BEFORE_GROUPS = "0007"
_BEFORE_ONCE = "0011"


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Engine]:
    engine = open_engine(read_url(empty_database_url))
    yield engine
    engine.dispose()


def test_revisions_make_exactly_the_tables_of_the_program(empty: Engine) -> None:
    migrate_up(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "target_metadata": metadata,
                "compare_type": True,
                "compare_server_default": connection.dialect.name == "postgresql",  # misread on SQLite
            },
        )
        assert compare_metadata(context, metadata) == []
        assert is_current(connection)


def test_migrating_again_changes_nothing(empty: Engine) -> None:
    assert migrate_up(empty) == migrate_up(empty) == known_versions()[-1]


def test_every_step_back_can_be_undone(empty: Engine) -> None:
    migrate_up(empty)
    for before in reversed([None, *known_versions()[:-1]]):
        assert migrate_down(empty) == before
    assert inspect(empty).get_table_names() == ["alembic_version"]
    with pytest.raises(Conflict, match="nothing to undo"):
        migrate_down(empty)
    migrate_up(empty)
    with empty.connect() as connection:
        assert is_current(connection)


def test_processes_that_start_together(empty_database_url: str) -> None:
    engines = [open_engine(read_url(empty_database_url)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(migrate_up, engines)) == {known_versions()[-1]}
    for engine in engines:
        engine.dispose()


@pytest.mark.parametrize("step", [migrate_up, migrate_down])
def test_database_of_a_newer_program(empty: Engine, step: object) -> None:
    migrate_up(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="9999"):
        step(empty)  # type: ignore[operator]


def test_database_of_another_program(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE customer (id INTEGER)"))
    with pytest.raises(InvalidInput, match="customer"):
        migrate_up(empty)
    assert inspect(empty).get_table_names() == ["customer"]


def test_failure_leaves_nothing_half_made(empty: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(op, "create_index", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        migrate_up(empty)
    assert inspect(empty).get_table_names() == []
    with empty.connect() as connection:
        assert version(connection) is None


def test_foreign_keys_are_checked_again_after_migrating(empty: Engine) -> None:
    migrate_up(empty)
    if empty.dialect.name == "sqlite":
        with empty.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_data_survives_a_second_migration(empty: Engine) -> None:
    migrate_up(empty)
    with empty.begin() as connection:
        connection.execute(insert(setting).values(key="x", value={"a": [1, "ё"]}))
    migrate_up(empty)
    with empty.connect() as connection:
        assert connection.execute(select(setting.c.value)).scalar() == {"a": [1, "ё"]}


def test_topics_in_several_groups_come_down_to_the_one_that_counts(empty: Engine) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    migrate_up(empty)
    with empty.begin() as connection:
        sender = Sender("memory", "1", "5")
        found = people.add_customer(connection, sender, "ru", at, "")
        number = open_conversation(connection, found.customer.id, found.identity.id, "memory", "ru", at).id
        bind_topic(connection, number, "-1", "7")
        move_topic(connection, number, "-2", at)
        bind_topic(connection, number, "-2", "7")
    while migrate_down(empty) != _BEFORE_GROUPS:
        pass
    with empty.connect() as connection:
        rows = connection.execute(text("SELECT conversation_id, desk, topic FROM topic")).all()
    assert [tuple(row) for row in rows] == [(number, "-2", "7")]
    migrate_up(empty)
    with empty.connect() as connection:
        row = find_topic(connection, number)
    assert row is not None
    assert (row.desk, row.topic, row.left_at) == ("-2", "7", None)


def test_facts_kept_among_the_settings_move_and_come_back(empty: Engine) -> None:
    facts = {"note:telegram:1:limited": "2025-01-01", "faq_version": 3, "invited:x": "2025-01-02"}
    migrate_up(empty)
    while (before := migrate_down(empty)) != "0001":
        assert before
    with empty.begin() as connection:
        for key, value in facts.items():
            connection.execute(
                text("INSERT INTO setting (key, value) VALUES (:key, :value)"),
                {"key": key, "value": json.dumps(value)},
            )
    migrate_up(empty)
    with empty.connect() as connection:
        assert read_note(connection, "telegram:1:limited") == "2025-01-01"
        assert faq_version(connection) == 3
        assert connection.execute(select(setting)).all() == []
    while migrate_down(empty) != "0001":
        pass
    with empty.connect() as connection:
        found = connection.execute(select(setting.c.key, setting.c.value))
        assert {row.key: row.value for row in found} == facts


def test_of_canned_replies_written_twice_the_later_stays(empty: Engine) -> None:
    migrate_up(empty)
    while migrate_down(empty) != _BEFORE_ONCE:
        pass
    add = "INSERT INTO canned_reply (operator_id, name, text, updated_at) VALUES (:who, 'часы', :text, '2026-11-28')"
    with empty.begin() as connection:
        for login in ("anna", "boris"):
            add_operator(connection, login, Role.OPERATOR, datetime(2026, 1, 1, tzinfo=UTC))
        for who, words in ((None, "старые"), (1, "анны"), (None, "новые"), (2, "бориса")):
            connection.execute(text(add), {"who": who, "text": words})
    migrate_up(empty)
    with empty.connect() as connection:
        left = connection.execute(text("SELECT text FROM canned_reply ORDER BY id")).scalars().all()
    assert left == ["анны", "новые", "бориса"]
