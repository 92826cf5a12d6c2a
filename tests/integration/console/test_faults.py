"""What an admin wrote and cannot be: told in the language of the console, with the field or the line."""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable

import pytest

from bot.console.pages.admin.survey_form import Fields
from bot.settings.catalogue import find_setting
from bot.storage.service.settings import load_settings
from tests.integration.console.house import Browser, House, alert
from tests.integration.console.test_admin_pages import GLEB, RULE, WEEK
from tests.integration.console.test_surveys import EDIT, OWN

Open = Callable[[str], Awaitable[Browser]]


@pytest.mark.parametrize(
    ("key", "value", "russian", "english"),
    [
        (
            "undo.console", "soon",
            "Такое значение не подходит: «soon» — не время, пишут так: 90s, 15m, 1h30m",
            "This value does not fit: 'soon' is no time like 90s, 15m or 1h30m",
        ),
        (
            "undo.console", "1h",
            "Такое значение не подходит: 1h выходит за границы",
            "This value does not fit: 1h is outside",
        ),
        (
            "operators.capacity", "четыре",
            "Такое значение не подходит: «четыре» — не целое число",
            "This value does not fit: 'четыре' is no whole number",
        ),
        (
            "hours", "week:\n  mon-fri: 09:00-18:00\n  sat: 10-15\n",
            "Строка 3: week.sat: «10-15» — не часы, пишут так: 09:00-18:00",
            "Line 3: week.sat: '10-15' is no time like 09:00-18:00",
        ),
        (
            "hours", "week: {mon-fri: 09:00-18:00",
            "Строка 1 не читается как YAML: не хватает запятой",
            "Line 1 is no YAML: a comma",
        ),
        (
            "targets", "- first_response: 15m\n- priority: max\n  resolution: 1d\n",
            "Строка 2: норматив 2: срочность — одно из ",
            "Line 2: number 2: a priority is one of ",
        ),
        (
            "surveys.limits", "{most: 3, quiet_from: поздно}",
            "Строка 1: quiet_from: «поздно» — не время суток, пишут так: 21:00",
            "Line 1: quiet_from: 'поздно' is no time of day; write it like 21:00",
        ),
        (
            "quality.scorecard", "- {key: right, words: Верно}\n- {key: kind}\n",
            "Строка 2: вопрос 2: у вопроса есть ключ и слова",
            "Line 2: criterion 2: a criterion has key and words",
        ),
    ],
)  # fmt: skip
async def test_fault_of_a_setting_is_told_in_the_readers_language(
    house: House, browser: Open, key: str, value: str, russian: str, english: str
) -> None:
    """With the line, where it is YAML; what was typed stands in the field, and nothing is changed."""
    admin = await browser("admin")
    before = await house.read(load_settings)
    for language, said in (("ru", russian), ("en", english)):
        await admin.post("/profile", {"language": language})
        status, page, _ = await admin.post("/settings", {"key": key, "value": value})
        assert (status, value.strip() in html.unescape(page)) == (422, True)
        assert alert(page).startswith(said)
    assert (await house.read(load_settings))[find_setting(key)] == before[find_setting(key)]


@pytest.mark.parametrize(
    ("fault", "russian", "english"),
    [
        (
            {"mon": "nine to five"},
            "Понедельник: «nine to five» — не часы, пишут так: 09:00-18:00",
            "Monday: 'nine to five' is no time like 09:00-18:00",
        ),
        (
            {"tue": "09:00-14:00, 13:00-18:00"},
            "Вторник: 09:00-14:00 и 13:00-18:00 пересекаются",
            "Tuesday: 09:00-14:00 and 13:00-18:00 overlap",
        ),
        (
            {"holidays": "XX"},
            "праздники «XX» неизвестны; нужен код вроде RU, KZ или DE-BY",
            "the holidays of XX are not known; use a code like RU, KZ or DE-BY",
        ),
        (
            {"zone": "Europe/Nowhere"},
            "Часовой пояс: «Europe/Nowhere» — не часовой пояс",
            "Time zone: 'Europe/Nowhere' is no time zone",
        ),
        (
            {"days": "31.12.2026: 09:00-15:00"},
            "Особые дни: «31.12.2026» — не дата, пишут так: 2026-12-31",
            "Days that are different: '31.12.2026' is no day; write it like 2026-12-31",
        ),
    ],
)
async def test_fault_of_hours_names_the_field_in_the_readers_language(
    house: House, browser: Open, fault: dict[str, str], russian: str, english: str
) -> None:
    admin = await browser("admin")
    fields = {**WEEK, "breaks": "", "holidays": "", "days": "", "zone": "", **fault}
    for language, said in (("ru", russian), ("en", english)):
        await admin.post("/profile", {"language": language})
        _, page, _ = await admin.post("/settings/hours", fields)
        assert alert(page).startswith(said)


