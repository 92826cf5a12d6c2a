"""Many messages at once with the encoders of the wheels: python -m tests.benchmarks.crowd [--entries N] [--edit].

A server on all cores, an FAQ of N entries, so many questions a second by chance, each another, and an operator who
replies twice a second (act: until it is stored). The vectors of the FAQ are made up, which changes no time; those of
questions are real. Ratios within one run; milliseconds are those of the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

from bot.knowledge.building import StoredVectors
from bot.storage.database import Database, open_engine, read_url
from bot.storage.entries import import_entries
from bot.storage.migrate import migrate_up
from bot.storage.operators import add_operator
from core.clock import SystemClock
from faq.encoder import RememberingEncoder, WheelEncoder
from faq.entry import Entry
from handoff.operators import Role
from tests.benchmarks.company import make_faq
from tests.benchmarks.load import Platform, post_all, update
from tests.benchmarks.search import MadeUp, asked
from tests.benchmarks.servers import SECRET

RATES = (1, 5, 10, 20, 40)
SECONDS = 20
REPLY_EVERY = 0.5
ROOM = 60  # seconds for the last answers
FIRST_CHAT = 100_000


def make_database(folder: Path, entries: list[Entry]) -> str:
    """The FAQ with vectors, and an operator who can reply."""
    url, clock = f"sqlite:///{folder}/crowd.db", SystemClock()
    engine = open_engine(read_url(url))
    migrate_up(engine)
    database, now = Database(engine), clock.now()
    database.submit(lambda connection: import_entries(connection, entries, now)).result()
    database.submit(lambda connection: add_operator(connection, "anna", Role.OPERATOR, now)).result()
    encoder = RememberingEncoder(MadeUp(WheelEncoder()), StoredVectors(database, clock))
    texts = [text for entry in entries for text in (*entry.wordings, f"{entry.question} {entry.answer}")]
    for start in range(0, len(texts), 400):
        encoder.encode(texts[start : start + 400])
    database.close()
    return url


@dataclass
class Crowd:
    """Feeds the server."""

    platform: Platform
    port: int
    texts: list[str]
    chance: random.Random = field(default_factory=lambda: random.Random(5))
    number: int = 0

    async def ask(self, path: str, data: bytes | None = None) -> str:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data)
        return await asyncio.to_thread(lambda: urllib.request.urlopen(request, timeout=ROOM).read().decode())

    async def open_conversation(self) -> None:
        """The one the operator replies in."""
        await self.say(["Позовите оператора"], [0.0])
        await self.ask("/probe")

    async def say(self, texts: Sequence[str], due: Sequence[float]) -> list[float]:
        """Each by a customer of their own; milliseconds from each to its answer."""
        chats = [FIRST_CHAT + self.number + place for place in range(len(texts))]
        bodies = [
            update(self.number + at + 1, chat, text) for at, (chat, text) in enumerate(zip(chats, texts, strict=True))
        ]
        self.number += len(texts)
        mark = len(self.platform.sent_at)
        posted = await post_all(self.port, "/hooks/telegram", SECRET, bodies, connections=32, due=due)
        for _ in range(ROOM * 50):
            sent = dict(reversed(self.platform.sent_at[mark:]))  # the first to each chat
            if all(chat in sent for chat in chats):
                return sorted((sent[chat] - at) * 1000 for chat, at in zip(chats, posted, strict=True))
            await asyncio.sleep(0.02)
        raise RuntimeError(f"{sum(chat not in sent for chat in chats)} questions were not answered")

    async def reply(self) -> None:
        while True:
            await self.ask("/probe/reply", b"")
            await asyncio.sleep(REPLY_EVERY)

    async def stretch(self, rate: float, seconds: float) -> dict[str, Any]:
        """Questions by chance, so many a second on the average."""
        due = list(accumulate(self.chance.expovariate(rate) for _ in range(int(rate * seconds))))
        await self.ask("/probe")
        replying = asyncio.create_task(self.reply())
        answered = await self.say([self.texts.pop() for _ in due], due)
        replying.cancel()
        return {**json.loads(await self.ask("/probe")), "answered": answered, "seconds": due[-1]}


def at(values: Sequence[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)] if values else 0.0


HEAD = "search p50/p95 | answer p50/p95 | act p50/p95 | loop late p99/most | waiting | by letters | CPU | MB/most"


def told(name: str, found: dict[str, Any]) -> str:
    pairs = [f"{at(found[key], 0.5):5.0f} {at(found[key], 0.95):5.0f}" for key in ("searches", "answered", "committed")]
    late = f"{at(found['late'], 0.99):4.1f} {found['late'][-1]:5.0f}"
    share = f"{100 * found['cpu'] / found['seconds']:3.0f} %"
    return f"{name:>12}: " + " | ".join(
        [
            *pairs,
            late,
            f"{found['most']:2}",
            f"{found['refusals']:3}",
            share,
            f"{found['rss']:.0f} {found['peak']:.0f}",
        ]
    )


async def run(count: int, with_edit: bool, rates: Sequence[float]) -> None:
    entries = make_faq(count)
    texts = list(dict.fromkeys(text for seed in range(12) for text in asked(entries, random.Random(seed))))
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform()
        api = f"http://127.0.0.1:{await platform.start()}"
        url = await asyncio.to_thread(make_database, Path(folder), entries)
        command = [sys.executable, "-m", "tests.benchmarks.crowd_server", api, url, folder]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            crowd = Crowd(platform, int(await asyncio.to_thread(process.stdout.readline)), texts)
            first = await crowd.say([texts.pop()], [0.0])
            print(f"{count} entries, first answer {first[0]:.0f} ms; milliseconds:\n{'':12}  {HEAD}", flush=True)
            await crowd.open_conversation()
            for rate in rates:
                print(told(f"{rate} a second", await crowd.stretch(rate, SECONDS)), flush=True)
            if with_edit:
                await edited(crowd, rates[1])
        finally:
            process.kill()
            process.wait()


async def edited(crowd: Crowd, rate: float) -> None:
    """The same while one entry is edited again and again, and each time the whole FAQ taken up anew."""
    waits: list[tuple[float, bool]] = []

    async def edit() -> None:
        while True:
            seconds, is_meant = (await crowd.ask("/probe/edit", b"")).split()
            waits.append((float(seconds), is_meant == "1"))

    editing = asyncio.create_task(edit())
    found = await crowd.stretch(rate, SECONDS)
    editing.cancel()
    print(told("beside edits", found))
    longest = max(seconds for seconds, _ in waits)
    by_meaning = sum(is_meant for _, is_meant in waits)
    print(f"{len(waits)} changes, in use after {longest:.1f} s at most, {by_meaning} of them by meaning at once")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000)
    parser.add_argument("--edit", action="store_true", help="and while an entry is edited again and again")
    parser.add_argument("--rates", type=float, nargs="*", default=list(RATES))
    chosen = parser.parse_args()
    asyncio.run(run(chosen.entries, chosen.edit, chosen.rates))
