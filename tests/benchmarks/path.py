"""The whole durable path against aiogram's bare echo and against the same path over aiosqlite, in one run."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from bot.storage.database import Database, open_engine, read_url
from bot.storage.entries import import_entries
from bot.storage.migrate import migrate_up
from core.clock import SystemClock
from tests.benchmarks.company import make_faq, make_messages
from tests.benchmarks.load import Platform, post_all, update
from tests.benchmarks.servers import SECRET, pin

CUSTOMERS = 500
FAQ_SIZE = 1000
CONNECTIONS = 64


@dataclass
class Result:
    rate: float  # updates a second, from the first post to the last sent answer
    cpu: float  # ms of the server's processor time an update
    p50: float = 0.0  # ms from post to sent
    p99: float = 0.0


class Server:
    """A measured server process, and the platform it talks to."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port
        self.ps = psutil.Process(process.pid)

    def cpu(self) -> float:
        times = self.ps.cpu_times()
        return float(times.user + times.system)

    def rss(self) -> float:
        return float(self.ps.memory_info().rss) / 2**20

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


def start(*arguments: str) -> Server:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.servers", *arguments], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.strip().isdecimal():
        raise RuntimeError(f"{arguments[0]} did not start")
    return Server(process, int(line))


def make_database(folder: Path) -> str:
    url = f"sqlite:///{folder}/bench.db"
    engine = open_engine(read_url(url))
    migrate_up(engine)
    database = Database(engine)
    now = SystemClock().now()
    database.submit(lambda connection: import_entries(connection, make_faq(FAQ_SIZE), now)).result()
    database.close()
    return url


class Bench:
    """Feeds one server with numbered updates."""

    def __init__(self, platform: Platform, messages: list[str]) -> None:
        self.platform, self.messages, self.number = platform, messages, 0

    def bodies(self, count: int) -> tuple[list[bytes], list[int]]:
        chats = [100_000 + (self.number + place) % CUSTOMERS for place in range(count)]
        made = []
        for chat in chats:
            self.number += 1
            made.append(update(self.number, chat, self.messages[self.number % len(self.messages)]))
        return made, chats

    async def run(self, server: Server, count: int, rate: float | None = None) -> Result:
        bodies, chats = self.bodies(count)
        self.platform.expect(count)
        before, began = server.cpu(), time.perf_counter()
        posted = await post_all(server.port, "/hooks/telegram", SECRET, bodies, connections=CONNECTIONS, rate=rate)
        await asyncio.wait_for(self.platform.done.wait(), 120)
        last = self.platform.sent_at[-1][1]
        await asyncio.sleep(0.3)  # what is noted after the sending belongs to the cost
        waits = _waits(posted, chats, self.platform.sent_at)
        return Result(
            count / (last - began),
            (server.cpu() - before) / count * 1000,
            statistics.median(waits) * 1000,
            waits[int(len(waits) * 0.99)] * 1000,
        )


def _waits(posted: list[float], chats: list[int], sent: list[tuple[int, float]]) -> list[float]:
    """From each post to the answer in its chat, in order; sorted."""
    by_chat: dict[int, list[float]] = {}
    for chat, at in sent:
        by_chat.setdefault(chat, []).append(at)
    places = dict.fromkeys(by_chat, 0)
    waits = []
    for at, chat in zip(posted, chats, strict=True):
        waits.append(by_chat[chat][places[chat]] - at)
        places[chat] += 1
    return sorted(waits)


async def measure(rounds: int, count: int, kinds: tuple[str, ...]) -> None:
    messages = make_messages(make_faq(FAQ_SIZE), 2000)
    with tempfile.TemporaryDirectory() as folder:
        platforms = {kind: Platform() for kind in kinds}
        servers: dict[str, Server] = {}
        try:
            for kind, platform in platforms.items():
                api = f"http://127.0.0.1:{await platform.start()}"
                if kind == "echo":
                    servers[kind] = await asyncio.to_thread(start, "echo", api)
                    continue
                home = Path(folder) / kind
                home.mkdir()
                url = make_database(home)
                servers[kind] = await asyncio.to_thread(start, "otklik", api, url, kind)
            await _rounds(servers, {kind: Bench(platforms[kind], messages) for kind in kinds}, rounds, count)
        finally:
            for server in servers.values():
                server.stop()


async def _rounds(servers: dict[str, Server], benches: dict[str, Bench], rounds: int, count: int) -> None:
    at_rest = {kind: server.rss() for kind, server in servers.items()}
    results: dict[str, list[Result]] = {kind: [] for kind in servers}
    for number in range(rounds + 1):
        for kind, server in servers.items():
            size = max(CUSTOMERS, count // 8) if kind == "async" else count
            result = await benches[kind].run(server, size if number else CUSTOMERS)
            if number:  # the first only warms up
                results[kind].append(result)
                print(f"  {kind:8} {result.rate:7.0f}/s  {result.cpu:5.2f} ms CPU", flush=True)
    rate = {kind: statistics.median(one.rate for one in found) for kind, found in results.items()}
    cpu = {kind: statistics.median(one.cpu for one in found) for kind, found in results.items()}
    half = [await benches["otklik"].run(servers["otklik"], count, rate=rate["otklik"] / 2) for _ in range(rounds)]
    print(f"\n{'':10}{'updates/s':>10}{'CPU ms':>8}{'x echo':>8}{'RSS MB':>8}")
    for kind in servers:
        print(f"{kind:10}{rate[kind]:10.0f}{cpu[kind]:8.2f}{rate[kind] / rate['echo']:8.2f}{at_rest[kind]:8.0f}")
    print(f"CPU of otklik: {cpu['otklik'] / cpu['echo']:.2f} x echo")
    if "async" in rate:
        print(f"otklik: {rate['otklik'] / rate['async']:.1f} x the same path over SQLAlchemy async + aiosqlite")
    p50, p99 = (statistics.median(getattr(one, name) for one in half) for name in ("p50", "p99"))
    print(f"update -> sent at half of saturation: p50 {p50:.1f} ms, p99 {p99:.1f} ms")


def main(rounds: int = 5, count: int = 2000) -> None:
    pin(1)
    print("The durable path (webhook, stored, decided, sent, marked), medians of rounds in one run:")
    asyncio.run(measure(rounds, count, ("echo", "otklik", "async")))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
