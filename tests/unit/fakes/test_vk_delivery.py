"""Events of the VK fake: long poll by `ts`, Callback API until `ok`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
import vk_api
from vk_api.bot_longpoll import VkBotLongPoll

from tests.fakes.vk import FakeVk, schema

KINDS = ["photo", "video", "voice", "document", "sticker", "location", "audio", "link"]


@pytest.fixture
def poll(vk: FakeVk, api: vk_api.VkApi) -> Iterator[VkBotLongPoll]:
    poll = VkBotLongPoll(api, vk.group_id, wait=1)
    yield poll
    poll.session.close()


def texts(events: list) -> list[str]:
    return [event.message.text for event in events if event.message]


def test_old_ts_repeats_and_new_ts_confirms(vk: FakeVk, poll: VkBotLongPoll) -> None:
    old = poll.ts
    came = [vk.customer_says(1, text) for text in ("раз", "два")]
    events = poll.check()
    assert [event.raw["event_id"] for event in events] == [one.event_id for one in came]
    assert vk.unconfirmed() == 2
    new, poll.ts = poll.ts, old
    assert texts(poll.check()) == ["раз", "два"]
    poll.ts = new
    assert poll.check() == []
    assert vk.unconfirmed() == 0


def test_lost_history_expired_key_and_faults(vk: FakeVk, poll: VkBotLongPoll) -> None:
    vk.customer_says(1, "пропадёт")
    vk.lose_history()
    assert poll.check() == [], "failed 1: the new ts is taken"
    vk.customer_says(1, "дойдёт")
    vk.expire_key()
    assert poll.check() == [], "failed 2: a new key, the same ts"
    assert texts(poll.check()) == ["дойдёт"]
    for code in (1, 2, 3):
        vk.fail_next("failed", "longpoll", code=code)
        assert poll.check() == []
    vk.customer_says(1, "и это")
    assert texts(poll.check()) == ["и это"]
    assert vk.faults_hit == {"failed": 3}


def test_short_memory() -> None:
    import requests

    with FakeVk(history=2) as vk:
        for number in range(3):
            vk.customer_says(1, str(number))
        url = f"{vk.base}/longpoll/wh{vk.group_id}"
        asked = {"act": "a_check", "key": vk.longpoll.key, "wait": 0}
        assert requests.get(url, {**asked, "ts": 1}).json() == {"failed": 1, "ts": 4}
        assert len(requests.get(url, {**asked, "ts": 2}).json()["updates"]) == 2
        assert requests.get(url, {**asked, "ts": 4, "key": "x"}).json() == {"failed": 2}


def test_every_event_fits_the_schema(vk: FakeVk, api: vk_api.VkApi, poll: VkBotLongPoll) -> None:
    said = vk.customer_says(1, "привет")
    vk.customer_starts(1)
    for kind in KINDS:
        vk.customer_sends(1, kind)
    vk.customer_sends_album(1, 3, "альбом")
    vk.customer_says(1, "ответ", reply_to=said.cmid, forward=[said.cmid])
    vk.customer_edits(1, said.cmid, "поправка")
    vk.customer_denies(1)
    vk.customer_allows(1, "ключ")
    vk.admin_says(1, "отвечу сам", admin_id=99)
    api.method("messages.send", {"peer_id": 1, "message": "от бота", "random_id": 5})
    vk.wall_comment(1, "под записью")
    events = poll.check()
    assert len(events) == 18
    for event in events:
        assert schema.event_errors(event.raw["type"], event.raw["object"]) == [], event.raw
        assert schema.errors("callback/objects.json#/definitions/callback_base", event.raw) == []
    replies = [event.raw["object"] for event in events if event.raw["type"] == "message_reply"]
    assert [(one.get("admin_author_id"), one["random_id"]) for one in replies] == [(99, 0), (None, 5)]


def test_callback_payload_comes_decoded(vk: FakeVk, api: vk_api.VkApi, poll: VkBotLongPoll) -> None:
    vk.customer_says(1, "x")
    button = {"action": {"type": "callback", "label": "Да", "payload": '{"a": 1}'}}
    markup = json.dumps({"inline": True, "buttons": [[button]]})
    api.method("messages.send", {"peer_id": 1, "message": "?", "random_id": 1, "keyboard": markup})
    vk.customer_presses(1, "да")
    assert poll.check()[-1].raw["object"]["payload"] == {"a": 1}


def test_types_switched_off_and_old_version(vk: FakeVk, api: vk_api.VkApi, poll: VkBotLongPoll) -> None:
    settings = {"group_id": vk.group_id, "message_edit": 0, "api_version": "5.92"}
    api.method("groups.setLongPollSettings", settings)
    said = vk.customer_says(1, "x")
    vk.customer_edits(1, said.cmid, "y")
    events = [event.raw for event in poll.check()]
    assert [event["type"] for event in events] == ["message_new"]
    assert events[0]["object"]["text"] == "x", "the message itself, without client_info"
    assert events[0]["v"] == "5.92"


class Hook(BaseHTTPRequestHandler):
    script: ClassVar[list[tuple[int, bytes]]] = []
    got: ClassVar[list[tuple[dict, str | None]]] = []
    lock = threading.Lock()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.lock:
            self.got.append((body, self.headers.get("X-Retry-Counter")))
            status, text = (
                (200, b"c0ffee42")
                if body["type"] == "confirmation"
                else self.script.pop(0)
                if self.script
                else (200, b"ok")
            )
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[str]:
    Hook.script, Hook.got = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hooks/vk"
    server.shutdown()
    thread.join()
    server.server_close()


def test_callback_repeats_the_same_event_until_ok(vk: FakeVk, hook: str) -> None:
    Hook.script = [(500, b""), (200, b'{"ok":1}'), (503, b"ok")]
    vk.deliver_to(hook, "s3cret")
    vk.block_for(lambda: vk.callback.servers[1].status == "ok")
    came = vk.customer_says(1, "привет")
    vk.block_for_confirmed()
    events = [(body["event_id"], retry, body["secret"]) for body, retry in Hook.got if body["type"] != "confirmation"]
    assert events == [(came.event_id, retry, "s3cret") for retry in (None, "1", "2", "3")]
    assert all(body["group_id"] == vk.group_id for body, _ in Hook.got)


def test_callback_server_added_by_the_bot(vk: FakeVk, api: vk_api.VkApi, hook: str) -> None:
    group = {"group_id": vk.group_id}
    values = {**group, "url": hook, "title": "otklik", "secret_key": "s"}
    number = api.method("groups.addCallbackServer", values)["server_id"]
    api.method("groups.setCallbackSettings", {**group, "server_id": number, "api_version": "5.199", "message_new": 1})
    vk.block_for(lambda: vk.callback.servers[number].status == "ok")
    vk.customer_says(1, "привет")
    vk.customer_denies(1)
    vk.block_for_confirmed()
    assert [body["type"] for body, _ in Hook.got] == ["confirmation", "message_new"]
    Hook.script = [(200, b"remove")]
    vk.customer_says(1, "и уходи")
    vk.block_for(lambda: not vk.callback.servers)
