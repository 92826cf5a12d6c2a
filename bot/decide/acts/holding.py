"""Acts about who holds a conversation: take, release, close; and whether an operator is there."""

from __future__ import annotations

from bot.decide import closing, keyboards
from bot.decide.acts.asking import Asking, cannot_write, done, refused
from bot.decide.steps import Move, Say, SetPresence, Step, ToggleTopic
from core.conversation import Status
from core.text import Text
from handoff.operators import DECLARED
from handoff.triggers import Trigger


def take_silently(asking: Asking) -> list[Step]:
    """The first reply takes the conversation; into a closed one it renews it."""
    if asking.is_own:
        return []
    steps: list[Step] = [Move(Status.ASSIGNED, asking.operator.id, Trigger.OPERATOR)]
    if asking.conversation.status is Status.CLOSED:
        steps.append(ToggleTopic(is_closed=False))
    return steps


def take(asking: Asking) -> list[Step]:
    operator, conversation, holder = asking.operator, asking.conversation, asking.situation.holder
    if conversation.status is Status.ASSIGNED and holder is not None:
        key = "desk.already_yours" if holder.id == operator.id else "desk.taken"
        return refused(asking, Text(key, {"holder": holder.shown_name}))
    took = Text("desk.took", {"operator": operator.shown_name})
    move = Move(Status.ASSIGNED, operator.id, Trigger.OPERATOR)
    if conversation.status is Status.CLOSED:
        why = cannot_write(asking)
        if why:
            return refused(asking, why)
        return [move, ToggleTopic(is_closed=False), *done(asking, took)]
    joined = Say(Text("operator.joined", {"name": operator.shown_name}), "handoff", keyboards.with_operator())
    return [move, joined, *done(asking, took)]


def release(asking: Asking) -> list[Step]:
    if asking.conversation.status is not Status.ASSIGNED:
        return refused(asking, Text("desk.not_assigned"))
    return [
        Move(Status.QUEUED),
        Say(Text("queue.released"), "handoff", keyboards.with_operator()),
        *done(asking, Text("desk.released", {"operator": asking.operator.shown_name})),
    ]


def close(asking: Asking) -> list[Step]:
    conversation, operator = asking.conversation, asking.operator
    if conversation.status is Status.CLOSED:
        return refused(asking, Text("desk.is_closed"))
    holder_id = conversation.operator_id or operator.id
    return [
        *done(asking, Text("desk.closed", {"operator": operator.shown_name})),
        *closing.close("operator", holder_id, has_topic=True),
    ]


def presence(asking: Asking) -> list[Step]:
    if asking.act.to not in DECLARED:
        return refused(asking, Text("desk.presence.unknown"))
    return [SetPresence(asking.operator.id, asking.act.to), *done(asking, to=asking.act.to)]
