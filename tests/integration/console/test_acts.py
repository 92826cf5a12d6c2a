"""What operators do from the console, and what the customer and the other desk see of it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from sqlalchemy import func, select, update

from bot.storage.service.settings import change_setting
from bot.storage.tables import conversation, message, outbox
from core.channel import Capabilities
from core.message import AttachmentKind
from tests.integration.console.house import Browser, House

Open = Callable[[str], Awaitable[Browser]]
JSON = {"Accept": "application/json"}
_NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


async def act(browser: Browser, number: int = 1, **fields: str) -> tuple[int, dict[str, Any]]:
    status, text, _ = await browser.post(f"/inbox/{number}/act", fields, **JSON)
    return status, json.loads(text)


def texts(house: House, address: str = "1001", channel: str = "telegram") -> list[str]:
    return [one.message.text for one in house.channels[channel].sent if one.address == address]


async def flush(house: House) -> None:
    """Let what waits for its undo window go."""
    await house.settled()


async def test_reply_takes_the_conversation_and_reaches_the_customer(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna = await browser("anna")
    status, told = await act(anna, act="reply", text="Добрый день! Смотрю.", nonce="12345678")
    assert (status, told["kind"], told["undo"]) == (200, "done", 5.0)
    row = await house.read(lambda connection: connection.execute(select(conversation)).one())
    assert (row.status, row.operator_id) == ("assigned", house.operators["anna"])
    await act(anna, act="reply", text="Добрый день! Смотрю.", nonce="12345678")  # the browser sends it again
    count = await house.read(
        lambda connection: connection.execute(
            select(func.count()).where(message.c.text == "Добрый день! Смотрю.")
        ).scalar_one()
    )
    assert count == 1


async def test_reply_is_taken_back_before_it_leaves(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna = await browser("anna")
    _, told = await act(anna, act="reply", text="Ваш пароль 123")
    status, _ = await act(anna, act="undo", message_id=str(told["message"]))
    assert status == 200
    await flush(house)
    assert "Ваш пароль 123" not in texts(house)
    _, page = await anna.get("/inbox/1")
    assert "отправка отменена" in page


async def test_note_never_reaches_the_customer(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna, boris = await browser("anna"), await browser("boris")
    assert (await act(anna, act="note", text="звонил, недоволен"))[0] == 200
    await flush(house)
    assert "звонил" not in " ".join(texts(house))
    sent = await house.read(lambda connection: str(connection.execute(select(outbox.c.content)).all()))
    assert "звонил" not in sent
    assert "звонил, недоволен" in (await boris.get("/inbox/1"))[1]


async def test_second_operator_is_asked_before_answering(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna, boris = await browser("anna"), await browser("boris")
    await act(anna, act="take")
    assert (await act(boris, act="take"))[0] == 409
    _, told = await act(boris, act="reply", text="И я здесь")
    assert told["kind"] == "held"
    assert "Анна" in told["text"]
    assert "И я здесь" not in texts(house)
    _, page = await anna.get("/inbox/1")
    assert "Ждёт подтверждения · Борис Лужин" in page
    assert (await act(boris, act="drop", message_id=str(told["message"])))[0] == 200
    _, page = await boris.get("/inbox/1")
    assert "отправка отменена" in page


async def test_closing_asks_the_customer_and_the_score_is_shown(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna = await browser("anna")
    await act(anna, act="take")
    assert (await act(anna, act="close"))[0] == 200
    await flush(house)
    await house.channels["telegram"].presses("1001", "5")
    await house.settled()
    _, page = await anna.get("/inbox/1")
    assert "5/5" in page
    _, closed = await anna.get("/inbox?view=closed", fragment=True)
    assert "Иван Петров" in closed


async def test_file_goes_along_and_can_be_opened_by_colleagues(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna, boris = await browser("anna"), await browser("boris")
    form = aiohttp.FormData(quote_fields=False)  # as browsers do
    for name, value in (("act", "reply"), ("text", "Вот чек"), ("nonce", "abcdefgh")):
        form.add_field(name, value)
    form.add_field("files", b"%PDF-1.4 receipt", filename="чек.pdf", content_type="application/pdf")
    form.add_field("files", b"\x89PNG\r\n", filename="фото.png", content_type="image/png")
    status, _, _ = await anna.post("/inbox/1/act", form, **JSON)
    assert status == 200
    _, page = await boris.get("/inbox/1")
    assert "чек.pdf" in page
    paths = [part.split('"')[0] for part in page.split('href="/files/')[1:]]
    async with boris.http.get(f"/files/{paths[0]}") as answer:
        assert await answer.read() == b"%PDF-1.4 receipt"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    query = select(message.c.attachments).where(message.c.text == "Вот чек")
    rows = await house.read(lambda connection: connection.execute(query).scalar_one())
    assert [one["kind"] for one in rows] == [AttachmentKind.DOCUMENT.value, AttachmentKind.PHOTO.value]


async def test_form_without_script_does_the_same(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna = await browser("anna")
    status, _, place = await anna.post("/inbox/1/act", {"act": "take", "csrf": anna.csrf}, X_CSRF_Token="-")
    assert (status, place) == (303, "/inbox/1")
    boris = await browser("boris")
    status, page, _ = await boris.post("/inbox/1/act", {"act": "reply", "text": "И я", "csrf": boris.csrf})
    assert status == 409
    assert 'value="send"' in page


async def test_what_is_no_act_is_refused(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna = await browser("anna")
    assert (await act(anna, act="explode"))[0] == 404
    assert (await act(anna, act="presence", to="offline"))[0] == 404
    assert (await act(anna, number=77, act="take"))[0] == 409


async def test_draft_is_gone_when_it_was_sent(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna = await browser("anna")
    await anna.post("/inbox/1/draft", {"text": "Добрый вечер"})
    await act(anna, act="reply", text="Добрый вечер")
    assert "Добрый вечер</textarea>" not in (await anna.get("/inbox/1"))[1]


async def test_presence_is_set_from_the_profile(house: House, browser: Open) -> None:
    anna = await browser("anna")
    assert (await anna.post("/presence", {"to": "break"}))[2] == "/profile"
    _, page = await anna.get("/profile")
    assert 'class="presence break"' in page


async def edited(house: House, browser: Open, channel: str, text: str, new: str) -> tuple[int, dict[str, Any], str]:
    """Anna answers in this channel and changes her answer; status, what she is told, and her page."""
    await house.says("оператор", channel=channel)
    await house.database.write(lambda connection: change_setting(connection, "undo.console", "0s", "x", _NOW))
    await house.app.board.refresh()
    anna = await browser("anna")
    _, told = await act(anna, act="reply", text=text)
    await house.settled()
    status, said = await act(anna, act="edit", message_id=str(told["message"]), text=new)
    await house.settled()
    return status, said, (await anna.get("/inbox/1"))[1]


async def test_sent_reply_is_changed_for_the_customer_too(house: House, browser: Open) -> None:
    status, _, page = await edited(house, browser, "telegram", "Привезём в 18:00", "Привезём в 19:00")
    first, second = (one for one in house.channels["telegram"].sent if one.message.text.startswith("Привезём"))
    assert (status, second.message.text, second.message.edit_of) == (200, "Привезём в 19:00", first.ids[0])
    assert ('data-edits="1"' in page, "изменено" in page, "Привезём в 18:00" in page) == (True, True, False)
    boris = await browser("boris")
    status, _ = await act(boris, act="edit", message_id=str(first.delivery.message_id), text="Не привезём")
    assert status == 409  # only one's own


async def test_where_a_channel_cannot_change_nothing_is_offered_and_nothing_is_done(
    house: House, browser: Open
) -> None:
    house.app.setup.capabilities["vk"] = Capabilities(has_edits=False)  # type: ignore[index]
    status, said, page = await edited(house, browser, "vk", "Привезём в 18:00", "Привезём в 19:00")
    assert (status, said["kind"]) == (409, "refused")
    assert ('data-edits="1"' in page, "Привезём в 18:00" in page) == (False, True)
    assert "Привезём в 19:00" not in texts(house, channel="vk")


async def test_when_the_channel_no_longer_changes_what_was_sent_it_is_said(house: House, browser: Open) -> None:
    house.app.setup.capabilities["vk"] = Capabilities(edit_time=timedelta(hours=24))  # type: ignore[index]
    status, _, page = await edited(house, browser, "vk", "Привезём в 18:00", "Привезём в 19:00")
    assert (status, 'data-edit-time="86400"' in page) == (200, True)  # the pen knows when to go
    number = await house.read(lambda c: c.scalar(select(func.max(message.c.id)).where(message.c.author == "operator")))
    old = house.clock.now() - timedelta(hours=25)
    ages = update(message).where(message.c.id == number).values(created_at=old)
    await house.database.write(lambda connection: connection.execute(ages))
    anna = await browser("anna")
    status, said = await act(anna, act="edit", message_id=str(number), text="Привезём в 20:00")
    await house.settled()
    assert (status, "больше 24 ч" in said["error"]) == (409, True)
    assert "Привезём в 20:00" not in texts(house, channel="vk")


async def test_reply_that_became_several_messages_is_not_changed_by_half(house: House, browser: Open) -> None:
    status, said, page = await edited(house, browser, "telegram", "слово " * 1000, "коротко")
    assert (status, "несколькими" in said["error"], "коротко" in page) == (409, True, False)


async def test_note_is_changed_among_people_only(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna = await browser("anna")
    _, told = await act(anna, act="note", text="похоже, спешит")
    status, _ = await act(anna, act="edit", message_id=str(told["message"]), text="спешит на поезд")
    await house.settled()
    assert (status, "спешит на поезд" in (await anna.get("/inbox/1"))[1]) == (200, True)
    assert not any("спешит" in text for text in texts(house))
