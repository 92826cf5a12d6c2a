"""Acts about who holds a conversation: take, release, transfer, close; and whether an operator is there."""

from __future__ import annotations

from bot.decide import closing, keyboards
from bot.decide.acts.asking import Asking, cannot_write, done, refused
from bot.decide.sharing.resting import stop_resting
from bot.decide.steps import Move, Notice, Say, SetPresence, Step, ToggleTopic, WriteNote
from bot.decide.steps.acts import Avoid, SetLevel
from core.conversation import Status
from core.message import IncomingMessage
from core.text import Text
from handoff.operators import AWAY, DECLARED, Presence, Role
from handoff.triggers import Trigger

LEVELS = ("1", "2", "3")


def take_silently(asking: Asking) -> list[Step]:
    """The first reply takes the conversation; into a closed one it renews it."""
    if asking.is_own:
        return []
    steps: list[Step] = [*hold(asking)]
    if asking.conversation.status is Status.CLOSED:
        steps.append(ToggleTopic(is_closed=False))
    return steps


def hold(asking: Asking) -> list[Step]:
    """Who has gone and yet takes something is there again, though not for more."""
    steps: list[Step] = [Move(Status.ASSIGNED, asking.operator.id, Trigger.OPERATOR)]
    if asking.operator.presence is Presence.OFFLINE:
        steps.append(SetPresence(asking.operator.id, Presence.BREAK))
    return steps


def take(asking: Asking) -> list[Step]:
    operator, conversation, holder = asking.operator, asking.conversation, asking.situation.holder
    if conversation.status is Status.ASSIGNED and holder is not None:
        key = "desk.already_yours" if holder.id == operator.id else "desk.taken"
        return refused(asking, Text(key, {"holder": holder.shown_name}))
    took = Text("desk.took", {"operator": operator.shown_name})
    if conversation.status is Status.CLOSED:
        why = cannot_write(asking)
        if why:
            return refused(asking, why)
        return [*hold(asking), ToggleTopic(is_closed=False), *done(asking, took)]
    joined = Say(Text("operator.joined", {"name": operator.shown_name}), "handoff", keyboards.with_operator())
    return [*hold(asking), joined, *done(asking, took)]


def release(asking: Asking) -> list[Step]:
    if asking.conversation.status is not Status.ASSIGNED:
        return refused(asking, Text("desk.not_assigned"))
    return [
        *wake_silently(asking),
        Move(Status.QUEUED),
        Avoid(asking.conversation.operator_id),
        Say(Text("queue.released"), "handoff", keyboards.with_operator()),
        *done(asking, Text("desk.released", {"operator": asking.operator.shown_name})),
    ]


def transfer(asking: Asking) -> list[Step]:
    """To a person at once, to a level through its queue; the reason stays as a note."""
    act, conversation = asking.act, asking.conversation
    if conversation.status is Status.CLOSED:
        return refused(asking, Text("desk.is_closed"))
    if asking.is_others and asking.operator.role is Role.OPERATOR:
        assert asking.situation.holder is not None
        return refused(asking, Text("desk.taken", {"holder": asking.situation.holder.shown_name}))
    reason = act.text.strip()
    note: list[Step] = [WriteNote(asking.operator.id, _note_of(asking, reason), reason)] if reason else []
    if act.to in LEVELS:
        return [*_to_level(asking, int(act.to)), *note]
    target = asking.situation.target
    if not act.to:
        return refused(asking, Text("desk.transfer.who"))
    if target is None:
        return refused(asking, Text("desk.transfer.whom", {"to": act.to}))
    if conversation.operator_id == target.id and conversation.status is Status.ASSIGNED:
        return refused(asking, Text("desk.transfer.same", {"operator": target.shown_name}))
    if target.presence in AWAY:
        return refused(asking, Text("desk.transfer.away", {"operator": target.shown_name}))
    line = Text("desk.transferred", {"operator": asking.operator.shown_name, "to": target.shown_name})
    return [
        *wake_silently(asking),
        Move(Status.ASSIGNED, target.id, Trigger.OPERATOR),
        Avoid(None),
        Say(Text("operator.transferred", {"name": target.shown_name}), "handoff", keyboards.with_operator()),
        *_told(asking, line, to=target.login, reason=reason),
        *note,
    ]


def _to_level(asking: Asking, level: int) -> list[Step]:
    line = Text("desk.transferred.level", {"operator": asking.operator.shown_name, "level": level})
    return [
        *wake_silently(asking),
        SetLevel(level),
        Move(Status.QUEUED, trigger=Trigger.OPERATOR),
        Avoid(asking.operator.id),
        Say(Text("queue.transferred"), "handoff", keyboards.with_operator()),
        *_told(asking, line, to=str(level), reason=asking.act.text.strip()),
    ]


def _told(asking: Asking, line: Text, *, to: str, reason: str) -> list[Step]:
    """A transfer is told in words even where it was typed: whom it concerns must read it."""
    steps = done(asking, line, to=to, reason=reason)
    return steps if asking.message is None else [Notice(line), *steps[1:]]


def _note_of(asking: Asking, reason: str) -> IncomingMessage:
    return asking.message or IncomingMessage("", reason)


def wake_silently(asking: Asking) -> list[Step]:
    if asking.conversation.snoozed_until is None:
        return []
    return stop_resting()


def close(asking: Asking) -> list[Step]:
    conversation, operator = asking.conversation, asking.operator
    if conversation.status is Status.CLOSED:
        return refused(asking, Text("desk.is_closed"))
    holder_id = conversation.operator_id or operator.id
    return [
        *wake_silently(asking),
        *done(asking, Text("desk.closed", {"operator": operator.shown_name})),
        *closing.close("operator", holder_id, has_topic=True),
    ]


def presence(asking: Asking) -> list[Step]:
    if asking.act.to not in DECLARED:
        return refused(asking, Text("desk.presence.unknown"))
    return [SetPresence(asking.operator.id, asking.act.to), *done(asking, to=asking.act.to)]
