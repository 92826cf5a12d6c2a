"""Surveys: taken into use, edited, paused, and a new version where answers would mix."""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import insert

from bot.console.pages.admin.survey_form import Fields, empty_fields, fields_of, write_raw
from bot.settings.surveys import SURVEY_LIMITS
from bot.storage.service.settings import load_settings
from bot.storage.surveys.questionnaires import active_surveys, list_surveys
from bot.storage.surveys.tables import invitation
from surveys.form import builtin, read_survey
from tests.integration.console.house import Browser, House, alert

Open = Callable[[str], Awaitable[Browser]]
EDIT = "/settings/surveys/edit"
OWN: Fields = {
    **empty_fields(),
    "key": "clarity",
    "is_new": "1",
    "q1_ru": "Понятно ли мы объяснили?",
    "q1_en": "Was it clear?",
    "q1_low": "1",
    "q1_high": "5",
    "q2_ru": "Что было непонятно?",
    "q2_en": "What was unclear?",
    "q2_type": "free",
    "q2_if": "1",
    "q2_if_low": "1",
    "q2_if_high": "3",
}


async def stored(house: House, key: str) -> list[Any]:
    return [one for one in await house.read(list_surveys) if one.survey.key == key]


async def answered(house: House, key: str, version: int = 1) -> None:
    """Somebody was asked and has answered."""
    await house.says("привет", address="77")
    now = house.clock.now()
    row = {"survey": key, "version": version, "state": "done", "customer_id": 1, "sent_at": now, "score": 4}
    await house.database.write(lambda connection: connection.execute(insert(invitation).values(**row)) and None)


def test_every_survey_that_comes_along_is_the_same_after_the_form() -> None:
    for key, survey in builtin().items():
        assert read_survey(key, write_raw(fields_of(survey))) == survey


async def test_own_survey_is_previewed_saved_and_paused(house: House, browser: Open) -> None:
    admin = await browser("admin")
    status, page, _ = await admin.post("/settings/surveys/preview", OWN)
    shown = html.unescape(page)
    assert (status, "Если ответ на вопрос 1 — от 1 до 3:" in shown, "Was it clear?" in shown) == (200, True, True)
    assert await stored(house, "clarity") == []
    assert (await admin.post(EDIT, OWN))[0] == 303
    (kept,) = await stored(house, "clarity")
    first, second = kept.survey.questions
    assert (first.key, second.is_free, second.only_if.question) == ("score", True, "score")
    assert (await admin.post(EDIT, OWN))[0] == 422  # the name is taken
    assert (await admin.post("/settings/surveys/switch", {"key": "clarity"}))[0] == 303
    fields = {**fields_of(kept.survey), "q1_ru": "Всё ли понятно?"}
    assert (await admin.post(EDIT, fields))[0] == 303
    (kept,) = await stored(house, "clarity")
    assert (kept.is_active, kept.survey.main.words["ru"]) == (False, "Всё ли понятно?")  # edited, and still paused
    assert (await admin.post("/settings/surveys/switch", {"key": "clarity", "on": "1"}))[0] == 303
    assert "clarity" in [one.key for one in await house.read(active_surveys)]
    assert "опрос на паузе" in (await admin.get("/audit"))[1]


async def test_changed_scale_of_an_answered_survey_is_a_new_version_and_is_asked_about(
    house: House, browser: Open
) -> None:
    admin = await browser("admin")
    await admin.post(EDIT, OWN)
    await answered(house, "clarity")
    (kept,) = await stored(house, "clarity")
    words = {**fields_of(kept.survey), "q1_en": "Was that clear?", "share": "50"}
    assert (await admin.post(EDIT, words))[0] == 303
    assert [one.survey.version for one in await stored(house, "clarity")] == [1]
    wider = {**words, "q1_high": "7"}
    status, page, _ = await admin.post(EDIT, wider)
    assert (status, "Это будет версия 2" in page) == (409, True)
    assert [one.survey.version for one in await stored(house, "clarity")] == [1]
    assert (await admin.post(EDIT, {**wider, "new_version": "1"}))[0] == 303
    before, after = await stored(house, "clarity")
    assert (before.survey.main.highest, after.survey.main.highest, after.survey.version) == (5, 7, 2)
    _, page = await admin.get("/settings/surveys")
    assert "версия 1: 1 из 1" in page


