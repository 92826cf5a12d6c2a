"""The decision: event + what is stored + what the FAQ knows + now -> steps. Pure; nothing is done here."""

from __future__ import annotations

from datetime import datetime

from bot.decide import customer, desk, presses
from bot.decide.acts import on_act
from bot.decide.acts.asking import Asking
from bot.decide.service.incidents import say_first
from bot.decide.sharing import resting
from bot.decide.situation import DeskSituation, Knowledge, Situation
from bot.decide.steps import Burst, Decision, DeskPress, Move, Pressed
from core.conversation import Status
from core.event import (
    CustomerBlocked,
    CustomerReturned,
    IdleNoticed,
    MessageEdited,
    OperatorActed,
    OperatorEdited,
    OperatorWrote,
    OutsideReply,
    TimerDue,
    TopicSeen,
    TopicToggled,
)

CustomerSide = Burst | Pressed | MessageEdited | CustomerBlocked | CustomerReturned | OutsideReply | IdleNoticed
DeskSide = OperatorWrote | OperatorEdited | DeskPress | OperatorActed | TimerDue | TopicSeen | TopicToggled


def decide(event: CustomerSide, situation: Situation, knowledge: Knowledge, now: datetime) -> Decision:
    """What to do about something on the customer's side."""
    match event:
        case Burst():
            steps = customer.on_burst(event, situation, knowledge, now)
        case Pressed():
            steps = presses.on_press(event, situation, knowledge, situation.customer.language, now)
        case MessageEdited():
            steps = customer.on_edit(event, situation, knowledge)
        case CustomerBlocked() | CustomerReturned():
            steps = customer.on_reach(event, situation)
        case OutsideReply():
            steps = customer.on_outside_reply(event, situation)
        case IdleNoticed():
            is_bots = situation.conversation is not None and situation.conversation.status is Status.ACTIVE
            steps = [Move(Status.CLOSED, closed_by="idle")] if is_bots else []
    return Decision(tuple(say_first(steps, event, situation)))


def decide_desk(event: DeskSide, situation: DeskSituation, topic: str) -> Decision:
    """What to do about something on the operators' side."""
    match event:
        case OperatorWrote():
            steps = desk.on_operator(event, situation)
        case OperatorEdited():
            steps = desk.on_operator_edit(event, situation)
        case DeskPress():
            steps = desk.on_desk_press(event, situation, topic)
        case OperatorActed():
            operator = situation.operator
            steps = on_act(Asking(event, operator, situation)) if operator is not None else []
        case TimerDue():
            steps = resting.on_rest_timer(event, situation)
        case TopicSeen():
            steps = desk.on_topic_seen(event, situation)
        case TopicToggled():
            steps = desk.on_topic_toggled(event, situation)
    return Decision(tuple(steps))
