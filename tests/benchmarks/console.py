"""The console under load: from a commit in another process to open pages, the cost of an operator, a storm of events.

python -m tests.benchmarks.console [--sqlite]   # as a rule over PostgreSQL, where another process writes
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from sqlalchemy import select

from bot.storage.database import Database, open_engine, read_url
from bot.storage.messages import NewMessage, add_message
from bot.storage.migrate import migrate_up
from bot.storage.tables import conversation
from core.clock import SystemClock
from tests.integration.console.house import PASSWORD, Browser, House
from tests.pictures.stage import PEOPLE
from tests.postgres import PostgresServer

CLIENTS = (1, 50, 200)
EVENTS = 60  # of each measurement of latency, 0.1 s apart
STORM, PACE = 200, 20  # events, and how many in a second


@dataclass
class Follower:
    """An open page: when each event came, by the words it carried."""

    came: dict[str, float] = field(default_factory=dict)
    doubles: int = 0

    async def follow(self, response: aiohttp.ClientResponse) -> None:
        kind = ""
        async for raw in response.content:
            line = raw.decode()
            if line.startswith("event: "):
                kind = line[7:].strip()
            elif line.startswith("data: ") and kind == "message.created":
                html = json.loads(line[6:])["html"]
                mark = html.split("mark-")[1].split("-end")[0] if "mark-" in html else ""
                self.doubles += mark in self.came
                self.came.setdefault(mark, time.time())


def serve(url: str, folder: str, pipe: Pipe) -> None:
    """The serving process: one house; answers with its memory and CPU time when asked."""

    async def main() -> None:
        house = House(url, Path(folder))
        await house.start(PEOPLE)
        await house.says("оператор")
        pipe.send(house.server.port)
        process = psutil.Process()
        while (await asyncio.to_thread(pipe.recv)) != "end":
            times = process.cpu_times()
            pipe.send((process.memory_info().rss, times.user + times.system))
        await house.stop()

    asyncio.run(main())


class Bench:
    def __init__(self, url: str, port: int, pipe: Pipe) -> None:
        self.database = Database(open_engine(read_url(url)))
        self.address = f"http://127.0.0.1:{port}"
        self._pipe = pipe
        row = self.database.read_now(lambda connection: connection.execute(select(conversation)).first())
        assert row is not None
        self._about = row

    def usage(self) -> tuple[int, float]:
        self._pipe.send("usage")
        return self._pipe.recv()  # type: ignore[no-any-return]

    async def write(self, mark: str) -> float:
        """A customer's message, committed by this process; returns the moment of the commit."""
        row = self._about
        new = NewMessage(row.id, row.identity_id, "customer", f"mark-{mark}-end")
        await self.database.write(lambda connection: add_message(connection, new, SystemClock().now()))
        return time.time()

    async def open_pages(self, stack: AsyncExitStack, count: int, cookies: Any) -> list[Follower]:
        http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookies=cookies, read_bufsize=2**18)
        )
        followers = []
        for _ in range(count):
            # each asks from the end on
            response = await stack.enter_async_context(
                http.get(f"{self.address}/events?after={10**17}", timeout=aiohttp.ClientTimeout(total=None))
            )
            follower = Follower()
            task = asyncio.ensure_future(follower.follow(response))
            stack.callback(task.cancel)
            followers.append(follower)
        await asyncio.sleep(1.0)
        return followers


async def measure(bench: Bench, cookies: Any) -> None:
    before, _ = bench.usage()
    print(f"server without pages: {before / 1e6:.1f} MB")
    print("pages | commit in another process -> page, ms p50 / p95 / max | memory, kB a page")
    for count in CLIENTS:
        async with AsyncExitStack() as stack:
            followers = await bench.open_pages(stack, count, cookies)
            written = {}
            for number in range(EVENTS):
                written[f"{count}x{number}"] = await bench.write(f"{count}x{number}")
                await asyncio.sleep(0.1)
            await asyncio.sleep(1.0)
            waits = [
                (one.came[mark] - at) * 1000 for mark, at in written.items() for one in followers if mark in one.came
            ]
            memory, _ = bench.usage()
            lost = count * EVENTS - len(waits)
            cuts = statistics.quantiles(waits, n=20)
            share = (memory - before) / count / 1000 if count > 1 else 0
            print(f"{count:5} | {cuts[9]:.1f} / {cuts[18]:.1f} / {max(waits):.1f} | {share:.0f} | lost {lost}")
        await asyncio.sleep(0.5)
    await storm(bench, cookies)


async def storm(bench: Bench, cookies: Any) -> None:
    async with AsyncExitStack() as stack:
        followers = await bench.open_pages(stack, 200, cookies)
        _, busy = bench.usage()
        written: dict[str, float] = {}
        began = time.time()
        for number in range(STORM):
            mark = f"storm{number}"
            written[mark] = await bench.write(mark)
            await asyncio.sleep(max(0.0, began + (number + 1) / PACE - time.time()))
        await asyncio.sleep(2.0)
        _, after = bench.usage()
        waits = [(one.came[mark] - at) * 1000 for one in followers for mark, at in written.items() if mark in one.came]
        lost, doubles = 200 * STORM - len(waits), sum(one.doubles for one in followers)
        cuts = statistics.quantiles(waits, n=20)
        print(
            f"{PACE} events/s to 200 pages: p50 {cuts[9]:.1f}, p95 {cuts[18]:.1f}, max {max(waits):.1f} ms; "
            f"lost {lost}, twice {doubles}; {after - busy:.2f} s CPU for {len(waits)} deliveries"
        )


async def log_in(port: int) -> dict[str, str]:
    class There:
        url = f"http://127.0.0.1:{port}"

    browser = Browser(There())  # type: ignore[arg-type]
    assert await browser.log_in("anna", PASSWORD) == 303
    found = {one.key: one.value for one in browser.http.cookie_jar}
    await browser.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sqlite", action="store_true", help="one process' database instead of PostgreSQL")
    chosen = parser.parse_args()
    server = None if chosen.sqlite else PostgresServer()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/otklik.db" if server is None else server.url(server.create())
        engine = open_engine(read_url(url))
        migrate_up(engine)
        engine.dispose()
        ours, theirs = multiprocessing.get_context("spawn").Pipe()
        process = multiprocessing.get_context("spawn").Process(target=serve, args=(url, folder, theirs))
        process.start()
        bench = Bench(url, ours.recv(), ours)
        try:
            asyncio.run(_run(bench))
        finally:
            ours.send("end")
            process.join(10)
            bench.database.close()
            if server is not None:
                server.close()


async def _run(bench: Bench) -> None:
    await measure(bench, await log_in(int(bench.address.rpartition(":")[2])))


if __name__ == "__main__":
    main()
