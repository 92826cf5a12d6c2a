"""Otklik with its encoders, and a probe within: python -m tests.benchmarks.crowd_server API DATABASE_URL FOLDER."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import psutil
from aiohttp import web

from bot.app.system import App
from bot.knowledge.editing import By, edit_entry
from bot.storage.database import Database
from core.conversation import ConversationId, OperatorId
from core.event import Act, OperatorActed
from tests.benchmarks.servers import measured_config, tell_when_ready, web_of

LOOK = 0.005  # seconds between looks at whether the event loop is late
EDITED = "e5"


class Probe:
    """What happens within, since it was last asked: milliseconds each."""

    def __init__(self, app: App) -> None:
        self._app, self._number = app, 0
        self._forget()
        self._library: Any = app.library
        self._know, self._library.know = app.library.know, self._timed
        encoder = self._library._encoder
        self._is_busy, encoder.is_busy = encoder.is_busy, self._refused
        self._look = asyncio.create_task(self._watch())

    def _forget(self) -> None:
        self._late: list[float] = []
        self._searches: list[float] = []
        self._committed: list[float] = []
        self._waiting = self._most = self._refusals = 0
        self._cpu = time.process_time()

    def mount(self, site: web.Application) -> None:
        site.router.add_get("/probe", self._tell)
        site.router.add_post("/probe/reply", self._reply)
        site.router.add_post("/probe/edit", self._edit)

    async def _watch(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(LOOK)
            self._late.append((time.perf_counter() - began - LOOK) * 1000)

    async def _timed(self, texts: Any, *, is_with_people: bool) -> Any:
        self._waiting += 1
        self._most = max(self._most, self._waiting)
        began = time.perf_counter()
        try:
            known = await self._know(texts, is_with_people=is_with_people)
            if texts and not is_with_people:
                self._searches.append((time.perf_counter() - began) * 1000)
            return known
        finally:
            self._waiting -= 1

    def _refused(self) -> bool:
        is_so = bool(self._is_busy())
        self._refusals += is_so
        return is_so

    async def _tell(self, _request: web.Request) -> web.Response:
        found = {
            "searches": sorted(self._searches),
            "late": sorted(self._late),
            "committed": sorted(self._committed),
            "most": self._most,
            "refusals": self._refusals,
            "cpu": time.process_time() - self._cpu,
            "rss": psutil.Process().memory_info().rss / 2**20,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        self._forget()
        return web.Response(text=json.dumps(found))

    async def _reply(self, _request: web.Request) -> web.Response:
        """An operator answers the first conversation; what is told is when that is stored."""
        self._number += 1
        event = OperatorActed(
            OperatorId(1), Act.REPLY, f"{time.time_ns()}", ConversationId(1), f"Ответ {self._number}", is_confirmed=True
        )
        began = time.perf_counter()
        await self._app.acts.act(event)
        self._committed.append((time.perf_counter() - began) * 1000)
        return web.Response()

    async def _edit(self, _request: web.Request) -> web.Response:
        """An admin edits an entry; answered when the change is in use, with the seconds that took."""
        database: Database = self._app.database
        self._number += 1
        values, now = {"answer": f"Другой ответ {time.time_ns()}."}, self._app.clock.now()
        await database.write(lambda connection: edit_entry(connection, EDITED, values, By("bench"), now))
        began = time.perf_counter()
        while self._library.index.entry(EDITED).answer != values["answer"]:
            await asyncio.sleep(0.01)
        return web.Response(text=f"{time.perf_counter() - began} {int(self._library.has_meaning)}")


async def serve(api: str, database_url: str, folder: str) -> None:
    """Prints the port when the index in use goes by meaning."""
    from bot.app.assembly import lay_ground, open_channels
    from bot.inbox import Windows
    from bot.knowledge.encoders import choose_encoder

    config = measured_config(api, database_url)
    ground = lay_ground(config)
    channels = open_channels(config, ground)
    encoder = choose_encoder(config, Path(folder))
    windows = Windows(burst=0.0, album=0.0)
    app = App(ground.database, channels, clock=ground.clock, windows=windows, shelf=ground.shelf, encoder=encoder)
    server = web_of(app, channels, [lambda site: Probe(app).mount(site)])
    await app.take_up()
    while not app.library.has_meaning:
        await asyncio.sleep(0.05)
    await server.start()
    app.listen()
    await tell_when_ready(app, server)


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
