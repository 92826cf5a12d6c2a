"""Card and passport numbers are hidden wherever the console shows what was said; what is stored stays as it is."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import insert, select, update

from bot.storage.knowledge.tables import faq_suggestion
from bot.storage.service.settings import change_setting
from bot.storage.surveys.tables import follow_up, invitation
from bot.storage.tables import message
from tests.integration.console.house import Browser, House
from tests.integration.console.test_follow_ups import serve
from tests.integration.console.test_live import cursor, following

Open = Callable[[str], Awaitable[Browser]]

CARD, HIDDEN = "4111 1111 1111 1111", "•••• •••• •••• 1111"
WORDS = f"Продайте мне гараж в Туле, карта {CARD}"
PAGES = ("/inbox/1", "/inbox/2", "/inbox", "/inbox?view=all&q=4111", "/customers/1", "/unanswered")


async def switch_off(house: House) -> None:
    now = house.clock.now()
    await house.database.write(lambda connection: change_setting(connection, "warnings.numbers", False, "x", now))
    await house.app.board.refresh()


async def test_pages_hide_them_until_that_is_switched_off(house: House, browser: Open) -> None:
    await house.says(WORDS)
    await house.says("оператор", "1002")
    await house.says(f"Спишите с {CARD}", "1002")
    vera = await browser("vera")
    for path in PAGES:
        _, page = await vera.get(path)
        assert HIDDEN in page, path
        assert CARD not in page, path
    assert (await house.read(lambda c: c.scalar(select(message.c.text).where(message.c.id == 1)))) == WORDS
    await switch_off(house)
    for path in PAGES:
        assert CARD in (await vera.get(path))[1], path


async def test_open_pages_are_told_without_them(house: House, browser: Open) -> None:
    anna = await browser("anna")
    await house.says("оператор")
    async with following(anna, await cursor(house)) as events:
        await house.says(f"Вот: {CARD}")
        told = await events.until("message.created", author="customer")
    assert (HIDDEN in told.data["html"], HIDDEN in told.data["row"]) == (True, True)
    assert CARD not in json.dumps(told.data, ensure_ascii=False)


async def test_number_at_the_end_of_a_preview_is_hidden_before_it_is_cut(house: House, browser: Open) -> None:
    """Of the first 140 characters the last ten are the beginning of a card's number."""
    await house.says("оператор")
    await house.says(f"{'Спишите, пожалуйста, ' * 7}"[:129] + f" {CARD}")
    _, page = await (await browser("vera")).get("/inbox?view=all")
    assert ("•••• ••••" in page, "4111" in page) == (True, False)


async def say_to_customer(house: House, browser: Open, text: str) -> tuple[Browser, str]:
    """Anna answers; returns the number of her message."""
    await house.says("оператор")
    now = house.clock.now()
    await house.database.write(lambda connection: change_setting(connection, "undo.console", "0s", "x", now))
    await house.app.board.refresh()
    anna = await browser("anna")
    _, said, _ = await anna.post("/inbox/1/act", {"act": "reply", "text": text}, Accept="application/json")
    told = json.loads(said)
    await house.settled()
    return anna, str(told["message"])


async def test_own_words_are_hidden_and_changing_them_keeps_the_number(house: House, browser: Open) -> None:
    anna, number = await say_to_customer(house, browser, "Наш счёт: 5555 5555 5555 4444, ждём")
    _, page = await anna.get("/inbox/1")
    assert ("•••• •••• •••• 4444, ждём" in page, "5555 5555" in page) == (True, False)
    fields = {"act": "edit", "message_id": number, "text": "Наша карта: •••• •••• •••• 4444, спасибо"}
    assert (await anna.post("/inbox/1/act", fields, Accept="application/json"))[0] == 200
    await house.settled()
    assert house.channels["telegram"].sent[-1].message.text == "Наша карта: 5555 5555 5555 4444, спасибо"


async def test_dots_do_not_open_the_number_of_another_conversation(house: House, browser: Open) -> None:
    """Nor of what the customer wrote: only one's own words are changed."""
    await house.says(f"оператор {CARD}")
    anna, number = await browser("anna"), "1"
    fields = {"act": "edit", "message_id": number, "text": HIDDEN}
    status, said, _ = await anna.post("/inbox/1/act", fields, Accept="application/json")
    assert (status == 200, CARD in said) == (False, False)


async def test_what_customers_said_of_us_hides_them_too(house: House, browser: Open) -> None:
    await serve(house, "anna", 1, 2, "11")

    def work(connection: Any) -> None:
        connection.execute(update(invitation).values(comment=f"Верните на {CARD}"))
        connection.execute(update(follow_up).values(words=f"Звонил, карта {CARD}"))

    await house.database.write(work)
    vera = await browser("vera")
    for path in ("/follow-ups", "/reports/quality"):
        _, page = await vera.get(path)
        assert (f"Верните на {HIDDEN}" in page, CARD in page) == (True, False), path
    assert f"Звонил, карта {HIDDEN}" in (await vera.get("/follow-ups"))[1]
    _, sheet = await vera.get("/reports/quality.csv")
    assert (HIDDEN in sheet, CARD in sheet) == (True, False)


async def test_gap_with_a_number_is_dismissed_by_what_the_page_shows(house: House, browser: Open) -> None:
    await house.says(WORDS)
    vera = await browser("vera")
    await vera.post("/unanswered/ignore", {"wording": WORDS.replace(CARD, HIDDEN)})
    _, page = await vera.get("/unanswered")
    assert "Не для бота (1)" in page
    assert "<strong>Продайте" not in page  # the gap is gone
    assert CARD not in page


async def test_suggestion_gets_into_the_faq_without_the_number(house: House, browser: Open) -> None:
    now = house.clock.now()
    values = {"kind": "phrasing", "entry_key": "delivery", "text": WORDS, "evidence": [], "state": "open"}
    values |= {"signature": "s", "conversations": 1, "created_at": now, "updated_at": now}

    def work(connection: Any) -> None:
        connection.execute(insert(faq_suggestion).values(values))

    await house.database.write(work)
    vera = await browser("vera")
    _, page = await vera.get("/unanswered")
    assert (HIDDEN in page, CARD in page) == (True, False)
    assert (await vera.post("/suggestions/1/approve"))[0] == 303
    _, page = await vera.get("/faq/entry?id=delivery")
    assert (HIDDEN in page, CARD in page) == (True, False)


async def test_number_of_a_note_is_kept_when_the_note_is_changed(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna = await browser("anna")
    _, said, _ = await anna.post("/inbox/1/act", {"act": "note", "text": f"карта {CARD}"}, Accept="application/json")
    number = str(json.loads(said)["message"])
    fields = {"act": "edit", "message_id": number, "text": f"карта {HIDDEN}, жена"}
    assert (await anna.post("/inbox/1/act", fields, Accept="application/json"))[0] == 200
    kept = await house.read(lambda c: c.scalar(select(message.c.text).where(message.c.id == int(number))))
    assert kept == f"карта {CARD}, жена"
