"""Titles of a choice: short, different, in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.decide.titles import LABEL, different, titles
from faq.entry import Entry


def entries(*questions: str) -> list[Entry]:
    return [Entry(str(number), "", question, "-") for number, question in enumerate(questions)]


def test_short_questions_are_their_own_titles() -> None:
    assert titles(entries("Где мой заказ?", "Как вернуть товар?")) == ["Где мой заказ?", "Как вернуть товар?"]


def test_long_questions_that_begin_alike_show_where_they_differ() -> None:
    found = titles(
        entries(
            "Как вернуть товар надлежащего качества в магазин самовывоза?",
            "Как вернуть товар надлежащего качества по почте?",
        )
    )
    assert found == ["Как вернуть … в магазин самовывоза?", "Как вернуть … по почте?"]


def test_what_cannot_be_told_apart_is_numbered() -> None:
    found = titles(entries("Доставка", "доставка?", "Оплата"))
    assert found == ["1. Доставка", "2. доставка?", "Оплата"]


def test_nearly_the_same_question_is_offered_once() -> None:
    kept = different(entries("Когда привезут заказ?", "Заказ когда привезут", "Как отменить заказ?"))
    assert [entry.id for entry in kept] == ["0", "2"]


@given(st.lists(st.text(min_size=1, max_size=90), min_size=1, max_size=6))
def test_titles_fit_and_differ_for_any_questions(questions: list[str]) -> None:
    found = titles(entries(*questions))
    assert len(found) == len(questions)
    assert all(len(title) <= LABEL + 1 for title in found)
    assert len(set(found)) == len(found)
