"""Calls for a person: nearly every wording is recognised, questions that only mention people are not."""

import time
from pathlib import Path

import pytest

from faq.person import asks_for_operator, is_bare_call

DATA = Path(__file__).parents[2] / "data" / "faq"


def wordings(name: str) -> list[str]:
    lines = (DATA / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_calls_are_recognised() -> None:
    calls = wordings("person_calls.txt")
    missed = [call for call in calls if not asks_for_operator(call)]
    assert len(calls) >= 150
    assert len(missed) <= 0.03 * len(calls), missed


def test_questions_are_not_mistaken_for_calls() -> None:
    questions = wordings("person_not_calls.txt")
    mistaken = [question for question in questions if asks_for_operator(question)]
    assert len(questions) >= 200
    assert len(mistaken) <= 0.005 * len(questions), mistaken


@pytest.mark.parametrize(
    "text",
    [
        "Ничего не понимаю. Соедините меня с оператором, третий день жду посылку",
        "соедините с оператором по поводу возврата",
        "I have waited for two weeks already, let me speak to a manager about it",
    ],
)
def test_a_call_inside_a_longer_message_is_recognised(text: str) -> None:
    assert asks_for_operator(text)


@pytest.mark.parametrize("text", ["", "\x00", "😀" * 5_000, "оператор " * 2_500, "а;" * 10_000, " " * 20_000])
def test_any_text_is_judged_quickly(text: str) -> None:
    started = time.thread_time()
    asks_for_operator(text)
    assert time.thread_time() - started < 1


@pytest.mark.parametrize("text", ["оператор", "Позовите оператора!", "оператора, пожалуйста", "нужен живой человек"])
def test_call_for_a_person_alone_is_bare(text: str) -> None:
    assert is_bare_call(text)


@pytest.mark.parametrize("text", ["позовите оператора, где мой заказ", "соедините с оператором по поводу возврата", ""])
def test_call_with_a_question_is_not_bare(text: str) -> None:
    assert not is_bare_call(text)
