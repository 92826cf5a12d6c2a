"""Follows the log of events and tells open pages: read once, rendered once for each language, sent to all."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.console.live.clients import Batch, Client, Told
from bot.console.live.fragments import Fragments, encode, read_facts
from bot.console.live.viewers import Viewers
from bot.console.look.render import Renderer
from bot.storage.database import Database
from bot.storage.live import events as log_of
from bot.storage.live.events import LiveEvent
from bot.storage.live.listening import listen
from bot.storage.views.inbox import count_views
from bot.supervisor import Bell, LoopAlarm, Supervisor
from core.clock import Clock

log = logging.getLogger(__name__)

_LOOK_EVERY = {"sqlite": 1.0, "postgresql": 15.0}  # seconds; a lost notice is a delay, never a loss
_PRUNE_EVERY = 600.0
_BATCH = 500
_MOST_CAUGHT_UP = 400  # events; a page that missed more is told to load anew
_COUNTED = ("conversation.updated", "message.created")


class Hub:
    """One for each process."""

    def __init__(self, database: Database, clock: Clock, renderer: Renderer) -> None:
        self._database, self._clock = database, clock
        self._fragments = Fragments(renderer)
        self._clients: set[Client] = set()
        self._bell = Bell(LoopAlarm())
        self._cursor: int | None = None  # None: nobody follows
        self._counters: dict[str, Any] = {}
        self._is_closed = False
        self.viewers = Viewers(clock)
        self.on_typing: Callable[[int, str], None] | None = None  # an operator writes to a customer

    def start(self, supervisor: Supervisor) -> None:
        loop = asyncio.get_running_loop()
        self._database.on_events = lambda: _wake(loop, self._bell)
        supervisor.start("console events", self._run)
        supervisor.start("console upkeep", self._keep_up)
        if not self._database.is_sqlite:
            supervisor.start("console listener", lambda: listen(self._database.engine, self._notice))

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._is_closed = True
        self._database.on_events = None
        for client in list(self._clients):
            client.end()

    # --- pages

    async def join(self, client: Client, after: int) -> list[Told] | None:
        """Follow from now on; returns what the page missed behind `after`, None when that is too much or gone."""
        self._clients.add(client)
        if self._is_closed:
            client.end()
        if self._cursor is None:  # the first page after a time without any
            newest = await self._database.read(log_of.last_event)
            self._counters = _counters(*await self._database.read(count_views))
            if self._cursor is None:  # another page may have come meanwhile
                self._cursor = newest
            self._bell.ring()

        def work(connection: Any) -> tuple[int, int, list[LiveEvent], Any]:
            first, last = log_of.first_event(connection), log_of.last_event(connection)
            missed = log_of.events_after(connection, after, _MOST_CAUGHT_UP + 1)
            return first, last, missed, read_facts(connection, missed[:_MOST_CAUGHT_UP])

        first, last, missed, facts = await self._database.read(work)
        is_gone = after > last or len(missed) > _MOST_CAUGHT_UP or (after < first - 1 and after < last)
        if is_gone:
            client.last = last
            return None
        client.last = missed[-1].id if missed else after
        return [Told(number, data) for number, data in self._fragments.render(missed, facts, client.language)]

    def leave(self, client: Client) -> None:
        self._clients.discard(client)

    @property
    def counters(self) -> Mapping[str, Any]:
        return self._counters

    def online(self) -> set[int]:
        """Operators with an open page in this process."""
        return {client.operator_id for client in self._clients}

    # --- fleeting things

    async def tell(self, kind: str, data: Mapping[str, Any]) -> None:
        """Something not worth keeping, to every open page of every process."""
        if self._database.is_sqlite:
            self._fleeting(kind, data)
            return
        payload = json.dumps({"kind": kind, "data": data}, ensure_ascii=False)
        await self._database.write(lambda connection: log_of.tell(connection, payload))

    async def look_at(self, number: int, operator_id: int, name: str, *, is_typing: bool, is_leaving: bool) -> None:
        """An operator looks at a conversation, writes in it, or turns away."""
        data = {"conv": number, "id": operator_id, "name": name, "typing": is_typing, "leaving": is_leaving}
        await self.tell("viewing", data)

    def _fleeting(self, kind: str, data: Mapping[str, Any]) -> None:
        if kind == "viewing":
            people = self.viewers.note(data)
            if self.on_typing is not None and data.get("typing") and int(data["id"]) > 0:
                self.on_typing(int(data["conv"]), str(data["name"]))
            data = {"conv": data["conv"], "people": people}
        self._broadcast(Batch([Told(None, encode(kind, data))]))

    def _notice(self, payload: str) -> None:
        if not payload:
            self._bell.ring()
            return
        try:
            told = json.loads(payload)
            self._fleeting(str(told["kind"]), told["data"])
        except (ValueError, KeyError, TypeError):
            log.warning("a notice could not be read")

    # --- the log

    async def _run(self) -> None:
        pause = _LOOK_EVERY["sqlite" if self._database.is_sqlite else "postgresql"]
        while not self._is_closed:
            while await self._tell_next():
                pass
            await self._bell.wait(pause)

    async def _tell_next(self) -> bool:
        """Tell one batch; whether there may be more."""
        if not self._clients:  # whoever comes asks for what is behind its own cursor
            self._cursor = None
        if self._cursor is None:
            return False
        cursor = self._cursor

        def work(connection: Any) -> tuple[list[LiveEvent], Any, Any]:
            found = log_of.events_after(connection, cursor, _BATCH)
            is_counted = any(one.kind in _COUNTED for one in found)
            return (
                found,
                read_facts(connection, found) if found else None,
                count_views(connection) if is_counted else None,
            )

        found, facts, views = await self._database.read(work)
        if not found:
            return False
        self._cursor = found[-1].id
        for language in {client.language for client in self._clients}:
            rendered = self._fragments.render(found, facts, language)
            if rendered:
                self._broadcast(Batch([Told(number, data) for number, data in rendered]), language)
        self._end_revoked(found)
        if views is not None:
            self._count(_counters(*views))
        return len(found) == _BATCH

    def _broadcast(self, batch: Batch, language: str | None = None) -> None:
        for client in list(self._clients):
            if (language is None or client.language == language) and not client.tell(batch):
                self._clients.discard(client)

    def _end_revoked(self, found: Sequence[LiveEvent]) -> None:
        ended = {(one.payload or {}).get("session") for one in found if one.kind == "session.revoked"}
        for client in [one for one in self._clients if one.session in ended]:
            client.end()

    def _count(self, counters: dict[str, Any]) -> None:
        if counters != self._counters:
            self._counters = counters
            self._broadcast(Batch([Told(None, encode("counters", counters))]))

    async def _keep_up(self) -> None:
        while True:
            now = self._clock.now()
            await self._database.write(lambda connection: log_of.prune_events(connection, now))  # noqa: B023
            await asyncio.sleep(_PRUNE_EVERY)


def _counters(queued: int, held: Mapping[int, int]) -> dict[str, Any]:
    return {"queue": queued, "held": {str(key): value for key, value in held.items()}}


def _wake(loop: asyncio.AbstractEventLoop, bell: Bell) -> None:
    try:
        loop.call_soon_threadsafe(bell.ring)
    except RuntimeError:
        log.debug("events came after the loop had closed")
