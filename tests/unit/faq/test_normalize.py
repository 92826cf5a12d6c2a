"""Normal forms: what is typed one way or another becomes the same words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.normalize import normalize, question_of, stems, terms


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("Ёлка ПРИЕХАЛА", "елка приехала"),
        ("ghbdtn", "привет"),
        ("rfr dthyenm njdfh", "как вернуть товар"),
        (";bdjq xtkjdtr", "живой человек"),
        ("руддщ цщкдв", "hello world"),
        ("gde moi zakaz", "где мой заказ"),
        ("kogda privezut posylku", "когда привезут посылку"),
        ("where is my order", "where is my order"),
        ("спасибооооо", "спасибоо"),
        ("  много\t\nпробелов ", "много пробелов"),
        ("ﬁne café", "fine cafe"),
        ("👍", ""),
        ("\x00\x07\u200b", ""),
        ("", ""),
    ],
)
def test_normal_form(typed: str, normal: str) -> None:
    assert normalize(typed) == normal


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_a_normal_form_that_is_its_own(text: str) -> None:
    normal = normalize(text)
    assert normalize(normal) == normal
    assert set(normal) <= set("abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщъыьэюя0123456789 ")


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("qwertyuiop[]asdfghjkl;'zxcvbnm,.`йцукеньъёэ -49"), max_size=25))
def test_keys_of_both_layouts_have_a_normal_form_that_is_its_own(text: str) -> None:
    normal = normalize(text)
    assert normalize(normal) == normal


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("Здравствуйте! Подскажите, пожалуйста, как вернуть товар?", "как вернуть товар"),
        ("добрый день, у меня вопрос: где заказ", "где заказ"),
        ("Hello, can you please tell me how to pay? Thanks", "how to pay"),
        ("привет", "привет"),
    ],
)
def test_politeness_is_no_part_of_the_question(typed: str, question: str) -> None:
    assert question_of(normalize(typed)) == question


def test_terms_do_not_depend_on_endings() -> None:
    assert terms("возврат товара") == terms("Возвраты товаров")
    assert terms("returning items") == terms("return item")


def test_a_very_long_text_is_cut() -> None:
    assert len(normalize("слово " * 4_000)) <= 2_000


@pytest.mark.parametrize(("said", "meant"), [("скоко", "сколько"), ("щас", "сейчас"), ("тока", "только")])
def test_what_is_written_as_it_is_said_is_the_same_word(said: str, meant: str) -> None:
    assert stems(said) == stems(meant)
