"""Operators, settings, the audit log and the operator's own page."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

import pytest

from bot.console.look.words import words_of
from bot.settings.catalogue import CATALOGUE
from bot.settings.desk import UNDO_CONSOLE
from bot.settings.privacy import KEEP_DAYS
from bot.settings.service import HOURS
from bot.storage.operators import list_operators
from bot.storage.service.rules import list_rules
from bot.storage.service.settings import change_setting, load_settings
from core.finding import Finding
from tests.integration.console.house import PASSWORD, Browser, House
from tests.integration.console.test_faq_in_log import lines

Open = Callable[[str], Awaitable[Browser]]
GLEB = {"login": "gleb", "name": "Глеб", "role": "operator", "level": "2", "capacity": "3", "telegram_id": "77"}


async def test_new_operator_comes_in_by_the_link(house: House, browser: Open) -> None:
    admin = await browser("admin")
    _, page, _ = await admin.post("/operators", GLEB)
    link = re.search(r'value="(http[^"]+/password/[^"]+)"', page)
    assert link
    assert link.group(1).startswith(house.url)
    path = link.group(1).removeprefix(house.url)
    gleb = await browser("")
    await gleb.get(path)
    assert (await gleb.post(path, {"password": PASSWORD, "again": PASSWORD}))[2] == "/inbox"
    assert (await gleb.get("/operators"))[0] == 403
    profile = next(one for one in await house.read(list_operators) if one.operator.login == "gleb")
    assert (profile.level, profile.capacity, profile.telegram_id) == (2, 3, "77")


async def test_faulty_operator_is_shown_again(house: House, browser: Open) -> None:
    admin = await browser("admin")
    for fault in ({"login": "анна"}, {"login": "anna"}, {"capacity": "many"}, {"telegram_id": "@gleb"}):
        status, page, _ = await admin.post("/operators", {**GLEB, **fault})
        assert status == 422, fault
        assert 'role="alert"' in page
    assert len(await house.read(list_operators)) == 4


async def test_who_loses_the_role_is_out_at_once(house: House, browser: Open) -> None:
    admin, vera = await browser("admin"), await browser("vera")
    number = house.operators["vera"]
    fields = {"name": "Вера", "role": "operator", "level": "1", "capacity": "4", "is_active": "1"}
    assert (await admin.post(f"/operators/{number}", fields))[0] == 303
    assert (await vera.get("/api/me"))[0] == 401
    assert await vera.log_in("vera") == 303
    assert (await vera.get("/faq/new"))[0] == 403
    _, log = await admin.get("/audit?act=operator.changed")
    assert "изменение сотрудника" in log
    assert "сотрудник:</span> Вера" in log


async def test_log_tells_urgency_in_words(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna, admin = await browser("anna"), await browser("admin")
    await anna.post("/inbox/1/act", {"act": "priority", "to": "high"})
    await house.settled()
    _, log = await admin.get("/audit?act=priority")
    assert "высокая" in log
    assert "</span> high" not in log


async def test_admin_cannot_lock_himself_out(house: House, browser: Open) -> None:
    admin = await browser("admin")
    fields = {"name": "", "role": "operator", "level": "1", "capacity": "4", "is_active": "1"}
    status, page, _ = await admin.post(f"/operators/{house.operators['admin']}", fields)
    assert (status, "Самого себя" in page) == (422, True)


async def test_setting_holds_at_once_and_is_in_the_log(house: House, browser: Open) -> None:
    admin = await browser("admin")
    assert (await admin.post("/settings", {"key": "undo.console", "value": "12s"}))[0] == 303
    settings = await house.read(load_settings)
    assert settings[UNDO_CONSOLE].total_seconds() == 12
    assert "undo.console" in (await admin.get("/audit"))[1]
    status, page, _ = await admin.post("/settings", {"key": "undo.console", "value": "soon"})
    assert status == 422
    assert 'value="soon"' in page
    assert (await admin.post("/settings/reset", {"key": "undo.console"}))[0] == 303
    assert (await house.read(load_settings))[UNDO_CONSOLE].total_seconds() == 5
    assert (await admin.post("/settings", {"key": "no.such", "value": "1"}))[0] == 404


@pytest.mark.parametrize(("language", "foreign"), [("ru", "A time from"), ("en", "Время от")])
async def test_form_of_settings_speaks_the_readers_language(
    house: House, browser: Open, language: str, foreign: str
) -> None:
    """Name, meaning and unit of every setting."""
    admin = await browser("admin")
    await admin.post("/profile", {"language": language})
    page = html.unescape((await admin.get("/settings"))[1])
    words = words_of(language)
    listed = CATALOGUE.keys() - {KEEP_DAYS.key}  # it has a page of its own
    missing = [key for key in listed if words.say(f"setting.about.{key}") not in page]
    missing += [key for key in listed if words.say(f"setting.{key}") not in page]
    assert (missing, foreign in page) == ([], False)


async def test_password_is_changed_with_the_present_one_only(house: House, browser: Open) -> None:
    anna, other = await browser("anna"), await browser("anna")
    new = {"password": "another good phrase", "again": "another good phrase"}
    assert (await anna.post("/profile/password", {"current": "wrong", **new}))[0] == 422
    assert (await anna.post("/profile/password", {"current": PASSWORD, **new}))[0] == 303
    assert (await anna.get("/api/me"))[0] == 200
    assert (await other.get("/api/me"))[0] == 401
    assert await other.log_in("anna", "another good phrase") == 303


async def test_session_of_another_browser_is_ended_but_not_another_persons(house: House, browser: Open) -> None:
    anna, other, boris = await browser("anna"), await browser("anna"), await browser("boris")
    _, page = await anna.get("/profile")
    (number,) = re.findall(r"/profile/sessions/(\d+)/end", page)
    assert (await boris.post(f"/profile/sessions/{number}/end"))[0] == 303
    assert (await other.get("/api/me"))[0] == 200
    assert (await anna.post(f"/profile/sessions/{number}/end"))[0] == 303
    assert (await other.get("/api/me"))[0] == 401


async def test_language_and_theme_are_remembered(house: House, browser: Open) -> None:
    anna = await browser("anna")
    await anna.post("/profile", {"language": "en", "theme": "dark", "sound": "1"})
    _, page = await anna.get("/inbox")
    assert '<html lang="en" data-theme="dark">' in page
    assert ">Queue<" in page
    assert '"sound":true' in page
    assert '"singleKeys":false' in page


WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-13:00, 14:00-18:00")


async def test_hours_are_set_by_the_week_and_read_again(house: House, browser: Open) -> None:
    admin = await browser("admin")
    fields = {**WEEK, "sat": "10:00-15:00", "sun": "", "holidays": "RU", "breaks": "", "zone": "", "days": ""}
    fields["days"] = "2026-12-31: 09:00-12:00\n2027-01-11:"
    assert (await admin.post("/settings/hours", fields))[0] == 303
    usual = (await house.read(load_settings))[HOURS].usual
    assert [len(spans) for spans in usual.week] == [2, 2, 2, 2, 2, 1, 0]
    assert usual.holidays == "RU"
    assert [(str(day), len(spans)) for day, spans in usual.days] == [("2026-12-31", 1), ("2027-01-11", 0)]
    _, page = await admin.get("/settings/hours")
    shown = dict(re.findall(r'name="(\w{3})" value="([^"]*)"', page))
    assert shown["mon"] == "09:00-13:00, 14:00-18:00"
    assert shown["sun"] == ""
    assert "2027-01-11:" in page
    assert (await admin.post("/settings/hours", {"always": "1", "zone": ""}))[0] == 303
    assert (await house.read(load_settings))[HOURS].usual.is_always_open


async def test_hours_begin_with_a_usual_week_and_show_what_a_level_has_of_its_own(house: House, browser: Open) -> None:
    admin = await browser("admin")
    _, page = await admin.get("/settings/hours")
    shown = dict(re.findall(r'name="(\w{3})" value="([^"]*)"', page))
    assert shown == {**dict.fromkeys(WEEK, "09:00-18:00"), "sat": "", "sun": ""}
    assert 'id="own"' not in page
    own = {"week": {"sat": "10:00-15:00"}, "levels": {"2": {"week": {"sun": "11:00-12:30"}}}}
    at = house.clock.now()
    await house.database.write(lambda connection: change_setting(connection, HOURS.key, own, "admin", at))
    _, page = await admin.get("/settings/hours")
    told = page.partition('id="own"')[2]
    assert "Вторая линия" in told
    assert "11:00-12:30" in told
    assert 'href="/settings#hours"' in told


async def test_who_is_online_out_of_hours_is_told_with_them(house: House, browser: Open) -> None:
    admin, anna = await browser("admin"), await browser("anna")
    day_off = f"{house.clock.now().astimezone(ZoneInfo('Europe/Moscow')):%Y-%m-%d}:"
    fields = {**dict.fromkeys(WEEK, "09:00-18:00"), "sat": "", "sun": "", "breaks": "", "holidays": "", "zone": ""}
    assert (await admin.post("/settings/hours", {**fields, "days": day_off}))[0] == 303
    await anna.post("/presence", {"to": "online"})
    _, page = await admin.get("/settings/hours")
    assert "Сейчас нерабочее время" in page
    assert "На связи всё равно: Анна Ким" in page


async def test_faulty_hours_are_shown_again_and_change_nothing(house: House, browser: Open) -> None:
    admin = await browser("admin")
    for fault in ({"mon": "nine to five"}, {"holidays": "XX"}, {"zone": "Europe/Nowhere"}, {"days": "tomorrow: "}):
        fields = {**WEEK, "breaks": "", "holidays": "", "days": "", "zone": "", **fault}
        status, page, _ = await admin.post("/settings/hours", fields)
        assert (status, 'role="alert"' in page) == (422, True), fault
        assert next(iter(fault.values())).strip() in page
    assert (await house.read(load_settings))[HOURS].usual.is_always_open


async def test_canned_replies_are_ones_own_or_everybodys(house: House, browser: Open) -> None:
    anna, boris, vera = await browser("anna"), await browser("boris"), await browser("vera")
    await house.says("оператор", name="Мария")
    assert (await anna.post("/canned", {"name": "Привет", "text": "Здравствуйте, {имя}!"}))[0] == 303
    assert (await anna.post("/canned", {"name": "всем", "text": "x", "shared": "1"}))[0] == 403
    assert (await vera.post("/canned", {"name": "часы", "text": "Мы работаем круглосуточно.", "shared": "1"}))[0] == 303
    assert (await anna.post("/canned", {"name": "плохо", "text": "{возраст}"}))[0] == 422
    own, others = [str(json.loads((await one.get("/api/canned?conversation=1"))[1])) for one in (anna, boris)]
    assert ("Здравствуйте, Мария!" in own, "круглосуточно" in own) == (True, True)
    assert ("Здравствуйте" in others, "круглосуточно" in others) == (False, True)
    await vera.post("/canned/drop", {"name": "часы", "shared": "1"})
    assert "круглосуточно" not in str(json.loads((await boris.get("/api/canned?conversation=1"))[1]))


async def test_what_is_done_to_canned_replies_is_in_the_log_but_not_what_they_say(house: House, browser: Open) -> None:
    anna, vera, admin = await browser("anna"), await browser("vera"), await browser("admin")
    first, second = {"name": "Часы", "text": "Круглосуточно."}, {"name": "часы", "text": "С девяти до девяти."}
    for fields in (first, first, second):  # the second time nothing is changed, and nothing is written down
        assert (await vera.post("/canned", {**fields, "shared": "1"}))[0] == 303
    assert (await anna.post("/canned", {"name": "часы", "text": "Спрошу у коллег."}))[0] == 303
    assert (await anna.post("/canned", {"name": "сроки", "text": "x" * 4001}))[0] == 422
    assert (await anna.post("/canned/drop", {"name": "сроки"}))[0] == 303  # there is none
    assert (await vera.post("/canned/drop", {"name": "ЧАСЫ", "shared": "1"}))[0] == 303
    told = [(who, desk, act, detail) for who, desk, act, _, detail in await lines(house)]
    ours, own = {"name": "часы", "shared": True}, {"name": "часы", "shared": False}
    assert told == [
        (house.operators["vera"], "console", "canned_add", ours),
        (house.operators["vera"], "console", "canned_edit", ours),
        (house.operators["anna"], "console", "canned_add", own),
        (house.operators["vera"], "console", "canned_drop", ours),
    ]
    _, page = await admin.get("/audit?act=canned_drop")
    assert re.search(r"удаление заготовки</td><td>.*имя:</span> часы.*для всех:</span> да", page)
    await admin.post("/language", {"language": "en", "next": "/audit"})
    page = (await admin.get("/audit"))[1]
    assert ("canned reply deleted" in page, "С девяти" in page) == (True, False)


RULE = "name: ждёт долго\nwhen:\n  words: [гараж]\nthen:\n  - tag: долго\n"


async def test_rule_is_tried_saved_switched_and_removed(house: House, browser: Open) -> None:
    await house.says("оператор")
    await house.says("продайте мне гараж")
    admin = await browser("admin")
    _, page = await admin.get("/settings/rules")
    example = html.unescape(page.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0])
    assert (await admin.post("/settings/rules/try", {"text": example}))[0] == 200
    status, page, _ = await admin.post("/settings/rules/try", {"text": RULE})
    assert (status, 'role="status"' in page) == (200, True)
    assert "#1" in page
    assert "ждёт долго" not in [one.rule.name for one in await house.read(list_rules)]
    assert (await admin.post("/settings/rules", {"text": RULE}))[0] == 303
    assert [one.is_active for one in await house.read(list_rules) if one.rule.name == "ждёт долго"] == [True]
    await admin.post("/settings/rules/switch", {"name": "ждёт долго"})
    assert [one.is_active for one in await house.read(list_rules) if one.rule.name == "ждёт долго"] == [False]
    await admin.post("/settings/rules/remove", {"name": "ждёт долго"})
    assert "ждёт долго" not in [one.rule.name for one in await house.read(list_rules)]
    status, page, _ = await admin.post("/settings/rules", {"text": "name: x\nwhen: {moon: full}\nthen: []"})
    assert (status, 'role="alert"' in page) == (422, True)
    assert "moon: full" in page


async def test_several_rules_are_tried_and_saved_at_once_or_not_at_all(house: House, browser: Open) -> None:
    await house.says("оператор")
    await house.says("продайте мне гараж")
    admin = await browser("admin")
    other = "name: про луну\nwhen:\n  words: [луна]\nthen:\n  - tag: луна\n"
    both = "".join(f"- {rule.strip()}\n".replace("\n", "\n  ").rstrip() + "\n" for rule in (RULE, other))
    page = (await admin.post("/settings/rules/try", {"text": both}))[1]
    assert "ждёт долго: Сработало бы раз: 1" in page
    assert "про луну: Сработало бы раз: 0" in page
    assert (await admin.post("/settings/rules", {"text": both.replace("tag: луна", "tag: ''")}))[0] == 422
    assert "ждёт долго" not in [one.rule.name for one in await house.read(list_rules)]
    assert (await admin.post("/settings/rules", {"text": both}))[0] == 303
    assert {"ждёт долго", "про луну"} <= {one.rule.name for one in await house.read(list_rules)}
    assert (await admin.get("/audit"))[1].count("про луну") == 1


@pytest.mark.parametrize(
    ("language", "subject", "text", "remedy"),
    [
        ("ru", "база знаний", "нет ни одного опубликованного вопроса", "в пустую базу otklik run положит"),
        ("en", "faq", "has no published entries", "puts in a starter FAQ"),
    ],
)
async def test_findings_in_the_readers_language(
    house: House, browser: Open, language: str, subject: str, text: str, remedy: str
) -> None:
    async def examine() -> list[Finding]:
        return [Finding("warning", "faq", "faq_empty"), Finding("ok", "clock", "clock_fine", {"now": "12:00"})]

    house.console.ground.examine = examine
    admin = await browser("admin")
    await admin.post("/profile", {"language": language})
    page = (await admin.get("/settings/channels"))[1]
    assert f"<td>{subject}</td>" in page
    assert text in page
    assert remedy in page
    assert "<td>12:00 UTC</td>" in page
