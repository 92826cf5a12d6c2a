"""Learning from use in both databases: evidence, suggestions, gaps, the confidence; all of it can be taken back."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection

from bot.knowledge import learning
from bot.knowledge.building import load_stock
from bot.knowledge.editing import By
from bot.knowledge.gaps import Gap, find_gaps
from bot.knowledge.learner import Learner
from bot.storage import conversations, messages, people
from bot.storage.database import Database
from bot.storage.entries import faq_version, find_entry, import_entries
from bot.storage.knowledge import calibrations, suggestions
from bot.storage.knowledge.suggestions import Suggestion, SuggestionState
from core.clock import FakeClock
from core.customer import Sender
from core.errors import Conflict, NotFound
from faq.entry import Entry, EntryState
from faq.index import Index
from faq.learning.fitting import Figures
from faq.learning.proposals import Proposed
from faq.ranking.calibration import Calibration, Leaning

T = TypeVar("T")

ENTRIES = (
    Entry("delivery", "", "Когда привезут заказ?", "Курьер приедет через три дня после оплаты.", ("срок доставки",)),
    Entry("return", "", "Как вернуть товар?", "Напишите заявление, деньги придут за десять дней."),
    Entry("size", "", "Как выбрать размер?", "Посмотрите таблицу размеров под фотографией."),
)
ANNA = By("anna")
UNKNOWN = "когда же явится посыльный"


class Use:
    """Customers who ask, press and are answered by operators; every conversation is somebody else's."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database, self.clock = database, clock
        self._count = 0

    async def do(self, work: Callable[..., T], *arguments: Any) -> T:
        now = self.clock.now()
        return await self.database.write(lambda connection: work(connection, *arguments, now))

    async def asks(
        self, question: str, decision: str, entry: str = "", *, outcome: str = "", replies: tuple[str, ...] = ()
    ) -> int:
        """One conversation with one question; returns its number."""
        self._count += 1
        sender = Sender("telegram", "1", f"{self._count}")
        now = self.clock.now()

        def work(connection: Connection) -> int:
            found = people.add_customer(connection, sender, "ru", now)
            opened = conversations.open_conversation(
                connection, found.customer.id, found.identity.id, "telegram", "ru", now
            )

            def says(author: str, text: str) -> Any:
                new = messages.NewMessage(opened.id, found.identity.id, author, text)
                return messages.add_message(connection, new, now)

            says("customer", question)
            number = says("bot", "ответ")
            messages.add_answer(
                connection,
                opened.id,
                number,
                question=question,
                decision=decision,
                entry=entry,
                score=0.5 if entry else None,
                matches=[(entry, 0.5)] if entry else [],
                now=now,
            )
            if outcome:
                messages.note_outcome(connection, number, outcome)
            for reply in replies:
                says("operator", reply)
            return opened.id

        return await self.database.write(work)

    async def index(self) -> Index:
        stock = await self.database.read(lambda connection: load_stock(connection, self.clock.now().date()))
        return Index.build(stock.entries, calibration=stock.calibration)

    async def suggested(self, state: SuggestionState | None = SuggestionState.OPEN) -> list[Suggestion]:
        """After looking through everything anew."""
        index, now = await self.index(), self.clock.now()
        proposals = await self.database.read(lambda connection: learning.find_proposals(connection, index, now))
        await self.do(suggestions.store_proposals, proposals)
        return await self.database.read(lambda connection: suggestions.list_suggestions(connection, state))

    async def gaps(self) -> list[Gap]:
        index, since = await self.index(), self.clock.now() - timedelta(days=7)
        return await self.database.read(lambda connection: find_gaps(connection, index, since))

    async def entry(self, key: str) -> Entry:
        return await self.database.read(lambda connection: find_entry(connection, key))


@pytest.fixture
async def use(database: Database, clock: FakeClock) -> Use:
    use = Use(database, clock)
    await use.do(import_entries, ENTRIES)
    return use


# --- suggestions


async def test_chosen_button_becomes_a_phrasing_once_approved(use: Use) -> None:
    await use.asks(UNKNOWN, "chosen", "delivery", outcome="helped")
    (found,) = await use.suggested()
    assert (found.kind, found.entry_id, found.text, found.count) == (Proposed.PHRASING, "delivery", UNKNOWN, 1)
    assert (await use.entry("delivery")).phrasings == ("срок доставки",)  # nothing is done unasked
    version = await use.database.read(faq_version)
    await use.do(learning.approve, found.id, ANNA)
    assert (await use.entry("delivery")).phrasings == ("срок доставки", UNKNOWN)
    assert await use.database.read(faq_version) > version
    assert await use.suggested() == []
    (decided,) = await use.suggested(SuggestionState.APPROVED)
    assert decided.decided_by == "anna"


