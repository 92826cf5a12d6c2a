"""What is said and done when a conversation is given to an operator, or comes back because one went away."""

from __future__ import annotations

from bot.decide import keyboards
from bot.decide.steps import Move, Notice, Say, Step
from bot.decide.steps.acts import Avoid, Outcome, Record
from core.conversation import Status
from core.text import Text
from handoff.operators import Operator
from handoff.triggers import Trigger

OTKLIK = "otklik"  # the desk of what nobody in particular did


def assign(operator: Operator, load: int) -> list[Step]:
    """Automatic assignment to who holds `load` others; the customer learns the name, the topic too."""
    line = Text("desk.assigned", {"operator": operator.shown_name})
    return [
        Move(Status.ASSIGNED, operator.id),
        Avoid(None),
        Say(Text("operator.joined", {"name": operator.shown_name}), "handoff", keyboards.with_operator()),
        Notice(line),
        Record(None, OTKLIK, "assign", Outcome.DONE, line, {"to": operator.login, "load": load}),
    ]


def come_back(operator: Operator) -> list[Step]:
    """The operator is away: back to the queue, with a word to the customer, and when to expect somebody else."""
    line = Text("desk.left", {"operator": operator.shown_name})
    return [
        Move(Status.QUEUED, trigger=Trigger.OPERATOR),
        Say(Text("queue.left"), "handoff", keyboards.with_operator(), with_news=True),
        Notice(line),
        Record(None, OTKLIK, "return", Outcome.DONE, line, {"from": operator.login}),
    ]
