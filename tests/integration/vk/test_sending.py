"""Messages to customers on VK, over HTTP, with the errors VK answers with."""

import json
import logging

import pytest

from core.errors import Permanent, Refusal, Retryable, Scope
from core.fit import fit
from core.message import Attachment, AttachmentKind, Button, OutgoingMessage

CUSTOMER = 1001
ROWS = ((Button("Помогло", "a1"), Button("Не помогло", "a2")), (Button("Позвать оператора", "a3"),))


def last(vk):
    return vk.sent()[-1]


async def test_text_with_buttons(bench, vk):
    (cmid,) = await bench.say("Ответ: [id1|не упоминание]", buttons=ROWS)
    sent = last(vk)
    assert (sent.text, str(sent.cmid)) == ("Ответ: [id1|не упоминание]", cmid)
    assert [[b["action"]["label"] for b in row] for row in sent.keyboard["buttons"]] == [
        ["Помогло", "Не помогло"],
        ["Позвать оператора"],
    ]
    vk.customer_presses(CUSTOMER, "Не помогло")


async def test_repeat_with_the_same_random_id_is_one_message(bench, vk):
    delivery = bench.delivery(OutgoingMessage("раз"), random_id=-5)
    vk.fail_next("drop_after", method="messages.send")
    with pytest.raises(Retryable) as caught:
        await bench.channel.send(delivery)
    assert caught.value.is_uncertain
    receipt = await bench.channel.send(delivery)
    assert [sent.text for sent in vk.sent()] == ["раз"]
    assert receipt.platform_ids == (str(last(vk).cmid),)


async def test_reply(bench, vk):
    asked = vk.customer_says(CUSTOMER, "Где заказ?")
    await bench.say("В пути", reply_to=str(asked.cmid))
    assert str(last(vk).reply_to) not in ("", "None")


async def test_reply_to_what_is_gone_arrives_without(bench, vk):
    await bench.say("В пути", reply_to="999")
    assert last(vk).text == "В пути"


async def test_edit_keeps_buttons_and_id(bench, vk):
    (cmid,) = await bench.say("было", buttons=ROWS)
    assert await bench.say("стало", buttons=ROWS, edit_of=cmid) == (cmid,)
    assert [message["text"] for message in vk.view(CUSTOMER)] == ["Здравствуйте", "стало"]
    vk.customer_presses(CUSTOMER, "Помогло")


@pytest.mark.parametrize("code", [909, 920])
async def test_edit_too_late_is_a_new_message(bench, vk, code):
    (cmid,) = await bench.say("было")
    vk.fail_next(code, method="messages.edit")
    (new,) = await bench.say("стало", edit_of=cmid)
    assert new != cmid
    assert last(vk).text == "✎ стало"


@pytest.mark.parametrize("code", [911, 912])
async def test_keyboard_refused_buttons_become_words(bench, vk, code):
    vk.fail_next(code, method="messages.send")
    await bench.say("Помогло?", buttons=ROWS)
    assert last(vk).text == "Помогло?\n\n1 — Помогло\n2 — Не помогло\n3 — Позвать оператора"
    assert not last(vk).keyboard


@pytest.mark.parametrize(
    ("kind", "name", "content", "arrives_as"),
    [
        ("photo", "cat.jpg", b"\xff\xd8jpeg", "photo"),
        ("document", "счёт.pdf", b"%PDF", "doc"),
        ("voice", "voice.ogg", b"OggS", "audio_message"),
        ("voice", "voice.mp3", b"ID3", "doc"),
        ("video", "v.mp4", b"mp4", "doc"),
        ("animation", "a.mp4", b"mp4", "doc"),
        ("audio", "song.mp3", b"ID3", "doc"),
        ("sticker", "s.webp", b"RIFF", "photo"),
    ],
)
async def test_file(bench, vk, kind, name, content, arrives_as):
    mime = "image/webp" if kind == "sticker" else ""
    await bench.say("вот", attachments=(bench.attachment(kind, name, content, mime=mime),))
    (found,) = last(vk).attachments
    assert (found["type"], last(vk).text) == (arrives_as, "вот")


async def test_album_keeps_its_order(bench, vk):
    photos = tuple(bench.attachment("photo", f"{n}.jpg", f"photo {n}".encode()) for n in range(3))
    await bench.say("", attachments=photos)
    ids = [item["photo"]["id"] for item in last(vk).attachments]
    assert ids == sorted(ids)
    assert len(ids) == 3


async def test_picture_vk_does_not_take_goes_as_document(bench, vk):
    vk.fail_next(100, method="photos.saveMessagesPhoto")
    await bench.say("вот", attachments=(bench.attachment("photo", "odd.jpg", b"odd"),))
    assert last(vk).attachments[0]["type"] == "doc"


async def test_file_that_cannot_be_had(bench, vk):
    with pytest.raises(Permanent) as caught:
        await bench.say("вот", attachments=(Attachment(AttachmentKind.PHOTO, "telegram", "gone"),))
    assert caught.value.reason is Refusal.FILE
    with pytest.raises(Permanent) as caught:
        await bench.say("вот", attachments=(bench.attachment("document", "empty.txt", b""),))
    assert caught.value.reason is Refusal.FILE
    assert vk.sent() == []


