"""`/faq` where the order of things matters: a way back that came too late, long answers, files; the audit log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.knowledge.editing import By, add_entry
from bot.storage.entries import find_entry
from bot.storage.knowledge.files import keep_file
from bot.storage.knowledge.revisions import history_of
from bot.storage.operators import add_operator
from bot.storage.views.audit import list_acts
from core.clock import FakeClock
from core.message import AttachmentKind
from faq.entry import Entry
from handoff.operators import Role
from tests.dialogs.table import Table

ADMIN = "7009"
ENTRY = Entry("pay", "Оплата", "Как оплатить?", "Картой.", ("способы оплаты",))


@pytest.fixture
async def table(sqlite_url: str, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Table]:
    made = Table(sqlite_url, clock, tmp_path)
    now = clock.now()

    def hire(connection: Connection) -> None:
        add_operator(connection, "ada", Role.ADMIN, now, telegram_id=ADMIN, name="Ада")

    await made.database.write(hire)
    await made.start([ENTRY])
    yield made
    await made.close()


async def says(table: Table, text: str) -> Any:
    await table.desk.writes("", ADMIN, text)
    await table.settle()
    return table.desk.posts[-1].content


def tokens(content: Any) -> list[str]:
    return [button.token for row in content.buttons for button in row]


async def test_going_back_after_a_later_change_is_refused(table: Table) -> None:
    (first,) = tokens(await says(table, "/faq edit pay\nКартой или СБП."))
    await says(table, "/faq edit pay\nТолько СБП.")
    await table.desk.presses("", ADMIN, first)
    await table.settle()
    assert "меняли ещё раз" in table.desk.posts[-1].content.text
    assert (await table.database.read(lambda connection: find_entry(connection, "pay"))).answer == "Только СБП."


async def test_who_changed_what_stands_in_the_history_and_in_the_audit_log(table: Table) -> None:
    await says(table, "/faq edit pay\nТолько СБП.")
    await says(table, "/faq archive pay")
    history = await table.database.read(lambda connection: history_of(connection, "pay"))
    assert [(str(one.act), one.by.author, one.by.source) for one in history[:2]] == [
        ("archived", "ada", "telegram"),
        ("edited", "ada", "telegram"),
    ]
    acts = await table.database.read(list_acts)
    assert [(one.act, one.who, one.detail) for one in acts[:2]] == [
        ("faq_archive", "Ада", {"entry": "pay"}),
        ("faq_edit", "Ада", {"entry": "pay"}),
    ]


async def test_what_is_done_to_canned_replies_stands_in_the_audit_log(table: Table) -> None:
    for text in ("Часы\nКруглосуточно.", "часы\nКруглосуточно.", "часы\nДо девяти.", "-сроки", "-часы"):
        await table.desk.writes("", ADMIN, f"/canned {text}")
        await table.settle()
    acts = [(one.act, one.who, one.desk, one.detail) for one in reversed(await table.database.read(list_acts))]
    ours = ("Ада", "telegram", {"name": "часы", "shared": True})
    assert acts == [("canned_add", *ours), ("canned_edit", *ours), ("canned_drop", *ours)]


async def test_command_that_arrives_twice_changes_once(table: Table) -> None:
    arrival = await table.desk.writes("", ADMIN, "/faq add Где чек?\nНа почте.")
    await table.settle()
    await table.app.inbox.store([arrival])
    await table.settle()
    assert len([post for post in table.desk.posts if "Черновик готов" in post.content.text]) == 1


async def test_files_of_an_answer_are_shown_with_it(table: Table) -> None:
    now = table.clock.now()

    def teach(connection: Connection) -> None:
        map_ = keep_file(connection, "схема.png", "image/png", AttachmentKind.PHOTO, b"\x89PNG", now)
        values = {"id": "way", "question": "Как доехать?", "answer": "Вот схема.", "state": "published"}
        add_entry(connection, values, By("ada"), now, files=[map_])

    await table.database.write(teach)
    assert [one.name for one in (await says(table, "/faq show way")).attachments] == ["схема.png"]


@pytest.mark.parametrize("token", ["f.show.999", "f.back.1-2-3", "f.back.9999-1", "f.publish.x", "f.show.", "f.burn.1"])
async def test_forged_and_stale_buttons_do_nothing(table: Table, token: str) -> None:
    before = await table.database.read(lambda connection: find_entry(connection, "pay"))
    await table.desk.presses("", ADMIN, token)
    await table.settle()
    assert await table.database.read(lambda connection: find_entry(connection, "pay")) == before
    assert all("больше нет" in post.content.text for post in table.desk.posts)