async def test_faulty_survey_is_shown_again_and_nothing_is_saved(house: House, browser: Open) -> None:
    admin = await browser("admin")
    faults: tuple[Fields, ...] = (
        {"q1_ru": "", "q1_en": "", "q2_ru": "", "q2_en": ""},
        {"q1_low": "5", "q1_high": "1"},
        {"q1_type": "free"},
        {"share": "120"},
        {"delay_hours": "soon"},
        {"occasion": "rule", "tag": ""},
        {"occasion": "periodic"},
        {"key": "Ясность"},
        {"q2_if": "4"},
        {"kind": "nonsense"},
        {"low_score": "9" * 30},
    )
    for fault in faults:
        status, page, _ = await admin.post(EDIT, {**OWN, **fault})
        assert (status, 'role="alert"' in page) == (422, True), fault
    assert [one.survey.key for one in await house.read(list_surveys)] == ["csi"]
    assert (await admin.get(f"{EDIT}?key=nothing"))[0] == 404


async def test_list_tells_the_rule_of_a_survey_and_that_nobody_was_asked(house: House, browser: Open) -> None:
    admin = await browser("admin")
    assert (await admin.post("/settings/surveys/use", {"key": "nps"}))[0] == 303
    _, page = await admin.get("/settings/surveys")
    assert "клиентам, знакомым не меньше 30 дн., не чаще раза в 90 дн." in page
    assert "ещё не спрашивали" in page
    await answered(house, "nps")
    assert "1 из 1" in (await admin.get("/settings/surveys"))[1]


async def test_limits_over_all_surveys(house: House, browser: Open) -> None:
    admin = await browser("admin")
    fields = {"most": "2", "within_days": "10,5", "apart_days": "0.5", "quiet_from": "20:30", "quiet_to": "10:00"}
    assert (await admin.post("/settings/surveys/limits", fields))[0] == 303
    limits = (await house.read(load_settings))[SURVEY_LIMITS]
    assert (limits.most, limits.within.total_seconds(), f"{limits.quiet_from:%H:%M}") == (2, 10.5 * 86400, "20:30")
    for fault, said in (
        ({"most": "many"}, "«many» — не целое число"),
        ({"apart_days": "-1"}, "«-1» меньше нуля"),
        ({"quiet_to": "late"}, "«late» — не время суток, пишут так: 21:00"),
    ):
        status, page, _ = await admin.post("/settings/surveys/limits", {**fields, **fault})
        assert (status, alert(page)) == (422, f"Такое значение не подходит: {said}")
        assert f'value="{next(iter(fault.values()))}"' in page
    assert (await house.read(load_settings))[SURVEY_LIMITS] == limits


async def test_closing_question_is_paused_and_taken_up_again(house: House, browser: Open) -> None:
    admin = await browser("admin")

    async def asked_at_closing(address: str) -> bool:
        await house.says("оператор", address=address)
        number = int(address)
        await admin.post(f"/inbox/{number}/act", {"act": "take"})
        await admin.post(f"/inbox/{number}/act", {"act": "close"})
        await house.settled()
        sent = [one.message.text for one in house.channels["telegram"].sent if one.address == address]
        return any("Оцените" in text for text in sent)

    assert await asked_at_closing("1") is True
    await admin.post("/settings/surveys/switch", {"key": "csi"})
    assert await asked_at_closing("2") is False
    await admin.post("/settings/surveys/switch", {"key": "csi", "on": "1"})
    assert await asked_at_closing("3") is True
