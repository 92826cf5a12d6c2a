"""Steps on the operators' side: what leaves for the customer, what stays, and the topic's state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.apply.posting.alerts import alert
from bot.apply.service.countdowns import on_reply
from bot.apply.service.guarding import guarded, warn_of_numbers
from bot.apply.work import Work
from bot.decide import steps as st
from bot.decide.steps.acts import Alert
from bot.storage import conversations, messages
from bot.storage.operators import find_operator
from core.channel import Capabilities
from core.conversation import OperatorId
from core.delivery import DeskAct, DeskPost
from core.message import Attachment, AttachmentKind, Button, IncomingMessage, MessageId, OutgoingMessage
from core.text import Text


def notice(step: st.Notice, work: Work) -> None:
    if work.has_topic():
        work.post(DeskPost(DeskAct.POST, text=work.desk_words(step.text), buttons=work.desk_buttons(step.choices)))


def _desk_of(work: Work) -> str:
    """The group that ids of an operator's event belong to."""
    return work.here or work.chat


def _is_elsewhere(work: Work) -> bool:
    """Written in a topic that the conversation has left: who holds it now must read it too."""
    return bool(work.here) and work.has_topic() and work.here != work.chat


def aside(step: st.Aside, work: Work) -> None:
    post_aside(work, step)


def post_aside(work: Work, step: st.Aside) -> None:
    lines = step.text if isinstance(step.text, tuple) else (step.text,)
    text = "\n".join(work.desk_words(line) for line in lines)
    buttons = tuple(
        tuple(Button(work.desk_words(choice.label), f"f.{choice.act}.{choice.argument}") for choice in row)
        for row in step.choices
    )
    content = DeskPost(
        DeskAct.POST,
        text=text,
        buttons=buttons,
        attachments=step.attachments,
        reply_to=step.reply_to,
        topic=step.topic,
    )
    work.post(content, at=work.here)


def react(step: st.React, work: Work) -> None:
    work.post(DeskPost(DeskAct.REACT, text=step.emoji, target=step.target), at=work.here)


def toggle_topic(step: st.ToggleTopic, work: Work) -> None:
    if not work.has_topic():
        return
    conversations.change_topic(work.connection, work.live.id, work.chat, is_closed=step.is_closed)
    work.post(DeskPost(DeskAct.CLOSE if step.is_closed else DeskAct.REOPEN))


def forward(step: st.Forward, work: Work) -> None:
    """Store an operator's message and send it; a held one is stored only."""
    message = step.message
    answered = step.answers if step.answers is not None else _answered(work, message)
    new = messages.NewMessage(
        work.live.id,
        work.identity.id,
        "operator",
        step.text,
        kind="held" if step.held else "text",
        operator_id=step.operator_id,
        attachments=message.attachments,
        markup=message.markup if step.with_markup else "",
        reply_to_id=answered,
    )
    number = messages.add_message(work.connection, new, work.now)
    work.is_touched, work.written_id = True, number
    if work.setup.desk is not None and message.origin_id:
        messages.place(work.connection, number, _desk_of(work), message.origin_id)
    if step.operator_id is not None and (not message.origin_id or _is_elsewhere(work)):
        _show(work, number, step.operator_id, "💬", step.text, message.attachments, answered)
    if step.held:
        work.held_id = number
        return
    _send(work, number, step.text, message, new.markup, answered, step.operator_id, step.delay)
    if step.delay and work.here:
        _offer_undo(work, number, step.delay)


def _offer_undo(work: Work, number: MessageId, delay: float) -> None:
    """While the reply waits, whoever wrote it in the group may still think better of it."""
    until = (work.now + timedelta(seconds=delay)).astimezone(work.setup.zone)
    words = work.desk_words(Text("desk.undo.until", {"seconds": round(delay), "time": f"{until:%H:%M:%S}"}))
    choices = ((st.Choice(Text("desk.button.undo"), "undo", str(number)),),)
    work.post(DeskPost(DeskAct.POST, text=words, buttons=work.desk_buttons(choices)))


