"""The log: shape of a line, and what never gets into it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.logs import TextLines, scrub, set_up_logging

TOKEN = "7654321:AAH-abcdef_ghijklmnop"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:], root.level = before, level
    logging.captureWarnings(False)


@pytest.mark.parametrize(
    "text",
    [
        f"POST https://api.telegram.org/bot{TOKEN}/getUpdates",
        f"GET http://127.0.0.1:80/file/bot{TOKEN}/photos/1.jpg",
        f"token {TOKEN} was revoked",
        "https://api.vk.ru/method/x?access_token=AAH-abcdef&v=5.199",
        "{'access_token': 'AAH-abcdef', 'v': '5.199'}",
        '{"access_token": "AAH-abcdef"}',
        "https://lp.vk.ru/wh1?act=a_check&key=AAH-abcdef&ts=3",
        "vk1.a.AAH-abcdef is bad",
        "postgresql+psycopg://otklik:AAH-abcdef@host/db",
        "X-Telegram-Bot-Api-Secret-Token: AAH-abcdef",
    ],
)
def test_tokens_are_taken_out(text: str) -> None:
    assert "AAH-" not in scrub(text)
    assert "***" in scrub(text)


@pytest.mark.parametrize("text", ["12:30:45 late", "conversation 12: closed", "the key: a", "http://host:8080/x"])
def test_ordinary_words_stay(text: str) -> None:
    assert scrub(text) == text


def test_given_secrets_never_appear(stream: io.StringIO) -> None:
    set_up_logging("text", "info", secrets=["x!y", ""], stream=stream)
    logging.getLogger("bot.x").info("it is %s", "ax!yb")
    assert "it is a***b" in stream.getvalue()


def test_text_line(stream: io.StringIO) -> None:
    set_up_logging("text", "info", stream=stream)
    logging.getLogger("bot.inbox").info("handled %d", 3, extra={"channel": "vk"})
    logging.getLogger("bot.inbox").debug("unseen")
    line = stream.getvalue()
    assert line.endswith("Z INFO bot.inbox: handled 3 channel=vk\n")


def test_text_line_cannot_be_forged(stream: io.StringIO) -> None:
    set_up_logging("text", "info", stream=stream)
    logging.getLogger("bot").warning("name %s", "a\nINFO bot: forged")
    assert stream.getvalue().count("\n") == 1


def test_json_line(stream: io.StringIO) -> None:
    set_up_logging("json", "info", stream=stream)
    try:
        raise ValueError(f"bad https://x/bot{TOKEN}/y")
    except ValueError:
        logging.getLogger("bot.inbox").exception("failed\nbadly", extra={"channel": "vk", "url": f"/bot{TOKEN}"})
    record = json.loads(stream.getvalue())
    assert record["level"] == "error"
    assert record["text"] == "failed\nbadly"
    assert record["channel"] == "vk"
    assert "ValueError: bad" in record["error"]
    assert TOKEN not in stream.getvalue()


def test_what_the_database_quotes_is_left_out(stream: io.StringIO) -> None:
    quoted = "duplicate key\nDETAIL:  Key (text)=(hello)\n[SQL: INSERT …]\n[parameters: {'text': 'hello'}]"
    set_up_logging("text", "info", stream=stream)
    try:
        raise RuntimeError(quoted)
    except RuntimeError:
        logging.getLogger("bot").exception("failed")
    assert "duplicate key" in stream.getvalue()
    assert "hello" not in stream.getvalue()


def test_wrong_call_does_not_cost_the_record() -> None:
    record = logging.LogRecord("bot", logging.INFO, "x.py", 1, "%d of %d", (1,), None)
    assert TextLines().format(record).endswith("INFO bot: %d of %d")


def test_second_set_up_replaces_the_first(stream: io.StringIO) -> None:
    set_up_logging("text", "info", stream=stream)
    set_up_logging("text", "warning", stream=stream)
    logging.getLogger("bot").warning("once")
    assert stream.getvalue().count("once") == 1
