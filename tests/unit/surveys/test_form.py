"""Surveys as data: read, written, and every fault named."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FaultyValue, InvalidInput
from surveys.form import builtin, read_file, read_survey, write_survey
from surveys.numbers import read_score
from surveys.survey import Kind

OWN: dict[str, Any] = {
    "kind": "own",
    "when": {"occasion": "rule", "tag": "hard", "share": 50, "expires_days": 3},
    "questions": [
        {"key": "clear", "words": {"ru": "Понятно ли объяснили?"}, "scale": [1, 3], "weight": 2},
        {
            "key": "why",
            "words": {"ru": "Что было непонятно?"},
            "free": True,
            "if": {"question": "clear", "score": [1, 2]},
        },
    ],
}


def test_own_survey_and_back() -> None:
    survey = read_survey("clarity", deepcopy(OWN))
    assert read_survey("clarity", write_survey(survey)) == survey
    assert survey.next_place(0, {"clear": 3}) is None
    assert survey.next_place(0, {"clear": 1}) == 1


@pytest.mark.parametrize("key", ["csi", "csat", "nps", "ces", "agree", "acsi"])
def test_surveys_that_come_along(key: str) -> None:
    survey = builtin()[key]
    assert read_survey(key, write_survey(survey)).questions == survey.questions
    assert all(set(one.words) == {"ru", "en"} for one in survey.questions)


def test_scales_of_the_known_kinds() -> None:
    scales = {key: list(survey.scale) for key, survey in builtin().items()}
    assert scales["nps"] == list(range(11))
    assert scales["ces"] == scales["agree"] == list(range(1, 8))
    assert scales["acsi"] == list(range(1, 11))
    assert builtin()["agree"].kind is Kind.CES


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"kind": "nps"}, "scale of nps is"),
        ({"questions": []}, "1 to 5 questions"),
        ({"questions": [OWN["questions"][1]]}, "earlier question|must have a scale"),
        ({"when": {"occasion": "periodic"}}, "every_days"),
        ({"when": {"share": 120}}, "per cent"),
        ({"when": {"occasion": "rule"}}, "needs a tag"),
        ({"when": {"tag": "hard"}}, "needs a tag"),
        ({"when": {"sometimes": 1}}, "sometimes"),
        ({"colour": "red"}, "colour"),
        ({"questions": [{"key": "a", "words": {"fr": "?"}}]}, "ru or en"),
        ({"questions": [{"key": "a", "words": {"ru": "?"}, "scale": [5, 1]}]}, "between 0 and 10"),
        ({"questions": [{"key": "Ключ", "words": {"ru": "?"}}]}, "Latin"),
        ({"questions": [{"key": "a"}]}, "words"),
    ],
)
def test_faults_are_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidInput, match=named) as refused:
        read_survey("clarity", deepcopy({**OWN, **change}))
    assert str(refused.value).startswith("survey clarity: ")
    assert refused.value.told("ru").startswith("опрос clarity: ")
    assert re.search("[а-я]{3}", refused.value.told("ru").removeprefix("опрос clarity: "))


def test_fault_of_a_question_names_the_question() -> None:
    first, second = deepcopy(OWN["questions"])
    with pytest.raises(FaultyValue) as refused:
        read_survey("clarity", {**OWN, "questions": [first, {**second, "if": {"question": "late", "score": [1, 2]}}]})
    assert str(refused.value) == "survey clarity: question why: its condition must be about an earlier question"
    assert refused.value.told("ru").startswith("опрос clarity: вопрос why: спрашивать можно только по ответу")
    assert refused.value.place == ("questions", 2, "if")


_PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "ru", "own", "csi", "1", "a"])
_WORDS = ["kind", "questions", "when", "key", "words", "scale", "weight", "if", "free", "low_score", "ru", "share"]
_KNOWN = st.sampled_from([*_WORDS, "occasion", "every_days", "expires_days", "question", "score", "holdout", "tag"])
_ANYTHING = st.recursive(
    _PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KNOWN, inner, max_size=4), max_leaves=20
)


@given(_KNOWN, _ANYTHING, st.sampled_from(["survey", "question", "when"]))
def test_whatever_is_written_is_a_survey_or_told_in_russian(name: str, value: Any, where: str) -> None:
    raw = deepcopy(OWN)
    place = {"survey": raw, "question": raw["questions"][1], "when": raw["when"]}[where]
    place[name] = value
    told = "опрос clarity: "
    try:
        read_survey("clarity", raw)
    except InvalidInput as fault:
        told = fault.told("ru")
    assert told.startswith("опрос clarity: ")


@pytest.mark.parametrize("text", ["- a", "a: [", "a: 1"])
def test_files_that_are_none(text: str) -> None:
    with pytest.raises(InvalidInput, match="the file ") as refused:
        read_file(text)
    assert "файл" in refused.value.told("ru")


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("9", 9), ("10!", 10), ("9/10", 9), ("9 из 10", 9), ("десять", 10), ("на пятёрку", 5), ("Пятёрка!!", 5),
        ("ноль", 0),
        ("ставлю восемь", 8), ("8 баллов", 8), ("seven", 7), ("I'd say 9", 9), ("11", None), ("где заказ 5", None),
        ("", None), ("не знаю", None), ("5 заказов", None), ("один вопрос", None),
    ],
)  # fmt: skip
def test_scores_in_words(text: str, score: int | None) -> None:
    assert read_score(text) == score
