"""What an admin reads in the audit log: authors, people and settings as the rest of the console tells them."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot.storage.console import credentials
from bot.storage.desk.audit import Who
from bot.storage.desk.changes import record_reset
from bot.storage.desk.staff import renew_link
from bot.storage.operators import list_operators
from tests.integration.console.house import PASSWORD, Browser, House
from tests.integration.console.test_faq_in_log import lines

Open = Callable[[str], Awaitable[Browser]]
OTHER = "another battery staple"
WEEK = {"mon": "09:00-18:00", "tue": "09:00-18:00", "breaks": "13:00-14:00"}


async def read(admin: Browser, act: str) -> str:
    """The rows of one kind, without marks."""
    _, page = await admin.get(f"/audit?act={act}")
    return html.unescape(page.split("<tbody>")[1].split("</tbody>")[0])


async def test_hours_are_told_as_they_are_written(house: House, browser: Open) -> None:
    admin = await browser("admin")
    assert (await admin.post("/settings/hours", WEEK))[0] == 303
    row = await read(admin, "setting.changed")
    assert "week: {mon: [09:00-18:00], tue: [09:00-18:00]}" in row
    assert "{'" not in row


async def test_limits_of_surveys_and_the_time_of_keeping_are_told(house: House, browser: Open) -> None:
    admin = await browser("admin")
    await admin.post("/settings/privacy", {"days": "0", "counted": "0"})
    fields = {"most": "2", "within_days": "30", "apart_days": "7", "quiet_from": "22:00", "quiet_to": "09:00"}
    assert (await admin.post("/settings/surveys/limits", fields))[0] == 303
    row = await read(admin, "setting.changed")
    assert ("most: 2" in row, "значение:</span> 0" in row, "{'" in row) == (True, True, False)


async def test_command_line_is_the_author_where_nobody_gave_a_name(house: House, browser: Open) -> None:
    admin, now = await browser("admin"), house.clock.now()

    def work(connection: Any) -> None:
        record_reset(connection, Who(), "undo.console", now)
        record_reset(connection, Who(house.operators["anna"], "anna"), "undo.console", now)

    await house.database.write(work)
    row = await read(admin, "setting.reset")
    assert "<td>командная строка</td>" in row
    assert '<td>Анна Ким<br><span class="faint">командная строка</span></td>' in row
    assert "—" not in row


async def test_only_what_was_changed_of_an_operator_is_told(house: House, browser: Open) -> None:
    admin, boris = await browser("admin"), house.operators["boris"]
    fields = {"name": "Борис Лужин", "role": "supervisor", "level": "1", "capacity": "9", "is_active": "1"}
    for _ in range(2):  # the second time nothing differs
        assert (await admin.post(f"/operators/{boris}", fields))[0] == 303
    changed = {"login": "boris", "role": "supervisor", "capacity": 9}
    assert await lines(house) == [(house.operators["admin"], "console", "operator.changed", "done", changed)]
    row = await read(admin, "operator.changed")
    for told in ("сотрудник:</span> Борис Лужин", "роль:</span> Старший", "сразу обращений:</span> 9"):
        assert told in row


async def test_passwords_and_sessions_are_in_the_log_and_no_secret_is(house: House, browser: Open) -> None:
    anna, admin = await browser("anna"), await browser("admin")
    await browser("anna")  # a second session
    now = house.clock.now()
    _, page = await anna.get("/profile")
    other = re.findall(r"/profile/sessions/(\d+)/end", page)
    for _ in range(2):  # the second time there is nothing to end
        await anna.post(f"/profile/sessions/{other[0]}/end")
    fields = {"current": PASSWORD, "password": OTHER, "again": OTHER}
    assert (await anna.post("/profile/password", fields))[0] == 303

    def link(connection: Any) -> str:
        (boris,) = [one for one in list_operators(connection) if one.operator.login == "boris"]
        return renew_link(connection, Who(), boris, now)

    token = await house.database.write(link)
    nobody = await browser("")
    await nobody.get(f"/password/{token}")
    assert (await nobody.post(f"/password/{token}", {"password": OTHER, "again": OTHER}))[0] == 303
    anna_id, boris_id = house.operators["anna"], house.operators["boris"]
    assert await lines(house) == [
        (anna_id, "console", "session.ended", "done", None),
        (anna_id, "console", "password.changed", "done", None),
        (None, "shell", "operator.link", "done", {"login": "boris"}),
        (boris_id, "console", "password.set", "done", None),
    ]
    _, page = await admin.get("/audit")
    for told in ("завершение своего сеанса", "смена своего пароля", "пароль задан по ссылке"):
        assert told in page
    assert (token in page, OTHER in page) == (False, False)


async def test_first_admin_is_in_the_log(sqlite_url: str, tmp_path: Path) -> None:
    house = House(sqlite_url, tmp_path)
    await house.start()
    now = house.clock.now()
    token = await house.database.write(lambda connection: credentials.make_first_link(connection, now))
    ada = Browser(house)
    await ada.get(f"/first/{token}")
    fields = {"login": "ada", "name": "Ада", "password": PASSWORD, "again": PASSWORD}
    assert (await ada.post(f"/first/{token}", fields))[0] == 303
    row = await read(ada, "operator.first")
    assert ("<td>Ада<br>" in row, "первый администратор" in row, "сотрудник:</span> Ада" in row) == (True, True, True)
    await ada.close()
    await house.stop()
