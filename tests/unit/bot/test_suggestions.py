"""What the console suggests beside an open conversation: for the last words that ask something."""

from __future__ import annotations

import pytest

from bot.console.pages.talk import suggest
from faq.entry import Entry
from faq.index import Index
from faq.questions import asks

ENTRIES = (
    Entry("person", "Связь", "Как связаться с оператором?", "Позвоните нам.", ("позовите оператора", "оператор")),
    Entry("delivery", "Доставка", "Сколько идёт доставка?", "По городу 1-2 дня.", ("когда привезут",)),
    Entry("hello", "Связь", "Здравствуйте, вы работаете?", "Да.", ("привет", "спасибо")),
)


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(ENTRIES)


@pytest.mark.parametrize(
    "texts",
    [["оператор"], ["привет", "позовите оператора"], ["Здравствуйте!", "спасибо", "/operator"], ["опиратор!!", "👍"]],
)
def test_nothing_where_nothing_was_asked(index: Index, texts: list[str]) -> None:
    assert suggest(index, texts) == []


@pytest.mark.parametrize("after", [["оператор"], ["Позовите человека", "спасибо"], ["ау", "/operator"]])
def test_the_last_question_stays_in_front(index: Index, after: list[str]) -> None:
    assert suggest(index, ["когда привезут заказ?", *after])[0].key == "delivery"


@pytest.mark.parametrize(
    ("text", "is_asking"),
    [
        ("позовите оператора, когда привезут заказ", True),
        ("хочу поговорить с человеком насчёт возврата денег за сапоги", True),
        ("Где заказ?", True),
        ("соедините меня с оператором, пожалуйста", False),
        ("talk to a human", False),
        ("Здравствуйте! Позовите, пожалуйста, человека", False),
        ("Оператор. Где мой заказ?", True),
        ("", False),
    ],
)
def test_what_asks(text: str, is_asking: bool) -> None:
    assert asks(text) is is_asking
