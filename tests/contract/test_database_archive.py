"""Backup and restore, from and to both databases."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, null, select, text

from bot.storage.database import Database, open_engine, read_url
from bot.storage.migrate import known_versions, locked, migrate_up, move_tables
from bot.storage.migrate import version as database_version
from bot.storage.service.tables import setting
from bot.storage.tables import conversation, customer, identity, message, metadata, outbox
from bot.storage.upkeep.archive import restore_backup, tables_of, write_backup
from core.clock import FakeClock
from core.errors import Conflict, InvalidInput
from tests.postgres import PostgresServer


def tell(connection: Connection, clock: FakeClock) -> None:
    now = clock.now()
    connection.execute(insert(customer).values(id=7, name="Анна \U0001f642\n", created_at=now))
    connection.execute(
        insert(identity).values(id=8, customer_id=7, channel="vk", account="1", address="2", created_at=now)
    )
    connection.execute(
        insert(conversation).values(
            id=9,
            customer_id=7,
            identity_id=8,
            channel="vk",
            status="active",
            opened_at=now,
            touched_at=now,
            dialogue={"question": "где?", "shown": ["a"]},
        )
    )
    values = {"conversation_id": 9, "identity_id": 8, "author": "customer", "kind": "text", "created_at": now}
    connection.execute(insert(message).values(id=1, text="a" * 5000, attachments=null(), **values))
    connection.execute(insert(message).values(id=2, text="b", reply_to_id=1, attachments=[{"kind": "photo"}], **values))
    connection.execute(
        insert(outbox).values(
            rank=1.5,
            channel="vk",
            account="1",
            address="2",
            lane="l",
            content={"text": "x"},
            state="pending",
            random_id=-5,
            created_at=now,
        )
    )
    connection.execute(insert(setting).values(key="n", value=None))


def contents(connection: Connection) -> dict[str, list[Any]]:
    rows = {table.name: list(map(tuple, connection.execute(select(table)))) for table in metadata.sorted_tables}
    missing = connection.execute(text("SELECT count(*) FROM message WHERE attachments IS NULL")).scalar()
    return {**rows, "messages without attachments": [missing]}


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A second database, to restore into."""
    if request.param == "sqlite":
        path = tmp_path / "other.db"
        shutil.copyfile(request.getfixturevalue("_migrated_sqlite"), path)
        engine = open_engine(read_url(f"sqlite:///{path}"))
        yield engine
        engine.dispose()
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.migrated() as url:
        engine = open_engine(read_url(url))
        yield engine
        engine.dispose()


@pytest.fixture
async def file(database: Database, clock: FakeClock, tmp_path: Path) -> Path:
    await database.write(lambda connection: tell(connection, clock))
    path = tmp_path / "backup.zip"
    assert write_backup(database.engine, path, clock.now()) == 7
    return path


async def test_restored_is_what_was_there(database: Database, file: Path, other: Engine) -> None:
    assert restore_backup(other, file) == 7
    with other.connect() as connection:
        assert contents(connection) == await database.read(contents)


async def test_new_rows_get_new_numbers_after_a_restore(file: Path, other: Engine, clock: FakeClock) -> None:
    restore_backup(other, file)
    with other.begin() as connection:
        number = connection.execute(insert(customer).values(created_at=clock.now()).returning(customer.c.id)).scalar()
    assert number == 8


async def test_progress_counts_rows(database: Database, file: Path, clock: FakeClock) -> None:
    seen: list[int] = []
    write_backup(database.engine, file, clock.now(), seen.append)
    assert sum(seen) == 7


async def test_file_is_the_owners_only(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.glob("backup*")] == ["backup.zip"]


async def test_restore_into_a_database_with_rows(database: Database, file: Path) -> None:
    before = await database.read(contents)
    with pytest.raises(Conflict, match="not empty"):
        restore_backup(database.engine, file)
    assert await database.read(contents) == before


def rewritten(file: Path, name: str, content: str | None) -> Path:
    path = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(path, "w") as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        if content is not None:
            new.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("otklik.json", None),
        ("otklik.json", "[]"),
        ("otklik.json", "{"),
        ("message.jsonl", None),
        ("message.jsonl", ""),
        ("message.jsonl", "nonsense\n"),
        ("message.jsonl", '{"id": 1}\n'),
        ("message.jsonl", "[" * 100_000),
        ("setting.jsonl", '{"key": "n", "value": null, "extra": 1}\n'),
    ],
)
async def test_damaged_backup_leaves_the_database_empty(
    file: Path, other: Engine, name: str, content: str | None
) -> None:
    with pytest.raises(InvalidInput, match="damaged"):
        restore_backup(other, rewritten(file, name, content))
    with other.connect() as connection:
        assert connection.execute(select(customer)).all() == []


async def test_backup_of_another_version(file: Path, other: Engine) -> None:
    manifest = json.dumps({"format": 1, "version": "9999", "tables": {}})
    with pytest.raises(Conflict, match="9999, which this program"):
        restore_backup(other, rewritten(file, "otklik.json", manifest))


