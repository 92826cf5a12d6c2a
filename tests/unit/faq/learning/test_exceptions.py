"""Words that must not be answered, whatever the search makes of them."""

from __future__ import annotations

from faq.answer import Answer, Clarify, Handoff, NoMatch, Policy, judge_burst
from faq.entry import Entry
from faq.index import Index
from faq.learning.exceptions import Exceptions

INDEX = Index.build(
    [
        Entry("delivery", "", "Когда привезут заказ?", "Завтра.", ("срок доставки заказа",)),
        Entry("cancel", "", "Как отменить заказ?", "Кнопкой."),
        Entry("jobs", "", "Есть ли у вас вакансии?", "Нет."),
    ]
)
POLICY = Policy()


def verdict(text: str, *pairs: tuple[str, str | None]):  # type: ignore[no-untyped-def]
    (found,) = Exceptions(pairs).hold(judge_burst(INDEX, [text], POLICY), INDEX, POLICY)
    return found


def test_without_exceptions_nothing_changes() -> None:
    assert isinstance(verdict("когда привезут заказ"), Answer)
    assert verdict("когда привезут заказ").match.entry_id == "delivery"


def test_entry_must_not_answer_these_words() -> None:
    found = verdict("Заказ когда привезут?", ("когда привезут заказ", "delivery"))
    assert "delivery" not in {match.entry_id for match in found.matches}
    assert not isinstance(found, Answer)
    assert isinstance(verdict("срок доставки заказа", ("когда привезут заказ", "delivery")), Answer)


def test_no_entry_may() -> None:
    found = verdict("есть ли у вас вакансии", ("вакансии у вас есть ли", None))
    assert isinstance(found, NoMatch)
    assert found.matches.items == ()


def test_another_entry_still_answers() -> None:
    found = verdict("когда привезут заказ", ("когда привезут заказ", "cancel"))
    assert isinstance(found, Answer)


def test_calls_for_a_person_are_left_alone() -> None:
    assert isinstance(verdict("позовите оператора", ("позовите оператора", None)), Handoff)


def test_in_a_choice_the_excepted_entry_is_left_out() -> None:
    policy = Policy(answer_at=0.999, clarify_at=0.01, option_at=0.0)
    asked = judge_burst(INDEX, ["заказ отменить или привезут"], policy)
    (before,) = asked
    assert isinstance(before, Clarify)
    first = before.options[0].entry_id
    (after,) = Exceptions([("заказ отменить или привезут", first)]).hold(asked, INDEX, policy)
    assert first not in {match.entry_id for match in after.matches}
