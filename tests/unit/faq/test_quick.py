"""Wordings known at sight: no search, the same decision."""

import pytest

from faq.answer import Answer, Handoff, Policy, judge, judge_burst
from faq.entry import Entry
from faq.index import AT_SIGHT, Index

INDEX = Index.build(
    (
        Entry("pay", "", "Как оплатить заказ?", "Картой.", ("Чем можно платить",)),
        Entry("track", "", "Где мой заказ?", "В пути.", ("Отследить посылку", "Общие слова")),
        Entry("return", "", "Как вернуть товар?", "Курьером.", ("Оформить возврат", "Слова общие")),
    )
)


@pytest.mark.parametrize("text", ["как оплатить заказ", "Здравствуйте! Заказ оплатить как??", "как оплотить заказ"])
def test_a_known_wording_needs_no_search(text: str) -> None:
    (verdict,) = judge_burst(INDEX, [text])
    assert isinstance(verdict, Answer)
    assert [(match.entry_id, match.score) for match in verdict.matches] == [("pay", AT_SIGHT)]


@pytest.mark.parametrize(
    "text", ["заказ", "слова общие", "как оплатить слона", "где мой заказ " * 20, "", "rfr jgkfnbnm"]
)
def test_what_takes_a_search_is_not_known_at_sight(text: str) -> None:
    assert INDEX.recognise(text) is None


def test_one_message_is_judged_alike_and_shows_all_matches() -> None:
    verdict = judge(INDEX, "как оплатить заказ")
    assert isinstance(verdict, Answer)
    assert (verdict.match.entry_id, verdict.match.score) == ("pay", AT_SIGHT)
    assert len(verdict.matches) > 1
    scores = [match.score for match in verdict.matches]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores[:2]) <= 1


def test_a_strict_policy_and_a_call_for_a_person_come_first() -> None:
    assert not isinstance(judge_burst(INDEX, ["как оплатить заказ"], Policy(answer_at=1.1))[0], Answer)
    call = Index.build([Entry("op", "", "Позовите оператора", "Сейчас.")])
    assert isinstance(judge_burst(call, ["позовите оператора"])[0], Handoff)


@pytest.mark.parametrize("place", range(len("отследить")))
def test_a_letter_may_be_wrong_wherever_it_is(place: int) -> None:
    """Lost, doubled or another one: at the beginning, in the middle and at the end."""
    word = "отследить"
    for wrong in ("", word[place] * 2, "ъ"):
        found = INDEX.recognise(f"{word[:place]}{wrong}{word[place + 1 :]} посылку")
        assert found is not None, wrong
        assert [match.entry_id for match in found] == ["track"]


@pytest.mark.parametrize("text", ["щас привезете заказ", "сейчас привезете заказ"])
def test_a_wording_as_people_say_it_is_known_as_it_is_written(text: str) -> None:
    spoken = Index.build(
        [Entry("now", "", "Щас привезете заказ?", "Да.", ()), Entry("pay", "", "Как платить?", "Картой.")]
    )
    found = spoken.recognise(text) if text.startswith("щас") else spoken.search(text)
    assert found is not None
    assert found.items[0].entry_id == "now"