def as_it_was(url: str, path: Path, version: str, fill: Callable[[Connection], None]) -> None:
    """A backup as the program of that version made it: of its own tables and columns."""
    engine = open_engine(read_url(url))
    with locked(engine) as connection:
        move_tables(connection, version)
        fill(connection)
        counts = {}
        with zipfile.ZipFile(path, "w") as archive:
            for table in tables_of(connection):
                lines = []
                for row in connection.execute(select(table)).mappings():
                    lines.append(json.dumps(dict(row), default=lambda one: one.isoformat()))
                archive.writestr(f"{table.name}.jsonl", "".join(f"{line}\n" for line in lines))
                counts[table.name] = len(lines)
            archive.writestr("otklik.json", json.dumps({"format": 1, "version": version, "tables": counts}))
    engine.dispose()


def tell_the_first(connection: Connection) -> None:
    """What the very first version could hold; later ones changed settings, presences and names of tables."""
    now = "2024-03-05T10:00:00.000000+00:00"
    parts = {"sqlite": "'{}'", "postgresql": "'{}'::jsonb"}
    dialogue = parts[connection.dialect.name]
    for one in (
        f"INSERT INTO customer (id, name, created_at) VALUES (7, 'Анна', '{now}')",
        "INSERT INTO identity (id, customer_id, channel, account, address, created_at)"
        f" VALUES (8, 7, 'vk', '1', '2', '{now}')",
        "INSERT INTO conversation (id, customer_id, identity_id, channel, status, opened_at, touched_at, dialogue)"
        f" VALUES (9, 7, 8, 'vk', 'active', '{now}', '{now}', {dialogue})",
        "INSERT INTO message (id, conversation_id, identity_id, author, kind, text, created_at)"
        f" VALUES (1, 9, 8, 'customer', 'text', 'где заказ?', '{now}')",
    ):
        connection.execute(text(one))


EARLIER = known_versions()[:-1]
OFTEN = {"sqlite": EARLIER, "postgresql": [EARLIER[0], EARLIER[len(EARLIER) // 2], EARLIER[-1]]}  # that one is slow


@pytest.mark.parametrize(
    ("other", "version"), [(name, one) for name, versions in OFTEN.items() for one in versions], indirect=["other"]
)
def test_backup_of_an_earlier_version(version: str, other: Engine, clock: FakeClock, tmp_path: Path) -> None:
    path, url = tmp_path / "old.zip", f"sqlite:///{tmp_path / 'old.db'}"
    old = open_engine(read_url(url))
    migrate_up(old)
    old.dispose()
    as_it_was(url, path, version, tell_the_first)
    assert restore_backup(other, path) >= 4
    with other.begin() as connection:
        assert database_version(connection) == known_versions()[-1]
        assert connection.execute(select(message.c.text)).scalar() == "где заказ?"
        assert connection.execute(select(conversation.c.dialogue)).scalar() == {}
        assert connection.execute(select(customer.c.created_at)).scalar() == datetime(2024, 3, 5, 10, tzinfo=UTC)
        number = connection.execute(insert(customer).values(created_at=clock.now()).returning(customer.c.id)).scalar()
    assert number == 8


async def test_backup_of_an_earlier_version_takes_no_rows_away(database: Database, file: Path) -> None:
    before = await database.read(contents)
    manifest = json.dumps({"format": 1, "version": EARLIER[0], "tables": {}})
    with pytest.raises(Conflict, match="not empty"):
        restore_backup(database.engine, rewritten(file, "otklik.json", manifest))
    assert await database.read(contents) == before


@pytest.mark.parametrize(
    ("name", "content", "is_told"),
    [("message.jsonl", "", False), ("customer.jsonl", "", True), ("message.jsonl", '{"id": 1}\n', True)],
)
def test_damaged_backup_of_an_earlier_version_changes_nothing(
    name: str, content: str, is_told: bool, other: Engine, tmp_path: Path
) -> None:
    path, url = tmp_path / "old.zip", f"sqlite:///{tmp_path / 'old.db'}"
    old = open_engine(read_url(url))
    migrate_up(old)
    old.dispose()
    as_it_was(url, path, "0008", tell_the_first)
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("otklik.json"))
    if is_told:
        manifest["tables"][name.removesuffix(".jsonl")] = content.count("\n")
    path = rewritten(rewritten(path, "otklik.json", json.dumps(manifest)).rename(tmp_path / "told.zip"), name, content)
    with pytest.raises(InvalidInput, match="damaged"):
        restore_backup(other, path)
    with other.connect() as connection:
        assert database_version(connection) == known_versions()[-1]
        assert connection.execute(select(customer)).all() == []


async def test_what_is_no_zip(file: Path, other: Engine) -> None:
    file.write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(InvalidInput, match="damaged"):
        restore_backup(other, file)
