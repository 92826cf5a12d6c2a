"""What each step of a decision does to the stored state, and what it sends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import singledispatch

from bot.apply import act_steps, desk_steps, linking
from bot.apply.announcing.telling import announce
from bot.apply.knowledge import changing
from bot.apply.posting import alerts
from bot.apply.posting.card import post_card
from bot.apply.posting.groups import follow_level, show_on_desk
from bot.apply.relay import keep_customer_message, relay_edit
from bot.apply.service import countdowns
from bot.apply.service.rules import plan_wait
from bot.apply.service.steps import carry_on_clock
from bot.apply.service.waiting import tell_news
from bot.apply.surveys import steps as survey_steps
from bot.apply.surveys.rounds import ask_closing_question
from bot.apply.work import Work
from bot.decide import steps as st
from bot.decide.steps import acts
from bot.decide.steps.clock import AfterWork, Breach, DropTimer, SetTimer, Warn
from bot.decide.steps.surveys import Announce, AskQuestion, KeepAnswer, StopAsking
from bot.storage import conversations, messages, people
from bot.storage.desk import team
from bot.storage.entries import category_of
from bot.storage.operators import set_presence
from bot.storage.surveys import invitations
from core.conversation import Conversation, Status
from core.delivery import DeskAct, DeskPost
from surveys.survey import CSI


def carry_out(work: Work, steps: Sequence[st.Step]) -> None:
    """All steps in order, then what they changed about the conversation.

    A conversation with people that the desk was never shown, for it began before there was a group, is shown first.
    """
    show_on_desk(work)
    for step in steps:
        carry(step, work)
    if work.has_new_level:
        work.has_new_level = False
        follow_level(work)
    work.finish()
    show_on_desk(work)  # closed ones are not shown, and may have been renewed by an act at another desk
    if work.has_new_wait:
        work.has_new_wait = False
        plan_wait(work)


@singledispatch
def carry(step: object, work: Work) -> None:
    raise TypeError(f"no such step: {type(step).__name__}")


@carry.register
def _open(step: st.Open, work: Work) -> None:
    work.open()


@carry.register
def _keep(step: st.Keep, work: Work) -> None:
    for message in step.messages:
        keep_customer_message(work, message, is_relayed=step.relay)


@carry.register
def _keep_edit(step: st.KeepEdit, work: Work) -> None:
    relay_edit(work, step.message)


@carry.register
def _say(step: st.Say, work: Work) -> None:
    text = f"{work.words(step.text)} {tell_news(work)}".rstrip() if step.with_news else step.text
    number = work.say(text, step.kind, step.choices, attachments=step.attachments)
    if step.found is not None:
        found = step.found
        messages.add_answer(
            work.connection,
            work.live.id,
            number,
            question=messages.question_of(work.connection, work.live.id, found.under) or found.question,
            decision=found.decision,
            entry=found.entry,
            score=found.score,
            matches=found.matches,
            now=work.now,
        )
    if step.show and work.has_topic():
        work.post(DeskPost(DeskAct.POST, text=f"🤖 {work.desk_words(step.text)}", attachments=step.attachments))


@carry.register
def _outcome(step: st.Outcome, work: Work) -> None:
    messages.note_outcome(work.connection, step.message_id, step.outcome)


@carry.register
def _move(step: st.Move, work: Work) -> None:
    before = work.live
    trigger = step.trigger.value if step.trigger else ""
    work.changes |= conversations.move_values(before, step.to, step.operator_id, step.closed_by, trigger, work.now)
    work.conversation = _moved(before, step, work)
    countdowns.on_moved(work, before, step.closed_by)
    if step.to is Status.CLOSED:
        messages.drop_held(work.connection, before.id)
    if before.status is Status.ACTIVE and step.to is not Status.CLOSED and not before.category:
        _name_category(work, before)
    _note_hands(before, work)


def _name_category(work: Work, before: Conversation) -> None:
    """What the question is about, by what the bot found; operators with that skill get it."""
    seen = [*before.dialogue.shown[-1:], *before.dialogue.reserve[:1]]
    category = category_of(work.connection, seen[0]) if seen else ""
    if category:
        work.change(category=category)


def _note_hands(before: Conversation, work: Work) -> None:
    """Whose load changed, and whether there may be something to give out now."""
    after = work.live
    hands = {before.operator_id, after.operator_id} - {None} if before.operator_id != after.operator_id else set()
    if hands:
        team.touch_idle(work.connection, [number for number in hands if number is not None], work.now)
    work.wants_sharing |= bool(hands) or after.status is Status.QUEUED


def _moved(before: Conversation, step: st.Move, work: Work) -> Conversation:
    """The conversation as the changed columns make it."""
    changes = work.changes
    return replace(
        before,
        status=step.to,
        operator_id=changes.get("operator_id", before.operator_id),
        queued_at=changes.get("queued_at", before.queued_at),
        assigned_at=changes.get("assigned_at", before.assigned_at),
        closed_at=changes.get("closed_at", before.closed_at),
    )


@carry.register
def _remember(step: st.Remember, work: Work) -> None:
    work.remember(step.dialogue)


@carry.register
def _invite(step: st.Invite, work: Work) -> None:
    ask_closing_question(work)


@carry.register
def _score(step: st.Score, work: Work) -> None:
    invitations.write_invitation(work.connection, step.invitation)
    if step.invitation.score is not None and CSI.is_low(step.invitation.score):
        survey_steps.follow_up(work, step.invitation.id, "low_score")
    if step.notice is not None:
        desk_steps.show_score(work, step)


@carry.register
def _set_language(step: st.SetLanguage, work: Work) -> None:
    chosen = step.is_chosen or work.customer.has_chosen_language
    people.change_customer(work.connection, work.customer.id, language=step.language, has_chosen_language=chosen)
    work.customer = replace(work.customer, language=step.language, has_chosen_language=chosen)


@carry.register
def _set_reachable(step: st.SetReachable, work: Work) -> None:
    unreachable_at = None if step.is_reachable else work.identity.unreachable_at or work.now
    people.change_identity(work.connection, work.identity.id, unreachable_at=unreachable_at)
    work.identity = replace(work.identity, unreachable_at=unreachable_at)


@carry.register
def _ban(step: st.Ban, work: Work) -> None:
    banned_at = work.now if step.is_banned else None
    people.change_customer(work.connection, work.customer.id, banned_at=banned_at)
    work.customer = replace(work.customer, banned_at=banned_at)


@carry.register
def _presence(step: st.SetPresence, work: Work) -> None:
    set_presence(work.connection, step.operator_id, step.presence, work.now)
    work.wants_sharing = True


@carry.register
def _card(step: st.Card, work: Work) -> None:
    post_card(work, with_history=step.history)


_DESK: dict[type, Callable[..., None]] = {
    st.Notice: desk_steps.notice,
    st.Aside: desk_steps.aside,
    st.React: desk_steps.react,
    st.ToggleTopic: desk_steps.toggle_topic,
    st.Forward: desk_steps.forward,
    st.Release: desk_steps.release,
    st.ForwardEdit: desk_steps.forward_edit,
    st.WriteNote: desk_steps.write_note,
    st.KeepOutside: desk_steps.keep_outside,
    st.BindTopic: desk_steps.bind_topic,
    acts.Record: act_steps.record,
    acts.Undo: act_steps.undo,
    acts.Resend: act_steps.resend,
    acts.Reword: act_steps.reword,
    acts.SetLevel: act_steps.set_level,
    acts.SetPriority: act_steps.set_priority,
    acts.SetTag: act_steps.set_tag,
    acts.SetVip: act_steps.set_vip,
    acts.Avoid: act_steps.avoid,
    acts.Snooze: act_steps.snooze,
    acts.Alert: alerts.alert,
    acts.KeepCanned: act_steps.keep_canned,
    acts.ChangeFaq: changing.change_faq,
    acts.Unlink: linking.unlink,
    acts.MakeCode: linking.make_code,
    acts.Link: linking.link,
    acts.PutAlertsHere: alerts.put_alerts_here,
    acts.TakeFollowUp: survey_steps.take_follow_up,
    acts.EndFollowUp: survey_steps.end_follow_up,
}


def _carry_on_desk(step: object, work: Work) -> None:
    if work.refusal is None or isinstance(step, acts.Record):
        _DESK[type(step)](step, work)


_SURVEYS: dict[type, Callable[..., None]] = {
    AskQuestion: survey_steps.ask_question,
    KeepAnswer: survey_steps.keep_answer,
    StopAsking: survey_steps.stop_asking,
    Announce: announce,
}


def _carry_for_surveys(step: object, work: Work) -> None:
    _SURVEYS[type(step)](step, work)


for _kind in _SURVEYS:
    carry.register(_kind, _carry_for_surveys)
for _kind in _DESK:
    carry.register(_kind, _carry_on_desk)


@carry.register
def _clock(step: SetTimer | DropTimer | AfterWork | Warn | Breach, work: Work) -> None:
    carry_on_clock(step, work)
