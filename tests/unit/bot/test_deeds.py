"""The audit log tells what its acts were about in words, in both languages, and knows a word for every act there is."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.console.look.deeds import tell_details
from bot.console.look.moments import Moments
from bot.console.look.words import words_of
from bot.storage.desk.canned import CannedAct
from bot.storage.surveys.follow_ups import Outcome
from core.event import Act
from core.text import LANGUAGES
from faq.learning.proposals import Proposed
from handoff.operators import Presence, Role
from tests.test_house import ROOT

RECORDED = re.compile(r"""(?:OTKLIK|TELEGRAM|"console"|visit|who|operator|desk), "([a-z_]+(?:\.[a-z_]+)?)\"""")
OTHERS = re.compile(r"announce\..*|.*\.html|console|name|platform_id")  # what else stands behind those


def told(language: str, act: str, /, **details: object) -> list[tuple[str, str]]:
    words = words_of(language)
    found = tell_details(words, Moments(words, ZoneInfo("Europe/Moscow")), act, details)
    return [(one.name, one.value) for one in found]


def test_values_are_told_in_words() -> None:
    changed = told("ru", "operator.changed", login="vera", role="supervisor", active=False, level=2)
    assert changed == [("логин", "vera"), ("роль", "Старший"), ("работает", "нет"), ("линия", "Вторая линия")]
    assert told("en", "operator.added", role="operator") == [("role", "Operator")]
    assert told("ru", "presence", to="break") == [("кому или на что", "перерыв")]
    assert told("ru", "transfer", to="3") == [("кому или на что", "Третья линия")]
    assert told("ru", "transfer", to="anna", reason="VIP") == [("кому или на что", "anna"), ("причина", "VIP")]
    assert told("ru", "vip", to="on") == [("кому или на что", "да")]
    assert told("ru", "priority", to="urgent") == [("кому или на что", "срочно")]
    assert told("ru", "followup.ended", outcome="settled") == [("итог", "Вопрос решён")]
    assert told("ru", "text.changed", key="greeting.first", language="en") == [
        ("что", "greeting.first"),
        ("язык", "английский"),
    ]
    until = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    assert told("en", "snooze", until=str(until))[0][1] == "1 Dec 2026 12:30"
    assert told("ru", "snooze", until=str(until)) == [("до", "01.12.2026 12:30")]
    (_, key), value = told("ru", "setting.changed", key="undo.console", value="True")
    assert (key.endswith("(undo.console)"), value) == (True, ("значение", "да"))


def test_no_value_of_ours_stays_raw() -> None:
    values = [told("ru", "operator.added", role=str(one))[0][1] for one in Role]
    values += [told("ru", "presence", to=str(one))[0][1] for one in Presence]
    values += [told("ru", "followup.ended", outcome=str(one))[0][1] for one in Outcome]
    values += [told("ru", "faq_approve", kind=str(one))[0][1] for one in Proposed]
    assert [value for value in values if value.isascii()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_that_is_recorded_has_a_word(language: str) -> None:
    sources = "\n".join(one.read_text("utf-8") for one in (ROOT / "bot").rglob("*.py"))
    recorded = {one for one in RECORDED.findall(sources) if not OTHERS.fullmatch(one)}
    recorded |= set(map(str, (*Act, *CannedAct)))
    assert {"assign", "lost", "canned_drop", "faq_import", "faq_teach", "operator.added"} <= recorded
    words = words_of(language)
    assert {act for act in recorded if not words.knows(f"audit.{act}")} == set()
