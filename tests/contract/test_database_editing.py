"""Editing the FAQ in both databases: every change has its author and its way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from bot.knowledge import editing
from bot.knowledge.editing import By
from bot.storage.database import Database
from bot.storage.entries import faq_version, find_entry, import_entries, load_entries
from bot.storage.knowledge.revisions import last_revision
from core.clock import FakeClock
from core.errors import Conflict, InvalidInput, NotFound
from faq.editor.acts import Act
from faq.entry import Entry, EntryState

T = TypeVar("T")

DELIVERY = Entry("delivery", "Доставка", "Когда привезут заказ?", "Через три дня.", ("срок доставки",))
ANNA = By("anna")


class Editor:
    """The use cases, each in a transaction of its own."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self._database, self._clock = database, clock

    async def do(self, work: Callable[..., T], *arguments: object, **options: object) -> T:
        now = self._clock.now()
        return await self._database.write(lambda connection: work(connection, *arguments, now=now, **options))

    async def see(self, work: Callable[[Connection], T]) -> T:
        return await self._database.read(work)

    async def acts(self, key: str = "delivery") -> list[tuple[Act, str, str]]:
        """Newest first: what was done, by whom, from where."""
        changes = await self.see(lambda connection: editing.entry_history(connection, key))
        return [(one.revision.act, one.revision.by.author, one.revision.by.source) for one in changes]


@pytest.fixture
async def editor(database: Database, clock: FakeClock) -> Editor:
    editor = Editor(database, clock)
    await editor.do(import_entries, [DELIVERY], source="faq.csv")
    return editor


async def test_import_is_the_first_revision(editor: Editor) -> None:
    assert await editor.acts() == [(Act.IMPORTED, "", "faq.csv")]


async def test_edit_is_written_down_with_its_author(editor: Editor) -> None:
    version = await editor.see(faq_version)
    edited = await editor.do(editing.edit_entry, "delivery", {"answer": "Завтра."}, by=ANNA)
    assert edited.entry.answer == "Завтра."
    assert await editor.see(lambda connection: find_entry(connection, "delivery")) == edited.entry
    assert await editor.acts() == [(Act.EDITED, "anna", ""), (Act.IMPORTED, "", "faq.csv")]
    (newest, _) = await editor.see(lambda connection: editing.entry_history(connection, "delivery"))
    assert newest.differences == (("answer", "Через три дня.", "Завтра."),)
    assert newest.revision.id == edited.revision_id
    assert await editor.see(faq_version) > version


async def test_edit_to_the_same_is_no_change(editor: Editor) -> None:
    version = await editor.see(faq_version)
    edited = await editor.do(editing.edit_entry, "delivery", {"answer": DELIVERY.answer}, by=ANNA)
    assert not edited.is_changed
    assert len(await editor.acts()) == 1
    assert await editor.see(faq_version) == version


async def test_faulty_edit_changes_nothing(editor: Editor) -> None:
    with pytest.raises(InvalidInput, match="question"):
        await editor.do(editing.edit_entry, "delivery", {"question": ""}, by=ANNA)
    assert len(await editor.acts()) == 1


async def test_who_looked_at_an_older_state_is_told(editor: Editor) -> None:
    seen = await editor.see(lambda connection: last_revision(connection, "delivery"))
    await editor.do(editing.edit_entry, "delivery", {"answer": "Завтра."}, by=ANNA, seen_revision=seen)
    with pytest.raises(Conflict, match="somebody else"):
        await editor.do(editing.edit_entry, "delivery", {"answer": "Никогда."}, by=By("oleg"), seen_revision=seen)


async def test_roll_back_and_forth(editor: Editor) -> None:
    edited = await editor.do(editing.edit_entry, "delivery", {"answer": "Завтра.", "phrasings": ()}, by=ANNA)
    first = edited.revision_id - 1
    back = await editor.do(editing.roll_back, "delivery", first, by=By("oleg"))
    assert back.entry == DELIVERY
    forth = await editor.do(editing.roll_back, "delivery", edited.revision_id, by=ANNA)
    assert forth.entry == edited.entry
    assert [act for act, *_ in await editor.acts()] == [Act.ROLLED_BACK, Act.ROLLED_BACK, Act.EDITED, Act.IMPORTED]


async def test_roll_back_to_a_revision_of_another_entry(editor: Editor) -> None:
    added = await editor.do(editing.add_entry, {"question": "Где чек?", "answer": "На почте."}, by=ANNA)
    with pytest.raises(Conflict, match="gde-chek"):
        await editor.do(editing.roll_back, "delivery", added.revision_id, by=ANNA)
    with pytest.raises(NotFound):
        await editor.do(editing.roll_back, "delivery", 999_999, by=ANNA)


async def test_new_entry_is_a_draft_until_published(editor: Editor) -> None:
    added = await editor.do(editing.add_entry, {"question": "Где чек?", "answer": "На почте."}, by=ANNA)
    assert (added.entry.id, added.entry.state) == ("gde-chek", EntryState.DRAFT)
    published = await editor.do(editing.publish_entry, "gde-chek", by=ANNA)
    assert published.entry.state is EntryState.PUBLISHED
    archived = await editor.do(editing.archive_entry, "gde-chek", by=By("oleg"))
    assert archived.entry.state is EntryState.ARCHIVED
    assert [act for act, *_ in await editor.acts("gde-chek")] == [Act.ARCHIVED, Act.PUBLISHED, Act.ADDED]
    assert [entry.id for entry in await editor.see(load_entries)] == ["delivery", "gde-chek"]


async def test_id_that_is_taken(editor: Editor) -> None:
    with pytest.raises(Conflict, match="delivery"):
        await editor.do(editing.add_entry, {"id": "delivery", "question": "Где?", "answer": "Тут."}, by=ANNA)


async def test_unknown_entry(editor: Editor) -> None:
    for work in (editing.publish_entry, editing.archive_entry):
        with pytest.raises(NotFound, match="gone"):
            await editor.do(work, "gone", by=ANNA)
    with pytest.raises(NotFound):
        await editor.see(lambda connection: editing.entry_history(connection, "gone"))


async def test_changing_import_keeps_what_was_before(editor: Editor) -> None:
    await editor.do(import_entries, [Entry("delivery", "", "Когда?", "Скоро.")], source="new.csv")
    assert await editor.acts() == [(Act.IMPORTED, "", "new.csv"), (Act.IMPORTED, "", "faq.csv")]
    first = await editor.see(lambda connection: editing.entry_history(connection, "delivery")[-1].revision.id)
    assert (await editor.do(editing.roll_back, "delivery", first, by=ANNA)).entry == DELIVERY


async def test_entry_older_than_its_history_can_be_taken_back(editor: Editor) -> None:
    from bot.storage.knowledge.tables import faq_revision

    await editor.do(lambda connection, now: connection.execute(faq_revision.delete()))
    await editor.do(editing.edit_entry, "delivery", {"answer": "Завтра."}, by=ANNA)
    assert [act for act, *_ in await editor.acts()] == [Act.EDITED, Act.KEPT]
    kept = await editor.see(lambda connection: editing.entry_history(connection, "delivery")[-1].revision.id)
    assert (await editor.do(editing.roll_back, "delivery", kept, by=ANNA)).entry == DELIVERY
