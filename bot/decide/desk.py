"""The Telegram desk: what members write, press and do with topics becomes acts."""

from __future__ import annotations

from collections.abc import Callable

from bot.decide.acts import on_act
from bot.decide.acts.asking import TELEGRAM, Asking
from bot.decide.acts.canned import keep_canned
from bot.decide.acts.follow_ups import on_follow_up
from bot.decide.acts.holding import LEVELS
from bot.decide.faq.commands import on_faq, on_faq_press
from bot.decide.sharing import boards
from bot.decide.situation import DeskSituation
from bot.decide.steps import (
    Aside,
    BindTopic,
    Card,
    Choice,
    DeskPress,
    ForwardEdit,
    Notice,
    Step,
    ToggleTopic,
    WriteNote,
)
from bot.decide.steps.acts import PutAlertsHere, Record
from core.conversation import Status
from core.event import Act, OperatorActed, OperatorEdited, OperatorWrote, TopicSeen, TopicToggled
from core.message import IncomingMessage, MessageId
from core.text import Text
from handoff.board import Board
from handoff.desk_text import BOARD_COMMANDS, PRESENCE_COMMANDS, DeskText, read_desk_text
from handoff.operators import Operator, Role


def on_operator(event: OperatorWrote, situation: DeskSituation) -> list[Step]:
    """A message in the operators' group: in a topic to the customer, unless it is a note or a command."""
    text = read_desk_text(event.message.text)
    operator = situation.operator
    if operator is None:
        return _refuse_stranger(event, situation, text)
    if text.command in PRESENCE_COMMANDS:
        return _ask(Act.PRESENCE, operator, situation, event.message, event.topic, to=text.command)
    if text.command in BOARD_COMMANDS:
        return _show_board(text, operator, situation, event)
    if text.command == "faq":
        return on_faq(event, text.argument, operator, situation)
    if situation.conversation is None:
        return _answer_outside(text, event)
    if text.unknown:
        return [Notice(Text("desk.unknown_command", {"command": _name_of(text)}))]
    if text.command == "help":
        return [Notice(Text("desk.help"))]
    if text.command == "card":
        return [Card()]
    if text.command in _OFFERS and not text.argument:
        return [_OFFERS[text.command]]
    if text.command in _WITH_ARGUMENT:
        act, (to, words) = _ACTS[text.command], _WITH_ARGUMENT[text.command](text.argument)
        return _ask(act, operator, situation, event.message, event.topic, text=words, to=to)
    if text.command and text.command != "note":
        about = situation.placed.id if situation.placed is not None else None
        act = _ACTS[text.command]
        return _ask(act, operator, situation, event.message, event.topic, text=text.argument, about=about)
    return _write(event, text, operator, situation)


def _refuse_stranger(event: OperatorWrote, situation: DeskSituation, text: DeskText) -> list[Step]:
    if situation.conversation is None and not (text.command or text.unknown):
        return []  # talk among members outside the topics is none of ours
    line = Text("desk.stranger", {"id": event.member.id, "name": event.member.name})
    return [Aside(event.topic, line, event.message.origin_id)]


def _answer_outside(text: DeskText, event: OperatorWrote) -> list[Step]:
    """Outside the conversations' topics members talk among themselves; what begins with "/" is meant for the bot."""
    if text.unknown:
        line = Text("desk.unknown_here", {"command": _name_of(text)})
    elif text.command:
        line = Text("desk.help.here" if text.command == "help" else "desk.no_conversation")
    else:
        return []
    return [Aside(event.topic, line, event.message.origin_id)]


def _name_of(text: DeskText) -> str:
    """An unknown command, as it was typed."""
    return text.unknown.split()[0][:40]


def _write(event: OperatorWrote, text: DeskText, operator: Operator, situation: DeskSituation) -> list[Step]:
    message = event.message
    is_all_note = text.command == "note" or message.text.startswith("//")
    if not text.reply.strip() and (is_all_note or not message.attachments):
        return _ask(Act.NOTE, operator, situation, message, event.topic, text=text.note)
    said = _ask(Act.REPLY, operator, situation, message, event.topic, text=text.reply)
    # the reply first: an edit of the message is then an edit of what the customer got
    return [*said, WriteNote(operator.id, message, text.note)] if text.note else said


