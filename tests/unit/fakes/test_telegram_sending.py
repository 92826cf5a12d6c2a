"""Sending by the Bot API fake: texts, markup, media, albums."""

from __future__ import annotations

import io

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
)
from aiogram.types import (
    BufferedInputFile,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
)

from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.schema import load

FILE = BufferedInputFile(b"bytes", "name.bin")
INLINE = {"inline_keyboard": [[{"text": "Да", "callback_data": "y"}]]}


async def test_html_becomes_text_and_entities(tg: FakeTelegram, bot: Bot) -> None:
    tg.customer_says(1, "x")
    sent = await bot.send_message(
        1, ' <b>Ж😀</b> &lt;i&gt; <a href="https://e.org/?a=1&amp;b=2">тут</a> ', parse_mode="HTML"
    )
    assert sent.text == "Ж😀 <i> тут"
    assert [(one.type, one.offset, one.length, one.url) for one in sent.entities or []] == [
        ("bold", 0, 3, None),
        ("text_link", 8, 3, "https://e.org/?a=1&b=2"),
    ]
    assert tg.sent(1)[0].text == "Ж😀 <i> тут"


@pytest.mark.parametrize(
    ("text", "mode", "complaint"),
    [
        ("", None, "message text is empty"),
        (" \n\x01 ", None, "text must be non-empty"),
        ("ж" * 4097, None, "message is too long"),
        ("<b>незакрыто", "HTML", "can't parse entities: Can't find end tag"),
        ("<marquee>x</marquee>", "HTML", 'can\'t parse entities: Unsupported start tag "marquee"'),
        ("a < b", "HTML", "can't parse entities"),
        ("x</b>", "HTML", "can't parse entities: Unexpected end tag"),
        ("<b><i>x</b></i>", "HTML", "can't parse entities: Unmatched end tag"),
    ],
)
async def test_text_that_is_refused(tg: FakeTelegram, text: str, mode: str | None, complaint: str, bot: Bot) -> None:
    tg.customer_says(1, "x")
    with pytest.raises(TelegramBadRequest, match=complaint):
        await bot.send_message(1, text, parse_mode=mode)
    assert tg.sent() == []
    tg.forget()


async def test_length_counts_after_parsing(tg: FakeTelegram, bot: Bot) -> None:
    tg.customer_says(1, "x")
    await bot.send_message(1, f"<b>{'&amp;' * 4096}</b>", parse_mode="HTML")
    assert len(tg.sent()[0].text) == 4096


async def test_buttons_are_measured_in_bytes(tg: FakeTelegram, bot: Bot) -> None:
    tg.customer_says(1, "x")
    for data, fits in (("я" * 32, True), ("я" * 33, False)):
        markup = {"inline_keyboard": [[{"text": "a", "callback_data": data}]]}
        if fits:
            await bot.send_message(1, "ok", reply_markup=markup)
        else:
            with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
                await bot.send_message(1, "no", reply_markup=markup)
    assert load() is None or any("bytes" in problem.problem for problem in tg.problems)
    tg.forget()


async def test_every_kind_of_media_is_sent_kept_and_sent_again_by_id(tg: FakeTelegram, bot: Bot) -> None:
    tg.customer_says(1, "x")
    sends = {
        "photo": bot.send_photo,
        "document": bot.send_document,
        "video": bot.send_video,
        "voice": bot.send_voice,
        "audio": bot.send_audio,
        "video_note": bot.send_video_note,
        "animation": bot.send_animation,
        "sticker": bot.send_sticker,
    }
    for kind, send in sends.items():
        sent = await send(1, FILE)
        thing = sent.photo[-1] if sent.photo else getattr(sent, kind)
        again = await send(1, thing.file_id)
        assert getattr(again, kind) is not None
        file = await bot.get_file(thing.file_id)
        got = io.BytesIO()
        await bot.download_file(file.file_path or "", got)
        assert got.getvalue() == b"bytes" == tg.sent(1)[-1].content
    await bot.send_location(1, 55.7, 37.6)
    await bot.send_venue(1, 55.7, 37.6, "Офис", "Тверская")
    await bot.send_contact(1, "+7900", "Анна")
    assert [record.kind for record in tg.sent(1)[-3:]] == ["location", "venue", "contact"]


async def test_albums_are_two_to_ten_of_one_sort(tg: FakeTelegram, bot: Bot) -> None:
    tg.customer_says(1, "x")
    photo, video = InputMediaPhoto(media=FILE, caption="вот"), InputMediaVideo(media=FILE)
    album = await bot.send_media_group(1, [photo, video])
    assert album[0].media_group_id == album[1].media_group_id is not None
    assert [record.caption for record in tg.sent(1)] == ["вот", None]
    with pytest.raises(TelegramBadRequest, match="album"):
        await bot.send_media_group(1, [photo, InputMediaDocument(media=FILE)])
    with pytest.raises(TelegramBadRequest, match="album"):
        await bot.send_media_group(1, [photo] * 11)
