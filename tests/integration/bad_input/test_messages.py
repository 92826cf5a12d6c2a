"""What customers and strangers may send on purpose: forged presses, endless and empty texts, updates that poison."""

from __future__ import annotations

import json

import pytest

from tests.crash.knowledge import KNOWN
from tests.integration.bad_input.conftest import OPERATOR, Place

pytestmark = pytest.mark.slow

FORGED = [
    "",
    "0.0",
    "1.0",
    "-1.0",
    "999999999.0",
    "1.99",
    "1.-1",
    "d.1.close.",
    "d.1.ban.",
    "a.b",
    "1",
    "١.٠",
    "9" * 40 + ".0",
]
ODD_TEXTS = {
    "emoji": "🤷🏽‍♂️🙈💥",
    "one emoji": "👍",
    "control characters": "\x01\x02\x03\x1b[31m\x7f",
    "zero bytes": "\x00\x00",
    "zero width": "\u200b\u200d\ufeff",
    "marks of direction": "\u202e\u2066\u200fтевирп\u2069\u202c",
    "combining": "z" + "\u0301" * 500,
    "spaces": " \t\n\u00a0\u3000 ",
    "markup": "<b>&lt;</b> *x* _y_ [a](b) `c` </script> {0} %s {name}",
    "mentions": "@all *all [id1|Имя] @id1",
    "20 000 letters": "я" * 20_000,
    "20 000 words": "где заказ " * 2_000,
    "one long line of signs": "?" * 4_000,
    "lines": "\n" * 4_000,
    "slash": "/",
    "command with junk": "/start " + "x" * 4_000,
    "unknown command": "/взломать",
}


@pytest.mark.parametrize("platform", ["telegram", "vk"])
def test_odd_texts_are_answered(polling: Place, platform: str) -> None:
    """Whatever it is: something sensible comes back, and the customer may go on."""
    fake = polling.tg if platform == "telegram" else polling.vk
    crowd = list(zip(range(300_000, 300_100), ODD_TEXTS.values(), KNOWN, strict=False))
    for user, text, _ in crowd:
        fake.customer_says(user, text)
    for user, _, _ in crowd:
        fake.block_for_sent(1, chat=user, timeout=60)
    for user, _, known in crowd:
        fake.customer_says(user, known.question)
    for user, _, known in crowd:
        fake.block_for_sent(1, chat=user, text=known.answer, timeout=60)
        assert all("Error" not in record["text"] and "Traceback" not in record["text"] for record in fake.sent(user))


def test_odd_texts_reach_the_desk(polling: Place) -> None:
    """In people's hands nothing is lost of them and nothing breaks the topic."""
    user = 310_001
    polling.tg.customer_says(user, "позовите оператора")
    card = polling.tg.block_for_sent(1, chat=polling.forum, text=f"Клиент {user}", timeout=60)[-1]
    for text in ODD_TEXTS.values():
        polling.tg.customer_says(user, text)
    polling.tg.customer_says(user, "последнее слово")
    polling.tg.block_for_sent(1, chat=polling.forum, thread=card["thread"], text="последнее слово", timeout=60)
    shown = "\n".join(record["text"] for record in polling.tg.sent(polling.forum, card["thread"]))
    for name in ("emoji", "markup", "mentions", "one long line of signs", "unknown command"):
        assert ODD_TEXTS[name] in shown
    assert shown.count("я") >= 20_000


def test_odd_replies_of_an_operator(polling: Place) -> None:
    """What cannot be sent is told in the topic; what comes after it arrives."""
    user = 310_002
    polling.vk.customer_says(user, "позовите оператора")
    card = polling.tg.block_for_sent(1, chat=polling.forum, text="VK", timeout=60)[-1]
    for text in ODD_TEXTS.values():
        polling.tg.member_says(OPERATOR, text, thread=card["thread"])
    polling.tg.member_says(OPERATOR, "последний ответ", thread=card["thread"])
    polling.vk.block_for_sent(1, chat=user, text="последний ответ", timeout=60)


class TestForged:
    """Tokens come from outside and prove nothing."""

    def test_presses_on_telegram(self, polling: Place) -> None:
        mine, other = 320_001, 320_002
        for user in (mine, other):
            polling.tg.customer_says(user, KNOWN[0].question)
            polling.tg.block_for_sent(1, chat=user, text=KNOWN[0].answer, timeout=60)
        theirs = polling.tg.sent(other)[-1]["markup"]["inline_keyboard"][0][0]["callback_data"]
        before = len(polling.tg.sent(other))
        message = polling.tg.sent(mine)[-1]["message_id"]
        for token in (*FORGED[1:], theirs, "x" * 64):
            polling.tg.customer_presses(mine, token, message_id=message, stale=True)
        polling.tg.customer_says(mine, KNOWN[1].question)
        polling.tg.block_for_sent(1, chat=mine, text=KNOWN[1].answer, timeout=60)
        assert len(polling.tg.sent(other)) == before  # nothing was closed in another's name

    def test_presses_on_vk(self, polling: Place) -> None:
        mine, other = 320_003, 320_004
        for user in (mine, other):
            polling.vk.customer_says(user, KNOWN[0].question)
            polling.vk.block_for_sent(1, chat=user, text=KNOWN[0].answer, timeout=60)
        keyboard = polling.vk.sent(other)[-1]["keyboard"]
        theirs = keyboard["buttons"][0][0]["action"]["payload"]
        before = len(polling.vk.sent(other))
        payloads = [json.dumps({"t": token}) for token in FORGED]
        odd = [
            '{"t": 1}',
            '{"t": {"t": 1}}',
            "[]",
            "17",
            "null",
            "no JSON",
            "{" * 500,
            '{"command": "start", "ref": []}',
        ]
        for payload in (*payloads, *odd, theirs):
            polling.vk.customer_says(mine, "Помогло", payload=payload)
        polling.vk.customer_presses(mine, '{"t": "1.0"}', stale=True)
        polling.vk.customer_says(mine, KNOWN[1].question)
        polling.vk.block_for_sent(1, chat=mine, text=KNOWN[1].answer, timeout=60)
        assert len(polling.vk.sent(other)) == before

    def test_stranger_at_the_desk(self, polling: Place) -> None:
        """A customer who knows the form of the desk's tokens cannot act on it."""
        mine = 320_005
        polling.tg.customer_says(mine, "позовите оператора")
        polling.tg.block_for_sent(1, chat=polling.forum, text=f"Клиент {mine}", timeout=60)
        message = polling.tg.sent(mine)[-1]["message_id"]
        for act in ("close", "ban", "take", "send"):
            for number in range(1, 20):
                polling.tg.customer_presses(mine, f"d.{number}.{act}.1", message_id=message, stale=True)
        polling.tg.customer_says(mine, "я ещё здесь")
        polling.tg.block_for_sent(1, chat=polling.forum, text="я ещё здесь", timeout=60)


def test_poison_is_set_aside_and_told(polling: Place) -> None:
    polling.tg.push_poison()
    polling.vk.push_poison()
    polling.tg.push({"message": "nothing of the kind"})
    polling.tg.push({"callback_query": {"id": None, "from": {"id": "x"}}})
    polling.vk.push("message_new", "nothing of the kind")
    polling.vk.push("message_event", [1, 2, 3])
    polling.vk.push("x" * 300, {"object": None})
    polling.serves_customers()
    polling.tg.block_for_confirmed(timeout=30)
    polling.vk.block_for_confirmed(timeout=30)
    findings = polling.findings()
    assert "could not be read" in findings
    assert "arrivals of the last 7 days" in findings
