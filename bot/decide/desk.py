"""Decisions on what operators do at the Telegram desk."""

from __future__ import annotations

from collections.abc import Callable

from bot.decide import closing, keyboards
from bot.decide.situation import DeskSituation
from bot.decide.steps import (
    Aside,
    Ban,
    BindTopic,
    Card,
    Choice,
    DeskPress,
    Forward,
    ForwardEdit,
    Move,
    Notice,
    React,
    Release,
    Say,
    SetPresence,
    Step,
    ToggleTopic,
    WriteNote,
)
from core.conversation import Conversation, Status
from core.event import OperatorEdited, OperatorWrote, TopicSeen, TopicToggled
from core.message import MessageId
from core.text import Text
from handoff.desk_text import PRESENCE_COMMANDS, DeskText, read_desk_text
from handoff.operators import Operator
from handoff.triggers import Trigger

SEEN = "👌"
NOTED = "✍"


def on_operator(event: OperatorWrote, situation: DeskSituation) -> list[Step]:
    """A message in the operators' group: in a topic to the customer, unless it is a note or a command."""
    text = read_desk_text(event.message.text)
    operator = situation.operator
    if operator is None:
        return _refuse_stranger(event, situation, text)
    if text.command in PRESENCE_COMMANDS:
        return [SetPresence(operator.id, text.command), React(event.message.origin_id, SEEN)]
    conversation = situation.conversation
    if conversation is None:
        is_ours = bool(text.command or text.unknown)
        return [Aside(event.topic, Text("desk.no_conversation"), event.message.origin_id)] if is_ours else []
    if text.unknown:
        return [Notice(Text("desk.unknown_command", {"command": text.unknown.split()[0][:40]}))]
    if text.command == "help":
        return [Notice(Text("desk.help"))]
    if text.command and text.command != "note":
        return _COMMANDS[text.command](operator, conversation, situation, event.message.origin_id)
    return _write(event, text, operator, conversation, situation)


def _refuse_stranger(event: OperatorWrote, situation: DeskSituation, text: DeskText) -> list[Step]:
    if situation.conversation is None and not (text.command or text.unknown):
        return []  # talk among members outside the topics is none of ours
    line = Text("desk.stranger", {"id": event.member.id, "name": event.member.name})
    return [Aside(event.topic, line, event.message.origin_id)]


def _write(
    event: OperatorWrote, text: DeskText, operator: Operator, conversation: Conversation, situation: DeskSituation
) -> list[Step]:
    note: list[Step] = [WriteNote(operator.id, event.message, text.note)] if text.note else []
    has_files = bool(event.message.attachments)
    is_all_note = text.command == "note" or event.message.text.startswith("//")
    if not text.reply.strip() and (is_all_note or not has_files):
        # files under a note are part of it: they stay in the topic as well
        is_kept = bool(text.note) or has_files
        return [*note, React(event.message.origin_id, NOTED) if is_kept else Notice(Text("desk.empty_note"))]
    refusal = _cannot_write(conversation, situation)
    if refusal:
        return [*note, Notice(refusal)]
    holder = situation.holder
    is_held = conversation.status is Status.ASSIGNED and holder is not None and holder.id != operator.id
    forward = Forward(operator.id, event.message, text.reply, with_markup=text.is_whole, held=is_held)
    if is_held and holder is not None:
        # apply puts the confirming buttons under the notice that follows a held message
        ask = Text("desk.held", {"holder": holder.shown_name, "operator": operator.shown_name})
        return [forward, *note, Notice(ask, _confirming())]
    # the reply first: an edit of the message is then an edit of what the customer got
    return [*_take_silently(operator, conversation), forward, *note]


def _confirming() -> tuple[tuple[Choice, ...], ...]:
    return ((Choice(Text("button.send"), "send", "held"), Choice(Text("button.drop"), "drop", "held")),)


def _cannot_write(conversation: Conversation, situation: DeskSituation) -> Text | None:
    if situation.customer is not None and situation.customer.banned_at is not None:
        return Text("desk.is_banned")
    if conversation.status is Status.CLOSED and situation.newer is not None:
        return Text("desk.newer", {"number": situation.newer})
    return None


def _take_silently(operator: Operator, conversation: Conversation) -> list[Step]:
    """The first reply takes the conversation; into a closed one it renews it."""
    if conversation.status is Status.ASSIGNED and conversation.operator_id == operator.id:
        return []
    steps: list[Step] = [Move(Status.ASSIGNED, operator.id, Trigger.OPERATOR)]
    if conversation.status is Status.CLOSED:
        steps.append(ToggleTopic(is_closed=False))
    return steps