def _show_board(text: DeskText, operator: Operator, situation: DeskSituation, event: OperatorWrote) -> list[Step]:
    """Anybody may look; where alerts come to is for supervisors to say."""
    command, origin, board = text.command, event.message.origin_id, situation.board or Board()
    if command == "canned":
        return keep_canned(text.argument, operator, situation, event)
    if command == "alerts":
        if operator.role is Role.OPERATOR:
            return [Aside(event.topic, Text("desk.alerts.who"), origin)]
        if situation.conversation is not None:
            return [Aside(event.topic, Text("desk.alerts.where"), origin)]
        line = Text("desk.alerts.here")
        done = Record(operator.id, TELEGRAM, command, answer=line)
        return [PutAlertsHere(event.topic), Aside(event.topic, line, origin), done]
    if command.startswith("followup"):
        said, steps = on_follow_up(text.argument, operator, board.follow_ups, situation.now, situation.zone)
        return [*steps, Aside(event.topic, tuple(said), origin)]
    lines = {
        "queue": lambda: boards.show_queue(board, situation.now),
        "who": lambda: boards.show_who(board),
        "load": lambda: boards.show_load(board),
    }[command]()
    return [Aside(event.topic, tuple(lines), origin)]


def _ask(
    act: Act,
    operator: Operator,
    situation: DeskSituation,
    message: IncomingMessage | None,
    topic: str,
    *,
    text: str = "",
    to: str = "",
    about: MessageId | None = None,
) -> list[Step]:
    number = situation.conversation.id if situation.conversation is not None else None
    attachments = message.attachments if message is not None else ()
    acted = OperatorActed(operator.id, act, "", number, text, to, attachments, about)
    return on_act(Asking(acted, operator, situation, TELEGRAM, message, topic))


def _first_word(argument: str) -> tuple[str, str]:
    head, _, rest = argument.partition(" ")
    return head.removeprefix("@").lower(), rest.strip()


def _whole(argument: str) -> tuple[str, str]:
    return argument, ""


_WITH_ARGUMENT: dict[str, Callable[[str], tuple[str, str]]] = {
    "transfer": _first_word,
    "priority": _first_word,
    "vip": lambda argument: (argument.lower() or "on", ""),
    "snooze": _whole,
    "tag": _whole,
    "untag": _whole,
    "c": _whole,
}
_ACTS = {
    "transfer": Act.TRANSFER,
    "snooze": Act.SNOOZE,
    "wake": Act.WAKE,
    "c": Act.CANNED,
    "tag": Act.TAG,
    "untag": Act.UNTAG,
    "priority": Act.PRIORITY,
    "vip": Act.VIP,
    "unlink": Act.UNLINK,
    "take": Act.TAKE,
    "close": Act.CLOSE,
    "release": Act.RELEASE,
    "reopen": Act.REOPEN,
    "ban": Act.BAN,
    "unban": Act.UNBAN,
    "undo": Act.UNDO,
    "retry": Act.RETRY,
    "send": Act.SEND,
    "drop": Act.DROP,
}
_OFFERS = {
    "transfer": Notice(
        Text("desk.transfer.ask"),
        (tuple(Choice(Text("desk.button.level", {"level": level}), "transfer", level) for level in LEVELS),),
    ),
    "snooze": Notice(
        Text("desk.snooze.ask"),
        (
            (
                Choice(Text("desk.button.half"), "snooze", "30m"),
                *(Choice(Text("desk.button.in", {"hours": hours}), "snooze", f"{hours}h") for hours in (1, 3)),
            ),
            (Choice(Text("desk.button.tomorrow"), "snooze", "tomorrow 9:00"),),
        ),
    ),
}
_BY_BUTTON = frozenset({"take", "close", "release", "reopen", "ban", "unban", "send", "drop", "undo", "retry"})


def on_desk_press(press: DeskPress, situation: DeskSituation, topic: str) -> list[Step]:
    """A button of a card, or the confirming of a held message."""
    operator = situation.operator
    if operator is None:
        return [Aside(topic, Text("desk.stranger", {"id": press.member.id, "name": press.member.name}))]
    if press.act.startswith("faq:"):
        return on_faq_press(press, situation, topic)
    if situation.conversation is None:
        return []
    if press.act == "card":
        return [Card()]
    if press.act in _OFFERS and not press.argument:
        return [_OFFERS[press.act]]
    if press.act in _OFFERS:
        return _ask(_ACTS[press.act], operator, situation, None, topic, to=press.argument)
    if press.act not in _BY_BUTTON:
        return []
    about = MessageId(int(press.argument)) if press.argument.isdecimal() else None
    return _ask(_ACTS[press.act], operator, situation, None, topic, about=about)


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
