"""`otklik customer export` and `otklik customer erase`."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from sqlalchemy import insert, select

from bot.storage.database import open_engine, read_url
from bot.storage.desk.links import join_customers
from bot.storage.people import add_customer
from bot.storage.privacy.files import folder_of
from bot.storage.privacy.person import name_of_file, place_of
from bot.storage.tables import conversation, customer, message
from core.customer import CustomerId, Sender
from tests.integration.cli.conftest import Otklik

NOW = datetime(2025, 3, 10, 12, 0, tzinfo=UTC)
PHOTO = {"kind": "photo", "channel": "telegram", "ref": "r1", "name": "../../etc/чек.jpg"}
LOST = {"kind": "voice", "channel": "telegram", "ref": "r2"}


@pytest.fixture
def number(on_database: str) -> int:
    """Of a customer who sent two files, one of which lies on disk."""
    engine = open_engine(read_url(on_database))
    with engine.begin() as connection:
        found = add_customer(connection, Sender("telegram", "9", "5", "Анна"), "ru", NOW)
        person, place = int(found.customer.id), int(found.identity.id)
        talk = {"customer_id": person, "identity_id": place, "channel": "telegram", "status": "closed", "dialogue": {}}
        made = insert(conversation).values(opened_at=NOW, touched_at=NOW, **talk).returning(conversation.c.id)
        said = {"conversation_id": connection.execute(made).scalar_one(), "identity_id": place, "author": "customer"}
        values = {"kind": "text", "text": "Вот чек", "attachments": [PHOTO, LOST], "created_at": NOW}
        connection.execute(insert(message).values(**said, **values))
    path = place_of(folder_of(engine), name_of_file("telegram", "r1"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"photo")
    engine.dispose()
    return person


def stored(url: str) -> tuple[list[str], list[str], bool]:
    """Names, texts, and whether the file is on disk."""
    engine = open_engine(read_url(url))
    with engine.connect() as connection:
        names = list(connection.execute(select(customer.c.name).order_by(customer.c.id)).scalars())
        texts = list(connection.execute(select(message.c.text).order_by(message.c.id)).scalars())
    is_there = place_of(folder_of(engine), name_of_file("telegram", "r1")).exists()
    engine.dispose()
    return names, texts, is_there


def test_zip_has_the_files_beside(otklik: Otklik, number: int) -> None:
    said = otklik("customer", "export", number, "anna.zip")
    assert said.code == 0
    assert "1 conversations and 1 files written to anna.zip" in said.err
    assert "1 files are no longer here" in said.err
    with zipfile.ZipFile("anna.zip") as archive:
        data = json.loads(archive.read("customer.json"))
        assert archive.read("files/1-чек.jpg") == b"photo"
        assert sorted(archive.namelist()) == ["customer.json", "files/1-чек.jpg"]
    assert data["conversations"][0]["messages"][0]["text"] == "Вот чек"
    assert data["files"][1] == {"file": 2, "name": "voice", "is_here": False}
    assert os.stat("anna.zip").st_mode & 0o077 == 0


def test_json_has_the_files_in_it(otklik: Otklik, number: int) -> None:
    assert otklik("customer", "export", number, "anna.json").code == 0
    data = json.loads(Path("anna.json").read_text(encoding="utf-8"))
    assert base64.b64decode(data["files"][0]["base64"]) == b"photo"


def test_other_kinds_of_file_are_refused(otklik: Otklik, number: int) -> None:
    said = otklik("customer", "export", number, "anna.txt")
    assert (said.code, "ends in .zip or .json" in said.complaint) == (1, True)
    assert not list(Path().glob("anna*"))


@pytest.mark.parametrize("arguments", [("export", "77", "x.zip"), ("erase", "77", "--yes")])
@pytest.mark.usefixtures("on_database")
def test_unknown_customer(otklik: Otklik, arguments: tuple[str, ...]) -> None:
    said = otklik("customer", *arguments)
    assert said.code == 1
    assert "there is no customer 77" in said.complaint
    assert not Path("x.zip").exists()


def test_erase(otklik: Otklik, number: int, on_database: str) -> None:
    said = otklik("customer", "erase", number, "--yes")
    assert said.code == 0
    assert f"customer {number} erased: 1 conversations, 1 messages, 2 files" in said.out
    assert stored(on_database) == ([""], [""], False)
    again = otklik("customer", "erase", number, "--yes")
    assert (again.code, "was erased on" in again.complaint) == (1, True)


def test_number_that_was_linked_is_followed_to_take_a_copy_and_refused_to_erase(
    otklik: Otklik, number: int, on_database: str
) -> None:
    engine = open_engine(read_url(on_database))
    with engine.begin() as connection:
        kept = add_customer(connection, Sender("vk", "9", "6", "Анна С."), "ru", NOW).customer.id
        join_customers(connection, kept, CustomerId(number))
    engine.dispose()
    said = otklik("customer", "export", number, "anna.json")
    assert (said.code, f"customer {number} was linked into {kept}" in said.err) == (0, True)
    assert "1 conversations and 1 files written" in said.err
    assert json.loads(Path("anna.json").read_text(encoding="utf-8"))["customer"]["id"] == kept
    said = otklik("customer", "erase", number, "--yes")
    assert (said.code, f"customer {number} was linked into {kept}" in said.complaint) == (1, True)
    assert "Вот чек" in stored(on_database)[1]
    assert otklik("customer", "erase", kept, "--yes").code == 0
    assert "Вот чек" not in stored(on_database)[1]


def test_erase_asks_first(otklik: Otklik, number: int, on_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise click.Abort

    monkeypatch.setattr(click, "confirm", refuse)
    assert otklik("customer", "erase", number).code != 0
    assert stored(on_database) == (["Анна"], ["Вот чек"], True)


KILLED = """
import os, signal, sys
from bot.storage.privacy import erase
from bot.storage.privacy import files
moment = sys.argv.pop(1)
def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)
if moment == "inside":
    erase.add_act = die
