"""What an operator writes stays, whatever happens to the page around it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from tests.browser.console.conftest import OpenPage
from tests.pictures.stage import Stage

pytestmark = pytest.mark.browser


def caret(box: Locator) -> Any:
    return box.evaluate("(one) => [document.activeElement === one, one.selectionStart, one.selectionEnd]")


def draw_anew(stage: Stage, page: Page) -> None:
    """As after a long absence: the page asks for everything once more."""
    page.evaluate("document.querySelector('.talk-head').dataset.isOld = '1'")
    stage.run(stage.house.console.hub.tell("resync", {}))
    expect(page.locator(".talk-head:not([data-is-old])")).to_be_visible()


def test_who_turns_to_another_conversation_at_once_finds_every_word_again(stage: Stage, come_in: OpenPage) -> None:
    for number in ("1", "2"):
        stage.says("оператор", number, name=f"Клиент {number}")
    anna = come_in("anna", "/inbox/1")
    box = anna.locator("#reply")
    box.fill("Посмотрю и напишу")
    anna.locator('.row[data-conv="2"]').click()
    expect(anna.locator("#talk-name")).to_contain_text("Клиент 2")
    expect(box).to_have_value("")
    box.fill("А это второму")
    anna.locator("#talk-name").focus()
    anna.keyboard.press("Escape")
    expect(anna.locator("#talk-name")).to_have_count(0)
    for number, text in ((1, "Посмотрю и напишу"), (2, "А это второму")):
        anna.goto(f"{stage.url}/inbox/{number}")
        expect(box).to_have_value(text)


def test_files_of_ones_own_wait_where_they_were_chosen(stage: Stage, come_in: OpenPage) -> None:
    for number in ("1", "2"):
        stage.says("оператор", number, name=f"Клиент {number}")
    anna = come_in("anna", "/inbox/1")
    asked: list[str] = []
    anna.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    files = anna.locator("#files li")
    paper = {"name": "акт.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 act"}
    anna.set_input_files("#composer input[type=file]", [paper])
    for number, count in ((2, 0), (1, 1)):
        anna.locator(f'.row[data-conv="{number}"]').click()
        expect(anna.locator("#talk-name")).to_contain_text(f"Клиент {number}")
        expect(files).to_have_count(count)
    with suppress(Error):
        anna.goto(f"{stage.url}/faq", timeout=3000)  # the browser asks first, and one stays
    assert asked == ["beforeunload"]
    anna.fill("#reply", "Вот акт")
    anna.keyboard.press("Control+Enter")
    expect(anna.locator(".message.operator")).to_contain_text("акт.pdf")
    expect(files).to_have_count(0)
    for view, number in (("queue", 2), ("mine", 1)):
        anna.locator(f".tabs [data-view={view}]").click()
        anna.locator(f'.row[data-conv="{number}"]').click()
        expect(anna.locator("#talk-name")).to_contain_text(f"Клиент {number}")
    expect(files).to_have_count(0)
    anna.goto(f"{stage.url}/faq")
    assert asked == ["beforeunload"]


def test_conversation_drawn_anew_keeps_what_is_being_written(stage: Stage, come_in: OpenPage) -> None:
    stage.says("оператор")
    anna = come_in("anna", "/inbox/1")
    box = anna.locator("#reply")
    paper = {"name": "акт.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 act"}
    anna.set_input_files("#composer input[type=file]", [paper])
    box.press_sequentially("Добрый день")
    box.evaluate("(one) => one.setSelectionRange(6, 6)")
    draw_anew(stage, anna)
    expect(box).to_have_value("Добрый день")
    assert caret(box) == [True, 6, 6]
    box.press_sequentially("ый, хорош")
    expect(box).to_have_value("Добрыйый, хорош день")
    box.fill("Вот акт")
    box.press("Control+Enter")  # still sends, and once
    expect(anna.locator(".message.operator")).to_have_count(1)
    expect(anna.locator(".message.operator")).to_contain_text("акт.pdf")
    box.fill("начатое")
    anna.locator("#talk-name").focus()
    anna.keyboard.press("p")
    expect(box).to_have_value("Вот акт")
    draw_anew(stage, anna)
    expect(box).to_have_value("Вот акт")  # still being changed
    expect(anna.locator(".message.edited-now")).to_have_count(1)
    box.press("Escape")
    expect(box).to_have_value("начатое")
