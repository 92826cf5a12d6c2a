"""Operators, settings, the audit log and the operator's own page."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from bot.settings.desk import UNDO_CONSOLE
from bot.storage.operators import list_operators
from bot.storage.service.settings import load_settings
from tests.integration.console.house import PASSWORD, Browser, House

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
    assert "vera" in log


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