async def test_approval_is_undone_and_later_changes_stay(use: Use) -> None:
    from bot.knowledge.editing import edit_entry, entry_history

    await use.asks(UNKNOWN, "chosen", "delivery", outcome="helped")
    (found,) = await use.suggested()
    await use.do(learning.approve, found.id, ANNA)
    await use.do(edit_entry, "delivery", {"answer": "Завтра."}, ANNA)
    await use.do(learning.undo, found.id, By("oleg"))
    entry = await use.entry("delivery")
    assert (entry.phrasings, entry.answer) == (("срок доставки",), "Завтра.")
    newest = (await use.database.read(lambda connection: entry_history(connection, "delivery")))[0].revision
    assert (newest.act, newest.by.author, newest.by.source) == ("undone", "oleg", f"suggestion {found.id}")
    assert [one.id for one in await use.suggested()] == [found.id]


async def test_rejected_is_never_proposed_again(use: Use) -> None:
    await use.asks(UNKNOWN, "chosen", "delivery", outcome="helped")
    (found,) = await use.suggested()
    await use.do(learning.reject, found.id, ANNA)
    await use.asks("посыльный когда же явится", "chosen", "delivery", outcome="helped")
    assert await use.suggested() == []
    with pytest.raises(Conflict, match="rejected"):
        await use.do(learning.approve, found.id, ANNA)
    await use.do(learning.undo, found.id, ANNA)
    assert [one.id for one in await use.suggested()] == [found.id]


async def test_open_suggestion_grows_and_goes_with_its_reasons(use: Use) -> None:
    await use.asks(UNKNOWN, "chosen", "delivery", outcome="helped")
    (first,) = await use.suggested()
    await use.asks(UNKNOWN, "chosen", "delivery", outcome="helped")
    (second,) = await use.suggested()
    assert (second.id, second.count) == (first.id, 2)
    await use.do(import_entries, [Entry("delivery", "", "Когда?", "Скоро.", (UNKNOWN,))])
    assert await use.suggested() == []


async def test_refusals_become_an_exception_that_can_be_taken_back(use: Use) -> None:
    for _ in range(2):
        await use.asks("привезут ли товар назад", "answer", "delivery", outcome="refused")
    (found,) = await use.suggested()
    assert found.kind is Proposed.EXCEPTION
    await use.do(learning.approve, found.id, ANNA)
    held = await use.database.read(learning.load_exceptions)
    assert held.forbidden("товар назад привезут ли") == {"delivery"}
    await use.do(learning.undo, found.id, ANNA)
    assert not (await use.database.read(learning.load_exceptions)).forbidden("товар назад привезут ли")


async def test_operators_replies_draft_an_entry(use: Use) -> None:
    greeting, answer = "Здравствуйте!", "Да, отметьте подарочную упаковку в заказе."
    for question in ("есть ли подарочная упаковка", "подарочная упаковка есть?"):
        await use.asks(question, "none", replies=(greeting, answer))
    (found,) = await use.suggested()
    assert (found.kind, found.answer, found.count) == (Proposed.ENTRY, answer, 2)
    approved = await use.do(learning.approve, found.id, ANNA)
    entry = await use.entry(approved.entry_id)
    assert (entry.question, entry.answer, entry.state) == (found.text, answer, EntryState.DRAFT)
    await use.do(learning.undo, found.id, ANNA)
    assert (await use.entry(entry.id)).state is EntryState.ARCHIVED


async def test_unknown_and_undecided_suggestions(use: Use) -> None:
    with pytest.raises(NotFound):
        await use.do(learning.approve, 77, ANNA)
    await use.asks(UNKNOWN, "chosen", "delivery", outcome="helped")
    (found,) = await use.suggested()
    with pytest.raises(Conflict, match="nothing to take back"):
        await use.do(learning.undo, found.id, ANNA)


# --- gaps


async def test_gaps_are_grouped_and_counted(use: Use) -> None:
    for question in ("есть ли подарочная упаковка", "подарочная упаковка есть?", "подарочная упаковка"):
        await use.asks(question, "none")
    await use.asks("когда откроется кафе", "answer", "size", outcome="refused", replies=("В десять утра.",))
    await use.asks("срок доставки", "answer", "delivery", outcome="helped")
    first, second = await use.gaps()
    assert (first.question, first.count, first.unanswered) == ("подарочная упаковка", 3, 3)
    assert (second.question, second.refused, second.unanswered) == ("когда откроется кафе", ("size",), 0)
    assert second.reply == "В десять утра."


