"""What a conversation teaches, and what is proposed to an admin for it."""

from __future__ import annotations

import pytest

from faq.entry import Entry
from faq.index import Index
from faq.learning.exceptions import Exceptions
from faq.learning.grouping import group_alike
from faq.learning.lessons import Asked, Kind, is_gap, learn
from faq.learning.proposals import Proposed, is_fit, propose

ENTRIES = (
    Entry("delivery", "", "Когда привезут заказ?", "Курьер приедет через три дня после оплаты.", ("срок доставки",)),
    Entry("return", "", "Как вернуть товар?", "Напишите заявление, деньги придут за десять дней."),
    Entry("size", "", "Как выбрать размер?", "Посмотрите таблицу размеров под фотографией."),
)
INDEX = Index.build(ENTRIES)
NONE = Exceptions()


class Told:
    """Questions of made-up conversations, numbered as they come."""

    def __init__(self) -> None:
        self.rows: list[Asked] = []

    def ask(
        self, conversation: int, question: str, decision: str, entry: str = "", outcome: str = "", reply: str = ""
    ) -> Told:
        self.rows.append(Asked(len(self.rows) + 1, conversation, question, decision, entry, outcome, reply))
        return self

    @property
    def lessons(self) -> list[tuple[str, Kind, str]]:
        return [(lesson.question, lesson.kind, lesson.entry_id) for lesson in learn(self.rows)]

    def proposed(self, exceptions: Exceptions = NONE) -> list[tuple[Proposed, str, str]]:
        return [(one.kind, one.entry_id, one.text) for one in propose(learn(self.rows), INDEX, exceptions)]


def test_helped_and_refused() -> None:
    told = Told().ask(1, "а", "answer", "delivery", "helped").ask(2, "б", "answer", "return", "refused")
    assert told.lessons == [("а", Kind.HELPED, "delivery"), ("б", Kind.REFUSED, "return")]


def test_silence_after_an_answer_teaches_nothing() -> None:
    assert Told().ask(1, "а", "answer", "delivery").lessons == []


def test_chosen_button_unless_it_did_not_help() -> None:
    assert Told().ask(1, "а", "clarify").ask(1, "а", "chosen", "size").lessons == [("а", Kind.CHOSEN, "size")]
    refused = Told().ask(1, "а", "clarify").ask(1, "а", "chosen", "size", "refused")
    assert refused.lessons == [("а", Kind.REFUSED, "size")]


def test_what_an_operator_wrote_answers_the_last_open_question() -> None:
    told = Told().ask(1, "а", "none", reply="Вот так.").ask(1, "б", "none", reply="Вот так.")
    assert told.lessons == [("б", Kind.REPLIED, "")]
    helped = Told().ask(1, "а", "answer", "size", "helped", reply="Пожалуйста.")
    assert helped.lessons == [("а", Kind.HELPED, "size")]


def test_gaps() -> None:
    assert is_gap(Told().ask(1, "а", "none").rows)
    assert is_gap(Told().ask(1, "а", "answer", "size", "refused").rows)
    assert is_gap(Told().ask(1, "а", "clarify", reply="Да.").rows)
    assert not is_gap(Told().ask(1, "а", "clarify").rows)  # perhaps simply left
    assert not is_gap(Told().ask(1, "а", "answer", "size", "refused").ask(1, "а", "answer", "return", "helped").rows)


# --- proposals


def test_unknown_words_that_were_right_become_a_phrasing() -> None:
    told = Told().ask(1, "когда же явится посыльный", "chosen", "delivery", "helped")
    assert told.proposed() == [(Proposed.PHRASING, "delivery", "когда же явится посыльный")]


def test_words_the_faq_knows_are_not_proposed() -> None:
    assert Told().ask(1, "срок доставки", "answer", "delivery", "helped").proposed() == []


def test_two_entries_for_the_same_words_are_no_phrasing() -> None:
    told = Told().ask(1, "посыльный не явился", "chosen", "delivery").ask(2, "посыльный не явился", "chosen", "return")
    assert told.proposed() == []


def test_refused_twice_becomes_an_exception() -> None:
    once = Told().ask(1, "привезут ли товар назад", "answer", "delivery", "refused")
    assert once.proposed() == []
    twice = once.ask(2, "назад товар привезут ли", "answer", "delivery", "refused")
    assert twice.proposed() == [(Proposed.EXCEPTION, "delivery", "привезут ли товар назад")]
    helped_too = twice.ask(3, "привезут ли товар назад", "answer", "delivery", "helped")
    helped_too.ask(4, "привезут ли товар назад", "answer", "delivery", "helped")
    assert helped_too.proposed() == []


def test_exceptions_are_not_proposed_again_nor_contradicted() -> None:
    held = Exceptions([("привезут ли товар назад", "delivery")])
    told = Told()
    for conversation in (1, 2):
        told.ask(conversation, "привезут ли товар назад", "answer", "delivery", "refused")
    assert told.proposed(held) == []
    assert Told().ask(1, "привезут ли товар назад", "chosen", "delivery").proposed(held) == []


def test_operator_who_sends_an_entrys_answer_chose_it() -> None:
    told = Told().ask(1, "посыльный не явился", "none", reply="Курьер приедет через три дня после оплаты!")
    assert told.proposed() == [(Proposed.PHRASING, "delivery", "посыльный не явился")]


def test_like_questions_that_operators_answered_become_an_entry() -> None:
    told = Told().ask(1, "есть ли у вас подарочная упаковка", "none", reply="Да, за сто рублей, отметьте в заказе.")
    assert told.proposed() == []
    told.ask(2, "подарочная упаковка есть у вас?", "none", reply="Да, отметьте подарочную упаковку в заказе.")
    (found,) = propose(learn(told.rows), INDEX, NONE)
    assert (found.kind, found.count, found.evidence) == (Proposed.ENTRY, 2, (1, 2))
    assert found.answer == "Да, отметьте подарочную упаковку в заказе."


@pytest.mark.parametrize(
    "text",
    [
        "мой номер 8 912 345-67-89 где заказ",
        "пишите на anna@example.org про заказ",
        "спасибо большое",
        "заказ",
        "слово " * 30,
    ],
)
def test_what_is_personal_or_no_question_never_enters_the_faq(text: str) -> None:
    assert not is_fit(text)
    assert Told().ask(1, text, "chosen", "delivery", "helped").proposed() == []


def test_entries_that_are_gone_teach_nothing() -> None:
    assert Told().ask(1, "посыльный не явился", "chosen", "gone", "helped").proposed() == []


# --- groups


def test_groups_of_like_questions() -> None:
    texts = [
        "есть ли подарочная упаковка?",
        "как вернуть деньги за курс",
        "подарочная упаковка есть у вас",
        "упаковка подарочная",
        "хочу вернуть деньги за курс",
        "где вы находитесь",
    ]
    groups = [sorted(texts[place] for place in group.members) for group in group_alike(texts)]
    assert groups == [
        ["есть ли подарочная упаковка?", "подарочная упаковка есть у вас", "упаковка подарочная"],
        ["как вернуть деньги за курс", "хочу вернуть деньги за курс"],
        ["где вы находитесь"],
    ]


def test_nothing_to_group() -> None:
    assert group_alike([]) == []
    assert [group.members for group in group_alike(["", "???"])] == [(0,), (1,)]
