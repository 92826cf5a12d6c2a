"""The bot's sentences in the installation's own words."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import insert

from bot.board import Board
from bot.storage.service.tables import wording
from core.text import shipped
from tests.integration.console.house import Browser, House

Open = Callable[[str], Awaitable[Browser]]
ONE = "/settings/texts/sentence"
JOINED = {"key": "operator.joined", "ru_0": "С вами {name}, поможем!", "en_0": "{name} is with you now."}


async def take(house: House, browser: Open, address: str) -> str:
    """A customer calls for a person, Anna takes it; what the customer is told."""
    await house.says("оператор", address=address)
    await house.app.board.refresh()  # a running bot does so every second
    anna = await browser("anna")
    number = max(int(one) for one in re.findall(r"data-conv=\"(\d+)\"", (await anna.get("/inbox"))[1]))
    await anna.post(f"/inbox/{number}/act", {"act": "take", "nonce": f"take-{address}-x"})
    await house.settled()
    return next(one.message.text for one in reversed(house.channels["telegram"].sent) if one.address == address)


async def test_sentence_is_changed_while_the_bot_runs_and_goes_back(house: House, browser: Open) -> None:
    admin = await browser("admin")
    elsewhere = Board(house.database)  # as another process knows it
    await elsewhere.refresh()
    assert (await admin.post(ONE, JOINED))[0] == 303
    assert await take(house, browser, "1") == "С вами Анна Ким, поможем!"
    await elsewhere.refresh()
    assert elsewhere.wording.own["en", "operator.joined"] == ("{name} is with you now.",)
    _, page = await admin.get("/settings/texts?own=1")
    assert page.count(f'href="{ONE}?key=') == 1
    assert (await admin.post("/settings/texts/reset", {"key": "operator.joined", "language": "ru"}))[0] == 303
    usual = shipped("ru")["operator.joined"][0].format(name="Анна Ким")
    assert await take(house, browser, "2") == usual
    _, page = await admin.get(f"{ONE}?key=operator.joined")
    history = html.unescape(page.split('<ul class="entry-list">')[1])
    assert history.index("Возвращены обычные слова") < history.index("С вами {name}, поможем!")
    _, log = await admin.get("/audit?act=text.changed")
    assert "operator.joined" in log


async def test_faulty_words_are_shown_again_and_nothing_is_changed(house: House, browser: Open) -> None:
    admin = await browser("admin")
    for fault, said in (
        ({"ru_0": "Здравствуйте!"}, "Не хватает подстановки «name»"),
        ({"en_0": "{name} of {city}"}, "Подстановки «city» здесь нет"),
        ({"ru_0": "{name} {"}, "Фигурные скобки"),
        ({"ru_0": "  "}, "Фраза пуста"),
    ):
        status, page, _ = await admin.post(ONE, {**JOINED, **fault})
        assert (status, said in html.unescape(page)) == (422, True), fault
        assert "поможем" in page or "ru_0" in fault
    await house.app.board.refresh()
    assert house.app.board.wording.own == {}
    assert (await admin.post(ONE, {"key": "no.such", "ru_0": "x"}))[0] == 404
    assert (await admin.post(ONE, {"key": "chat.guest", "ru_0": "x"}))[0] == 404


async def test_refused_words_are_previewed_as_typed_and_history_names_people(house: House, browser: Open) -> None:
    admin = await browser("admin")
    _, page, _ = await admin.post(ONE, {**JOINED, "ru_0": "Здравствуйте от {city}!"})
    assert '<p class="sample">Здравствуйте от {city}!</p>' in page
    assert (await admin.post(ONE, JOINED))[0] == 303
    _, page = await admin.get(f"{ONE}?key={JOINED['key']}")
    assert "· Ада ·" in page
    assert "· admin ·" not in page


async def test_preview_fills_in_and_saves_nothing(house: House, browser: Open) -> None:
    admin = await browser("admin")
    status, page, _ = await admin.post(
        "/settings/texts/preview",
        {
            "key": "queue.wait.minutes",
            "ru_0": "Ещё {count} минутка",
            "ru_1": "Ещё {count} минутки",
            "ru_2": "Ещё {count} минуток",
        },
    )
    assert status == 200
    assert [words in page for words in ("Ещё 1 минутка", "Ещё 2 минутки", "Ещё 5 минуток")] == [True] * 3
    await house.app.board.refresh()
    assert house.app.board.wording.own == {}


async def test_buttons_outside_the_form_belong_to_it(house: House, browser: Open) -> None:
    """A browser looks the form up by its id, and takes the first element that has it, whatever that is."""
    admin = await browser("admin")
    _, page = await admin.get(f"{ONE}?key=greeting.first")
    names = re.findall(r'<button[^>]* form="([^"]+)"', page)
    assert len(names) == 2
    for name in names:
        assert re.findall(rf'<([a-z]+)[^>]* id="{name}"', page) == ["form"]


async def test_every_sentence_has_a_page(house: House, browser: Open) -> None:
    admin = await browser("admin")
    for key in ("board.queue", "greeting.first", "button.operator", "chat.unread", "digest.csi"):
        status, page = await admin.get(f"{ONE}?key={key}")
        assert (status, page.count("<textarea")) == (200, sum(len(shipped(one)[key]) for one in ("ru", "en")))


async def test_stored_words_of_another_version_do_not_stop_the_bot(house: House, browser: Open) -> None:
    """A placeholder that this program does not fill in: the shipped sentence is said."""
    now = house.clock.now()
    row: dict[str, Any] = {"key": "operator.joined", "language": "ru", "forms": ["{name} из {shop}"]}

    def work(connection: Any) -> None:
        connection.execute(insert(wording).values(changed_at=now, changed_by="ada", **row))

    await house.database.write(work)
    assert await take(house, browser, "1") == shipped("ru")["operator.joined"][0].format(name="Анна Ким")
