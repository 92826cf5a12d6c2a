"""Sentences in an installation's own words: what can be said, and that it is said."""

from __future__ import annotations

import pytest

from bot.console.pages.admin.examples import previewed
from bot.console.pages.admin.texts import THEMES
from bot.website.pages.colours import contrast, readable
from core.text import LANGUAGES, Text, Wording, render, shipped
from core.wording import FIXED, find_faults


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_sentence_fits_and_can_be_previewed(language: str) -> None:
    for key, forms in shipped(language).items():
        assert find_faults(key, language, forms) == [], key
        assert all(form and "{" not in form for form in previewed(forms, language)), key


def test_every_sentence_has_its_place_on_the_page() -> None:
    listed = {word for words in THEMES.values() for word in words}
    assert {key for key in shipped("ru") if key.partition(".")[0] not in listed} == set()
    assert shipped("ru").keys() == shipped("en").keys()
    assert shipped("ru").keys() >= FIXED


@pytest.mark.parametrize(
    ("key", "words", "kind"),
    [
        ("operator.joined", "Здравствуйте!", "missing"),
        ("operator.joined", "С вами {name} из {city}", "unknown"),
        ("operator.joined", "С вами {name.__class__}", "braces"),
        ("operator.joined", "С вами {name:>1000000000}", "braces"),
        ("operator.joined", "С вами {name!r}", "braces"),
        ("operator.joined", "С вами {name} {", "braces"),
        ("operator.joined", "С вами {name} {}", "braces"),
        ("operator.joined", "С вами {name} {0}", "braces"),
        ("greeting.first", " ", "empty"),
        ("greeting.first", "Мы {name}", "unknown"),
        ("greeting.first", "а" * 2001, "long"),
        ("button.operator", "Позвать оператора, который ответит на вопрос", "long"),
        ("button.operator", "Позвать человека", "word"),
        ("button.helped", "Помогло\nспасибо", "lines"),
    ],
)
def test_words_that_cannot_be_said(key: str, words: str, kind: str) -> None:
    assert [fault.kind for fault in find_faults(key, "ru", [words])] == [kind]


def test_plural_forms_are_all_given_and_may_leave_the_number_out() -> None:
    assert [one.kind for one in find_faults("queue.wait.minutes", "ru", ["{count} минута"])] == ["forms"]
    assert find_faults("queue.wait.minutes", "ru", ["минутку", "{count} минуты", "{count} минут"]) == []


def test_own_words_are_said_in_their_language_and_in_the_form_of_the_number() -> None:
    own = {("ru", "queue.wait.minutes"): ("{count} минутка", "{count} минутки", "{count} минуток")}
    wording = Wording({**own, ("ru", "operator.joined"): ("Это {name}",)})
    said = [render(Text("queue.wait.minutes", {}, count), "ru", wording) for count in (21, 3, 11)]
    assert said == ["21 минутка", "3 минутки", "11 минуток"]
    assert render(Text("operator.joined", {"name": "Анна"}), "ru", wording) == "Это Анна"
    assert render(Text("operator.joined", {"name": "Anna"}), "en", wording) == shipped("en")["operator.joined"][
        0
    ].format(name="Anna")


def test_sentence_inside_a_sentence_is_in_own_words_too() -> None:
    wording = Wording({("ru", "target.resolution"): ("починка",)})
    text = Text("alert.target", {"target": Text("target.resolution")})
    assert "починка" in render(text, "ru", wording)


@pytest.mark.parametrize("colour", ["#0a7d5a", "#ffee00", "#000000", "#ffffff", "#808080", "#1122ff"])
@pytest.mark.parametrize("ground", ["#f4f6f8", "#12171b"])
def test_any_colour_of_the_company_can_be_read(colour: str, ground: str) -> None:
    assert contrast(readable(colour, ground), ground) >= 4.5
    if contrast(colour, ground) >= 4.5:
        assert readable(colour, ground) == colour