else:
    files.remove_files = die
from bot.cli import main
main(["customer", "erase", sys.argv[1], "--yes"])
"""


def kill(moment: str, number: int, url: str) -> None:
    env = {**os.environ, "OTKLIK_DATABASE_URL": url, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, moment, str(number)], env=env, capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def test_killed_in_the_middle_nothing_has_changed(number: int, on_database: str, otklik: Otklik) -> None:
    kill("inside", number, on_database)
    assert stored(on_database) == (["Анна"], ["Вот чек"], True)
    assert otklik("customer", "erase", number, "--yes").code == 0
    assert stored(on_database) == ([""], [""], False)


def test_killed_after_the_commit_the_files_go_later(number: int, on_database: str) -> None:
    from bot.app.ground import lay_ground
    from bot.config import load_config

    kill("after", number, on_database)
    assert stored(on_database) == ([""], [""], True)
    ground = lay_ground(load_config({"OTKLIK_DATABASE_URL": on_database}))
    ground.database.close()
    assert stored(on_database) == ([""], [""], False)


def test_a_file_that_others_need_stays(otklik: Otklik, number: int, on_database: str) -> None:
    engine = open_engine(read_url(on_database))
    with engine.begin() as connection:
        found = add_customer(connection, Sender("telegram", "9", "6", "Борис"), "ru", NOW)
        person, place = int(found.customer.id), int(found.identity.id)
        talk = {"customer_id": person, "identity_id": place, "channel": "telegram", "status": "closed", "dialogue": {}}
        made = insert(conversation).values(opened_at=NOW, touched_at=NOW, **talk).returning(conversation.c.id)
        said = {"conversation_id": connection.execute(made).scalar_one(), "identity_id": place, "author": "customer"}
        values = {"kind": "text", "text": "Тот же чек", "attachments": [PHOTO], "created_at": NOW}
        connection.execute(insert(message).values(**said, **values))
    engine.dispose()
    assert otklik("customer", "erase", number, "--yes").code == 0
    assert stored(on_database) == (["", "Борис"], ["", "Тот же чек"], True)