@pytest.mark.parametrize("path", ["/settings/rules", "/settings/rules/try"])
async def test_fault_of_a_rule_is_told_in_the_readers_language(house: House, browser: Open, path: str) -> None:
    admin = await browser("admin")
    for text, fault in (
        (RULE.replace("words: [гараж]", "vip: да"), "Строка 3: when.vip: true (да) или false (нет), а не «да»"),
        (
            f"- {RULE.replace(chr(10), chr(10) + '  ')}".replace("tag", "delete"),
            "Строка 5, правило 1: then.1: поля «delete»",
        ),
        ("name: ждёт: долго\n", "Строка 1 не читается как YAML: двоеточие с пробелом внутри текста"),
        (f"- {{{RULE}", "Строка "),
        ("", "Строка 1: правило состоит из полей"),
    ):
        status, page, _ = await admin.post(path, {"text": text})
        assert (status, fault in alert(page)) == (422, True), alert(page)
    await admin.post("/language", {"language": "en", "next": "/"})
    _, page, _ = await admin.post(path, {"text": RULE.replace("words: [гараж]", "score_below: 9")})
    assert "Line 3: when.score_below: a whole number from 2 to 5 is expected, not &#39;9&#39;" in page


@pytest.mark.parametrize(
    ("fault", "russian", "english"),
    [
        (
            {"q1_low": "5", "q1_high": "1"},
            "Вопрос 1: шкала — это два целых числа от 0 до 10, первое меньше второго",
            "Question 1: a scale lies between 0 and 10",
        ),
        (
            {"q2_if": "4"},
            "Вопрос 2: спрашивать можно только по ответу на один из вопросов выше",
            "Question 2: its condition must be about an earlier question",
        ),
        (
            {"q1_type": "free"},
            "Так опрос не провести: у первого вопроса должна быть шкала",
            "The survey cannot be like that: the first question must have a scale",
        ),
        (
            {"share": "120"},
            "Так опрос не провести: доля клиентов (share) и контрольная группа (holdout) — это проценты, от 0 до 100",
            "The survey cannot be like that: share and holdout are per cent, 0 to 100",
        ),
    ],
)
async def test_fault_of_a_survey_is_told_in_the_readers_language(
    house: House, browser: Open, fault: Fields, russian: str, english: str
) -> None:
    admin = await browser("admin")
    for language, said in (("ru", russian), ("en", english)):
        await admin.post("/profile", {"language": language})
        for path in (EDIT, "/settings/surveys/preview"):
            status, page, _ = await admin.post(path, {**OWN, **fault})
            assert (status, alert(page)) == (422, said)


@pytest.mark.parametrize(
    ("language", "nothing", "too_much"),
    [
        ("ru", "Напишите объявление хотя бы на одном языке.", "Объявление длиннее 2000 знаков: сократите"),
        ("en", "Write the announcement in one language at least.", "The announcement has more than 2000 characters"),
    ],
)
async def test_fault_of_an_announcement_is_told_in_the_readers_language(
    house: House, browser: Open, language: str, nothing: str, too_much: str
) -> None:
    admin = await browser("admin")
    await admin.post("/profile", {"language": language})
    for words, said in (({"words_en": " "}, nothing), ({"words_en": "x" * 2001}, too_much)):
        status, page, _ = await admin.post("/settings/announcements/new", words)
        assert (status, alert(page).startswith(said)) == (422, True)


@pytest.mark.parametrize(
    ("change", "russian", "english"),
    [
        ({"login": "Ёжик"}, "Логин — это от 1 до 64 латинских букв", "a login is 1-64 Latin letters"),
        ({"login": "anna"}, "Сотрудник anna уже есть", "there is an operator anna already"),
        ({"capacity": "5000"}, "Нагрузка — это число обращений от 0 до 999", "a capacity is a number of conversations"),
        ({"telegram_id": "@gleb"}, "Telegram ID — это положительное число", "a Telegram id is a positive number"),
        ({"role": "director"}, "Запрос не удалось прочитать.", "The request could not be read."),
    ],
)
async def test_fault_of_a_new_operator_is_told_in_the_readers_language(
    house: House, browser: Open, change: dict[str, str], russian: str, english: str
) -> None:
    admin = await browser("admin")
    for language, said in (("ru", russian), ("en", english)):
        await admin.post("/profile", {"language": language})
        status, page, _ = await admin.post("/operators", {**GLEB, **change})
        assert (status, alert(page)[: len(said)]) == (422, said)
