"""What operators' acts alone do: the audit log, and what can still be done about a reply."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.apply.desk_steps import change_reply, edit_late
from bot.apply.service.countdowns import on_snoozed, on_undone
from bot.apply.work import Work
from bot.decide.acts.asking import TELEGRAM
from bot.decide.steps import acts as st
from bot.storage import messages, outbox, people
from bot.storage.desk import audit, canned, tags
from bot.storage.service.snoozes import note_snooze
from core.channel import Capabilities
from core.delivery import DeliveryState, DeskAct, DeskPost
from core.fit import fit
from core.message import MessageId, OutgoingMessage
from core.text import Text

_FAILED = frozenset({DeliveryState.REFUSED.value, DeliveryState.DEAD.value})


def record(step: st.Record, work: Work) -> None:
    """One line in the audit log; a step that could not be carried out makes it a refusal."""
    outcome, answer = (st.Outcome.REFUSED, work.refusal) if work.refusal else (step.outcome, step.answer)
    audit.add_act(
        work.connection,
        audit.NewAct(
            step.operator_id,
            work.conversation.id if work.conversation is not None else None,
            step.desk,
            str(step.act),
            str(outcome),
            answer,
            dict(step.detail),
            work.written_id,
            step.nonce,
        ),
        work.now,
    )
    if work.refusal is not None and step.desk == "telegram" and work.has_topic():
        work.post(DeskPost(DeskAct.POST, text=work.desk_words(work.refusal)))
    work.refusal = None


def undo(step: st.Undo, work: Work) -> None:
    """Take back a reply while its window is open."""
    row = _own(work, step.message_id) if step.message_id is not None else _last_reply(work, step.operator_id)
    if row is None or row.operator_id != step.operator_id or row.kind not in {"text", "held"}:
        work.refuse(Text("desk.undo.late"))
        return
    if row.kind == "text" and not outbox.withdraw(work.connection, MessageId(row.id), work.now):
        work.refuse(Text("desk.undo.late"))
        return
    messages.change_message(work.connection, row.id, kind="undone")
    work.written_id = MessageId(row.id)
    others = [one for one in messages.history(work.connection, work.live.id) if one.author in {"operator", "outside"}]
    said = [one.created_at for one in others if one.kind != "note"]
    if row.kind == "text" and not any(moment > row.created_at for moment in said):
        on_undone(work, row.created_at, is_first=not said)


def resend(step: st.Resend, work: Work) -> None:
    """Once more what was refused or given up; what is under way or arrived is left alone."""
    row = _own(work, step.message_id) if step.message_id is not None else _last_failed(work)
    ended = outbox.deliveries_of(work.connection, MessageId(row.id)) if row is not None else []
    if row is None or row.kind != "text" or not any(one.state in _FAILED for one in ended):
        work.refuse(Text("desk.retry.nothing"))
        return
    for one in ended:
        content = outbox.read_content(one.content)
        if one.state in _FAILED and isinstance(content, OutgoingMessage):
            outbox.end_as(work.connection, one.id, DeliveryState.WITHDRAWN)
            work.deliver(content, MessageId(row.id), one.content.get("refers_to"))
    work.written_id = MessageId(row.id)


def reword(step: st.Reword, work: Work) -> None:
    """New words for an operator's own message or note; the topic shows them too."""
    row = _own(work, step.message_id)
    if row is None or row.operator_id != step.operator_id or row.kind not in {"text", "note", "held"}:
        work.refuse(Text("desk.edit_refused"))
        return
    work.written_id = MessageId(row.id)
    if row.kind == "note":
        messages.change_message(work.connection, row.id, text=step.text, edited_at=work.now)
    elif (why := _cannot_change(work, row, step.text)) is not None:
        work.refuse(why)
        return
    else:
        change_reply(work, row, step.text)
    _show_edit(work, row, step.text)


def _cannot_change(work: Work, row: Any, text: str) -> Text | None:
    """A channel changes one message of its own; of several that a long reply became only the first would change."""
    capabilities = work.setup.capabilities.get(work.identity.channel, Capabilities())
    if not capabilities.has_edits:
        return Text("desk.edit_not_carried")
    if row.kind == "text" and capabilities.is_too_late_to_edit(row.created_at, work.now):
        return edit_late("desk.edit_late", capabilities)
    files = messages.read_attachments(row.attachments)
    parts = (fit(OutgoingMessage(words, attachments=files), capabilities) for words in (row.text, text))
    return Text("desk.edit_long") if any(len(one) > 1 for one in parts) else None


def set_level(step: st.SetLevel, work: Work) -> None:
    work.change(level=step.level)
    work.has_new_level = True


def set_priority(step: st.SetPriority, work: Work) -> None:
    work.change(priority=int(step.priority))


def set_tag(step: st.SetTag, work: Work) -> None:
    (tags.add_tag if step.is_on else tags.drop_tag)(work.connection, work.live.id, step.tag)


def set_vip(step: st.SetVip, work: Work) -> None:
    people.change_customer(work.connection, work.customer.id, is_vip=step.is_vip)
    work.customer = replace(work.customer, is_vip=step.is_vip)


def avoid(step: st.Avoid, work: Work) -> None:
    if work.live.returned_by_id != step.operator_id:
        work.change(returned_by_id=step.operator_id)


def snooze(step: st.Snooze, work: Work) -> None:
    work.change(snoozed_until=step.until)
    note_snooze(work.connection, work.live.id, work.now, is_asleep=step.until is not None)
    on_snoozed(work, is_asleep=step.until is not None)
    work.wants_sharing = True


def keep_canned(step: st.KeepCanned, work: Work) -> None:
    if step.text:
        act = canned.write_canned(work.connection, step.owner, step.name, step.text, work.now)
    else:
        act = canned.drop_canned(work.connection, step.owner, step.name)
    canned.record_canned(work.connection, step.operator_id, TELEGRAM, act, step.owner, step.name, work.now)


def _show_edit(work: Work, row: Any, text: str) -> None:
    """Our own echo is changed in place; a member's message cannot be, so the new words follow it."""
    if not work.has_topic():
        return
    words = work.desk_words(Text("desk.reworded", {"text": text}))
    work.post(DeskPost(DeskAct.POST, text=words), refers_to={"reply_to": row.id})


def _own(work: Work, number: MessageId) -> Any:
    """An operator's message of this conversation, or None."""
    row = messages.find_message(work.connection, number)
    is_here = row is not None and row.conversation_id == work.live.id and row.author == "operator"
    return row if is_here else None


def _last_failed(work: Work) -> Any:
    """The newest operator's reply that did not arrive."""
    for row in reversed(messages.history(work.connection, work.live.id, 50)):
        if row.author == "operator" and row.kind == "text":
            ended = outbox.deliveries_of(work.connection, MessageId(row.id))
            if any(one.state in _FAILED for one in ended):
                return row
    return None


def _last_reply(work: Work, operator_id: int) -> Any:
    said = messages.history(work.connection, work.live.id, 20)
    return next((row for row in reversed(said) if row.operator_id == operator_id and row.kind == "text"), None)
