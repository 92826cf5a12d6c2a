"""The stream of events: what open pages are told, resumed where they were, and ended when it must be."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientConnectionResetError, ClientError, web

from bot.console.live.clients import Batch, Told
from bot.console.pages import stream
from bot.storage.console import sessions
from bot.storage.database import Database
from bot.storage.live.events import events_after, last_event, note_event, prune_events
from core.clock import FakeClock
from tests.integration.console.house import Browser, House

Open = Callable[[str], Awaitable[Browser]]


@dataclass
class Event:
    kind: str
    data: Any
    id: int | None


class Stream:
    """Reads server-sent events as they come."""

    def __init__(self, response: Any) -> None:
        self._response = response

    async def next(self) -> Event:
        async with asyncio.timeout(10):
            while True:
                fields: dict[str, str] = {}
                while line := (await self._response.content.readline()).decode().rstrip("\n"):
                    name, _, value = line.partition(": ")
                    fields[name] = value
                if "event" in fields:
                    number = int(fields["id"]) if "id" in fields else None
                    return Event(fields["event"], json.loads(fields["data"]), number)
                if not fields and self._response.content.at_eof():
                    return Event("end", None, None)

    async def until(self, kind: str, **wanted: Any) -> Event:
        while True:
            event = await self.next()
            if event.kind == kind and all(event.data.get(name) == value for name, value in wanted.items()):
                return event
            assert event.kind != "end", f"the stream ended before {kind}"


@asynccontextmanager
async def following(browser: Browser, after: int | None = None, **headers: str) -> AsyncIterator[Stream]:
    path = "/events" if after is None else f"/events?after={after}"
    async with browser.http.get(path, headers=headers) as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/event-stream")
        assert response.headers["X-Accel-Buffering"] == "no"
        assert "Content-Encoding" not in response.headers
        yield Stream(response)


async def cursor(house: House) -> int:
    return int(await house.read(last_event))


async def test_page_that_leaves_as_its_stream_opens_is_no_fault(
    house: House, browser: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    anna = await browser("anna")
    prepare = web.StreamResponse.prepare

    async def leaves(response: web.StreamResponse, request: web.BaseRequest) -> object:
        if request.path == "/events" and request.transport is not None:
            request.transport.abort()
            raise ClientConnectionResetError("Cannot write to closing transport")
        return await prepare(response, request)

    monkeypatch.setattr(web.StreamResponse, "prepare", leaves)
    with pytest.raises(ClientError):
        await anna.http.get("/events")
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_message_reaches_an_open_page_with_its_row(house: House, browser: Open) -> None:
    anna = await browser("anna")
    async with following(anna, await cursor(house)) as events:
        await house.says("Где мой <i>заказ</i>?", name="Мария")
        told = await events.until("message.created", author="customer")
    assert told.data["conv"] == 1
    assert "Где мой &lt;i&gt;заказ&lt;/i&gt;?" in told.data["html"]
    assert 'data-conv="1"' in told.data["row"]
    assert "Мария" in told.data["row"]
    assert told.data["status"] == "active"


async def test_row_that_comes_tells_what_was_asked_and_no_reply_that_waits(house: House, browser: Open) -> None:
    anna, boris = await browser("anna"), await browser("boris")
    await house.says("Продайте мне гараж в Туле пожалуйста")
    async with following(anna) as events:
        await house.says("оператор")
        row = (await events.until("message.created", author="bot", status="queued")).data["row"]
        assert "гараж в Туле" in row
        assert "Позвал" not in row
        await anna.post("/inbox/1/act", {"act": "take"})
        await boris.post("/inbox/1/act", {"act": "reply", "text": "Гаражей нет"})
        told = (await events.until("message.created", author="operator")).data
        assert "Гаражей нет" in told["html"]
        assert "Гаражей нет" not in told["row"]


async def test_each_reads_in_their_own_language(house: House, browser: Open) -> None:
    anna, boris = await browser("anna"), await browser("boris")
    await boris.post("/profile", {"language": "en", "theme": "auto"})
    start = await cursor(house)
    async with following(anna, start) as russian, following(boris, start) as english:
        await house.says("оператор")
        assert 'aria-label="Buttons' in (await english.until("message.created", author="bot")).data["html"]
        assert "Бот" in (await russian.until("message.created", author="bot")).data["html"]


async def test_counters_follow_the_queue(house: House, browser: Open) -> None:
    anna = await browser("anna")
    async with following(anna, await cursor(house)) as events:
        assert (await events.until("hello")).data["counters"]["queue"] == 0
        await house.says("оператор")
        assert (await events.until("counters")).data == {"queue": 1, "held": {}}
        await anna.post("/inbox/1/act", {"act": "take"}, Accept="application/json")
        assert (await events.until("counters")).data == {"queue": 0, "held": {str(house.operators["anna"]): 1}}


async def test_page_that_comes_again_gets_what_it_missed_and_nothing_twice(house: House, browser: Open) -> None:
    anna = await browser("anna")
    await house.says("оператор")
    async with following(anna, await cursor(house)) as events:
        await house.says("раз")
        first = await events.until("message.created", author="customer")
    await house.says("два")
    await house.says("три")
    async with following(anna, None, **{"Last-Event-ID": str(first.id)}) as events:
        seen = []
        while "три" not in "".join(seen):
            event = await events.until("message.created", author="customer")
            seen.append(event.data["html"])
        assert [word for html in seen for word in ("раз", "два", "три") if word in html] == ["два", "три"]
        await house.says("четыре")
        assert "четыре" in (await events.until("message.created", author="customer")).data["html"]


async def test_page_that_missed_too_much_is_told_to_load_anew(house: House, browser: Open) -> None:
    anna = await browser("anna")

    def many(connection: Any) -> None:
        for number in range(600):
            note_event(connection, "presence", operator=number)

    await house.database.write(many)
    async with following(anna, 0) as events:
        told = await events.until("resync")
        assert told.data["cursor"] == await cursor(house)
    async with following(anna, await cursor(house) + 1000) as events:  # the log began anew, as after a restore
        await events.until("resync")


async def test_stream_ends_when_the_session_does(house: House, browser: Open) -> None:
    anna = await browser("anna")
    async with following(anna, await cursor(house)) as events:
        await events.until("hello")
        number = house.operators["anna"]
        await house.database.write(lambda connection: sessions.end_sessions(connection, number))
        while (told := await events.next()).kind != "end":
            assert told.kind in ("hello", "session.revoked")
    async with anna.http.get("/events") as again:
        assert again.status == 401


async def test_quiet_stream_is_heard_of(house: House, browser: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PING_EVERY", 0.05)
    anna = await browser("anna")
    async with following(anna, await cursor(house)) as events:
        await events.until("ping")


async def test_server_stops_although_pages_are_open(house: House, browser: Open) -> None:
    anna = await browser("anna")
    async with following(anna, await cursor(house)) as events:
        await events.until("hello")
        async with asyncio.timeout(2):
            await house.server.stop()


async def test_who_looks_and_types_is_seen_by_others(house: House, browser: Open) -> None:
    await house.says("оператор")
    anna, boris = await browser("anna"), await browser("boris")
    async with following(boris, await cursor(house)) as events:
        await anna.post("/inbox/1/viewing", {"typing": "1"})
        told = await events.until("viewing")
        assert told.data == {
            "conv": 1,
            "people": [{"id": house.operators["anna"], "name": "Анна Ким", "typing": True}],
        }
        assert "Анна Ким" in (await boris.get("/inbox/1"))[1]
        await anna.post("/inbox/1/viewing", {"leaving": "1"})
        assert (await events.until("viewing")).data["people"] == []


async def test_slow_page_is_let_go_and_others_are_not_held_up(house: House, browser: Open) -> None:
    anna, boris = await browser("anna"), await browser("boris")
    async with following(anna, await cursor(house)), following(boris, await cursor(house)) as events:
        slow = next(one for one in house.console.hub._clients if one.operator_id == house.operators["anna"])
        slow.line = None  # as if it took nothing
        for _ in range(300):
            slow.tell(Batch([Told(None, b"x")]))
        assert slow.is_gone
        await house.says("оператор")
        await events.until("message.created")


# --- the log itself, on both databases


async def test_events_are_written_with_what_they_tell_of_or_not_at_all(database: Database) -> None:
    def failing(connection: Any) -> None:
        note_event(connection, "presence", operator=1)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - nothing is said
        await database.write(failing)
    assert await database.read(lambda connection: events_after(connection, 0)) == []


async def test_failed_neighbour_takes_only_its_own_events_along(database: Database) -> None:
    def failing(connection: Any) -> None:
        note_event(connection, "presence", operator=1)
        raise ValueError

    outcomes = await asyncio.gather(
        *(database.write(lambda connection, n=n: note_event(connection, "presence", operator=n)) for n in (2, 3)),
        database.write(failing),
        database.write(lambda connection: note_event(connection, "presence", operator=4)),
        return_exceptions=True,
    )
    assert [type(one) for one in outcomes] == [type(None), type(None), ValueError, type(None)]
    found = await database.read(lambda connection: events_after(connection, 0))
    assert sorted(one.payload["operator"] for one in found if one.payload) == [2, 3, 4]


async def test_ids_become_visible_in_their_order(database: Database) -> None:
    """A reader that goes by its cursor while many write never skips one."""
    seen: list[int] = []

    async def read() -> None:
        while len(seen) < 200:
            found = await database.read(lambda connection: events_after(connection, seen[-1] if seen else 0, 50))
            seen.extend(one.id for one in found)

    def write(connection: Any, number: int) -> None:
        note_event(connection, "presence", operator=number)

    other = Database(database.engine)
    async with asyncio.timeout(30):
        await asyncio.gather(
            read(),
            *((other if n % 2 else database).write(lambda connection, n=n: write(connection, n)) for n in range(200)),
        )
    assert seen == sorted(set(seen))
    assert len(seen) == 200
    other._closing = True
    other._jobs.put(None)
    other._thread.join()


async def test_old_events_are_dropped_and_numbers_go_on(database: Database, clock: FakeClock) -> None:
    for number in range(3):
        await database.write(lambda connection, n=number: note_event(connection, "presence", operator=n))
    newest = await database.read(last_event)
    later = clock.now() + timedelta(days=3650)
    assert await database.write(lambda connection: prune_events(connection, later)) == 2
    await database.write(lambda connection: note_event(connection, "presence", operator=9))
    assert await database.read(last_event) == newest + 1
