"""A customer's page, a copy of their data, erasing, and forgetting by age."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, update

from bot.settings.privacy import KEEP_DAYS
from bot.storage.desk.links import join_customers
from bot.storage.desk.tables import former_number
from bot.storage.service.settings import change_setting, load_settings
from bot.storage.tables import customer, message
from core.clock import FakeClock
from handoff.operators import Role
from tests.integration.console.house import Browser, House

Open = Callable[[str], Awaitable[Browser]]


async def words(house: House) -> str:
    """Everything anybody said, as it is stored."""
    rows = await house.read(lambda connection: connection.execute(select(message.c.text)).scalars().all())
    return "\n".join(rows)


async def test_admin_takes_a_copy_and_it_is_written_down(house: House, browser: Open) -> None:
    await house.says("оператор, мой заказ 77", name="Мария")
    admin, vera = await browser("admin"), await browser("vera")
    _, page = await vera.get("/customers/1")
    assert ("Мария" in page, "/customers/1/export" in page, "/customers/1/erase" in page) == (True, False, False)
    headers = {"Origin": house.url, "X-CSRF-Token": admin.csrf}
    async with admin.http.post("/customers/1/export", headers=headers) as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="customer-1.zip"'
        archive = zipfile.ZipFile(io.BytesIO(await answer.read()))
    told = json.loads(archive.read("customer.json"))
    assert "мой заказ 77" in json.dumps(told["conversations"], ensure_ascii=False)
    assert "копия данных клиента" in (await admin.get("/audit"))[1]
    assert (await admin.post("/customers/99/export"))[0] == 404


async def test_erasing_needs_the_number_typed(house: House, browser: Open) -> None:
    await house.says("оператор, мой заказ 77", name="Мария")
    admin = await browser("admin")
    for typed in ("", "2", "да"):
        status, page, _ = await admin.post("/customers/1/erase", {"sure": typed})
        assert (status, 'role="alert"' in page) == (422, True)
    assert "мой заказ 77" in await words(house)
    status, page, _ = await admin.post("/customers/1/erase", {"sure": "№ 1"})
    assert (status, "Данные клиента удалены" in page, "Мария" in page) == (200, True, False)
    assert "мой заказ 77" not in await words(house)
    assert "удаление данных клиента" in (await admin.get("/audit"))[1]
    assert (await admin.post("/customers/1/erase", {"sure": "1"}))[0] == 404  # nothing is left of them


async def test_linked_address_is_parted_and_a_customer_is_banned_on_the_page(house: House, browser: Open) -> None:
    await house.says("оператор", name="Мария")
    await house.says("оператор", address="55", channel="vk", name="Пётр")
    vera = await browser("vera")
    await house.database.write(lambda connection: join_customers(connection, 1, 2))
    _, page = await vera.get("/customers/1")
    assert page.count('value="unlink"') == 2
    assert page.count('data-confirm="Отделить «') == 2  # it asks first
    _, panel = await vera.get("/inbox/2")
    assert 'data-act="unlink"' in panel
    fields = {"act": "unlink", "back": "/customers/1"}
    status, _, place = await vera.post("/inbox/2/act", fields)
    assert (status, place) == (303, "/customers/1")
    assert 'value="unlink"' not in (await vera.get("/customers/1"))[1]
    assert re.search(r'value="ban".*?<input name="text"[^>]* required', (await vera.get("/customers/1"))[1])
    spam = {"act": "ban", "text": "шлёт спам", "back": "https://evil.example/"}
    status, _, place = await vera.post("/inbox/1/act", spam)
    assert (status, place) == (303, "/inbox/1")
    assert "шлёт спам" in (await (await browser("admin")).get("/audit"))[1]
    assert 'value="unban"' in (await vera.get("/customers/1"))[1]


async def test_number_that_was_linked_leads_to_the_one_it_became(house: House, browser: Open) -> None:
    await house.says("оператор", name="Мария")
    await house.says("оператор, заказ 77", address="55", channel="vk", name="Пётр")
    admin = await browser("admin")
    await house.database.write(lambda connection: join_customers(connection, 1, 2))
    answer = await admin.post("/customers/2/erase", {"sure": "2"})  # on a page that was open before
    assert (answer[0], answer[2]) == (303, "/customers/1")
    assert "Ничего не удалено: № 2 соединён с № 1" in (await admin.get("/customers/1"))[1]
    assert "заказ 77" in await words(house)
    async with admin.http.get("/customers/2") as led:
        assert (led.status, led.url.path) == (200, "/customers/1")
        assert "№ 2 соединён с № 1" in await led.text()
    assert (await admin.post("/customers/2/export"))[2] == "/customers/1"
    assert (await admin.post("/inbox/2/act", {"act": "unlink", "back": "/customers/1"}))[0] == 303
    async with admin.http.get("/customers/2") as led:
        assert led.url.path == "/customers/3"  # the address has a customer of its own again


async def test_number_without_anything_offers_nothing(house: House, browser: Open) -> None:
    """Linked before that was noted."""
    await house.says("оператор", name="Мария")
    await house.says("оператор", address="55", channel="vk", name="Пётр")

    def work(connection: Any) -> None:
        join_customers(connection, 1, 2)
        connection.execute(delete(former_number))

    await house.database.write(work)
    _, page = await (await browser("admin")).get("/customers/2")
    assert "Под этим номером ничего нет" in page
    assert "/customers/2/erase" not in page


async def test_skills_of_an_operator_are_ticked(house: House, browser: Open) -> None:
    admin = await browser("admin")
    number = house.operators["anna"]
    _, page = await admin.get(f"/operators/{number}")
    assert re.findall(r'name="skills" value="([^"]+)"', page) == ["Доставка", "Оплата", "Возврат"]
    fields: list[tuple[str, str]] = [("name", "Анна"), ("role", "operator"), ("level", "2"), ("capacity", "6")]
    fields += [("is_active", "1"), ("skills", "Возврат"), ("skills", "Оплата")]
    assert (await admin.post(f"/operators/{number}", fields))[0] == 303  # type: ignore[arg-type]
    _, page = await admin.get("/operators")
    assert "Возврат, Оплата" in page
    _, page = await admin.get(f"/operators/{number}")
    assert re.findall(r'value="([^"]+)" checked', page)[:2] == ["Оплата", "Возврат"]
    assert (await admin.post(f"/operators/{number}", fields[:5]))[0] == 303  # type: ignore[arg-type]
    assert "Возврат, Оплата" not in (await admin.get("/operators"))[1]


async def test_silent_customers_are_forgotten_at_night_after_they_were_counted(
    sqlite_url: str, tmp_path: Path, password_hash: str
) -> None:
    clock = FakeClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    house = House(sqlite_url, tmp_path, clock, hash=password_hash)
    await house.start({"admin": Role.ADMIN, "anna": Role.OPERATOR})
    admin = Browser(house)
    try:
        await house.says("где заказ 77", address="1")
        await house.says("оператор, заказ 88", address="2")  # still waits for an answer
        clock.advance(timedelta(days=2))
        await house.app.timers.close_idle()
        clock.advance(timedelta(days=40))
        await house.says("когда заказ 99", address="3")
        assert await admin.log_in("admin") == 303
        for typed in ("10", "-1", "x", "4000"):
            assert (await admin.post("/settings/privacy/count", {"days": typed}))[0] == 422
        _, page, _ = await admin.post("/settings/privacy/count", {"days": "30"})
        assert "Удалится 1 клиент" in page
        status, _, _ = await admin.post("/settings/privacy", {"days": "30"})
        assert (status, (await house.read(load_settings))[KEEP_DAYS]) == (422, 0)  # not before it was counted
        assert (await admin.post("/settings/privacy", {"days": "30", "counted": "1"}))[0] == 303
        await house.app.board.refresh()
        assert await house.app.timers.forget() is False  # by day
        clock.advance(timedelta(hours=19))
        assert await house.app.timers.forget() is True
        said = await words(house)
        assert [number in said for number in ("77", "88", "99")] == [False, True, True]
        assert await house.app.timers.forget() is False  # once a night
    finally:
        await admin.close()
        await house.stop()


async def test_whoever_is_banned_or_owed_an_answer_is_kept(house: House, browser: Open) -> None:
    """A ban would be gone with the address it is about."""
    now = house.clock.now()
    await house.says("спам", address="1")
    await house.says("спам", address="2")
    old = now - timedelta(days=400)

    def age(connection: Any) -> None:
        connection.execute(update(customer).values(created_at=old))
        connection.execute(update(customer).where(customer.c.id == 1).values(banned_at=old))
        connection.exec_driver_sql(
            "UPDATE conversation SET status = 'closed', touched_at = '2020-01-01T00:00:00+00:00'"
        )
        change_setting(connection, KEEP_DAYS.key, 60, "ada", now)

    await house.database.write(age)
    admin = await browser("admin")
    _, page, _ = await admin.post("/settings/privacy/count", {"days": "60"})
    assert "Удалится 1 клиент" in page
