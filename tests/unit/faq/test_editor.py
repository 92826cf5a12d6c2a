"""What is done to entries: every act gives a new entry and changes nothing besides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from faq.editor.acts import (
    archive,
    columns_of,
    differences,
    edit,
    forget_phrasing,
    learn_phrasing,
    name_entry,
    number_entry,
    publish,
    write_entry,
)
from faq.entry import Entry, EntryState

ENTRY = Entry("delivery", "Доставка", "Когда привезут заказ?", "Через три дня.", ("срок доставки",))


def test_edit_changes_only_what_is_given() -> None:
    changed = edit(ENTRY, {"answer": "Завтра.", "valid_until": "31.12.2026"})
    assert changed == Entry(
        "delivery", "Доставка", "Когда привезут заказ?", "Завтра.", ("срок доставки",), valid_until=date(2026, 12, 31)
    )


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"answer": " "}, "answer"),
        ({"state": "maybe"}, "state"),
        ({"question": "x" * 1001}, "question"),
        ({"valid_until": "soon"}, "valid_until"),
        ({"id": "other"}, "id"),
    ],
)
def test_edit_names_what_is_wrong(values: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        edit(ENTRY, values)


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(InvalidInput, match=r"question: .* answer: "):
        write_entry({"id": "x"})


def test_columns_make_the_same_entry() -> None:
    entry = edit(ENTRY, {"valid_until": "2026-12-31", "state": "archived", "language": "en"})
    assert write_entry(columns_of(entry)) == entry


@pytest.mark.parametrize("known", ["Когда привезут заказ", "СРОК ДОСТАВКИ!", "здравствуйте, срок доставки?"])
def test_known_words_are_not_learned_again(known: str) -> None:
    assert learn_phrasing(ENTRY, known) is ENTRY


def test_learned_phrasing_is_forgotten_and_other_changes_stay() -> None:
    taught = edit(learn_phrasing(ENTRY, "где курьер"), {"answer": "Завтра."})
    assert taught.phrasings == ("срок доставки", "где курьер")
    assert forget_phrasing(taught, "Где курьер?") == edit(ENTRY, {"answer": "Завтра."})


def test_states() -> None:
    assert archive(ENTRY).state is EntryState.ARCHIVED
    assert publish(archive(ENTRY)) == ENTRY


def test_differences() -> None:
    changed = edit(ENTRY, {"answer": "Завтра.", "phrasings": ()})
    assert differences(ENTRY, changed) == (
        ("answer", "Через три дня.", "Завтра."),
        ("phrasings", ("срок доставки",), ()),
    )
    assert differences(ENTRY, ENTRY) == ()
    assert {one.column for one in differences(None, ENTRY)} >= {"id", "question", "answer", "phrasings"}


def test_names_of_new_entries() -> None:
    assert name_entry("Где мой заказ?", ()) == "gde-moy-zakaz"
    assert name_entry("Где мой заказ?", {"gde-moy-zakaz", "gde-moy-zakaz-2"}) == "gde-moy-zakaz-3"
    assert name_entry("??", ()) == "entry"


def test_numbers_of_entries_that_customers_asked_for() -> None:
    assert number_entry("Доставка и сроки", {"dostavka-i-sroki-1", "dostavka-i-sroki-3"}) == "dostavka-i-sroki-2"
    assert [number_entry("", taken) for taken in ((), {"entry-1"})] == ["entry-1", "entry-2"]


@pytest.mark.parametrize("make", [name_entry, number_entry])
@given(st.text(max_size=2000), st.sets(st.text(max_size=20)))
def test_any_words_give_a_name_that_an_import_takes(
    make: Callable[[str, set[str]], str], words: str, taken: set[str]
) -> None:
    name = make(words, taken)
    assert name not in taken
    assert write_entry({"id": name, "question": "Вопрос?", "answer": "Ответ."}).id == name
