"""What customers do becomes events, by polling and by webhook, and trouble on the way loses nothing."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from channels.telegram.incoming.receive import secret_of
from core.channel import HookRequest
from core.errors import Retryable
from core.event import ButtonPressed, CustomerBlocked, CustomerReturned, MessageEdited, MessageReceived
from core.message import AttachmentKind, Button
from tests.fakes.telegram import FakeTelegram
from tests.integration.telegram.conftest import CUSTOMER, Bench


async def everything(bench: Bench) -> list[Any]:
    await bench.tg.wait_for_confirmed()
    return bench.events()[1:]  # the first is /start


async def test_message_press_edit_block(listening: Bench) -> None:
    tg = listening.tg
    await listening.say("Помогло?", buttons=((Button("Да", "yes1"),),))
    said = tg.customer_says(CUSTOMER, "где мой заказ").message_id
    tg.customer_says(CUSTOMER, "ответ", reply_to=said)
    tg.customer_edits(CUSTOMER, said, "где мой заказ?")
    tg.customer_presses(CUSTOMER, "Да")
    tg.customer_blocks(CUSTOMER)
    tg.customer_unblocks(CUSTOMER)
    first, second, edited, pressed, blocked, returned = await everything(listening)
    assert isinstance(first, MessageReceived)
    assert (first.sender.address, first.sender.name, first.sender.language) == ("1001", "Клиент 1001", "ru")
    assert (first.message.text, first.message.origin_id) == ("где мой заказ", str(said))
    assert first.message.sent_at is not None
    assert second.message.reply_to == str(said)
    assert isinstance(edited, MessageEdited)
    assert (edited.message.origin_id, edited.message.text) == (str(said), "где мой заказ?")
    assert isinstance(pressed, ButtonPressed)
    assert pressed.token == "yes1"
    assert isinstance(blocked, CustomerBlocked)
    assert isinstance(returned, CustomerReturned)


async def test_arrivals_are_named_and_laned(listening: Bench) -> None:
    update = listening.tg.customer_says(CUSTOMER, "раз").update_id
    said = listening.tg.member_says(7001, "в общей")
    await listening.tg.wait_for_confirmed()
    arrival = listening.inbox.arrivals[str(update)]
    assert (arrival.channel, arrival.account, arrival.lane) == ("telegram", "4200000001", f"telegram:{CUSTOMER}")
    arrival = listening.inbox.arrivals[str(said.update_id)]
    assert (arrival.channel, arrival.lane) == ("telegram_desk", "telegram_desk:0")
    (message,) = await listening.post("карточка")
    topic = int(listening.topics.bound[1])  # type: ignore[index]
    said = listening.tg.member_says(7001, "в теме", thread=topic)
    await listening.tg.wait_for_confirmed()
    assert listening.inbox.arrivals[str(said.update_id)].lane == f"telegram_desk:{topic}"
    assert message


async def test_press_is_acknowledged(listening: Bench) -> None:
    await listening.say("Помогло?", buttons=((Button("Да", "yes1"),),))
    listening.tg.customer_presses(CUSTOMER, "Да")
    pressed = (await listening.inbox.wait_for(2))[-1]
    await listening.channel.acknowledge(pressed.payload)
    assert len(listening.tg.answers()) == 1
    await listening.channel.acknowledge(pressed.payload)  # too late or twice: no matter
    listening.tg.fail_next("drop_before", method="answerCallbackQuery")
    await listening.channel.acknowledge(pressed.payload)
    await listening.channel.acknowledge({"update_id": 1, "callback_query": "junk"})


MEDIA = ["photo", "video", "voice", "video_note", "audio", "document", "animation", "sticker"]


@pytest.mark.parametrize("kind", MEDIA)
async def test_media(listening: Bench, tmp_path: Path, kind: str) -> None:
    caption = None if kind in ("video_note", "sticker") else "подпись"
    listening.tg.customer_sends(CUSTOMER, kind, b"the bytes", caption=caption)
    (event,) = await everything(listening)
    (attachment,) = event.message.attachments
    assert attachment.kind == AttachmentKind(kind)
    assert event.message.text == (caption or "")
    await listening.channel.fetch(attachment, tmp_path / "fetched")
    assert (tmp_path / "fetched").read_bytes() == b"the bytes"


async def test_what_is_no_file(listening: Bench) -> None:
    listening.tg.customer_sends(CUSTOMER, "location", latitude=55.5, longitude=37.5)
    listening.tg.customer_sends(CUSTOMER, "contact", phone_number="+7999", first_name="Анна")
    listening.tg.customer_sends(CUSTOMER, "venue")
    listening.tg.customer_sends(CUSTOMER, "dice")
    place, contact, venue, dice = [event.message.attachments[0] for event in await everything(listening)]
    assert (place.kind, place.latitude, place.longitude) == (AttachmentKind.LOCATION, 55.5, 37.5)
    assert (contact.kind, contact.phone, contact.name) == (AttachmentKind.CONTACT, "+7999", "Анна")
    assert (venue.kind, bool(venue.name)) == (AttachmentKind.LOCATION, True)
    assert (dice.kind, dice.name) == (AttachmentKind.OTHER, "dice")


async def test_album(listening: Bench) -> None:
    listening.tg.customer_sends_album(CUSTOMER, ["photo", "video"], caption="два")
    first, second = await everything(listening)
    assert first.message.album_id == second.message.album_id != ""
    assert (first.message.text, second.message.text) == ("два", "")


async def test_file_is_too_big_or_gone(bench: Bench, tmp_path: Path) -> None:
    from core.errors import Permanent, Refusal
    from core.message import Attachment

    bench.tg.fail_next("400", method="getFile", description="file is too big")
    with pytest.raises(Permanent) as caught:
        await bench.channel.fetch(Attachment(AttachmentKind.VIDEO, "telegram", "x"), tmp_path / "f")
    assert caught.value.reason is Refusal.FILE
    with pytest.raises(Permanent) as caught:
        await bench.channel.fetch(Attachment(AttachmentKind.VIDEO, "telegram", "unknown"), tmp_path / "f")
    assert caught.value.reason is Refusal.FILE
    bench.tg.fail_next("drop_before", method="getFile")
    with pytest.raises(Retryable):
        await bench.channel.fetch(Attachment(AttachmentKind.VIDEO, "telegram", "x"), tmp_path / "f")


async def test_poison_is_stored_and_passed(listening: Bench) -> None:
    listening.tg.push_poison()
    listening.tg.push({"message": "not an object"})
    listening.tg.customer_says(CUSTOMER, "после яда")
    await listening.tg.wait_for_confirmed()
    assert len(listening.inbox.arrivals) == 4
    events: list[Any] = []
    unreadable = 0
    for arrival in listening.inbox.arrivals.values():
        try:
            events += listening.channel.parse(arrival.payload)
        except ValueError:
            unreadable += 1
    assert events[-1].message.text == "после яда"
    assert unreadable >= 1


async def test_offset_moves_after_the_commit_only(bench: Bench) -> None:
    class Failing(type(bench.inbox)):  # type: ignore[misc]
        async def store(self, arrivals: Any, cursor: Any = None) -> None:
            raise RuntimeError("the disk is full")

    bench.tg.customer_says(CUSTOMER, "не потеряй")
    with pytest.raises(RuntimeError):
        await bench.channel.listen(Failing())
    assert bench.tg.unconfirmed() >= 1


async def test_trouble_on_the_way(listening: Bench) -> None:
    for kind in ("500", "502", "html", "drop_before", "drop_after", "429"):
        listening.tg.fail_next(kind, method="getUpdates", **({"retry_after": 1} if kind == "429" else {}))
    listening.tg.customer_says(CUSTOMER, "сквозь всё")
    await listening.inbox.wait_for(2)
    assert listening.inbox.reports == []


async def test_another_poller_is_reported_once(listening: Bench) -> None:
    await listening.tg.wait_for_confirmed()
    listening.tg.fail_next("409", method="getUpdates", times=3)
    listening.tg.customer_says(CUSTOMER, "раз")
    await listening.inbox.wait_for(2)
    listening.tg.customer_says(CUSTOMER, "два")
    await listening.inbox.wait_for(3)
    (report,) = listening.inbox.reports
    assert "another program polls this bot" in report[1]


async def test_token_revoked_and_given_back(listening: Bench) -> None:
    listening.tg.set_token_revoked(True)
    listening.tg.customer_says(CUSTOMER, "раз")
    await listening.inbox.wait(lambda: listening.inbox.reports)
    listening.tg.set_token_revoked(False)
    listening.tg.customer_says(CUSTOMER, "два")
    await listening.inbox.wait_for(3)
    assert len(listening.inbox.reports) == 1
    assert listening.tg.token not in str(listening.inbox.reports)


async def test_start_with_a_wrong_token(tg: FakeTelegram, tmp_path: Path) -> None:
    bench = Bench(tg, tmp_path, token="123:wrong")
    with pytest.raises(Retryable) as caught:
        await bench.channel.start(bench.inbox)
    assert caught.value.alert
    await bench.channel.close()


async def test_unwanted_group_is_reported(listening: Bench) -> None:
    other = listening.tg.add_forum(members=[7005])
    listening.tg.member_says(7005, "кто здесь?", chat=other)
    group = {"id": other, "type": "supergroup", "title": "чужая"}
    member = {"chat": group, "from": {"id": 7005}, "new_chat_member": {"status": "member"}}
    listening.tg.push({"my_chat_member": member})
    events = await everything(listening)
    assert events == []
    assert any("not the operators'" in words for _, words in listening.inbox.reports)


async def test_polling_removes_a_webhook_but_not_what_waits(tg: FakeTelegram, tmp_path: Path) -> None:
    bench = Bench(tg, tmp_path)
    tg.fail_next("500", method="nothing")
    from channels.telegram.wire import sdk

    await bench.client.call(sdk.methods.SetWebhook, url="https://127.0.0.1:1/x")
    tg.customer_says(CUSTOMER, "ждал")
    await bench.channel.start(bench.inbox)
    assert tg.unconfirmed() == 1
    assert "drop_pending_updates" not in next(one for one in tg.calls if one["method"] == "deleteWebhook")["params"]
    assert {"ru", ""} == {language for _, language in tg.commands} or tg.commands
    await bench.channel.close()


# webhook


class HookServer:
    """Serves the channel's hook as the web room will."""

    def __init__(self) -> None:
        self.hook: Any = None
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = await self.hook.handle(HookRequest(headers, await request.read()))
        return web.Response(status=answer.status, text=answer.text)


