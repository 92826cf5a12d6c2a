"""What operators do, whichever desk they do it at: an act asked for -> steps. Pure."""

from __future__ import annotations

from collections.abc import Callable

from bot.decide.acts import customers, holding, resting, talking
from bot.decide.acts.asking import Asking, refused
from bot.decide.steps import Step
from core.event import Act
from core.text import Text

_ACTS: dict[Act, Callable[[Asking], list[Step]]] = {
    Act.REPLY: talking.reply,
    Act.NOTE: talking.note,
    Act.EDIT: talking.edit,
    Act.UNDO: talking.undo,
    Act.RETRY: talking.retry,
    Act.SEND: talking.send,
    Act.DROP: talking.drop,
    Act.TAKE: holding.take,
    Act.REOPEN: holding.take,
    Act.RELEASE: holding.release,
    Act.CLOSE: holding.close,
    Act.CANNED: talking.canned,
    Act.TRANSFER: holding.transfer,
    Act.SNOOZE: resting.snooze,
    Act.WAKE: resting.wake,
    Act.BAN: customers.ban,
    Act.UNBAN: customers.unban,
    Act.TAG: customers.tag,
    Act.UNTAG: customers.untag,
    Act.PRIORITY: customers.priority,
    Act.VIP: customers.vip,
    Act.UNLINK: customers.unlink,
}


def on_act(asking: Asking) -> list[Step]:
    """The steps of one act, its answer and its line in the audit log included."""
    if asking.act.act is Act.PRESENCE:
        return holding.presence(asking)
    act = _ACTS.get(asking.act.act)
    if act is None or asking.situation.conversation is None:
        return refused(asking, Text("desk.no_conversation"))
    return act(asking)
