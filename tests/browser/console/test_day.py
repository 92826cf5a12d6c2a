"""An operator's day in a real browser: what comes in shows by itself, what is done reaches those it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select, update

from bot.knowledge.editing import By, edit_entry
from bot.storage.knowledge.files import keep_file
from bot.storage.service.settings import change_setting
from bot.storage.tables import message, outbox
from core.channel import Capabilities
from core.delivery import FINAL_STATES, DeliveryState
from core.message import AttachmentKind
from tests.browser.console.conftest import OpenPage
from tests.pictures.stage import Stage

pytestmark = pytest.mark.browser


def texts(stage: Stage, address: str = "1001", channel: str = "telegram") -> list[str]:
    return [one.message.text for one in stage.house.channels[channel].sent if one.address == address]


def reply(page: Page, text: str) -> None:
    page.fill("#reply", text)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reply")).to_have_value("")


@contextmanager
def draft_kept(page: Page) -> Iterator[None]:
    """A draft is kept a moment after the last change."""
    with page.expect_response("**/inbox/*/draft", timeout=20_000):
        yield


def set_undo(stage: Stage, time: str) -> None:
    now = stage.house.clock.now()
    stage.run(stage.house.database.write(lambda c: change_setting(c, "undo.console", time, "ada", now)))
    stage.run(stage.house.app.board.refresh())


def deliveries(stage: Stage) -> list[tuple[str, str]]:
    """The state and the text of everything that was to be sent."""
    rows = stage.run(stage.house.read(lambda c: c.execute(select(outbox).order_by(outbox.c.id)).all()))
    return [(row.state, row.content["text"]) for row in rows]


def test_conversation_from_the_queue_to_the_score(stage: Stage, come_in: OpenPage) -> None:
    anna, boris = come_in("anna"), come_in("boris")
    expect(anna.locator(".empty").first).to_be_visible()
    stage.says("оператор")
    stage.says("Где мой заказ 48213?")
    row = anna.locator('.row[data-conv="1"]')
    expect(row).to_contain_text("Где мой заказ 48213?")
    expect(row.locator(".badge")).to_have_text(re.compile("2"))
    expect(anna).to_have_title(re.compile(r"^\(2\) "))
    row.click()
    expect(anna.locator("#messages")).to_contain_text("Где мой заказ 48213?")
    expect(row.locator(".badge")).to_be_hidden()
    anna.locator("[data-act=take] button").click()
    expect(boris.locator('.row[data-conv="1"]')).to_have_count(0)
    expect(anna.locator("#count-mine")).to_have_text("1")
    reply(anna, "Заказ уже в пути!")
    expect(anna.locator(".message.operator")).to_contain_text("Заказ уже в пути!")
    expect(anna.locator(".message.operator .mark.sent")).to_be_visible()
    assert "Заказ уже в пути!" in texts(stage)
    stage.says("Спасибо!")
    expect(anna.locator("#messages")).to_contain_text("Спасибо!")
    anna.locator("[data-act=close] button").click()
    expect(anna.locator(".talk-who")).to_contain_text("закрыто")
    stage.run(stage.house.settled())
    stage.run(stage.house.channels["telegram"].presses("1001", "5"))
    stage.run(stage.house.settled())
    anna.reload()
    expect(anna.locator(".panel .score").first).to_have_text("5/5")


def test_two_operators_in_one_conversation(stage: Stage, come_in: OpenPage) -> None:
    stage.says("оператор")
    anna = come_in("anna", "/inbox/1")
    boris = come_in("boris", "/inbox/1", expected=("409",))
    expect(anna.locator("#viewers")).to_contain_text("Борис Лужин")
    boris.locator("#reply").press_sequentially("Доб")
    expect(anna.locator("#viewers")).to_contain_text("Пишет: Борис Лужин")
    boris.fill("#reply", "")
    anna.locator("[data-act=take] button").click()
    expect(boris.locator(".talk-who")).to_contain_text("ведёт Анна Ким")
    reply(boris, "И я отвечу")
    expect(boris.locator("#confirm")).to_be_visible()
    expect(boris.locator("#confirm-text")).to_contain_text("Анна")
    assert "И я отвечу" not in texts(stage)
    boris.locator('#confirm button[value="no"]').click()
    expect(boris.locator("#confirm")).to_be_hidden()
    expect(boris.locator("#reply")).to_have_value("И я отвечу")
    boris.locator(".switch label").nth(1).click()
    reply(boris, "звонил ему вчера")
    expect(anna.locator(".kind-note")).to_contain_text("звонил ему вчера")
    stage.run(stage.house.settled())
    assert "звонил" not in " ".join(texts(stage))
    assert "И я отвечу" not in " ".join(texts(stage))


def test_undo_takes_a_reply_back(stage: Stage, come_in: OpenPage) -> None:
    set_undo(stage, "2m")  # a slow machine must not be too late
    stage.says("оператор")
    anna = come_in("anna", "/inbox/1")
    reply(anna, "Ой, не туда")
    expect(anna.locator("#toasts")).to_contain_text("Отправится через 120 с")
    anna.get_by_role("button", name="Отменить").click()
    expect(anna.locator(".message.operator .mark.withdrawn")).to_be_visible()
    expect(anna.locator("#reply")).to_have_value("Ой, не туда")
    reply(anna, "И это не туда")
    anna.locator("#reply").fill("Уже пишу другое")
    anna.get_by_role("button", name="Отменить").click()
    expect(anna.locator(".message.operator .mark.withdrawn")).to_have_count(2)
    expect(anna.locator("#reply")).to_have_value("Уже пишу другое")
    taken_back = (DeliveryState.WITHDRAWN, ["Ой, не туда", "И это не туда"])
    assert taken_back[1] == [text for state, text in deliveries(stage) if state == taken_back[0]]
    assert all(DeliveryState(state) in FINAL_STATES for state, _ in deliveries(stage))  # nothing waits to leave
    assert not set(taken_back[1]) & set(texts(stage))


def test_what_was_sent_is_changed_by_pen_arrow_and_key(stage: Stage, come_in: OpenPage) -> None:
    stage.says("оператор")
    set_undo(stage, "0s")
    anna, boris = come_in("anna", "/inbox/1"), come_in("boris", "/inbox/1")
    reply(anna, "Привезём в 18:00")
    own, box = anna.locator(".message.operator"), anna.locator("#reply")
    expect(own.locator(".mark.sent")).to_be_visible()
    own.hover()
    own.locator("[data-edit]").click()
    expect(box).to_have_value("Привезём в 18:00")
    expect(anna.locator("#editing")).to_be_visible()
    box.fill("Привезём в 19:00")
    box.press("Control+Enter")
    expect(own.locator(".words")).to_have_text("Привезём в 19:00")
    expect(own.locator("footer")).to_contain_text("изменено")
    expect(box).to_have_value("")
    expect(boris.locator(".message.operator .words")).to_have_text("Привезём в 19:00")
    expect(boris.locator("[data-edit]")).to_be_hidden()  # only one's own
    stage.run(stage.house.settled())
    assert [one.message.edit_of != "" for one in stage.house.channels["telegram"].sent[-2:]] == [False, True]
    box.press("ArrowUp")
    expect(box).to_have_value("Привезём в 19:00")
    box.press("Escape")
    box.fill("начатое")
    anna.locator("#talk-name").focus()
    anna.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyP', key: 'з', bubbles: true }))"
    )
    expect(box).to_have_value("Привезём в 19:00")
    box.fill("Привезём в полночь")
    box.press("Escape")
    expect(box).to_have_value("начатое")  # what stood there comes back
    expect(own.locator(".words")).to_have_text("Привезём в 19:00")
    stage.house.app.setup.capabilities["telegram"] = Capabilities(edit_time=timedelta(hours=24))  # type: ignore[index]
    anna.reload()
    expect(own.locator("[data-edit]:not([hidden])")).to_have_count(1)
    aged = (
        update(message)
        .where(message.c.author == "operator")
        .values(created_at=stage.house.clock.now() - timedelta(hours=25))
    )
    stage.run(stage.house.database.write(lambda c: c.execute(aged)))
    anna.reload()
    expect(own.locator("[data-edit]:not([hidden])")).to_have_count(0)  # the channel no longer changes it
    expect(own.locator("[data-edit]")).to_have_count(1)


def test_draft_suggestion_and_canned_reply(stage: Stage, come_in: OpenPage) -> None:
    now = stage.house.clock.now()

    def attach(connection: Any) -> None:
        map_ = keep_file(connection, "карта.png", "image/png", AttachmentKind.PHOTO, b"\x89PNG\r\n\x1a\n", now)
        edit_entry(connection, "delivery", {}, By("vera"), now, files=[map_])

    stage.run(stage.house.database.write(attach))
    stage.run(stage.house.app.library.refresh())
    stage.says("оператор")
    stage.says("Сколько идёт доставка в Тверь?")
    anna = come_in("anna", "/canned")
    anna.fill("form.card > label input[name=name]", "привет")
    anna.fill("form.card > label textarea", "Здравствуйте, {имя}! Чем помочь?")
    anna.click("form.card > .buttons button.primary")
    anna.goto(f"{stage.url}/inbox/1")
    with draft_kept(anna):
        anna.locator("[data-insert]").first.click()
        expect(anna.locator("#reply")).to_have_value("По городу 1-2 дня, по России 3-7 дней.")
    expect(anna.locator("#files")).to_contain_text("карта.png")
    expect(anna.locator('.row[data-conv="1"] .row-line')).to_contain_text("Черновик")
    anna.reload()
    expect(anna.locator("#reply")).to_have_value("По городу 1-2 дня, по России 3-7 дней.")
    anna.fill("#reply", "")
    anna.locator("#reply").press("/")
    anna.locator("#canned button").first.click()
    expect(anna.locator("#reply")).to_have_value("Здравствуйте, Иван Петров! Чем помочь?")


def test_canned_reply_goes_with_its_file_once_although_the_line_broke(stage: Stage, come_in: OpenPage) -> None:
    set_undo(stage, "0s")
    stage.says("оператор")
    anna = come_in("anna", "/canned", expected=("Failed to load",))
    anna.fill("form.card > label input[name=name]", "прайс")
    anna.fill("form.card > label textarea", "Вот прайс, {имя}.")
    prices = {"name": "прайс.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 prices"}
    anna.set_input_files("form.card > .stack input[type=file]", [prices, {**prices, "name": "лишний.pdf"}])
    anna.click("form.card > .buttons button.primary")
    anna.goto(f"{stage.url}/inbox/1")
    box, files = anna.locator("#reply"), anna.locator("#files li")
    box.fill("Добрый день!")
    box.press("Control+Slash")
    box.press_sequentially("пра")
    expect(anna.locator("#canned button")).to_contain_text("📎 прайс.pdf, лишний.pdf")
    box.press("Enter")
    expect(box).to_have_value("Добрый день!\nВот прайс, Иван Петров.")  # what was typed to find it is gone
    with draft_kept(anna):
        files.filter(has_text="лишний.pdf").get_by_role("button").click()
        expect(files).to_have_count(1)
    anna.reload()
    expect(files).to_have_text([re.compile("прайс.pdf")])

    def lose(route: Route) -> None:
        route.fetch()  # it arrives, and the answer is lost
        route.abort()

    anna.route("**/inbox/1/act", lose, times=1)
    box.press("Control+Enter")
    expect(anna.locator("#toasts .bad")).to_be_visible()
    expect(files).to_have_count(1)
    box.press("Control+Enter")
    expect(box).to_have_value("")
    expect(files).to_have_count(0)
    expect(anna.locator(".message.operator .mark.sent")).to_be_visible()
    got = [one.message for one in stage.house.channels["telegram"].sent if "Вот прайс" in one.message.text]
    assert [[file.name for file in one.attachments] for one in got] == [["прайс.pdf"]]


def test_card_number_is_warned_of(stage: Stage, come_in: OpenPage) -> None:
    stage.says("оператор")
    anna = come_in("anna", "/inbox/1")
    anna.fill("#reply", "Ваша карта 4276 1300 0000 0003?")
    is_shown = anna.locator("#warning").is_visible()
    anna.fill("#reply", "Ваша карта 4242 4242 4242 4242?")
    expect(anna.locator("#warning")).to_be_visible()
    anna.fill("#reply", "Заказ 4242 4242")
    expect(anna.locator("#warning")).to_be_hidden()
    assert not is_shown  # the check digit does not fit


def test_shortcuts_go_by_the_place_of_the_key(stage: Stage, come_in: OpenPage) -> None:
    """In the Russian layout the keys give other letters, and do the same."""
    for number in (1, 2, 3):
        stage.says("оператор", str(number), name=f"Клиент {number}")
    anna = come_in("anna")

    def press(code: str, key: str, **options: bool) -> None:
        anna.evaluate(
            "([code, key, options]) => (document.activeElement ?? document.body).dispatchEvent("
            "new KeyboardEvent('keydown', { code, key, bubbles: true, cancelable: true, ...options }))",
            [code, key, options],
        )

    expect(anna.locator(".row")).to_have_count(3)
    press("KeyJ", "о")
    expect(anna.locator("#talk-name")).to_contain_text("Клиент 1")
    press("KeyJ", "о")
    expect(anna.locator("#talk-name")).to_contain_text("Клиент 2")
    press("KeyK", "л")
    expect(anna.locator("#talk-name")).to_contain_text("Клиент 1")
    press("KeyA", "ф")
    expect(anna.locator(".talk-who")).to_contain_text("ведёт Анна Ким")
    press("KeyN", "т")
    expect(anna.locator("#composer.is-note")).to_be_visible()
    anna.locator("#reply").press_sequentially("каэ")  # letters in the box are letters
    expect(anna.locator("#reply")).to_have_value("каэ")
    anna.keyboard.press("Escape")
    press("KeyR", "к")
    expect(anna.locator("#composer.is-note")).to_have_count(0)
    anna.fill("#reply", "")
    anna.keyboard.press("Escape")
    press("Slash", ".")
    expect(anna.locator("#search")).to_be_focused()
    anna.locator("#search").blur()
    press("KeyE", "у")
    expect(anna.locator(".talk-who")).to_contain_text("закрыто")
    press("KeyG", "п")
    press("KeyF", "а")
    expect(anna).to_have_url(re.compile("/faq$"))


def test_help_and_single_keys_turned_off(stage: Stage, come_in: OpenPage) -> None:
    stage.says("оператор")
    anna = come_in("anna")
    anna.keyboard.press("?")
    expect(anna.locator("#keys-help")).to_be_visible()
    anna.keyboard.press("Escape")
    anna.goto(f"{stage.url}/profile")
    anna.locator("[name=single_keys]").uncheck()
    anna.locator("form[action='/profile'] button.primary").click()
    anna.goto(f"{stage.url}/inbox")
    anna.keyboard.press("j")
    expect(anna.locator("#talk-name")).to_have_count(0)


def test_admin_closes_a_gap_and_the_next_customer_is_answered(stage: Stage, come_in: OpenPage) -> None:
    question = "Продайте мне гараж в Туле пожалуйста"
    stage.says(question, "1")
    vera = come_in("vera", "/unanswered")
    vera.locator(".gap", has_text=question).get_by_role("link", name="Сделать вопросом").click()
    expect(vera.locator("[name=question]")).to_have_value(question)
    vera.fill("[name=answer]", "Гаражи продаёт наш партнёр: garage.example.")
    vera.locator("[name=state]").select_option("published")
    vera.locator("form.card button.primary").click()
    expect(vera.locator(".said")).to_be_visible()
    stage.run(stage.house.app.library.refresh())
    stage.says(question, "2", name="Новый клиент")
    assert any("garage.example" in text for text in texts(stage, "2"))