def _show(
    work: Work,
    number: MessageId,
    operator_id: OperatorId,
    mark: str,
    text: str,
    attachments: tuple[Attachment, ...],
    answered: int | None = None,
) -> None:
    """What was written elsewhere, in the topic: who said it, and the words."""
    if not work.has_topic():
        return
    operator = find_operator(work.connection, operator_id)
    words = f"{mark} {operator.shown_name if operator is not None else '—'}: {guarded(work, text)}"
    files = tuple(one for one in attachments if one.kind is not AttachmentKind.OTHER)
    refers_to = {"reply_to": answered} if answered is not None else None
    work.post(DeskPost(DeskAct.POST, text=words, attachments=files), number, refers_to)


def _send(
    work: Work,
    number: MessageId,
    text: str,
    message: IncomingMessage,
    markup: str,
    answered: int | None,
    operator_id: OperatorId | None,
    delay: float = 0.0,
) -> None:
    files = tuple(one for one in message.attachments if one.kind is not AttachmentKind.OTHER)
    lost = [*message.lost, *(one.name for one in message.attachments if one.kind is AttachmentKind.OTHER)]
    if lost:
        what = ", ".join(dict.fromkeys(filter(None, lost)))
        work.post(DeskPost(DeskAct.POST, text=work.desk_words(Text("desk.not_carried", {"what": what}))))
    if not text.strip() and not files:
        return
    refers_to = {"reply_to": answered} if answered is not None else None
    content = OutgoingMessage(text, attachments=files, markup=markup)
    work.deliver(content, number, refers_to, delay, is_marked=bool(message.origin_id))
    work.keyboard = {}  # words typed from now on answer the operator, not the bot's buttons
    warn_of_numbers(work, "desk.number.sent", text)
    note_reply(work, operator_id)


def note_reply(work: Work, operator_id: OperatorId | None) -> None:
    """A person answered; the first time, that is the first response."""
    on_reply(work, operator_id)
    if work.live.first_response_at is None:
        work.changes["first_response_at"] = work.now
        work.conversation = replace(work.live, first_response_at=work.now)


def _answered(work: Work, message: IncomingMessage) -> int | None:
    """The message on the customer's side that an operator's reply points at."""
    if not message.reply_to or work.setup.desk is None:
        return None
    row = messages.placed_at(work.connection, _desk_of(work), message.reply_to)
    return row.id if row is not None and row.conversation_id == work.live.id and row.kind != "note" else None


def release(step: st.Release, work: Work) -> None:
    """Send or drop a held message; a second press finds nothing held."""
    row = messages.find_message(work.connection, step.message_id)
    if row is None or row.kind != "held" or row.conversation_id != work.live.id:
        work.refuse(Text("desk.held.gone"))
        return
    work.written_id = MessageId(row.id)
    if not step.is_sent:
        messages.change_message(work.connection, row.id, kind="dropped")
        work.post(DeskPost(DeskAct.POST, text=work.desk_words(Text("desk.held.dropped"))))
        return
    messages.change_message(work.connection, row.id, kind="text")
    message = IncomingMessage("", row.text, messages.read_attachments(row.attachments))
    _send(work, MessageId(row.id), row.text, message, row.markup or "", row.reply_to_id, row.operator_id)
    work.post(DeskPost(DeskAct.POST, text=work.desk_words(Text("desk.held.sent"))))


def forward_edit(step: st.ForwardEdit, work: Work) -> None:
    """An edit in the topic, of the message that stands there; too late for a change, it goes as a new message."""
    assert work.setup.desk is not None
    row = messages.placed_at(work.connection, _desk_of(work), step.message.origin_id)
    if row is None or row.text == step.text:
        return
    change_reply(work, row, step.text, step.message.markup)
    capabilities = work.setup.capabilities.get(work.identity.channel, Capabilities())
    if row.kind == "text" and capabilities.is_too_late_to_edit(row.created_at, work.now):
        work.post(DeskPost(DeskAct.POST, text=work.desk_words(edit_late("desk.edit_anew", capabilities))))


