"""Acts about the customer behind a conversation, and about how urgent it is."""

from __future__ import annotations

from bot.decide.acts.asking import Asking, done, record, refused
from bot.decide.acts.holding import wake_silently
from bot.decide.steps import Ban, Card, Choice, Move, Notice, Step, ToggleTopic
from bot.decide.steps.acts import Outcome, SetPriority, SetTag, SetVip, Unlink
from core.conversation import Status
from core.text import Text
from handoff.queue import read_priority

_TAG = 64  # characters


def ban(asking: Asking) -> list[Step]:
    """What they write from now on is kept and disturbs nobody."""
    conversation, reason = asking.conversation, " ".join(asking.act.text.split())[:500]
    if conversation.status is Status.CLOSED and asking.situation.newer is not None:
        return refused(asking, Text("desk.newer", {"number": asking.situation.newer}))  # the one to be closed is that
    # the topic closes, and ordinary members cannot type in a closed one: the way back is a button
    way_back = ((Choice(Text("desk.button.unban"), "unban"),),)
    names = {"operator": asking.operator.shown_name, "reason": reason}
    line = Text("desk.banned.because" if reason else "desk.banned", names)
    steps: list[Step] = [*wake_silently(asking), Ban(True), Notice(line, way_back)]
    if conversation.status is not Status.CLOSED:
        steps += [Move(Status.CLOSED, conversation.operator_id, closed_by="operator"), ToggleTopic(is_closed=True)]
    return [*steps, record(asking, Outcome.DONE, line, reason=reason)]


def unban(asking: Asking) -> list[Step]:
    """What the customer wrote meanwhile was kept, and is shown now."""
    line = Text("desk.unbanned", {"operator": asking.operator.shown_name})
    return [Ban(False), Notice(line), Card(history=True), record(asking, Outcome.DONE, line)]


def tag(asking: Asking) -> list[Step]:
    return _tagged(asking, is_on=True)


def untag(asking: Asking) -> list[Step]:
    return _tagged(asking, is_on=False)


def _tagged(asking: Asking, *, is_on: bool) -> list[Step]:
    name = " ".join(asking.act.to.split()).lower().lstrip("#")
    if not name or len(name) > _TAG:
        return refused(asking, Text("desk.tag.which"))
    line = Text("desk.tagged" if is_on else "desk.untagged", {"tag": name, "operator": asking.operator.shown_name})
    return [SetTag(name, is_on), *done(asking, line, tag=name)]


def priority(asking: Asking) -> list[Step]:
    wanted = read_priority(asking.act.to)
    if wanted is None:
        return refused(asking, Text("desk.priority.which"))
    name = wanted.name.lower()
    names = {"priority": Text(f"priority.{name}"), "operator": asking.operator.shown_name}
    return [SetPriority(wanted), *done(asking, Text("desk.priority", names), to=name)]


def vip(asking: Asking) -> list[Step]:
    if asking.act.to not in {"on", "off"}:
        return refused(asking, Text("desk.vip.which"))
    is_vip = asking.act.to == "on"
    line = Text("desk.vip.on" if is_vip else "desk.vip.off", {"operator": asking.operator.shown_name})
    return [SetVip(is_vip), *done(asking, line, to=asking.act.to)]


def unlink(asking: Asking) -> list[Step]:
    return [Unlink(), *done(asking, Text("desk.unlinked", {"operator": asking.operator.shown_name}))]
