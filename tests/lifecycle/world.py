"""A whole support desk over one SQLite in memory, without tasks or threads: everything is done by hand, in order.

A crash is a transaction that is rolled back after everything was carried out, or an arrival that comes again.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from unittest.mock import patch

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.pool import StaticPool

from bot.apply.following.sharing import tend
from bot.apply.handle import Job, handle
from bot.apply.work import DeskPlace, Setup
from bot.decide.situation import Knowledge
from bot.decide.steps import Burst
from bot.outbox.endings import note_sent
from bot.storage import conversations, inbox, outbox
from bot.storage.desk import team
from bot.storage.desk.team import set_skills
from bot.storage.operators import add_operator
from bot.storage.service.timers import due_timers
from bot.storage.tables import customer, identity, metadata
from bot.storage.tables import message as message_table
from core.channel import Arrival, Capabilities
from core.conversation import ConversationId, OperatorId
from core.customer import Sender
from core.delivery import DeskAct, DeskPost, Receipt
from core.event import (
    ButtonPressed,
    DeskMember,
    Event,
    MessageReceived,
    OperatorActed,
    OperatorPressed,
    OperatorWrote,
    TimerDue,
)
from core.message import IncomingMessage, OutgoingMessage
from faq.answer import judge_burst
from faq.index import Index
from handoff.assignment import Candidate
from handoff.operators import Role
from handoff.queue import Waiting
from tests.lifecycle.oracle import TRAIL

DESK = "-100"


class Crash(Exception):
    """The machine goes off before the commit."""


@dataclass(frozen=True, slots=True)
class View:
    """Queue and team as one process read them, while others went on."""

    waiting: list[Waiting]
    held: list[tuple[ConversationId, OperatorId]]
    team: list[Candidate]


class World:
    """`told`: what each customer got, `posted`: what stands on the desk, in order."""

    def __init__(self, members: Sequence[tuple[str, int, int, tuple[str, ...]]]) -> None:
        """`members`: login, level, capacity, skills."""
        self.now = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
        self.setup = Setup(
            "ru", {"memory": Capabilities(), "memory_desk": Capabilities()}, DeskPlace("memory_desk", "-1", DESK)
        )
        self.engine = _emptied(_spare.pop() if _spare else _open())
        self.index = Index.build(())
        self.told: list[tuple[str, OutgoingMessage]] = []
        self.posted: list[tuple[int | None, DeskPost]] = []
        self.sendings: Counter[int] = Counter()  # by message
        self._number = 0
        self.will_crash = False  # when the next arrival is decided on
        self.last: tuple[Arrival, Event | Burst] | None = None
        with self.engine.begin() as connection:
            for number, (login, level, capacity, skills) in enumerate(members, 1):
                made = add_operator(
                    connection, login, Role.OPERATOR, self.now, level=level, capacity=capacity, telegram_id=str(number)
                )
                set_skills(connection, made, skills)

    def close(self) -> None:
        """The next world may have the engine, with everything it has learned to compile."""
        _spare.append(self.engine)

    # --- what happens

    def customer_says(self, address: str, text: str) -> None:
        message = IncomingMessage(f"c{self._next()}", text)
        self._arrive(f"memory:{address}", MessageReceived(_sender(address), message))

    def customer_presses(self, address: str, act: str) -> bool:
        """The newest button that does this, if there ever was one."""
        seen = [message for to, message in reversed(self.told) if to == address]
        for token in [button.token for message in seen for row in message.buttons for button in row]:
            number, _, place = token.partition(".")
            query = select(message_table.c.buttons).where(message_table.c.id == int(number))
            with self.engine.begin() as connection:
                buttons = connection.execute(query).scalar_one()
            if buttons[int(place)][1] == act:
                break
        else:
            return False
        self._arrive(f"memory:{address}", ButtonPressed(_sender(address), token))
        return True

    def member_writes(self, operator: int, conversation: int, text: str) -> None:
        topic = f"t{conversation}" if conversation else ""
        event = OperatorWrote(DESK, topic, DeskMember(str(operator)), IncomingMessage(f"d{self._next()}", text))
        self._arrive(f"memory_desk:{topic}", event)

    def member_presses(self, operator: int, conversation: int, act: str, argument: str = "") -> None:
        token = f"d.{conversation}.{act}.{argument}"
        self._arrive("memory_desk:", OperatorPressed(DESK, f"t{conversation}", DeskMember(str(operator)), token, "0"))

    def operator_acts(self, act: OperatorActed) -> None:
        self._arrive("console", act, key=f"{act.operator_id}:{act.nonce}")

    def comes_again(self) -> None:
        """The platform repeats the last arrival, whose fate it did not learn."""
        if self.last is not None:
            self._take(*self.last)

    def passes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)
        self.tick()

    def tick(self, *, crashes: bool = False) -> None:
        """What the clock does once a second."""
        while due := self._due():
            for one in due:
                self._handle((), one, Knowledge(self.index), crashes=crashes)
        self._do(lambda connection: tend(connection, self.setup, self.now), crashes=crashes)
        self.send()

    def is_banned(self, address: str) -> bool:
        query = select(customer.c.banned_at).join(identity, identity.c.customer_id == customer.c.id)
        with self.engine.begin() as connection:
            return connection.execute(query.where(identity.c.address == address)).scalar_one() is not None

    def look(self) -> View:
        with self.engine.begin() as connection:
            return View(team.waiting(connection), team.held_by_absent(connection), team.candidates(connection))

    def share_late(self, view: View) -> None:
        """What a process does that read the queue before others went on; under its locks it reads again."""
        read, first = team.candidates, iter((view.team,))
        with (
            patch.object(team, "waiting", lambda connection: view.waiting),
            patch.object(team, "held_by_absent", lambda connection: view.held),
            patch.object(team, "candidates", lambda connection: next(first, None) or read(connection)),
        ):
            self._do(lambda connection: tend(connection, self.setup, self.now), crashes=False)
        self.send()

    # --- the machine

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _arrive(self, lane: str, event: Event, key: str = "") -> None:
        arrival = Arrival(lane.partition(":")[0], "memory", key or f"k{self._next()}", lane, {})
        self.last = (arrival, Burst(event.sender, (event.message,)) if isinstance(event, MessageReceived) else event)
        self._take(*self.last)

    def _take(self, arrival: Arrival, event: Event | Burst) -> None:
        with self.engine.begin() as connection:
            stored = inbox.store_arrivals(connection, [arrival], None, self.now)
        if not stored:
            return
        words = [message.text for message in event.messages] if isinstance(event, Burst) else []
        knowledge = Knowledge(self.index, judge_burst(self.index, words) if words else ())
        crashes, self.will_crash = self.will_crash, False
        self._handle((stored[0].id,), event, knowledge, crashes=crashes)
        self.send()

    def _handle(self, arrivals: tuple[int, ...], event: Event | Burst, knowledge: Knowledge, *, crashes: bool) -> None:
        job = Job(arrivals, (event,), knowledge)
        self._do(lambda connection: handle(connection, job, self.setup, self.now), crashes=crashes)

    def _do(self, work: Callable[[Connection], object], *, crashes: bool) -> None:
        if crashes:
            try:
                with self.engine.begin() as connection:
                    work(connection)
                    raise Crash
            except Crash:
                pass
        with self.engine.begin() as connection:
            work(connection)

    def _due(self) -> list[TimerDue]:
        with self.engine.begin() as connection:
            return due_timers(connection, self.now)

    def send(self) -> None:
        """Everything in the outbox that may go now, in the order of its ids."""
        while True:
            with self.engine.begin() as connection:
                rows = outbox.open_deliveries(connection, ["memory", "memory_desk"])
                ready = [row for row in rows if row.not_before is None or row.not_before <= self.now]
                if not ready:
                    return
                for row in ready:
                    self._send(connection, row)

    def _send(self, connection: Connection, row: outbox.StoredDelivery) -> None:
        content = row.delivery.content
        if isinstance(content, OutgoingMessage):
            self.told.append((row.delivery.address, content))
            if row.delivery.message_id is not None and not content.edit_of:
                self.sendings[row.delivery.message_id] += 1
        elif content.act is DeskAct.POST:
            self.posted.append((row.delivery.conversation_id, content))
        if row.delivery.conversation_id is not None and isinstance(content, DeskPost):
            number = row.delivery.conversation_id
            conversations.bind_topic(connection, number, DESK, f"t{number}")
        note_sent(connection, [row], Receipt((f"p{self._next()}",)), self.setup, self.now)


def _sender(address: str) -> Sender:
    return Sender("memory", "memory", address, name=f"Customer {address}")


_spare: list[Engine] = []


@cache
def _blank() -> sqlite3.Connection:
    """All tables and no rows; copying it takes a fiftieth of the time of making it."""
    engine = _open()
    metadata.create_all(engine)
    with engine.begin() as connection:
        for statement in TRAIL:
            connection.exec_driver_sql(statement)
    blank = sqlite3.connect(":memory:")
    _driver(engine).backup(blank)
    engine.dispose()
    return blank


def _emptied(engine: Engine) -> Engine:
    _blank().backup(_driver(engine))
    return engine


def _driver(engine: Engine) -> sqlite3.Connection:
    """The one connection of an engine; it stays that."""
    connection = engine.raw_connection()
    driver = connection.driver_connection
    connection.close()
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _open() -> Engine:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def operator_id(number: int) -> OperatorId:
    return OperatorId(number)
