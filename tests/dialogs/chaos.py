"""A table at which anything may happen, and what must hold there whatever does."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.pool import StaticPool

from bot.apply.handle import Job, handle
from bot.apply.handled import Handled
from bot.apply.work import DeskPlace, Setup
from bot.decide.situation import Knowledge
from bot.decide.steps import Burst
from bot.storage import messages, outbox
from bot.storage.conversations import bind_topic, find_topic
from bot.storage.operators import add_operator
from bot.storage.tables import conversation, message, metadata
from bot.storage.tables import outbox as outbox_table
from core.channel import Capabilities
from core.conversation import LAWFUL_TRANSITIONS, Status
from core.customer import Sender
from core.delivery import DeskAct, DeskPost
from core.event import Event, IdleNoticed
from core.message import OutgoingMessage
from faq.answer import judge_burst
from faq.index import Index
from handoff.operators import Role
from tests.dialogs.stage import MEMBERS, OPERATORS

DESK = "-100"
CUSTOMER = Sender("memory", "memory", "1001", name="Иван", language="ru")
_OPERATOR = re.compile("оператор|operator", re.IGNORECASE)
SECRET = "тайна"  # in every note, and in nothing else


class Chaos:
    """Decisions and their carrying out over one connection, without tasks; sending happens at once."""

    def __init__(self, index: Index, start: datetime) -> None:
        self.index, self.now = index, start
        self.setup = Setup("ru", {"memory": Capabilities()}, DeskPlace("desk", "desk", DESK))
        self._engine = memory_engine()
        metadata.create_all(self._engine)
        self.connection = self._engine.connect()
        for login in OPERATORS:
            add_operator(self.connection, login, Role.OPERATOR, now=start, telegram_id=MEMBERS[login][0])
        self.statuses: dict[int, Status] = {}
        self.sent: list[OutgoingMessage] = []
        self.posts: list[DeskPost] = []
        self.delivered: set[int] = set()
        self.with_people: list[str] = []  # the customer's words that people must have seen
        self._places = 0

    def close(self) -> None:
        self.connection.close()
        self._engine.dispose()

    def happen(self, happened: Event | Burst) -> None:
        """One event, decided on and carried out; then everything is sent."""
        texts = [one.text for one in happened.messages] if isinstance(happened, Burst) else []
        texts += [happened.message.text] if hasattr(happened, "message") and happened.message else []
        knowledge = Knowledge(self.index, judge_burst(self.index, texts) if texts else ())
        handled = handle(self.connection, Job((), (happened,), knowledge), self.setup, self.now)
        self._check_statuses()
        self._send(handled)

    def pass_time(self, step: timedelta) -> None:
        self.now += step

    def idle(self) -> None:
        rows = self.connection.execute(select(conversation.c.id)).scalars().all()
        for number in rows:
            self.happen(IdleNoticed(number))

    # --- what is there

    def status(self) -> Status | None:
        query = select(conversation.c.status).order_by(conversation.c.id.desc()).limit(1)
        found = self.connection.scalar(query)
        return Status(found) if found else None

    def tokens(self) -> list[str]:
        return [button.token for one in self.sent for row in one.buttons for button in row]

    def desk_tokens(self) -> list[str]:
        return [button.token for one in self.posts for row in one.buttons for button in row]

    def topics(self) -> list[str]:
        numbers = self.connection.execute(select(conversation.c.id)).scalars().all()
        return [row.topic for number in numbers if (row := find_topic(self.connection, number)) and row.topic]

    # --- what must hold

    def _check_statuses(self) -> None:
        for row in self.connection.execute(select(conversation.c.id, conversation.c.status)):
            after = Status(row.status)
            before = self.statuses.get(row.id)
            if before is not None and before is not after:
                assert after in LAWFUL_TRANSITIONS[before], f"#{row.id} went from {before} to {after}"
            self.statuses[row.id] = after
        live = [number for number, status in self.statuses.items() if status is not Status.CLOSED]
        assert len(live) <= 1, f"a customer has one live conversation at a time, not {live}"

    def _send(self, handled: Handled) -> None:
        for stored in handled.deliveries:
            one = stored.delivery
            assert one.id not in self.delivered, "a delivery is handed out once"
            self.delivered.add(one.id)
            ids: tuple[str, ...] = ()
            if isinstance(one.content, DeskPost):
                self.posts.append(one.content)
                if one.conversation_id is not None and one.content.topic is None:
                    bind_topic(self.connection, one.conversation_id, DESK, f"t{one.conversation_id}")
                if one.content.act is DeskAct.POST:
                    ids = (self._next_place(),)
                    if one.message_id is not None:
                        messages.place(self.connection, one.message_id, DESK, ids[0])
            else:
                ids = (self._next_place(),)
                self.sent.append(one.content)
                self._check_to_customer(one.content, one.message_id)
                if one.message_id is not None and not one.content.edit_of:
                    messages.note_origin(self.connection, one.message_id, ids[0])
            outbox.mark_sent(self.connection, one.id, one.attempt, ids, self.now)
        rest = self.connection.execute(select(outbox_table.c.id)).scalars().all()
        assert set(rest) == self.delivered, "what stands in the outbox was handed out"

    def _next_place(self) -> str:
        self._places += 1
        return f"p{self._places}"

    def _check_to_customer(self, content: OutgoingMessage, number: int | None) -> None:
        assert SECRET not in content.text, "a note reached the customer"
        row = self.connection.execute(select(message).where(message.c.id == number)).one()
        if row.author == "bot":
            labels = [button.label for line in content.buttons for button in line]
            assert labels, f"no buttons under {content.text!r}"
            assert _OPERATOR.search(labels[-1]), f"no operator's button under {content.text!r}"
        else:
            assert (row.author, row.kind) == ("operator", "text"), (row.author, row.kind)
            assert not content.buttons

    def check_desk(self) -> None:
        """Everything written while people had the conversation stands on the desk, in order."""
        relayed = iter([post.text for post in self.posts if post.is_relay])
        for words in self.with_people:
            assert any(words == text for text in relayed), f"{words!r} is missing on the desk, or out of order"


def memory_engine() -> Engine:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA foreign_keys=ON")

    return engine
