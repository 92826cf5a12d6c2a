"""Answers of the FAQ with files: how they arrive on either platform, and what is said where a file cannot go."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete

from bot.knowledge.editing import By, add_entry
from bot.storage.knowledge.files import keep_file
from bot.storage.knowledge.tables import faq_file_part
from core.message import AttachmentKind
from tests.integration.functions.house import House, Person

PICTURE = b"\xff\xd8\xff picture of the size table"
PAPER = b"%PDF-1.4 the form"
QUESTION = "Какие у вас размеры?"


async def teach(house: House, *files: tuple[str, str, AttachmentKind, bytes]) -> None:
    now = house.app.clock.now()

    def work(connection: Connection) -> None:
        kept = [keep_file(connection, name, mime, kind, content, now) for name, mime, kind, content in files]
        values: dict[str, Any] = {"question": QUESTION, "answer": "Вот таблица размеров.", "state": "published"}
        add_entry(connection, values, By("admin"), now, files=kept)

    await house.app.database.write(work)
    await house.app.library.refresh()


async def test_picture_goes_with_the_words_and_the_buttons(house: House, person: Person) -> None:
    await teach(house, ("sizes.jpg", "image/jpeg", AttachmentKind.PHOTO, PICTURE))
    await person.says(QUESTION)
    got = await person.gets("таблица размеров", kind="photo")
    assert got.content == PICTURE
    thread = await person.reach_the_desk()
    assert "таблица размеров" in (await house.shows(thread, "таблица размеров")).text


async def test_picture_and_document(house: House, person: Person) -> None:
    await teach(
        house,
        ("sizes.jpg", "image/jpeg", AttachmentKind.PHOTO, PICTURE),
        ("blank.pdf", "application/pdf", AttachmentKind.DOCUMENT, PAPER),
    )
    await person.says(QUESTION)
    assert (await person.gets("таблица размеров")).kind == "photo"
    assert (await person.gets(kind="document")).content == PAPER


async def test_sent_once_although_the_answer_of_the_platform_got_lost(house: House, person: Person) -> None:
    await teach(house, ("sizes.jpg", "image/jpeg", AttachmentKind.PHOTO, PICTURE))
    if person.platform == "telegram":
        house.tg.fail_next("drop_after", method="sendPhoto")
    else:
        house.vk.fail_next("drop_after", method="messages.send")
    await person.says(QUESTION)
    await person.gets("таблица размеров", kind="photo")
    await house.app.outbox.drained()
    # Telegram has no number to know a repeat by: there the second one is told to the operators
    assert len([one for one in person.got() if one.kind == "photo"]) == (2 if person.platform == "telegram" else 1)


async def test_file_that_cannot_go_leaves_the_words_and_a_link(house: House, person: Person) -> None:
    await teach(house, ("sizes.jpg", "image/jpeg", AttachmentKind.PHOTO, PICTURE))
    object.__setattr__(house.app.setup, "public_url", "https://desk.example")
    await house.app.database.write(lambda connection: connection.execute(delete(faq_file_part)))
    await person.says(QUESTION)
    got = await person.gets("таблица размеров", kind="text")
    assert "📎 sizes.jpg: https://desk.example/help/files/" in got.text
    assert "sign=" in got.text
