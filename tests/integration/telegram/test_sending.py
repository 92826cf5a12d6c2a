"""What a customer gets: texts, buttons, media, replies and edits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.message import Attachment, AttachmentKind, Button
from tests.integration.telegram.conftest import CUSTOMER, Bench

ROWS = ((Button("Помогло", "t1"), Button("Не помогло", "t2")), (Button("Позвать оператора", "t3"),))


async def test_text_with_buttons(bench: Bench) -> None:
    ids = await bench.say("Здравствуйте <&> *не разметка*", buttons=ROWS)
    (sent,) = bench.tg.sent(CUSTOMER)
    assert ids == (str(sent.message_id),)
    assert sent.text == "Здравствуйте <&> *не разметка*"
    rows = sent.markup["inline_keyboard"]
    assert [[button["callback_data"] for button in row] for row in rows] == [["t1", "t2"], ["t3"]]


async def test_formatting_is_kept(bench: Bench) -> None:
    entities = [{"type": "bold", "offset": 3, "length": 4}]
    await bench.say("😀 важно", markup=json.dumps(entities))
    assert bench.tg.sent(CUSTOMER)[0].entities == entities


async def test_formatting_that_is_refused_is_left_out(bench: Bench) -> None:
    bench.tg.fail_next("400", method="sendMessage", description="can't parse entities: odd")
    await bench.say("важно", markup=json.dumps([{"type": "bold", "offset": 0, "length": 2}]))
    assert [sent.text for sent in bench.tg.sent(CUSTOMER)] == ["важно"]
    assert bench.tg.sent(CUSTOMER)[0].entities == []


async def test_keyboard_that_is_refused_is_left_out(bench: Bench) -> None:
    bench.tg.fail_next("400", method="sendMessage", description="BUTTON_DATA_INVALID")
    await bench.say("важно", buttons=ROWS)
    (sent,) = bench.tg.sent(CUSTOMER)
    assert (sent.text, sent.markup) == ("важно", None)


async def test_long_text_is_split(bench: Bench) -> None:
    text = "слово " * 1000
    ids = await bench.say(text, buttons=ROWS)
    sent = bench.tg.sent(CUSTOMER)
    assert len(ids) == len(sent) == 2
    assert " ".join(one.text for one in sent) == text.strip()
    assert [one.markup is not None for one in sent] == [False, True]


async def test_reply(bench: Bench) -> None:
    first = bench.tg.customer_says(CUSTOMER, "вопрос").message_id
    await bench.say("ответ", reply_to=str(first))
    await bench.say("ответ на исчезнувшее", reply_to="999999")
    assert [sent.reply_to for sent in bench.tg.sent(CUSTOMER)] == [first, None]


KINDS = [
    (AttachmentKind.PHOTO, "photo", "photo.jpg"),
    (AttachmentKind.VIDEO, "video", "clip.mp4"),
    (AttachmentKind.ANIMATION, "animation", "gif.mp4"),
    (AttachmentKind.VOICE, "voice", "voice.oga"),
    (AttachmentKind.AUDIO, "audio", "song.mp3"),
    (AttachmentKind.VIDEO_NOTE, "video_note", "note.mp4"),
    (AttachmentKind.DOCUMENT, "document", "Счёт №1.pdf"),
    (AttachmentKind.STICKER, "sticker", "sticker.webp"),
]


@pytest.mark.parametrize(("kind", "shown", "name"), KINDS)
async def test_media_from_elsewhere_is_uploaded(
    bench: Bench, tmp_path: Path, kind: AttachmentKind, shown: str, name: str
) -> None:
    (tmp_path / name).write_bytes(b"content of " + name.encode())
    await bench.say("подпись", attachments=(Attachment(kind, "vk", name, name=name),), buttons=ROWS)
    sent = bench.tg.sent(CUSTOMER)
    assert (sent[0].kind, sent[0].content) == (shown, b"content of " + name.encode())
    assert sent[0].file_name == name
    has_caption = kind not in (AttachmentKind.VIDEO_NOTE, AttachmentKind.STICKER)
    assert sent[-1].caption == "подпись" if has_caption else sent[-1].text == "подпись"
    assert sent[-1].markup is not None


@pytest.mark.parametrize(("kind", "shown"), [(kind, shown) for kind, shown, _ in KINDS])
async def test_media_of_ours_is_sent_by_id(listening: Bench, kind: AttachmentKind, shown: str) -> None:
    listening.tg.customer_sends(CUSTOMER, shown, b"a customer's file")
    await listening.inbox.wait_for(2)
    (attachment,) = listening.events()[-1].message.attachments  # type: ignore[union-attr]
    assert (attachment.kind, attachment.channel) == (kind, "telegram")
    await listening.say(attachments=(attachment,))
    assert listening.tg.sent(CUSTOMER)[0].content == b"a customer's file"
    assert listening.files.asked == []


async def test_place_and_contact(bench: Bench) -> None:
    place = Attachment(AttachmentKind.LOCATION, latitude=55.75, longitude=37.61)
    venue = Attachment(AttachmentKind.LOCATION, latitude=55.75, longitude=37.61, name="Кафе, Тверская 1")
    contact = Attachment(AttachmentKind.CONTACT, name="Анна Белова", phone="+79990001122")
    await bench.say("вот", attachments=(place, venue, contact))
    assert [sent.kind for sent in bench.tg.sent(CUSTOMER)] == ["location", "venue", "contact", "text"]


async def test_what_cannot_be_carried_becomes_a_line(bench: Bench) -> None:
    await bench.say(attachments=(Attachment(AttachmentKind.OTHER, name="poll"),))
    assert bench.tg.sent(CUSTOMER)[0].text == "[poll]"


async def test_album_with_buttons(bench: Bench, tmp_path: Path) -> None:
    for name in ("a.jpg", "b.mp4", "c.pdf"):
        (tmp_path / name).write_bytes(name.encode())
    attachments = (
        Attachment(AttachmentKind.PHOTO, "vk", "a.jpg"),
        Attachment(AttachmentKind.VIDEO, "vk", "b.mp4"),
        Attachment(AttachmentKind.DOCUMENT, "vk", "c.pdf"),
    )
    ids = await bench.say("три файла", attachments=attachments[:2], buttons=ROWS)
    sent = bench.tg.sent(CUSTOMER)
    assert [one.kind for one in sent] == ["photo", "video", "text"]
    assert ids == tuple(str(one.message_id) for one in sent)
    assert sent[0].media_group_id == sent[1].media_group_id is not None
    assert (sent[2].text, sent[2].markup is not None) == ("три файла", True)
    bench.tg.forget()
    await bench.say("три файла", attachments=attachments)
    assert [(one.kind, one.caption) for one in bench.tg.sent(CUSTOMER)] == [
        ("photo", "три файла"),
        ("video", None),
        ("document", None),
    ]


async def test_edit(bench: Bench) -> None:
    (target,) = await bench.say("было", buttons=ROWS)
    assert await bench.say("стало", edit_of=target) == (target,)
    assert await bench.say("стало", edit_of=target) == (target,)  # not modified: as it should be
    assert await bench.say("", edit_of=target, buttons=ROWS) == (target,)
    assert [edit.text for edit in bench.tg.edits(CUSTOMER)][:1] == ["стало"]
    assert len(bench.tg.sent(CUSTOMER)) == 1


async def test_edit_of_a_caption(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"a")
    (target,) = await bench.say("было", attachments=(Attachment(AttachmentKind.PHOTO, "vk", "a.jpg"),))
    assert await bench.say("стало", edit_of=target) == (target,)
    assert bench.tg.edits(CUSTOMER)[-1].caption == "стало"


async def test_edit_of_what_is_gone_is_sent_anew(bench: Bench) -> None:
    ids = await bench.say("стало", edit_of="424242")
    assert [sent.text for sent in bench.tg.sent(CUSTOMER)] == ["стало"]
    assert ids != ("424242",)


async def test_the_rest_goes_on_where_it_stopped(bench: Bench) -> None:
    from core.errors import Retryable
    from core.message import OutgoingMessage

    delivery = bench.delivery(OutgoingMessage("слово " * 1000))
    bench.tg.fail_next(None, method="sendMessage")
    bench.tg.fail_next("500", method="sendMessage")
    with pytest.raises(Retryable):
        await bench.channel.send(delivery)
    receipt = await bench.channel.send(delivery)
    sent = bench.tg.sent(CUSTOMER)
    assert receipt.platform_ids == tuple(str(one.message_id) for one in sent)
    assert len(sent) == 2
