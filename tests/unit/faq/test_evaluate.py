"""Measuring a search, entries that compete, and searches with an encoder."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from faq.answer import Policy
from faq.encoder import RememberingEncoder, RemoteEncoder
from faq.entry import Entry
from faq.index import Index
from faq.quality.collisions import collisions
from faq.quality.evaluate import evaluate

ENTRIES = (
    Entry("pay", "", "Как оплатить заказ?", "Картой.", ("Чем можно платить",)),
    Entry("track", "", "Где мой заказ?", "В пути.", ("Отследить посылку",)),
    Entry("return", "", "Как вернуть товар?", "Курьером.", ("Оформить возврат",)),
)
QUERIES = (
    {"text": "как оплатить заказ", "expected": "pay", "noise": "clean"},
    {"text": "отследить посылку", "expected": "track", "noise": "clean"},
    {"text": "оформить вазврат", "expected": "return", "noise": "typo"},
    {"text": "сколько калорий в банане", "expected": None},
)


def test_a_report_counts_what_is_right_and_what_is_answered() -> None:
    report = evaluate(Index.build(ENTRIES), QUERIES, Policy(answer_at=0.5), scope_share=0.2)
    assert (report.messages, report.out_of_scope) == (4, 1)
    assert report.recall_1 == 1
    assert report.mrr == 1
    assert report.false_answers == 0
    assert report.by_noise == {"clean": 1, "typo": 1}
    assert report.coverage_at_wished == 1
    assert "right entry first" in report.as_table()
    assert report.as_json()["recall_1"] == 1


def test_a_report_without_messages_has_no_figures() -> None:
    report = evaluate(Index.build(ENTRIES), [])
    assert (report.recall_1, report.precision, report.threshold, report.calibration_error) == (None, None, None, None)


def test_a_policy_that_never_answers_has_no_precision() -> None:
    report = evaluate(Index.build(ENTRIES), QUERIES, Policy(answer_at=1.1))
    assert (report.precision, report.coverage) == (None, 0)


def test_entries_with_the_same_wording_collide() -> None:
    twin = Entry("again", "", "Где посылка?", "Скоро будет.", ("Отследить посылку",))
    (found,) = [one for one in collisions(Index.build([*ENTRIES, twin])) if one.wording == "Отследить посылку"]
    assert {found.entry_id, found.other_id} == {"track", "again"}
    assert "remove it from one" in found.advice


def test_different_entries_do_not_collide() -> None:
    assert collisions(Index.build(ENTRIES)) == []


class Store:
    """Vectors in memory, as a database would keep them."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def get(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        return {key: self.kept[key] for key in keys if key in self.kept}

    def put(self, vectors: Mapping[str, bytes]) -> None:
        self.kept.update(vectors)


def letters(texts: Sequence[str]) -> list[list[float]]:
    """Vectors of letter counts: a stand-in for a model."""
    return [[1.0 + text.lower().count(letter) for letter in "абвгдеиклмнопрст"] for text in texts]


def test_an_encoder_takes_part_in_the_search() -> None:
    index = Index.build(ENTRIES, encoder=RemoteEncoder("letters", letters, width=16))
    assert len(index.trace("где заказ").features) > len(Index.build(ENTRIES).trace("где заказ").features)


def test_a_search_goes_on_when_the_encoder_fails() -> None:
    is_down = False

    def ask(texts: Sequence[str]) -> list[list[float]]:
        if is_down:
            raise TimeoutError
        return letters(texts)

    index = Index.build(ENTRIES, encoder=RemoteEncoder("letters", ask, width=16))
    is_down = True
    assert index.search("где мой заказ") == Index.build(ENTRIES).search("где мой заказ")


def test_vectors_are_asked_for_once() -> None:
    asked: list[str] = []

    def ask(texts: Sequence[str]) -> list[list[float]]:
        asked.extend(texts)
        return letters(texts)

    encoder = RememberingEncoder(RemoteEncoder("letters", ask, width=16), Store())
    Index.build(ENTRIES, encoder=encoder)
    count = len(asked)
    Index.build(ENTRIES, encoder=encoder)
    assert count > 0
    assert len(asked) == count


def test_threads_share_an_index() -> None:
    index = Index.build(ENTRIES)
    texts = [str(query["text"]) for query in QUERIES] * 20
    alone: list[Any] = [index.search(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(index.search, texts)) == alone
