"""Decisions on what customers write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.decide import answering, closing, keyboards, linking, presses, privacy
from bot.decide.service import waiting
from bot.decide.sharing import resting
from bot.decide.situation import Knowledge, NeedsVerdicts, Situation
from bot.decide.steps import (
    Burst,
    Card,
    Choice,
    Keep,
    KeepEdit,
    KeepOutside,
    Move,
    Notice,
    Open,
    Pressed,
    Say,
    SetLanguage,
    SetReachable,
    Step,
)
from bot.decide.surveys.answering import expects_words, take_words
from bot.decide.words import find_button, guess_language, read_command
from core.conversation import Dialogue, Status
from core.event import CustomerBlocked, CustomerReturned, MessageEdited, OutsideReply
from core.message import IncomingMessage
from core.text import Text
from faq.answer import Answer, Handoff, Smalltalk
from handoff.triggers import Trigger

_CALL = 200  # characters; a longer message is no mere call for a person


def on_burst(event: Burst, situation: Situation, knowledge: Knowledge, now: datetime) -> list[Step]:
    """One question, in one or several quick messages."""
    messages = event.messages
    steps: list[Step] = [SetReachable(True)] if situation.identity.unreachable_at else []
    if situation.customer.banned_at is not None:
        # kept, so that an operator who lifts the ban finds everything; nobody is disturbed
        return [Keep(messages)] if situation.conversation else []
    text = _words(messages)
    steps += [*_wake(situation), *_learn_language(text, situation)]
    language = _language(steps, situation)
    command = read_command(text)
    if command:
        return [*steps, *on_command(command, messages, situation, knowledge, language)]
    is_numbered = not situation.identity.has_buttons or situation.identity.channel == "terminal"
    button = find_button(text, situation.keyboard, is_numbered=is_numbered)
    if button is not None:
        press = Pressed(button.act, button.argument, button.message_id, messages[-1], is_typed=True)
        return [*steps, *presses.on_press(press, situation, knowledge, language, now)]
    if situation.is_with_people:
        return [*steps, *_with_people(messages, text, situation, knowledge, language)]
    if not situation.is_live and situation.conversation is not None:
        late = _after_closing(messages, text, situation, knowledge, now)
        if late:
            return [*steps, *late]
    return [*steps, *_ask(messages, text, situation, knowledge, language)]


def _wake(situation: Situation) -> list[Step]:
    """A customer who writes ends the snooze of their conversation."""
    conversation = situation.conversation
    if conversation is None or conversation.snoozed_until is None:
        return []
    return [*resting.stop_resting(), Notice(Text("desk.snooze.woken"))]


def _ask(
    messages: tuple[IncomingMessage, ...], text: str, situation: Situation, knowledge: Knowledge, language: str
) -> list[Step]:
    """A question to the bot; opens a conversation where none is live."""
    start: list[Step] = [] if situation.is_live else [Open()]
    start.append(Keep(messages))
    conversation = situation.conversation
    dialogue = conversation.dialogue if situation.is_live and conversation else Dialogue()
    if not text.strip():
        return [*start, Say(Text("attachment.kept"), "text", keyboards.with_operator())]
    if not knowledge.is_searched:
        raise NeedsVerdicts
    if not knowledge.verdicts:
        return [*start, answering.greet(knowledge, language, "greeting.again")]
    said, wants_person = answering.answer_verdicts(text, dialogue, knowledge, language, is_first=not situation.is_live)
    if not wants_person:
        return [*start, *said]
    handed = closing.hand_over(situation, Trigger.WORDS, messages, tuple(said))
    return handed


def _with_people(
    messages: tuple[IncomingMessage, ...], text: str, situation: Situation, knowledge: Knowledge, language: str
) -> list[Step]:
    """A conversation in people's hands: everything goes to the desk, the bot keeps out of it.

    Who waits and calls again is told that the call was heard; with an operator that is the operator's to say.
    """
    is_call = len(text) < _CALL and any(isinstance(verdict, Handoff) for verdict in knowledge.verdicts)
    steps: list[Step] = [Keep(messages, relay=True)]
    if situation.conversation is None:
        return steps
    steps += answering.first_asked(text, situation.conversation.dialogue)
    if situation.conversation.status is not Status.QUEUED:
        return steps
    steps += waiting.on_words()
    if is_call:
        return [*steps, presses.say_where(situation)]
    if not waiting.is_asking(situation) or not text.strip():
        return steps
    if not knowledge.is_searched:
        raise NeedsVerdicts
    return [*steps, *waiting.answer_meanwhile(text, situation, knowledge, language)]


def _after_closing(
    messages: tuple[IncomingMessage, ...], text: str, situation: Situation, knowledge: Knowledge, now: datetime
) -> list[Step]:
    """Late words that belong to what was closed: the reason of a low score, a "thank you"."""
    if not knowledge.is_searched:
        raise NeedsVerdicts
    is_call = any(isinstance(verdict, Handoff) for verdict in knowledge.verdicts)
    if text.strip() and not is_call and expects_words(situation, now):
        return [Keep(messages), *take_words(text, situation, now)]
    if text.strip() and not is_call and closing.expects_reason(situation, knowledge.verdicts, now):
        return [Keep(messages), *closing.take_comment(text, situation, now)]
    verdicts = knowledge.verdicts
    only_talk = bool(verdicts) and all(
        isinstance(verdict, Smalltalk) and verdict.kind != "greeting" for verdict in verdicts
    )
    if only_talk:  # however late: small talk is no new question
        verdict = verdicts[0]
        kind = verdict.kind if isinstance(verdict, Smalltalk) else "thanks"
        key = f"smalltalk.{kind if kind in {'thanks', 'farewell', 'praise', 'who_are_you'} else 'late'}"
        return [Keep(messages), Say(Text(key), "smalltalk", keyboards.with_operator())]
    return []


def on_command(
    command: str, messages: tuple[IncomingMessage, ...], situation: Situation, knowledge: Knowledge, language: str
) -> list[Step]:
    """/start, /faq, /operator, /language, /privacy: the same in every status, and none of them is a question."""
    keep: list[Step] = [Keep(messages)]
    if situation.is_with_people and command in {"start", "operator"}:
        return [*keep, presses.say_where(situation)]
    if command in {"link", "unlink"}:
        start: list[Step] = [] if situation.is_live else [Open()]
        asked = linking.on_link(_words(messages), situation) if command == "link" else linking.on_unlink(situation)
        return [*start, *keep, *asked]
    if command == "operator":
        return closing.hand_over(situation, Trigger.COMMAND, messages)
    if not situation.is_live:
        keep.insert(0, Open())
    if command == "start":
        return [*keep, answering.greet(knowledge, language, "greeting.first")]
    if command == "faq":
        return [*keep, Say(Text("faq.menu"), "menu", keyboards.of_categories(knowledge, language))]
    if command == "language":
        return [*keep, Say(Text("language.ask"), "language", keyboards.of_languages())]
    return [*keep, privacy.tell()]


def on_edit(event: MessageEdited, situation: Situation, knowledge: Knowledge) -> list[Step]:
    """A changed message: people see the change; a changed last question is answered anew."""
    steps: list[Step] = [KeepEdit(event.message)]
    conversation = situation.conversation
    if conversation is None or conversation.status is not Status.ACTIVE or situation.customer.banned_at:
        return steps
    is_last = situation.last_origin_id == event.message.origin_id
    if not is_last or not event.message.text.strip() or not knowledge.verdicts:
        return steps
    if read_command(event.message.text) or all(isinstance(verdict, Smalltalk) for verdict in knowledge.verdicts):
        return steps
    entries = {verdict.match.entry_id if isinstance(verdict, Answer) else "" for verdict in knowledge.verdicts}
    if entries <= set(conversation.dialogue.shown):
        return steps  # a slip corrected; the answer stands there already
    said, wants_person = answering.answer_verdicts(
        event.message.text, conversation.dialogue, knowledge, situation.customer.language, is_first=False
    )
    if wants_person:
        return [*steps, *closing.hand_over(situation, Trigger.WORDS, (), tuple(said))]
    return [*steps, *said]


def on_reach(event: CustomerBlocked | CustomerReturned, situation: Situation) -> list[Step]:
    """The customer blocked the bot, or takes messages again; who holds the conversation is told, and may send again."""
    is_back = isinstance(event, CustomerReturned)
    steps: list[Step] = [SetReachable(is_back)]
    is_news = is_back is (situation.identity.unreachable_at is not None)
    if situation.is_with_people and is_news:
        again = ((Choice(Text("desk.button.retry"), "retry"),),) if situation.has_failed_reply else ()
        steps.append(Notice(Text("desk.returned"), again) if is_back else Notice(Text("desk.blocked")))
    return steps


def on_outside_reply(event: OutsideReply, situation: Situation) -> list[Step]:
    """A person answered past Otklik: that counts as an operator's reply, and the bot keeps quiet."""
    if situation.customer.banned_at is not None:
        return [KeepOutside(event.author, event.message)] if situation.conversation else []
    steps: list[Step] = [] if situation.is_live else [Open()]
    status = situation.conversation.status if situation.is_live and situation.conversation else Status.ACTIVE
    if status is not Status.ASSIGNED:
        steps.append(Move(Status.ASSIGNED, trigger=Trigger.OPERATOR))
    if status is Status.ACTIVE:  # new to the desk
        steps.append(Card(history=True))
    return [*steps, KeepOutside(event.author, event.message)]


def _words(messages: Sequence[IncomingMessage]) -> str:
    return "\n".join(message.text for message in messages if message.text)


def _learn_language(text: str, situation: Situation) -> list[Step]:
    """By the customer's own words, unless they chose; a command or a single word in Latin letters says nothing."""
    customer = situation.customer
    if customer.has_chosen_language:
        return []
    guess = guess_language(text)
    return [SetLanguage(guess)] if guess and guess != customer.language else []


def _language(steps: Sequence[Step], situation: Situation) -> str:
    learned = [step.language for step in steps if isinstance(step, SetLanguage)]
    return learned[-1] if learned else situation.customer.language
