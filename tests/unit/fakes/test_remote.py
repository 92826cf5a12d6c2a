"""Fakes as processes of their own, driven over HTTP with the same names."""

from __future__ import annotations

import contextlib

import pytest
import requests

from tests.fakes.remote import Remote, spawn
from tests.unit.fakes.conftest import bot_on, close


async def test_telegram_in_another_process() -> None:
    with spawn("telegram", forum_rate=20.0, check=False, seed=3) as tg:
        forum = tg.add_forum(members=[7001])
        photo = tg.customer_sends(1, "photo", content=b"\x00\xff", caption="вот")
        bot = bot_on(tg)  # type: ignore[arg-type]
        updates = await bot.get_updates()
        assert updates[0].update_id == photo.update_id
        thread = (await bot.create_forum_topic(forum, "Анна")).message_thread_id
        await bot.send_photo(forum, updates[0].message.photo[-1].file_id, message_thread_id=thread)  # type: ignore
        await close(bot)
        sent = await tg.on_loop.wait_for_sent(1, chat=forum, thread=thread, timeout=5)
        assert sent[0].content == b"\x00\xff"
        assert tg.topics()[0].name == "Анна"
        assert tg.problems == []
        assert [call.method for call in tg.calls] == ["getUpdates", "createForumTopic", "sendPhoto"]
        with contextlib.closing(Remote(tg.base)) as second:
            assert second.count("sendPhoto") == 1
        with pytest.raises(TimeoutError, match="last sent"):
            tg.block_for_sent(5, timeout=0.01)
        with pytest.raises(LookupError, match="no button"):
            tg.customer_presses(1, "нет такой")


def test_vk_in_another_process() -> None:
    with spawn("vk", rate=20, events=["message_new", "message_reply"]) as vk:
        came = vk.customer_says(1, "привет")
        assert vk.unconfirmed() == 1
        assert came.cmid == 1
        told = requests.post(f"{vk.base}/_control/fail_next", json={"kind": 9, "method": "messages.send", "times": 2})
        assert told.json() == {"ok": True, "result": 1}
        for name in ("_perform", "nothing", "stop"):
            assert requests.post(f"{vk.base}/_control/{name}", json={}).status_code == 400
        assert vk.group_id == 229_000_001


def test_traffic_and_batches() -> None:
    with spawn("telegram", light=True) as tg:
        tg.traffic(rate=2000, count=50, users=5)
        made = tg.batch([{"name": "customer_says", "args": [7, str(n)]} for n in range(3)])
        assert [one.text for one in made] == ["0", "1", "2"]
        tg.block_for_said(53)
        assert {one.chat for one in tg.said()} == {7, 1001, 1002, 1003, 1004, 1005}
        assert tg.unconfirmed() == 53