def _take(operator: Operator, conversation: Conversation, situation: DeskSituation, seen: str) -> list[Step]:
    holder = situation.holder
    if conversation.status is Status.ASSIGNED and holder is not None:
        mine = holder.id == operator.id
        key = "desk.already_yours" if mine else "desk.taken"
        return [Notice(Text(key, {"holder": holder.shown_name}))]
    if conversation.status is Status.CLOSED:
        refusal = _cannot_write(conversation, situation)
        if refusal:
            return [Notice(refusal)]
        return [
            Move(Status.ASSIGNED, operator.id, Trigger.OPERATOR),
            ToggleTopic(is_closed=False),
            *_ack(seen, Text("desk.took", {"operator": operator.shown_name})),
        ]
    return [
        Move(Status.ASSIGNED, operator.id, Trigger.OPERATOR),
        Say(Text("operator.joined", {"name": operator.shown_name}), "handoff", keyboards.with_operator()),
        *_ack(seen, Text("desk.took", {"operator": operator.shown_name})),
    ]


def _close(operator: Operator, conversation: Conversation, situation: DeskSituation, seen: str) -> list[Step]:
    if conversation.status is Status.CLOSED:
        return [Notice(Text("desk.is_closed"))]
    holder_id = conversation.operator_id or operator.id
    return [
        *_ack(seen, Text("desk.closed", {"operator": operator.shown_name})),
        *closing.close("operator", holder_id, has_topic=True),
    ]


def _release(operator: Operator, conversation: Conversation, situation: DeskSituation, seen: str) -> list[Step]:
    if conversation.status is not Status.ASSIGNED:
        return [Notice(Text("desk.not_assigned"))]
    return [
        Move(Status.QUEUED),
        Say(Text("queue.released"), "handoff", keyboards.with_operator()),
        *_ack(seen, Text("desk.released", {"operator": operator.shown_name})),
    ]


def _ban(operator: Operator, conversation: Conversation, situation: DeskSituation, seen: str) -> list[Step]:
    if conversation.status is Status.CLOSED and situation.newer is not None:
        return [Notice(Text("desk.newer", {"number": situation.newer}))]  # the one to be closed is that
    # the topic closes, and ordinary members cannot type in a closed one: the way back is a button
    way_back = ((Choice(Text("desk.button.unban"), "unban"),),)
    steps: list[Step] = [Ban(True), Notice(Text("desk.banned", {"operator": operator.shown_name}), way_back)]
    if conversation.status is not Status.CLOSED:
        steps += [Move(Status.CLOSED, conversation.operator_id, closed_by="operator"), ToggleTopic(is_closed=True)]
    return steps


def _unban(operator: Operator, conversation: Conversation, situation: DeskSituation, seen: str) -> list[Step]:
    """What the customer wrote meanwhile was kept, and is shown now."""
    return [Ban(False), Notice(Text("desk.unbanned", {"operator": operator.shown_name})), Card(history=True)]


def _card(operator: Operator, conversation: Conversation, situation: DeskSituation, seen: str) -> list[Step]:
    return [Card()]


def _ack(seen: str, line: Text) -> list[Step]:
    """A reaction where there is a message to react to; a press has none, there the line is needed."""
    return [React(seen, SEEN)] if seen else [Notice(line)]


_COMMANDS: dict[str, Callable[[Operator, Conversation, DeskSituation, str], list[Step]]] = {
    "take": _take,
    "close": _close,
    "release": _release,
    "reopen": _take,
    "ban": _ban,
    "unban": _unban,
    "card": _card,
}


def on_desk_press(press: DeskPress, situation: DeskSituation, topic: str) -> list[Step]:
    """A button of a card, or the confirming of a held message."""
    operator, conversation = situation.operator, situation.conversation
    if operator is None:
        return [Aside(topic, Text("desk.stranger", {"id": press.member.id, "name": press.member.name}))]
    if conversation is None:
        return []
    if press.act in {"send", "drop"} and press.argument.isdecimal():
        refusal = _cannot_write(conversation, situation) if press.act == "send" else None
        return [Notice(refusal)] if refusal else [Release(MessageId(int(press.argument)), press.act == "send")]
    command = _COMMANDS.get(press.act)
    return command(operator, conversation, situation, "") if command else []


def on_operator_edit(event: OperatorEdited, situation: DeskSituation) -> list[Step]:
    """Only replies that left are changed, but for their lines of notes; a reply cannot become a note or a command."""
    placed = situation.placed
    if situation.operator is None or placed is None or placed.author != "operator":
        return []
    if placed.kind == "note":
        note = read_desk_text(event.message.text)
        return [WriteNote(situation.operator.id, event.message, note.note or event.message.text)]
    text = read_desk_text(event.message.text)
    if text.command or text.unknown or (text.note and not text.reply.strip()):
        return [Notice(Text("desk.edit_refused"))]
    return [ForwardEdit(event.message, text.reply)]


def on_topic_seen(event: TopicSeen, situation: DeskSituation) -> list[Step]:
    return [BindTopic(event.topic)] if situation.conversation is not None else []


def on_topic_toggled(event: TopicToggled, situation: DeskSituation) -> list[Step]:
    """A member closed the topic of a conversation that goes on: it is opened again, with the right way to close."""
    conversation = situation.conversation
    if conversation is None or not event.is_closed or conversation.status is Status.CLOSED:
        return []
    return [ToggleTopic(is_closed=False), Notice(Text("desk.topic_closed"))]