def edit_late(key: str, capabilities: Capabilities) -> Text:
    """Words about the time that is over, with how long it was."""
    assert capabilities.edit_time is not None
    return Text(key, {"hours": round(capabilities.edit_time / timedelta(hours=1))})


def change_reply(work: Work, row: Any, text: str, markup: str = "") -> None:
    """Change what the customer got; the channel sends it anew where it cannot be changed."""
    if row.text == text:
        return
    messages.change_message(work.connection, row.id, text=text, markup=markup or None, edited_at=work.now)
    if row.kind in {"held", "dropped", "undone"}:
        return
    content = OutgoingMessage(text, attachments=messages.read_attachments(row.attachments), markup=markup)
    work.deliver(content, MessageId(row.id), {"edit_of": row.id})


def write_note(step: st.WriteNote, work: Work) -> None:
    """A note stays among people; an edited one is changed in place."""
    desk, origin = _desk_of(work) if work.setup.desk is not None else "", step.message.origin_id
    row = messages.placed_at(work.connection, desk, origin) if origin else None
    if row is not None and row.kind == "note":
        messages.change_message(work.connection, row.id, text=step.text, edited_at=work.now)
        return
    new = messages.NewMessage(
        work.live.id,
        work.identity.id,
        "operator",
        step.text,
        kind="note",
        operator_id=step.operator_id,
        attachments=() if origin else step.message.attachments,
    )
    number = messages.add_message(work.connection, new, work.now)
    work.is_touched, work.written_id = True, number
    if origin:
        messages.place(work.connection, number, desk, origin)
    if not origin or _is_elsewhere(work):
        _show(work, number, step.operator_id, "📝", step.text, step.message.attachments)


def keep_outside(step: st.KeepOutside, work: Work) -> None:
    """A reply given past Otklik joins the history and counts as the first response."""
    message = step.message
    new = messages.NewMessage(
        work.live.id,
        work.identity.id,
        "outside",
        message.text,
        attachments=message.attachments,
        origin_id=message.origin_id,
    )
    number = messages.add_message(work.connection, new, work.now)
    work.is_touched = True
    note_reply(work, None)
    if work.setup.desk is not None:
        if not work.has_topic():
            conversations.ensure_topic(work.connection, work.live.id, work.chat)
            work.has_looked_for_topic = False
        text = work.desk_words(Text("desk.outside", {"author": step.author, "text": guarded(work, message.text)}))
        files = tuple(one for one in message.attachments if one.kind is not AttachmentKind.OTHER)
        work.post(DeskPost(DeskAct.POST, text=text, attachments=files), number)


def bind_topic(step: st.BindTopic, work: Work) -> None:
    """The desk tells of a topic of this conversation; a second one is surplus and goes."""
    desk = work.setup.desk
    if desk is None:
        return
    bound = conversations.bind_topic(work.connection, work.live.id, _desk_of(work), step.topic)
    if bound != step.topic:
        work.post(DeskPost(DeskAct.DROP, target=step.topic), at=work.here)


def show_score(work: Work, step: st.Score) -> None:
    """The score in the topic it was earned in, with the name of who earned it; a low one to the leads."""
    about, desk = step.invitation, work.setup.desk
    number = about.conversation_id
    if step.notice is None or desk is None or number is None:
        return
    if conversations.find_topic(work.connection, number) is None:
        return
    there = conversations.find_conversation(work.connection, number)
    if there is None:
        return
    earner = find_operator(work.connection, about.operator_id) if about.operator_id else None
    name = {"operator": earner.shown_name if earner is not None else "—"}
    here, work.conversation = work.conversation, there
    seen = work.topic, work.has_looked_for_topic
    work.has_looked_for_topic = False
    work.post(DeskPost(DeskAct.POST, text=work.desk_words(Text(step.notice.key, {**step.notice.params, **name}))))
    if step.alert is not None:
        alert(Alert(Text(step.alert.key, {**step.alert.params, **name}), only_to_leads=True), work)
    work.conversation = here
    work.topic, work.has_looked_for_topic = seen
