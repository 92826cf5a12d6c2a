"""Several questions asked at once: each gets its answer, and what is still open is named."""

from __future__ import annotations

from bot.decide.answering import answer_verdicts
from bot.decide.situation import Knowledge
from bot.decide.steps import Remember, Say
from core.conversation import Dialogue
from core.text import Text
from faq.answer import Answer, Clarify, NoMatch, Verdict
from faq.entry import Entry
from faq.index import Index
from faq.matches import Match, Matches

INDEX = Index.build([Entry(key, "", f"Вопрос {key}?", f"Ответ {key}.") for key in ("a", "b", "c")])


def says(*verdicts: Verdict) -> tuple[list[Say], Dialogue]:
    steps, wants_person = answer_verdicts("всё вместе", Dialogue(), Knowledge(INDEX, verdicts), "ru", is_first=True)
    assert not wants_person
    (remembered,) = [step.dialogue for step in steps if isinstance(step, Remember)]
    return [step for step in steps if isinstance(step, Say)], remembered


def matches(text: str, *keys: str) -> Matches:
    return Matches(text, tuple(Match(key, 0.9 / (1 + place), key) for place, key in enumerate(keys)))


def answer(text: str, key: str) -> Answer:
    found = matches(text, key)
    return Answer(found[0], found)


def test_both_are_answered() -> None:
    said, dialogue = says(answer("раз", "a"), answer("два", "b"))
    assert [one.text for one in said] == ["Ответ a.", "Ответ b."]
    assert [one.found.question for one in said if one.found] == ["раз", "два"]
    assert dialogue.shown == ("a", "b")


def test_what_is_not_clear_is_named() -> None:
    found = matches("а где взять чек?", "b", "c")
    said, _ = says(answer("раз", "a"), Clarify(found.items, found), NoMatch(matches("и про аквариумы")))
    assert said[1].text == Text("clarify.about", {"question": "а где взять чек"})
    assert said[2].text == Text("nomatch.about", {"question": "и про аквариумы"})


def test_a_single_question_is_not_repeated() -> None:
    said, _ = says(NoMatch(matches("про аквариумы")))
    assert said[0].text == Text("nomatch.first")
