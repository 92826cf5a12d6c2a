"""Verdicts: what the bot would do with the words of a customer."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.answer import Answer, Clarify, Handoff, NoMatch, Policy, Smalltalk, judge, judge_burst
from faq.entry import Entry
from faq.files import read_entries
from faq.index import Index
from faq.smalltalk import Kind

DATA = Path(__file__).parents[2] / "data" / "faq"


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(read_entries(DATA / "shop_ru_dev_faq.jsonl").entries)


def answers(index: Index, *texts: str) -> list[str]:
    return [verdict.match.entry_id for verdict in judge_burst(index, texts) if isinstance(verdict, Answer)]


@pytest.mark.parametrize(
    ("text", "entry_id"),
    [
        ("Сколько стоит доставка?", "dlv_cost"),
        ("здравствуйте подскажите как отследить заказ", "dlv_track"),
        ("rfr jnvtybnm pfrfp", "ord_cancel"),
        ("kak otmenit zakaz", "ord_cancel"),
        ("как зарегистрироватся", "acc_reg"),
    ],
)
def test_a_known_question_is_answered(index: Index, text: str, entry_id: str) -> None:
    verdict = judge(index, text)
    assert isinstance(verdict, Answer)
    assert verdict.match.entry_id == entry_id
    assert verdict.match.score == max(match.score for match in verdict.matches)


@pytest.mark.parametrize("text", ["сколько калорий в банане", "asdkjfh aksjdhf", "", "\x00\x01", "погода на завтра"])
def test_what_is_not_known_is_not_answered(index: Index, text: str) -> None:
    assert isinstance(judge(index, text), NoMatch | Clarify | Smalltalk)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Привет!", Kind.GREETING),
        ("здраствуйте", Kind.GREETING),
        ("ghbdtn", Kind.GREETING),
        ("вы тут?", Kind.GREETING),
        ("привет, вы на связи?", Kind.GREETING),
        ("Hello", Kind.GREETING),
        ("Добрый день, спасибо большое!", Kind.THANKS),
        ("thank you so much", Kind.THANKS),
        ("до свидания", Kind.FAREWELL),
        ("ок", Kind.ACK),
        ("извините, ошиблась чатом", Kind.APOLOGY),
        ("ты настоящий или бот?", Kind.WHO_ARE_YOU),
        ("👍👍", Kind.EMOJI),
        ("???", Kind.EMOJI),
    ],
)
def test_small_talk_is_no_question(index: Index, text: str, kind: Kind) -> None:
    verdict = judge(index, text)
    assert isinstance(verdict, Smalltalk)
    assert verdict.kind is kind


def test_small_talk_that_the_faq_knows_is_a_question() -> None:
    index = Index.build([Entry("hi", "", "Привет", "Здравствуйте!"), Entry("b", "", "Где заказ?", "В пути.")])
    assert isinstance(judge(index, "привет"), Answer)


def test_a_call_for_a_person_outweighs_a_question(index: Index) -> None:
    verdicts = judge_burst(index, ["где мой заказ", "позовите оператора"])
    assert [type(verdict) for verdict in verdicts] == [Handoff]


def test_quick_messages_are_one_question(index: Index) -> None:
    assert answers(index, "привет", "вопрос", "где мой заказ") == ["dlv_track"]
    assert answers(index, "не приходит код", "из смс") == ["acc_sms"]


def test_two_questions_are_both_answered_in_order(index: Index) -> None:
    both = ["dlv_cost", "ret_how"]
    assert answers(index, "сколько стоит доставка", "и как вернуть товар") == both
    assert answers(index, "Сколько стоит доставка? И как вернуть товар?") == both
    assert answers(index, "сколько стоит доставка и как вернуть товар") == both


def test_never_more_than_three_verdicts(index: Index) -> None:
    questions = ["сколько стоит доставка", "как вернуть товар", "как отменить заказ", "как зарегистрироваться"]
    assert len(judge_burst(index, questions)) == 3


def test_small_talk_is_answered_only_when_nothing_else_was_said(index: Index) -> None:
    assert [type(verdict) for verdict in judge_burst(index, ["привет", "спасибо"])] == [Smalltalk]
    assert answers(index, "как отменить заказ", "спасибо") == ["ord_cancel"]


def test_choices_are_different(index: Index) -> None:
    verdict = judge(index, "оплата", Policy(answer_at=1.1, clarify_at=0, option_at=0))
    assert isinstance(verdict, Clarify)
    assert 2 <= len(verdict.options) <= 3
    titles = [index.entry(option.entry_id).question for option in verdict.options]
    assert len(set(titles)) == len(titles)


def test_a_stricter_policy_answers_less(index: Index) -> None:
    assert not isinstance(judge(index, "как отменить заказ", Policy(answer_at=1.1)), Answer)


def test_an_empty_index_answers_nothing() -> None:
    assert isinstance(judge(Index.build([]), "где заказ"), NoMatch)


def test_drafts_are_not_answered() -> None:
    from faq.entry import EntryState

    index = Index.build([Entry("a", "", "Где заказ?", "В пути.", state=EntryState.DRAFT)])
    assert isinstance(judge(index, "Где заказ?"), NoMatch)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=5))
def test_any_words_get_one_to_three_verdicts(index: Index, texts: list[str]) -> None:
    assert 1 <= len(judge_burst(index, texts)) <= 3


@pytest.mark.parametrize("text", ["а" * 20_000, "слово " * 4_000, "Сколько? " * 2_000, "😀" * 20_000, "\x07" * 20_000])
def test_very_long_messages_are_judged_quickly(index: Index, text: str) -> None:
    started = time.thread_time()
    judge_burst(index, [text] * 5)
    assert time.thread_time() - started < 1
