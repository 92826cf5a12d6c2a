"""Plays the day: customers come, wait and leave; operators answer what Otklik gives them, take breaks and drop out."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, select

from bot.storage.service.settings import change_setting
from bot.storage.tables import conversation, identity, operator
from core.clock import FakeClock
from core.conversation import Status
from tests.day.people import Visitor, Worker, visitors, workers
from tests.dialogs.table import Table

MIDNIGHT = datetime(2025, 3, 3, tzinfo=UTC)
HOURS = {"week": {"mon-sun": "09:00-21:00"}}
TARGETS = [{"first_response": "10m", "next_response": "10m", "resolution": "1h"}]
_STEP = 10.0  # seconds
_TICK_EVERY = 3  # steps
_LAST = timedelta(hours=23)

Act = Callable[[], Awaitable[None]]


@dataclass
class Day:
    """One day with one seed; afterwards the database holds what happened, and `loads` how full everybody was."""

    url: str
    folder: Path
    count: int = 2000
    team: int = 12
    seed: int = 1
    loads: list[list[float]] = field(default_factory=list)
    _due: list[tuple[datetime, int, Act]] = field(default_factory=list)

    def __post_init__(self) -> None:
        random = Random(self.seed)
        self.random = random
        self.visitors = {one.address: one for one in visitors(random, MIDNIGHT, self.count)}
        self.workers = workers(random, MIDNIGHT, self.team)
        self.clock = FakeClock(MIDNIGHT + timedelta(hours=8, minutes=25))
        self.table = Table(self.url, self.clock, self.folder)
        self._numbers = itertools.count()
        self._taken: dict[int, int] = {}  # conversation: operator
        self._by_id: dict[int, Worker] = {}

    async def play(self) -> None:
        """Until everybody was served or has left, and the last operator has gone home."""
        await self._set_up()
        steps = itertools.count()
        while self.clock.now() < MIDNIGHT + _LAST:
            while self._due and self._due[0][0] <= self.clock.now():
                await heapq.heappop(self._due)[2]()
            self.clock.advance(timedelta(seconds=_STEP))
            self.table.alarm.advance(_STEP)
            await self._settle()
            if next(steps) % _TICK_EVERY == 0:
                await self.table.app.timers.tick(with_idle=False, with_faq=False)
                await self._settle()
            if self._look() and not self._due:
                break

    async def _settle(self) -> None:
        """Until nothing is being decided or sent; what waits for time goes on waiting."""
        app, quiet = self.table.app, 0
        while quiet < 2:
            await asyncio.sleep(0)
            if app.inbox._in_flight or app.outbox._in_flight or app._is_sharing or app.outbox._lanes:
                await self.table.database.write(lambda connection: None)
                quiet = 0
            else:
                quiet += 1

    async def _set_up(self) -> None:
        for worker in self.workers:
            await self.table.add_operator(worker.login, worker.telegram_id, worker.login)
        now = self.clock.now()
        for key, value in {"hours": HOURS, "targets": TARGETS, "targets.warn_at": 100}.items():
            await self.table.database.write(lambda c, k=key, v=value: change_setting(c, k, v, "admin", now))  # type: ignore[misc]
        await self.table.start()
        rows = await self.table.database.read(lambda c: c.execute(select(operator)).all())
        by_login = {worker.login: worker for worker in self.workers}
        self._by_id = {row.id: by_login[row.login] for row in rows}
        for worker in self.workers:
            await self._says(worker, "/offline")
            self._plan_shift(worker)
        for visitor in self.visitors.values():
            self._at(visitor.comes_at, lambda v=visitor: self._comes(v))  # type: ignore[misc]

    # --- operators

    def _plan_shift(self, worker: Worker) -> None:
        self._at(worker.starts_at, lambda: self._says(worker, "/online"))
        self._at(worker.pause[0], lambda: self._says(worker, "/break"))
        self._at(worker.pause[1], lambda: self._says(worker, "/online"))
        if worker.gone is not None:
            self._at(worker.gone[1], lambda: self._says(worker, "/online"))
        if worker.ends_at.hour < 21:
            self._at(worker.ends_at - timedelta(minutes=20), lambda: self._says(worker, "/break"))
            self._at(worker.ends_at, lambda: self._says(worker, "/offline"))

    async def _says(self, worker: Worker, text: str, topic: str = "") -> None:
        if worker.is_acting(self.clock.now()):
            await self.table.desk.writes(topic, worker.telegram_id, text, member_name=worker.login)

    def _look(self) -> bool:
        """Operators see what they were given; True when nobody waits any more and no more will come."""
        rows = self.table.database.read_now(_open)
        held = {row.id: row.operator_id for row in rows if row.status == Status.ASSIGNED.value}
        for row in rows:
            if row.status == Status.ASSIGNED.value and self._taken.get(row.id) != row.operator_id:
                self._work_on(row.id, row.operator_id, self.visitors[row.address])
        self._taken = held
        now, by_operator = self.clock.now(), list(held.values())
        there = [number for number, one in self._by_id.items() if self._counts(one, now)]
        if len(there) > 1:
            self.loads.append([by_operator.count(number) / 4 for number in there])
        return not rows and now > MIDNIGHT + timedelta(hours=21)

    def _counts(self, worker: Worker, now: datetime) -> bool:
        """Whether they could be given something all this while: settled in, not leaving, not away."""
        is_paused = worker.pause[0] <= now < worker.pause[1] + timedelta(minutes=10)
        is_gone = worker.gone is not None and worker.gone[0] <= now < worker.gone[1] + timedelta(minutes=10)
        starts, ends = worker.starts_at + timedelta(minutes=10), worker.ends_at - timedelta(minutes=20)
        return starts <= now < ends and not is_paused and not is_gone

    def _work_on(self, number: int, operator_id: int, visitor: Visitor) -> None:
        """Greets soon, is asked something in the middle, answers, and closes when the work is done."""
        worker, now, whole = self._by_id[operator_id], self.clock.now(), visitor.handling
        greeting = min(timedelta(seconds=self.random.lognormvariate(3.7, 0.6)), whole / 3)
        reply = self._if_held(number, operator_id)
        self._at(now + greeting, lambda: reply(lambda topic: self._says(worker, "Слушаю вас", topic)))
        self._at(now + whole * 0.5, lambda: reply(lambda topic: self._asks(visitor, "И ещё: как быть с чеком?")))
        self._at(now + whole * 0.6, lambda: reply(lambda topic: self._says(worker, "Сейчас всё сделаю", topic)))
        if visitor.thanks:
            self._at(now + whole * 0.9, lambda: reply(lambda topic: self._asks(visitor, "Спасибо!")))
        self._at(now + whole, lambda: reply(lambda topic: self._closes(worker, visitor, number, topic)))

    def _if_held(self, number: int, operator_id: int) -> Callable[[Callable[[str], Awaitable[None]]], Awaitable[None]]:
        async def act(what: Callable[[str], Awaitable[None]]) -> None:
            topic = await self.table.desk.topic_of(number)
            if self._taken.get(number) == operator_id and topic is not None:
                await what(topic)

        return act

    async def _closes(self, worker: Worker, visitor: Visitor, number: int, topic: str) -> None:
        if not worker.is_acting(self.clock.now()):
            back = worker.gone[1] if worker.gone is not None else self.clock.now()
            reply = self._if_held(number, self._taken[number])
            self._at(back + timedelta(minutes=1), lambda: reply(lambda _: self._closes(worker, visitor, number, topic)))
            return
        await self._says(worker, "/close", topic)
        if visitor.votes:
            self._at(self.clock.now() + timedelta(seconds=30), lambda: self._votes(visitor))

    # --- customers

    async def _comes(self, visitor: Visitor) -> None:
        await self._asks(visitor, "позовите оператора, пожалуйста")
        self._at(visitor.comes_at + visitor.patience, lambda: self._loses_patience(visitor))

    async def _asks(self, visitor: Visitor, text: str) -> None:
        await self.table.channel.says(visitor.address, text, name=f"Клиент {visitor.address}")

    async def _loses_patience(self, visitor: Visitor) -> None:
        status = self.table.database.read_now(lambda connection: _status(connection, visitor.address))
        if status == Status.QUEUED.value:
            await self.table.channel.presses(visitor.address, "Выйти из очереди")

    async def _votes(self, visitor: Visitor) -> None:
        await self.table.channel.presses(visitor.address, str(self.random.choices((2, 3, 4, 5), (1, 1, 4, 8))[0]))

    def _at(self, moment: datetime, act: Act) -> None:
        heapq.heappush(self._due, (moment, next(self._numbers), act))


def _open(connection: Connection) -> list[Any]:
    query = (
        select(conversation.c.id, conversation.c.status, conversation.c.operator_id, identity.c.address)
        .join(identity, identity.c.id == conversation.c.identity_id)
        .where(conversation.c.status.in_((Status.QUEUED.value, Status.ASSIGNED.value)))
    )
    return list(connection.execute(query))


def _status(connection: Connection, address: str) -> str | None:
    query = (
        select(conversation.c.status)
        .join(identity, identity.c.id == conversation.c.identity_id)
        .where(identity.c.address == address)
    )
    return connection.execute(query.order_by(conversation.c.id.desc()).limit(1)).scalar_one_or_none()
