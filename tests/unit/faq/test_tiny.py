"""An FAQ of three entries, as on the first day: what is foreign to it is neither answered nor asked back about."""

import numpy as np
import pytest

from faq.answer import Answer, Clarify, NoMatch, Verdict, judge
from faq.encoder import available, installed_encoder
from faq.entry import Entry
from faq.index import Index
from faq.ranking.apart import taught, told_apart
from faq.ranking.shelf import Shelf

ENTRIES = (
    Entry(
        "delivery", "Доставка", "Сколько идёт доставка?", "По городу 1-2 дня, по России 3-7 дней.", ("когда привезут",)
    ),
    Entry("pay", "Оплата", "Какие способы оплаты?", "Картой на сайте или наличными курьеру.", ("как оплатить",)),
    Entry("return", "Возврат", "Как вернуть товар?", "В течение 14 дней, чек не обязателен.", ("хочу вернуть деньги",)),
)
FOREIGN = (
    "Продайте мне гараж в Туле пожалуйста",
    "Научите играть на скрипке",
    "Сколько весит взрослый бегемот",
    "Какая высота у Эвереста",
    "Кто выиграл чемпионат мира",
    "Помогите решить задачу по физике",
    "Как вырастить огурцы на балконе",
    "Расскажите про историю Рима",
    "Как похудеть за месяц",
    "Почему небо синее",
    "how tall is mount everest",
    "Можно ли кормить кошку рыбой",
)
KNOWN = (
    ("сколько идет доставка", "delivery"),
    ("когда привезут заказ", "delivery"),
    ("как оплатить заказ", "pay"),
    ("какие есть способы оплаты", "pay"),
    ("хочу вернуть товар", "return"),
    ("как вернуть деньги за товар", "return"),
)


def shown(verdict: Verdict) -> list[str]:
    """The entries a customer would see."""
    if isinstance(verdict, Answer):
        return [verdict.match.entry_id]
    return [option.entry_id for option in verdict.options] if isinstance(verdict, Clarify) else []


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(ENTRIES)


@pytest.mark.parametrize("text", FOREIGN)
def test_foreign_questions_find_nothing(index: Index, text: str) -> None:
    assert isinstance(judge(index, text), NoMatch)


@pytest.mark.parametrize(("text", "entry_id"), KNOWN)
def test_its_own_questions_are_found(index: Index, text: str, entry_id: str) -> None:
    assert entry_id in shown(judge(index, text))


@pytest.mark.slow
@pytest.mark.skipif(not available(), reason="no encoder is installed")
def test_the_same_with_an_encoder() -> None:
    index = Index.build(ENTRIES, encoder=installed_encoder())
    assert [text for text in FOREIGN if not isinstance(judge(index, text), NoMatch)] == []
    assert [text for text, entry_id in KNOWN if entry_id not in shown(judge(index, text))] == []


def test_words_that_are_common_elsewhere_weigh_less() -> None:
    shelf = Shelf({"how": 0.3})
    for text in (["how", "pay"], ["how", "return"]):
        shelf.add(text)
    shelf.seal()
    asked = shelf.weigh(["how", "hippo"])
    alone = Shelf()
    for text in (["how", "pay"], ["how", "return"]):
        alone.add(text)
    alone.seal()
    assert asked.familiarity < alone.weigh(["how", "hippo"]).familiarity / 2


def test_entries_are_told_apart_by_where_they_differ() -> None:
    """What all wordings share says nothing, however strong it is."""
    rows = np.array([[9, 1, 0], [9, 2, 0], [9, 0, 1], [9, 0, 2]], dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    weights = told_apart(rows, np.array([0, 0, 1, 1]))
    alike = weights @ np.array([0.9, 0.1, 0.4])
    assert alike[1] > alike[0] + 0.1


def test_a_great_faq_has_too_many_entries_to_learn_from() -> None:
    assert taught(range(10_000)) is None
    assert taught([0, 0, 0]) is None
    few = taught([entry for entry in range(50) for _ in range(200)])
    assert few is not None
    assert len(few) == 50 * 60


def test_from_a_wording_or_two_nothing_is_learned() -> None:
    """Three wordings of an entry say less of what tells it apart than chance does."""
    assert taught([entry for entry in range(50) for _ in range(3)]) is None
    assert taught([entry for entry in range(50) for _ in range(4)]) is not None
