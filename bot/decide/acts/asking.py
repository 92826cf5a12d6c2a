"""An act as it was asked for, and how whoever asked learns what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.decide.situation import DeskSituation
from bot.decide.steps import Aside, Notice, React, Step
from bot.decide.steps.acts import Outcome, Record
from core.conversation import Conversation, Status
from core.event import OperatorActed
from core.message import IncomingMessage
from core.text import Text
from handoff.operators import Operator

SEEN = "👌"
NOTED = "✍"
TELEGRAM, CONSOLE = "telegram", "console"


@dataclass(frozen=True, slots=True)
class Asking:
    """`message` is what stands in the topic at `desk` telegram (None: a button was pressed there)."""

    act: OperatorActed
    operator: Operator
    situation: DeskSituation
    desk: str = CONSOLE
    message: IncomingMessage | None = None
    topic: str = ""

    @property
    def conversation(self) -> Conversation:
        assert self.situation.conversation is not None
        return self.situation.conversation

    @property
    def is_own(self) -> bool:
        """Whether the asker holds the conversation."""
        return self.conversation.status is Status.ASSIGNED and self.conversation.operator_id == self.operator.id

    @property
    def is_others(self) -> bool:
        """Whether somebody else holds it."""
        holder = self.situation.holder
        return self.conversation.status is Status.ASSIGNED and holder is not None and holder.id != self.operator.id


def record(asking: Asking, outcome: Outcome, answer: Text | None = None, **detail: object) -> Record:
    act = asking.act
    return Record(asking.operator.id, asking.desk, act.act, outcome, answer, detail, act.nonce)


def done(asking: Asking, line: Text | None = None, *, mark: str = SEEN, **detail: object) -> list[Step]:
    """A reaction where there is a message to react to; otherwise the line, so that the desk sees what happened."""
    steps: list[Step] = []
    if asking.message is not None:
        steps.append(React(asking.message.origin_id, mark))
    elif line is not None and asking.situation.conversation is not None:
        steps.append(Notice(line))
    return [*steps, record(asking, Outcome.DONE, line, **detail)]


def refused(asking: Asking, why: Text) -> list[Step]:
    """Told where it was asked: the topic, or the console through the audit log."""
    steps: list[Step] = []
    if asking.desk == TELEGRAM and asking.situation.conversation is not None:
        steps.append(Notice(why))
    elif asking.desk == TELEGRAM:
        steps.append(Aside(asking.topic, why, asking.message.origin_id if asking.message else ""))
    return [*steps, record(asking, Outcome.REFUSED, why)]


def cannot_write(asking: Asking) -> Text | None:
    """Why nothing may be said to the customer in this conversation, if so."""
    situation = asking.situation
    if situation.customer is not None and situation.customer.banned_at is not None:
        return Text("desk.is_banned")
    if asking.conversation.status is Status.CLOSED and situation.newer is not None:
        return Text("desk.newer", {"number": situation.newer})
    return None
