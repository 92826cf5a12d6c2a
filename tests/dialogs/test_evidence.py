"""What customers press and operators reply is there to be learned from, with the question it was about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.storage.knowledge.evidence import read_questions
from core.clock import FakeClock
from faq.answer import Policy
from faq.entry import Entry
from faq.learning.lessons import Asked, Kind, learn
from tests.dialogs.table import Table

ENTRIES = (
    Entry("company", "Документы", "Какие документы даёте компаниям?", "Счёт и акт.", ("Нужны документы",)),
    Entry("buyer", "Документы", "Какие документы получит покупатель?", "Гарантийный талон.", ("Нужны документы!",)),
)
ASKS_BACK = Policy(answer_at=1.01, clarify_at=0.1, option_at=0.005)
KNOWS_NOTHING = Policy(answer_at=1.01, clarify_at=10)


@pytest.fixture
async def table(sqlite_url: str, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Table]:
    table = Table(sqlite_url, clock, tmp_path, policy=ASKS_BACK)
    await table.add_operator("anna", "7001", "Анна")
    await table.start(ENTRIES)
    yield table
    await table.close()


async def evidence(table: Table) -> list[Asked]:
    since = table.clock.now() - timedelta(days=1)
    return [one.asked for one in await table.database.read(lambda connection: read_questions(connection, since))]


async def says(table: Table, text: str) -> None:
    await table.channel.says("1", text)
    await table.settle()


async def presses(table: Table, label: str) -> None:
    await table.channel.presses("1", label)
    await table.settle()


async def test_chosen_button_goes_with_the_question_of_the_choice(table: Table) -> None:
    await says(table, "Здравствуйте! Нужны документы")
    await presses(table, "покупатель")
    await presses(table, "Помогло")
    asked, chosen = await evidence(table)
    assert (asked.decision, chosen.decision) == ("clarify", "chosen")
    assert (chosen.entry_id, chosen.outcome) == ("buyer", "helped")
    assert asked.question == chosen.question
    (lesson,) = learn(await evidence(table))
    assert (lesson.kind, lesson.entry_id, lesson.question) == (Kind.HELPED, "buyer", asked.question)


async def test_next_best_goes_with_the_same_question(table: Table) -> None:
    await says(table, "Нужны документы")
    await presses(table, "компаниям")
    await presses(table, "Не помогло")
    rows = await evidence(table)
    assert [(row.decision, row.entry_id, row.outcome) for row in rows] == [
        ("clarify", "", ""),
        ("chosen", "company", "refused"),
        ("answer", "buyer", ""),
    ]
    assert len({row.question for row in rows}) == 1


async def test_browsing_after_no_answer_goes_with_what_was_asked(table: Table) -> None:
    table.app.library._policy = KNOWS_NOTHING
    await says(table, "привет, где бы мне взять бумаги")
    await presses(table, "Все темы")
    await presses(table, "Документы")
    await presses(table, "компаниям")
    asked, browsed = await evidence(table)
    assert (asked.decision, browsed.decision) == ("none", "browse")
    assert browsed.question == asked.question


async def test_what_the_operator_replied_is_next_to_the_question(table: Table) -> None:
    table.app.library._policy = KNOWS_NOTHING
    await says(table, "Продаёте ли вы аквариумы?")
    await presses(table, "оператор")
    (topic,) = {post.topic for post in table.desk.posts}
    for text in ("Здравствуйте!", "// он уже спрашивал", "Да, аквариумы есть на третьем этаже."):
        await table.desk.writes(topic, "7001", text)
        await table.settle()
    (asked,) = await evidence(table)
    assert asked.reply == "Да, аквариумы есть на третьем этаже."
