"""The open chat: what is new comes by itself, in order, once, and goes on where it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from bot.website.access.limits import Rates
from bot.website.hub import Hub
from tests.integration.website.shop import ANNA, Browser, Refused, Shop, open_shop
from tests.integration.website.test_talk import assigned

Open = Callable[[Shop], Browser]


async def test_answer_comes_by_itself(either_shop: Shop, browser: Open) -> None:
    one = browser(either_shop)
    await one.open()
    async with one.stream() as stream:
        assert (await stream.next())[0] == "ready"
        await one.says("Где взять чек?")
        mine = await stream.until("line")
        answer = await stream.until("line")
    assert (mine["from"], answer["from"]) == ("visitor", "bot")
    assert answer["id"] > mine["id"]


async def test_goes_on_where_it_stopped(either_shop: Shop, browser: Open) -> None:
    one = browser(either_shop)
    await one.open()
    topic = await assigned(either_shop, one)
    async with one.stream() as stream:
        first = await stream.until("line")
    for number in range(20):
        await either_shop.desk.writes(topic, ANNA, f"пока вас не было {number}")
    await either_shop.settled()
    got = []
    async with one.stream(first["id"]) as stream:
        while not got or got[-1] != "пока вас не было 19":
            got.append((await stream.until("line"))["text"])
    assert got[-20:] == [f"пока вас не было {number}" for number in range(20)]
    assert len(got) == len(set(got))


async def test_more_than_goes_at_once(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    topic = await assigned(shop, one)
    for number in range(450):
        await shop.desk.writes(topic, ANNA, str(number))
    await shop.settled()
    got: list[str] = []
    async with one.stream() as stream:
        while not got or got[-1] != "449":
            got.append((await stream.until("line"))["text"])
    assert got[-450:] == [str(number) for number in range(450)]


async def test_two_windows_see_the_same(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    async with one.stream() as left, one.stream() as right:
        await one.says("Где взять чек?")
        seen = [[(await stream.until("line"))["id"] for _ in range(2)] for stream in (left, right)]
    assert seen[0] == seen[1]


async def test_nobody_else_sees_it(shop: Shop, browser: Open) -> None:
    one, other = browser(shop), browser(shop)
    await one.open()
    await other.open()
    async with other.stream() as stream:
        await stream.until("state")
        await one.says("Где взять чек?")
        await shop.settled()
        await other.says("привет")
        assert (await stream.until("line"))["text"] == "привет"


async def test_who_leads_and_who_types(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    opened = await one.open()
    assert opened["cursor"] == 0
    typing: list[str] = []
    shop.chats.on_typing = typing.append
    async with one.stream() as stream:
        assert (await stream.until("state"))["status"] == "none"
        await assigned(shop, one)
        state = await stream.until("state", lambda body: body["status"] == "assigned")
        assert state["operator"] == "Анна"
        (address,) = set(shop.hub._streams)
        await shop.website.channel.type(address, "Анна")
        assert await stream.until("typing") == {"name": "Анна"}
    await one.ask("POST", "typing", {})
    assert typing == [address]


async def test_open_chats_do_not_keep_the_server_from_stopping(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    await one.open()
    async with one.stream() as stream:
        await stream.next()
        begun = time.monotonic()
        await shop.server.stop()
        assert time.monotonic() - begun < 2
        with pytest.raises(EOFError):
            await stream.until("nothing more")


async def test_too_many_open_chats(sqlite_url: str, tmp_path: object, browser: Open) -> None:
    async with open_shop(sqlite_url, tmp_path, rates=Rates(streams_of_visitor=2)) as shop:  # type: ignore[arg-type]
        one = browser(shop)
        await one.open()
        async with one.stream() as left, one.stream() as right:
            await left.next()
            await right.next()
            with pytest.raises(Refused) as caught:
                async with one.stream():
                    pass
            assert caught.value.status == 429


async def test_lines_of_another_process_come_too(shop: Shop, browser: Open) -> None:
    """Several processes share a database: the one with the browser looks for what the worker wrote."""
    one = browser(shop)
    await one.open()
    async with one.stream() as stream:
        await stream.until("state")
        shop.chats._hub = Hub(shop.database)  # the worker's own, which knows of no browser
        shop.app.supervisor.start("following", shop.hub.follow)
        await one.says("Где взять чек?")
        assert (await stream.until("line"))["from"] == "visitor"
        assert (await stream.until("line"))["from"] == "bot"


async def test_stream_needs_a_token(shop: Shop, browser: Open) -> None:
    one = browser(shop)
    one.token = "x.y"
    with pytest.raises(Refused) as caught:
        async with one.stream():
            pass
    assert caught.value.status == 401