async def test_gap_closes_by_a_phrasing_or_by_not_being_for_the_bot(use: Use) -> None:
    await use.asks(UNKNOWN, "none")
    await use.asks("когда откроется кафе", "none")
    assert len(await use.gaps()) == 2
    from bot.knowledge.editing import teach_entry

    await use.do(teach_entry, "delivery", UNKNOWN, ANNA)
    assert [gap.question for gap in await use.gaps()] == ["когда откроется кафе"]
    number = await use.do(learning.add_exception, "Кафе когда откроется?", "", ANNA)
    assert await use.gaps() == []
    assert await use.do(learning.add_exception, "когда откроется кафе", "", ANNA) == number
    await use.do(learning.end_exception, number)
    assert len(await use.gaps()) == 1
    with pytest.raises(NotFound):
        await use.do(learning.end_exception, number)


async def test_old_gaps_are_left_out(use: Use) -> None:
    await use.asks("когда откроется кафе", "none")
    use.clock.advance(timedelta(days=8))
    assert await use.gaps() == []


# --- the confidence


FIGURES = Figures(200, 0.5, 0.4, 0.1, 0.05)


async def test_correction_is_a_version_that_can_be_taken_back(use: Use) -> None:
    async def in_use() -> Calibration:
        return (await use.index()).calibration

    assert await in_use() == Calibration()
    leaning = Leaning("nets", 0.9, -0.5, (0.0, 1.0), (1.0, 2.0), (0.25, -0.75))
    for number in (1, 2):
        own = Calibration(1.0, -number, leaning if number == 2 else None)
        await use.do(calibrations.add_calibration, own, FIGURES)
    assert await in_use() == Calibration(1.0, -2, leaning)
    version = await use.database.read(faq_version)
    await use.do(learning.undo_fit)
    assert await in_use() == Calibration(1.0, -1)
    assert await use.database.read(faq_version) > version
    await use.do(learning.undo_fit)
    assert await in_use() == Calibration()
    with pytest.raises(NotFound):
        await use.do(learning.undo_fit)


async def test_what_was_taken_back_is_not_made_again_with_hardly_more_to_go_by(use: Use) -> None:
    async def is_due(samples: int) -> bool:
        return await use.database.read(lambda connection: learning.is_fit_due(connection, samples))

    assert await is_due(150)
    await use.do(calibrations.add_calibration, Calibration(1.0, -1), FIGURES)
    await use.do(learning.undo_fit)
    assert not await is_due(250)
    assert await is_due(300)


async def test_learner_finds_out_which_signs_say_more_here(use: Use) -> None:
    """Of customers who want to return something, those who write in Latin letters mean something else."""
    chance = random.Random(4)
    filling = "очень быстро прямо сегодня утром вечером скорее пожалуйста наконец наш ваш этот самый".split()
    latin = "bag cap hat tie pen cup lamp sofa desk ring watch phone".split()
    for number in range(330):
        is_other = number % 2 == 0
        some = " ".join(chance.sample(latin if is_other else filling, 3))
        await use.asks(
            f"{some} вернуть бы мне товар {number}", "answer", "return", outcome="refused" if is_other else "helped"
        )
    index = await use.index()
    await Learner(use.database, use.clock, lambda: index).learn()
    stored = await use.database.read(calibrations.current_calibration)
    assert stored is not None
    assert stored.figures["by"] == "signs"
    fitted = await use.index()
    plain, other = (
        fitted.search(f"{some} вернуть бы мне товар 7").first for some in ("наш самый этот", "cup lamp hat")
    )
    assert plain is not None
    assert other is not None
    assert other.score < 0.2 < 0.8 < plain.score


async def test_learner_fits_an_overconfident_search_and_proposes(use: Use) -> None:
    """Customers refuse nearly everything the search is sure of: it has to become less sure, by itself."""
    chance = random.Random(4)
    filling = "очень быстро прямо сегодня утром вечером скорее пожалуйста наконец наш ваш этот самый".split()
    for number in range(220):
        question = f"{' '.join(chance.sample(filling, 3))} вернуть бы мне товар {number}"
        await use.asks(question, "answer", "return", outcome="helped" if number % 6 == 0 else "refused")
    before = (await use.index()).search("скорее бы вернуть мне товар").first
    learner = Learner(use.database, use.clock, lambda: index)
    index = await use.index()
    assert await learner.learn_if_due()
    after = (await use.index()).search("скорее бы вернуть мне товар").first
    assert before is not None
    assert after is not None
    assert after.score < before.score
    assert not await learner.learn_if_due()
    use.clock.advance(timedelta(days=1))
    assert await learner.learn_if_due()
