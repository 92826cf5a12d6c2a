"""Junk and hostile requests to the webhooks: refused or set aside, and the next customer is served."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.crash.stage import SECRET
from tests.integration.bad_input.conftest import Place, raw_post

pytestmark = pytest.mark.slow

HUGE = 10**40
UPDATE = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "x"}}
BODIES = {
    "empty": b"",
    "no JSON": b"hello",
    "invalid UTF-8": b'{"update_id": 1, "type": "\xff\xfe"}',
    "an array": b"[1, 2, 3]",
    "a number": b"17",
    "a null": b"null",
    "a string": b'"update"',
    "nested deeply": b'{"type":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "nested in objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "not a number": b'{"update_id": NaN}',
    "infinite": b'{"update_id": 1e999}',
    "a number of 5000 digits": b'{"update_id": ' + b"9" * 5000 + b"}",
    "5 MB": b'{"update_id": 1, "x": "' + b"x" * 5_000_000 + b'"}',
    "form": b"update_id=1&type=message_new",
    "gzip": b"\x1f\x8b\x08\x00" + bytes(100),
}


def is_kind(status: int, text: str) -> None:
    """No trouble of ours, and no word about our insides."""
    assert status == 0 or 200 <= status < 500
    assert "Traceback" not in text
    assert len(text) < 100


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "\u00fc", SECRET[:-1]])
def test_telegram_with_a_wrong_secret(webhooks: Place, secret: str | None) -> None:
    assert webhooks.to_telegram(json.dumps(UPDATE).encode(), secret)[0] == 401


@pytest.mark.parametrize("name", BODIES)
def test_telegram_with_junk(webhooks: Place, name: str) -> None:
    is_kind(*webhooks.to_telegram(BODIES[name]))
    assert webhooks.to_telegram(BODIES[name], "wrong")[0] in (0, 401, 413)


@pytest.mark.parametrize("name", BODIES)
def test_vk_with_junk(webhooks: Place, name: str) -> None:
    status, text = webhooks.to_vk(BODIES[name])
    is_kind(status, text)
    assert status in (0, 400, 403, 413)


def test_too_large_is_refused_before_it_is_read(webhooks: Place) -> None:
    for path in (b"/hooks/telegram", b"/hooks/vk"):
        head = b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000"
        assert b" 413 " in raw_post(webhooks.port, head, b"{", 5)


def test_slow_body_is_given_up(webhooks: Place) -> None:
    head = b"POST /hooks/vk HTTP/1.1\r\nHost: x\r\nContent-Length: 500"
    assert b" 408 " in raw_post(webhooks.port, head, b"{", 40)


def test_after_all_that_customers_are_served(webhooks: Place) -> None:
    webhooks.serves_customers()


class TestGenuineButOdd:
    """With the right secret: taken, and what cannot be read is set aside and told by doctor."""

    @pytest.mark.parametrize(
        "update",
        [
            {"update_id": 11, "mystery": {"what": 1}},
            {"update_id": 12},
            {"update_id": -13, "message": None},
            {"update_id": HUGE, "message": {}},
            {"update_id": "14", "message": {}},
            {"update_id": True},
            {"update_id": 15, "message": []},
            {"update_id": 16, "message": {"chat": 7}},
            {"update_id": 17, "message": {"chat": {"id": HUGE, "type": "private"}, "text": "x", "message_id": 1}},
            {"update_id": 18, "message": {"chat": {"id": 5, "type": "private"}, "text": ["x"], "message_id": 1}},
            {"update_id": 19, "message": {"chat": {"id": 5, "type": "private"}, "text": "x", "message_id": HUGE}},
            {"update_id": 20, "message": UPDATE["message"] | {"from": {"id": HUGE, "first_name": {"a": 1}}}},
            {"update_id": 21, "message": UPDATE["message"] | {"date": HUGE}},
            {"update_id": 22, "message": UPDATE["message"] | {"entities": [{"type": 1, "offset": HUGE, "length": -1}]}},
            {"update_id": 23, "callback_query": {"id": HUGE, "data": {"a": 1}, "from": []}},
            {"update_id": 24, "my_chat_member": {"chat": {"id": 5, "type": "private"}, "new_chat_member": 7}},
            {
                "update_id": 25,
                "message": UPDATE["message"] | {"photo": "p", "document": {"file_id": 7, "file_size": HUGE}},
            },
            {"update_id": 26, "message": UPDATE["message"] | {"text": "\ud800\x00 половина"}},
        ],
        ids=lambda update: str(update)[:60],
    )
    def test_telegram(self, webhooks: Place, update: dict[str, Any]) -> None:
        is_kind(*webhooks.to_telegram(json.dumps(update).encode()))

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"secret": "wrong"}, 403),
            ({"secret": None}, 403),
            ({"secret": [SECRET]}, 403),
            ({"group_id": 1}, 403),
            ({"group_id": HUGE}, 403),
            ({"group_id": True}, 403),
            ({"group_id": None}, 403),
            ({"type": "confirmation", "secret": "wrong"}, 403),
            ({"type": 7}, 400),
            ({"type": "something_new"}, 200),
            ({"object": None}, 200),
            ({"object": "text"}, 200),
            ({"object": []}, 200),
            ({"object": {"message": 7}}, 200),
            ({"object": {"message": {"from_id": HUGE, "peer_id": HUGE, "text": "x"}}}, 200),
            ({"object": {"message": {"from_id": -5, "peer_id": 5, "text": "x"}}}, 200),
            ({"object": {"message": {"from_id": 5, "peer_id": 5, "text": {"a": 1}, "attachments": "many"}}}, 200),
            ({"object": {"message": {"from_id": 5, "peer_id": 5, "text": "x", "date": HUGE, "id": HUGE}}}, 200),
            ({"object": {"message": {"from_id": 5, "peer_id": 5, "conversation_message_id": HUGE, "text": "x"}}}, 200),
            ({"object": {"message": {"from_id": 5, "peer_id": 5, "text": "\ud800\x00", "payload": "{" * 999}}}, 200),
            ({"event_id": "e" * 199}, 200),
            ({"event_id": HUGE}, 200),
            ({"event_id": None}, 200),
            ({"type": "message_event", "object": {"user_id": HUGE, "peer_id": HUGE, "payload": HUGE}}, 200),
            ({"type": "message_reply", "object": {"peer_id": "x", "admin_author_id": HUGE}}, 200),
        ],
        ids=str,
    )
    def test_vk(self, webhooks: Place, fields: dict[str, Any], status: int) -> None:
        event = {
            "type": "message_new",
            "group_id": webhooks.vk.group_id,
            "secret": SECRET,
            "event_id": f"odd-{hash(str(fields))}",
            "v": "5.199",
            "object": {"message": {"from_id": 5, "peer_id": 5, "text": "x"}, "client_info": {}},
        }
        answered, text = webhooks.to_vk(event | fields)
        is_kind(answered, text)
        assert answered == status

    def test_half_of_a_surrogate_pair_is_answered(self, webhooks: Place) -> None:
        """The fakes cannot say it, so it is posted in their name."""
        known = webhooks.tg.customer_says(700_001, "Здравствуйте")
        webhooks.tg.block_for_sent(1, chat=700_001, timeout=60)
        message = UPDATE["message"] | {
            "message_id": known["message_id"] + 5000,
            "chat": {"id": 700_001, "type": "private"},
            "from": {"id": 700_001, "is_bot": False, "first_name": "\ud83d"},
            "text": "Как отследить \ud83d посылку по номеру?",
        }
        assert webhooks.to_telegram(json.dumps({"update_id": 800_000_000, "message": message}).encode())[0] == 200
        webhooks.tg.block_for_sent(2, chat=700_001, timeout=60)

    def test_what_cannot_be_read_is_set_aside_and_customers_are_served(self, webhooks: Place) -> None:
        event = {
            "type": "message_new",
            "group_id": webhooks.vk.group_id,
            "secret": SECRET,
            "event_id": "unreadable",
            "v": "5.199",
            "object": {"message": 7},
        }
        assert webhooks.to_vk(event)[0] == 200
        webhooks.serves_customers()
        assert "could not be read" in webhooks.findings()
