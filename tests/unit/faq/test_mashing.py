"""Keys struck at random are told from words, in both languages."""

import pytest

from faq.answer import Answer, NoMatch, Smalltalk, judge
from faq.entry import Entry
from faq.index import Index
from faq.smalltalk import Kind, is_gibberish

INDEX = Index.build([Entry("a", "", "Где мой заказ?", "В пути.", ("Отследить посылку",))])


@pytest.mark.parametrize("text", ["asdkjfh aksjdhf", "фывапр", "йцукен", "ывпыфвп фывп", "dfgdfgdfg", "ааааа"])
def test_random_keys_are_asked_to_be_put_in_words(text: str) -> None:
    assert is_gibberish(text)
    verdict = judge(INDEX, text)
    assert isinstance(verdict, Smalltalk)
    assert verdict.kind is Kind.GIBBERISH


@pytest.mark.parametrize(
    "text",
    ["где заказ", "ghbdtn", "cdek", "vpn", "курьер хамил", "ок", "123456", "😀", "", "how much is it", "хахаха", "otp"],
)
def test_words_are_not(text: str) -> None:
    assert not is_gibberish(text)


def test_what_the_faq_knows_is_answered_whatever_it_looks_like() -> None:
    index = Index.build([Entry("q", "", "qwerty", "Раскладка клавиатуры.", ("asdfgh",)), *INDEX.entries])
    verdict = judge(index, "qwerty asdfgh")
    assert not isinstance(verdict, NoMatch | Smalltalk) or verdict.matches.first is None
    assert isinstance(judge(INDEX, "где мой заказ"), Answer)
