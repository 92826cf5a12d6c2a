"""Acts about the customer behind a conversation."""

from __future__ import annotations

from bot.decide.act_steps import Outcome
from bot.decide.acts.asking import Asking, record, refused
from bot.decide.steps import Ban, Card, Choice, Move, Notice, Step, ToggleTopic
from core.conversation import Status
from core.text import Text


def ban(asking: Asking) -> list[Step]:
    """What they write from now on is kept and disturbs nobody."""
    conversation, reason = asking.conversation, " ".join(asking.act.text.split())[:500]
    if conversation.status is Status.CLOSED and asking.situation.newer is not None:
        return refused(asking, Text("desk.newer", {"number": asking.situation.newer}))  # the one to be closed is that
    # the topic closes, and ordinary members cannot type in a closed one: the way back is a button
    way_back = ((Choice(Text("desk.button.unban"), "unban"),),)
    names = {"operator": asking.operator.shown_name, "reason": reason}
    line = Text("desk.banned.because" if reason else "desk.banned", names)
    steps: list[Step] = [Ban(True), Notice(line, way_back)]
    if conversation.status is not Status.CLOSED:
        steps += [Move(Status.CLOSED, conversation.operator_id, closed_by="operator"), ToggleTopic(is_closed=True)]
    return [*steps, record(asking, Outcome.DONE, line, reason=reason)]


def unban(asking: Asking) -> list[Step]:
    """What the customer wrote meanwhile was kept, and is shown now."""
    line = Text("desk.unbanned", {"operator": asking.operator.shown_name})
    return [Ban(False), Notice(line), Card(history=True), record(asking, Outcome.DONE, line)]