async def test_upload_is_not_repeated_with_the_send(bench, vk):
    delivery = bench.delivery(OutgoingMessage("вот", attachments=(bench.attachment("photo", "p.jpg"),)))
    vk.fail_next(10, method="messages.send")
    with pytest.raises(Retryable):
        await bench.channel.send(delivery)
    await bench.channel.send(delivery)
    assert vk.count("photos.saveMessagesPhoto") == 1


async def test_place_and_contact(bench, vk):
    await bench.say("", attachments=(Attachment(AttachmentKind.LOCATION, latitude=55.75, longitude=37.61),))
    await bench.say("", attachments=(Attachment(AttachmentKind.CONTACT, name="Аня", phone="+79001234567"),))
    assert [sent.text for sent in vk.sent()] == ["", "☎ Аня, +79001234567"]


async def test_six_thousand_characters(bench, vk):
    text = "слово " * 1000
    for part in fit(OutgoingMessage(text), bench.channel.capabilities):
        await bench.channel.send(bench.delivery(part))
    assert "".join(sent.text for sent in vk.sent()).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (6, {"after": 0.5, "scope": Scope.ACCOUNT, "counts": False}),
        (9, {"after": 30.0, "scope": Scope.LANE, "counts": False}),
        (14, {"after": 60.0, "scope": Scope.ACCOUNT, "alert": True}),
        (5, {"scope": Scope.ACCOUNT, "alert": True}),
        (29, {"scope": Scope.ACCOUNT, "alert": True}),
        (1, {"is_uncertain": True}),
        (10, {"is_uncertain": True}),
        (36, {"is_uncertain": True}),
        ("500", {"is_uncertain": True}),
        ("502", {"is_uncertain": True}),
        ("html", {"is_uncertain": True}),
        ("drop_before", {"is_uncertain": True}),
    ],
)
async def test_trouble_that_passes(bench, vk, fault, expected):
    vk.fail_next(fault, method="messages.send")
    with pytest.raises(Retryable) as caught:
        await bench.say("раз")
    assert {name: getattr(caught.value, name) for name in expected} == expected
    assert vk.token not in repr(caught.value.__dict__) + str(caught.value)
    assert caught.value.__cause__ is None


UNREACHABLE = [(code, "unreachable") for code in (18, 900, 901, 902, 936)]


@pytest.mark.parametrize(
    ("code", "reason"),
    [*UNREACHABLE, (950, "too_late"), (7, "no_rights"), (15, "no_rights"), (100, "rejected"), (914, "rejected")],
)
async def test_refused_for_good(bench, vk, code, reason):
    vk.fail_next(code, method="messages.send")
    with pytest.raises(Permanent) as caught:
        await bench.say("раз")
    assert caught.value.reason == reason
    assert caught.value.alert == (reason == "no_rights")


async def test_customer_who_denied_messages(bench, vk):
    vk.customer_denies(CUSTOMER)
    with pytest.raises(Permanent) as caught:
        await bench.say("раз")
    assert caught.value.reason is Refusal.UNREACHABLE


async def test_flood_doubles_for_that_customer_only_and_is_forgotten_after_a_success(bench, vk):
    vk.customer_says(1002, "и я")
    waits = []
    for customer in (CUSTOMER, CUSTOMER, 1002, CUSTOMER):
        vk.fail_next(9, method="messages.send")
        with pytest.raises(Retryable) as caught:
            await bench.say("раз", to=customer)
        waits.append(caught.value.after)
    assert waits == [30, 60, 30, 120]
    await bench.say("раз")
    vk.fail_next(9, method="messages.send")
    with pytest.raises(Retryable) as caught:
        await bench.say("раз")
    assert caught.value.after == 30


async def test_names(bench, vk):
    vk.add_user(1002, first_name="Анна", last_name="Ёжикова")
    assert (await bench.channel.names(["1002", "junk", "99999999"])).get("1002") == "Анна Ёжикова"
    await bench.channel.names(["1002"])
    assert vk.count("users.get") == 1
    vk.fail_next(10, method="users.get")
    assert await bench.channel.names(["1003"]) == {}


async def test_nothing_secret_in_the_log(bench, vk, caplog):
    caplog.set_level(logging.DEBUG)
    vk.fail_next("500", method="messages.send")
    with pytest.raises(Retryable):
        await bench.say("тайные слова")
    await bench.say("тайные слова")
    ours = [
        record.getMessage() for record in caplog.records if not record.name.startswith(("tests", "asyncio", "aiohttp"))
    ]
    assert not any(vk.token in line or "тайные" in line for line in ours)
    assert vk.token not in repr(bench.settings)


async def test_doctor(bench, vk):
    assert {finding.level for finding in await bench.channel.check()} == {"ok"}
    vk.set_permissions(["messages", "docs"])
    vk.set_events(["message_new"])
    found = {finding.subject: finding for finding in await bench.channel.check()}
    assert "photos" in found["vk rights"].text
    assert "message_event" in found["vk long poll"].text
    vk.set_token_revoked(True)
    (finding,) = await bench.channel.check()
    assert finding.level == "fatal"
    assert "OTKLIK_VK_TOKEN" in finding.remedy
    assert json.dumps([finding.text, finding.remedy]).count(vk.token) == 0
