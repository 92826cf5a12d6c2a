"""The audit log tells what its acts were about in words, in both languages, and knows a word for every act there is."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.console.look.deeds import Teller
from bot.console.look.moments import Moments
from bot.console.look.words import words_of
from bot.storage.desk.canned import CannedAct
from bot.storage.surveys.follow_ups import Outcome
from core.event import Act
from core.text import LANGUAGES
from faq.learning.proposals import Proposed
from handoff.operators import Presence, Role
from tests.test_house import ROOT

RECORDED = re.compile(
    r"""(?:OTKLIK|TELEGRAM|CONSOLE\)|"console"|visit|who|operator|desk), "([a-z_]+(?:\.[a-z_]+)?)\""""
)
OTHERS = re.compile(r"announce\..*|.*\.html|console|unanswered|name|platform_id")  # what else stands behind those


def told(language: str, act: str, /, **details: object) -> list[tuple[str, str]]:
    words = words_of(language)
    teller = Teller(words, Moments(words, ZoneInfo("Europe/Moscow")), {"vera": "Вера"})
    return [(one.name, one.value) for one in teller.tell(act, details)]


def test_values_are_told_in_words() -> None:
    changed = told("ru", "operator.changed", login="vera", role="supervisor", active=False, level=2)
    assert changed == [("сотрудник", "Вера"), ("роль", "Старший"), ("линия", "Вторая линия"), ("работает", "нет")]
    assert told("en", "operator.added", role="operator") == [("role", "Operator")]
    assert told("ru", "presence", to="break") == [("присутствие", "перерыв")]
    assert told("ru", "transfer", to="3") == [("куда", "Третья линия")]
    assert told("ru", "transfer", to="vera", reason="VIP") == [("кому", "Вера"), ("причина", "VIP")]
    assert told("ru", "assign", to="vera", load=2) == [("кому", "Вера"), ("обращений у оператора", "2")]
    assert told("ru", "lost", who="anna") == [("кто", "anna")]  # nobody has this login any more
    assert told("ru", "vip", to="on") == [("VIP", "да")]
    assert told("ru", "priority", to="urgent") == [("срочность", "срочно")]
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


HOURS = {"week": {"fri": ["09:00-13:00"], "mon": ["09:00-18:00"]}, "breaks": ["13:00-14:00"], "holidays": "ru"}


@pytest.mark.parametrize("kept", [HOURS, str(HOURS)])  # earlier versions kept it as Python wrote it
def test_setting_is_told_as_it_is_written(kept: object) -> None:
    (_, key), (_, value) = told("ru", "setting.changed", value=kept, key="hours")
    assert key.endswith("(hours)")  # first, although a database may put it last
    week = "week: {mon: [09:00-18:00], fri: [09:00-13:00]}"
    assert value == f"{week}, breaks: [13:00-14:00], holidays: RU"


def test_long_value_is_cut_and_is_whole_behind_it() -> None:
    words = words_of("ru")
    teller = Teller(words, Moments(words, ZoneInfo("Europe/Moscow")), {})
    (one,) = teller.tell("text.changed", {"text": "Здравствуйте! " * 30})
    assert len(one.value) <= 160
    assert one.value.endswith("…")
    assert one.whole == " ".join(["Здравствуйте!"] * 30)
    (short,) = teller.tell("text.changed", {"text": "Здравствуйте!"})
    assert (short.value, short.whole) == ("Здравствуйте!", "")


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
