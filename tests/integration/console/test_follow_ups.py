"""Follow-ups in the console: who sees which, takes them, says what came of them; and an operator's own page."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import Connection, update

from bot.storage.surveys.follow_ups import Wanted, list_follow_ups
from bot.storage.surveys.tables import follow_up
from core.conversation import ConversationId
from core.event import Act, OperatorActed
from tests.integration.console.house import Browser, House

Open = Callable[[str], Awaitable[Browser]]


async def serve(house: House, login: str, number: int, score: int, address: str) -> None:
    """A customer is served by an operator and gives a score."""
    await house.says("оператор", address, name=f"Клиент {address}")
    for act in (Act.TAKE, Act.CLOSE):
        event = OperatorActed(house.operators[login], act, f"{login}-{number}-{act}", ConversationId(number))
        await house.app.acts.act(event)
        assert await house.app.acts.answer_to(event)
    await house.settled()
    await house.says(str(score), address, name=f"Клиент {address}")


async def test_taken_and_ended_with_both_in_the_log(house: House, browser: Open) -> None:
    await serve(house, "anna", 1, 2, "11")
    anna, boris, admin = await browser("anna"), await browser("boris"), await browser("admin")
    _, page = await anna.get("/follow-ups")
    assert ("Клиент 11" in page, 'href="/inbox/1"' in page, "CSI: 2" in page) == (True, True, True)
    assert 'title="1 недовольный клиент ждёт"' in (await boris.get("/faq"))[1]
    (one,) = await house.read(list_follow_ups)
    assert (await anna.post(f"/follow-ups/{one.id}/take", {"back": "/follow-ups?state=open"}))[2].endswith("state=open")
    assert "Клиент 11" not in (await boris.get("/follow-ups"))[1]  # somebody else's now
    assert "недовольн" not in (await boris.get("/faq"))[1]
    assert (await boris.post(f"/follow-ups/{one.id}/take"))[0] == 409
    assert (await boris.post(f"/follow-ups/{one.id}/end", {"outcome": "settled"}))[0] == 403
    assert (await anna.post(f"/follow-ups/{one.id}/end", {"outcome": "magic"}))[0] == 422
    fields = {"outcome": "settled", "words": "Вернули деньги"}
    assert (await anna.post(f"/follow-ups/{one.id}/end", fields))[0] == 303
    assert (await anna.post(f"/follow-ups/{one.id}/end", fields))[0] == 409
    _, ended = await anna.get("/follow-ups?state=ended")
    assert ("Вернули деньги" in ended, "Вопрос решён" in ended, "Анна Ким" in ended) == (True, True, True)
    _, log = await admin.get("/audit")
    assert ("поручено перезвонить недовольному клиенту" in log, "итог по недовольному клиенту" in log) == (True, True)
    assert ("кому:</span> Анна Ким" in log, "Вернули деньги" in log) == (True, False)


async def test_lead_sees_all_gives_and_narrows(house: House, browser: Open) -> None:
    for number in range(1, 4):
        await serve(house, "anna", number, 1, str(10 + number))
    first, second, _ = await house.read(list_follow_ups)

    def delay(connection: Connection) -> None:
        late = house.clock.now() - timedelta(hours=3)
        connection.execute(update(follow_up).where(follow_up.c.id == second.id).values(due_at=late))

    await house.database.write(delay)
    vera, anna = await browser("vera"), await browser("anna")
    boris = str(house.operators["boris"])
    assert (await vera.post(f"/follow-ups/{first.id}/take", {"to": boris}))[0] == 303
    assert await listed(vera, "") == [second.id, first.id, 3]  # due first
    assert await listed(vera, "?state=overdue") == [second.id]
    assert "просрочено" in (await vera.get("/follow-ups"))[1]
    assert await listed(vera, f"?owner={boris}") == [first.id]
    assert await listed(vera, "?owner=nobody") == [second.id, 3]
    assert await listed(vera, "?reason=detractor") == []
    assert await listed(anna, "") == [second.id, 3]
    assert await listed(anna, f"?owner={boris}") == []  # asking by the address helps nobody
    # an operator gives nothing to others: whatever is sent, it is for oneself
    assert (await anna.post(f"/follow-ups/{second.id}/take", {"to": boris}))[0] == 303
    owners = {one.id: one.owner for one in await house.read(list_follow_ups, Wanted())}
    assert owners == {first.id: "boris", second.id: "anna", 3: ""}
    assert (await vera.post(f"/follow-ups/{second.id}/take", {"to": "999"}))[0] == 422
    await vera.post("/language", {"language": "en"})
    assert "Give to" in (await vera.get("/follow-ups"))[1]


async def listed(browser: Browser, query: str) -> list[int]:
    status, page = await browser.get(f"/follow-ups{query}")
    assert status == 200
    return [int(number) for number in re.findall(r'id="follow-up-(\d+)"', page)]


async def test_own_page_shows_nobody_elses_work(house: House, browser: Open) -> None:
    await serve(house, "anna", 1, 2, "11")
    await serve(house, "boris", 2, 5, "12")
    await serve(house, "boris", 3, 1, "13")
    anna, boris, vera = await browser("anna"), await browser("boris"), await browser("vera")
    _, page = await anna.get("/reports/me")
    assert ("/inbox/1" in page, "/inbox/2" in page, "/inbox/3" in page) == (True, False, False)
    _, other = await boris.get("/reports/me")
    assert ("/inbox/1" in other, "/inbox/3" in other) == (False, True)
    assert 'href="/reports/me"' in (await anna.get("/faq"))[1]  # in the navigation
    _, behind = await anna.get(f"/reports/me/closed?operator={house.operators['boris']}")
    assert ("/inbox/1" in behind, "/inbox/2" in behind) == (True, False)
    _, none = await vera.get("/reports/me")
    assert "/inbox/" not in none.partition("<h1>")[2]
    assert 'href="/reports/me"' in (await vera.get("/reports/overview"))[1]
