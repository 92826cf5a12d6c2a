"""Acts that say something: replies, notes, and what can still be done about them."""

from __future__ import annotations

from dataclasses import replace

from bot.decide.acts.asking import NOTED, Asking, cannot_write, done, record, refused
from bot.decide.acts.holding import take_silently
from bot.decide.steps import Choice, Forward, Notice, Release, Step, WriteNote
from bot.decide.steps.acts import Outcome, Resend, Reword, Undo
from core.message import IncomingMessage
from core.text import Text, render
from handoff.canned import fill


def reply(asking: Asking) -> list[Step]:
    """To the customer; into somebody else's conversation only when confirmed."""
    act = asking.act
    if not act.text.strip() and not act.attachments:
        return refused(asking, Text("desk.empty_reply"))
    why = cannot_write(asking)
    if why:
        return refused(asking, why)
    is_held = asking.is_others and not act.is_confirmed
    message = asking.message or IncomingMessage("", act.text, act.attachments)
    forward = Forward(
        asking.operator.id,
        message,
        act.text,
        with_markup=message.text == act.text,
        held=is_held,
        answers=act.message_id,
        delay=asking.situation.rules.undo_window(asking.desk),
    )
    if is_held and asking.situation.holder is not None:
        names = {"holder": asking.situation.holder.shown_name, "operator": asking.operator.shown_name}
        ask = Text("desk.held", names)
        # apply puts the confirming buttons under the notice that follows a held message
        return [forward, Notice(ask, _confirming()), record(asking, Outcome.HELD, ask)]
    # the reply first: an edit of the message is then an edit of what the customer got
    start = [] if asking.is_others else take_silently(asking)
    return [*start, forward, record(asking, Outcome.DONE)]


def _confirming() -> tuple[tuple[Choice, ...], ...]:
    return ((Choice(Text("button.send"), "send", "held"), Choice(Text("button.drop"), "drop", "held")),)


def note(asking: Asking) -> list[Step]:
    """Files under a note are part of it: they stay in the topic as well."""
    text = asking.act.text.strip()
    has_files = bool(asking.message.attachments if asking.message is not None else asking.act.attachments)
    if not text and not has_files:
        return refused(asking, Text("desk.empty_note"))
    message = asking.message or IncomingMessage("", text, asking.act.attachments)
    write: list[Step] = [WriteNote(asking.operator.id, message, text)] if text or asking.message is None else []
    return [*write, *done(asking, mark=NOTED)]


def canned(asking: Asking) -> list[Step]:
    """The prepared words, filled in for this customer, as the operator's reply; its files before the operator's own."""
    found, customer = asking.situation.canned, asking.situation.customer
    if found is None:
        return refused(asking, Text("desk.canned.none", {"name": asking.act.to or "—"}))
    values = {
        "name": customer.name if customer is not None else "",
        "operator": asking.operator.shown_name,
        "number": str(asking.conversation.id),
        "channel": render(Text(f"channel.{asking.conversation.channel}"), customer.language if customer else "ru"),
        "question": asking.conversation.dialogue.question,
    }
    text = fill(found.text, values)
    act = replace(asking.act, text=text, attachments=(*found.attachments, *asking.act.attachments))
    # not the words of the topic's message: that one names the canned reply
    return reply(replace(asking, act=act, message=None))


def edit(asking: Asking) -> list[Step]:
    if asking.act.message_id is None or not asking.act.text.strip():
        return refused(asking, Text("desk.edit_refused"))
    return [Reword(asking.operator.id, asking.act.message_id, asking.act.text), *done(asking)]


def undo(asking: Asking) -> list[Step]:
    return [Undo(asking.operator.id, asking.act.message_id), *done(asking, Text("desk.undone"))]


def retry(asking: Asking) -> list[Step]:
    why = cannot_write(asking)
    if why:
        return refused(asking, why)
    return [Resend(asking.act.message_id), *done(asking, Text("desk.retried"))]


def send(asking: Asking) -> list[Step]:
    """Confirm a held reply."""
    why = cannot_write(asking)
    if why or asking.act.message_id is None:
        return refused(asking, why or Text("desk.held.gone"))
    return [Release(asking.act.message_id, True), record(asking, Outcome.DONE)]


def drop(asking: Asking) -> list[Step]:
    if asking.act.message_id is None:
        return refused(asking, Text("desk.held.gone"))
    return [Release(asking.act.message_id, False), record(asking, Outcome.DONE)]
