"""Everything that is no text: what it arrives as on the other side, byte for byte, or what is said instead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.ports import Drawings, FileShelf
from core.errors import Permanent
from core.message import DRAWN, Attachment, AttachmentKind
from surveys.picture import Week, draw_week, write_week
from tests.integration.functions.house import House, Person

FILE = b"\x00bytes \xff of a file"
PLACE = {"latitude": 55.75, "longitude": 37.61}
CARD = {"phone_number": "+79001234567", "first_name": "Пётр", "last_name": "Ильин"}
KINDS = ("photo", "video", "voice", "video_note", "document", "sticker")
INTO_TOPIC = {"vk": {"sticker": "photo", "video": "", "video_note": "-"}, "telegram": {}}  # "": told; "-": none there
TO_CUSTOMER = {"vk": {"video": "document", "video_note": "document", "sticker": "photo"}, "telegram": {}}


@pytest.mark.parametrize("kind", KINDS)
async def test_file_into_topic(house: House, person: Person, kind: str) -> None:
    arrives_as = INTO_TOPIC[person.platform].get(kind, kind)
    if arrives_as == "-":
        return
    thread = await person.reach_the_desk()
    await person.sends(kind, content=FILE)
    if arrives_as:
        assert (await house.shows(thread, kind=arrives_as)).content == FILE
    else:
        assert "vk.com/video" in (await house.shows(thread, "не передаётся")).text


@pytest.mark.parametrize("kind", KINDS)
async def test_file_to_customer(house: House, person: Person, kind: str) -> None:
    thread = await person.reach_the_desk()
    house.sends(thread, kind, content=FILE)
    assert (await person.gets(kind=TO_CUSTOMER[person.platform].get(kind, kind))).content == FILE


async def test_photo_with_caption(house: House, person: Person) -> None:
    thread = await person.reach_the_desk()
    await person.sends("photo", "Вот <такой> & пришёл", content=FILE)
    seen = await house.shows(thread, kind="photo")
    assert (seen.text, seen.content) == ("Вот <такой> & пришёл", FILE)
    house.sends(thread, "photo", content=FILE, caption="Должен <такой>")
    got = await person.gets(kind="photo")
    assert (got.text, got.content) == ("Должен <такой>", FILE)


@pytest.mark.parametrize("person", ["vk"], indirect=True)
async def test_caption_that_is_too_long(house: House, person: Person) -> None:
    thread = await person.reach_the_desk()
    words = "Подробно. " * 200
    await person.sends("photo", words, content=FILE)
    assert (await house.shows(thread, kind="photo")).text == ""
    assert (await house.shows(thread, "Подробно.", kind="text")).text == words.strip()
    house.sends(thread, "photo", content=FILE, caption=words)
    assert (await person.gets(kind="photo")).text == words.strip()


async def test_album(house: House, person: Person) -> None:
    thread = await person.reach_the_desk()
    await person.sends_album("Три вида")  # type: ignore[attr-defined]
    kinds = ["photo", "photo", "video" if person.platform == "telegram" else "photo"]
    await house.wait(lambda: len([one for one in house.posts(thread) if one.kind != "text"]) == 3)
    seen = [one for one in house.posts(thread) if one.kind != "text"]
    assert [one.kind for one in seen] == kinds
    assert [one.text for one in seen] == ["Три вида", "", ""]
    assert len({one.record.media_group_id for one in seen} - {None}) == 1
    house.tg.member_sends_album(7001, thread, ["photo", "photo"], caption="А вот наши")
    first = await person.gets("А вот наши")
    if person.platform == "vk":
        assert [one["type"] for one in first.record.attachments] == ["photo", "photo"]
    else:
        await person.gets(kind="photo", count=2)
        assert len([one for one in person.got() if one.record.media_group_id == first.record.media_group_id]) == 2


async def test_location(house: House, person: Person) -> None:
    thread = await person.reach_the_desk()
    await person.sends("location", **PLACE)
    seen = await house.shows(thread, kind="location" if person.platform == "telegram" else "")
    await house.wait(lambda: any(one.kind in ("location", "venue") for one in house.posts(thread)))
    there = len(person.got())
    house.sends(thread, "location", **PLACE)
    got = await person.gets(kind="location")
    assert there < len(person.got())
    if person.platform == "vk":
        assert (float(got.record.params["lat"]), float(got.record.params["long"])) == tuple(PLACE.values())
    assert seen is not None


async def test_contact(house: House, person: Person) -> None:
    thread = await person.reach_the_desk()
    if person.platform == "telegram":
        await person.sends("contact", **CARD)
        assert (await house.shows(thread, kind="contact")).record.params["phone_number"] == CARD["phone_number"]
    house.sends(thread, "contact", **CARD)
    if person.platform == "telegram":
        assert (await person.gets(kind="contact")).record.params["phone_number"] == CARD["phone_number"]
    else:
        assert (await person.gets("+79001234567")).text == "☎ Пётр Ильин, +79001234567"


async def test_what_nobody_carries(house: House, person: Person) -> None:
    thread = await person.reach_the_desk()
    if person.platform == "telegram":
        await person.sends("dice")
        assert (await house.shows(thread, "не передаётся")).text == "[не передаётся: dice]"
    else:
        await person.sends("link", url="https://example.org/x")
        assert "https://example.org/x" in (await house.shows(thread, "не передаётся")).text
    there = len(person.got())
    house.sends(thread, "dice")
    await house.shows(thread, "Не ушло клиенту")
    assert len(person.got()) == there


async def test_drawn_picture_is_a_file_like_any_other(tmp_path: Path) -> None:
    shelf = FileShelf(tmp_path / "files")
    shelf.serve({DRAWN: Drawings()})
    week = Week([f"{day:02}.03" for day in range(3, 10)], [5] * 7, [4] * 7)
    picture = Attachment(AttachmentKind.PHOTO, DRAWN, write_week(week), "week.png", "image/png")
    stored = await shelf.get(picture)
    assert (stored.name, stored.mime, stored.path.read_bytes()) == ("week.png", "image/png", draw_week(week))
    assert (await shelf.get(picture)).path == stored.path
    with pytest.raises(Permanent):
        await shelf.get(replace(picture, ref=""))