@pytest.fixture
async def served() -> Any:
    server = HookServer()
    app = web.Application(client_max_size=8 * 2**20)
    app.router.add_post("/hooks/telegram", server.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


async def test_webhook(tg: FakeTelegram, tmp_path: Path, served: HookServer) -> None:
    bench = Bench(tg, tmp_path, mode="webhook", public_url=served.url)
    (served.hook,) = bench.channel.hooks(bench.inbox)
    await bench.channel.start(bench.inbox)
    tg.customer_says(CUSTOMER, "по вебхуку")
    (arrival,) = await bench.inbox.wait_for(1)
    assert bench.channel.parse(arrival.payload)[0].message.text == "по вебхуку"  # type: ignore[union-attr]
    await tg.wait_for_confirmed()
    await bench.channel.close()


BAD = [
    (b"[1, 2]", 400),
    (b"null", 400),
    (b"\xff\xfe", 400),
    (b"", 400),
    (b'{"update_id": NaN}', 400),
    (b"[" * 200_000, 400),
    (b'{"a":' * 500 + b"1" + b"}" * 500, 400),
    (b'{"update_id":' + b"9" * 5000 + b"}", 400),
    (b"x" * 5_000_000, 413),
    (b'{"no": "id"}', 200),
    (b'{"update_id": 7}', 200),
    (b'{"update_id": 7, "message": {"chat": 5, "text": "\\ud800"}}', 200),
]


@pytest.mark.parametrize(("body", "status"), BAD)
async def test_junk_to_the_hook(tg: FakeTelegram, tmp_path: Path, body: bytes, status: int) -> None:
    bench = Bench(tg, tmp_path, mode="webhook", public_url="https://desk.example/", secret="s-1")
    (hook,) = bench.channel.hooks(bench.inbox)
    right = {"x-telegram-bot-api-secret-token": "s-1"}
    assert (await hook.handle(HookRequest(right, body))).status == status
    for wrong in ({}, {"x-telegram-bot-api-secret-token": "секрет\udcff"}, {"x-telegram-bot-api-secret-token": ""}):
        assert (await hook.handle(HookRequest(wrong, body))).status == 401
    for arrival in bench.inbox.arrivals.values():
        json.dumps(arrival.payload)


async def test_there_is_always_a_secret(tg: FakeTelegram, tmp_path: Path) -> None:
    bench = Bench(tg, tmp_path, mode="webhook", public_url="https://desk.example")
    assert len(secret_of(bench.client)) == 64
    assert tg.token.partition(":")[2] not in secret_of(bench.client)


async def test_listen_ends_when_cancelled(bench: Bench) -> None:
    for listener in (bench.channel, bench.desk):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await listener.listen(bench.inbox)
