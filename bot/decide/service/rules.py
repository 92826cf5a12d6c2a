"""What a rule's acts become: the same steps that people's acts become."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.decide import keyboards
from bot.decide.service.news import news_text
from bot.decide.sharing.resting import stop_resting
from bot.decide.steps import Card, Move, Notice, Say, Step
from bot.decide.steps.acts import Alert, Avoid, Outcome, Record, SetLevel, SetPriority, SetTag
from core.conversation import Conversation, Status
from core.message import Attachment
from core.text import SHIPPED, Text, Wording, render
from handoff.canned import Canned, fill
from handoff.operators import AWAY, Operator
from handoff.queue import PRIORITIES
from handoff.service import rules
from handoff.service.rules import Rule, RuleAct
from handoff.service.waiting import News
from handoff.triggers import Trigger

OTKLIK = "otklik"


@dataclass(frozen=True, slots=True)
class RuleSituation:
    """The conversation a rule is about. `operators` and `canned` are those its acts name, where they exist."""

    conversation: Conversation
    name: str
    language: str
    zone: tzinfo
    news: News | None = None
    operators: tuple[Operator, ...] = ()
    canned: tuple[Canned, ...] = ()
    wording: Wording = SHIPPED


def on_rule(rule: Rule, situation: RuleSituation, now: datetime) -> list[Step]:
    """Its acts in order; what cannot be done (a canned reply that is gone, an operator away) is told to the leads."""
    steps: list[Step] = [
        Record(None, OTKLIK, "rule", Outcome.DONE, Text("desk.rule", {"rule": rule.name}), {"rule": rule.name})
    ]
    for act in rule.then:
        steps += _act(act, rule, situation, now)
    return steps


def _act(act: RuleAct, rule: Rule, situation: RuleSituation, now: datetime) -> list[Step]:
    match act:
        case rules.Message():
            return [_say(_filled(act, situation, now), situation)]
        case rules.Tag():
            return [SetTag(act.tag)]
        case rules.Raise():
            return [SetPriority(PRIORITIES[act.priority])]
        case rules.Alert():
            return [Alert(Text("alert.rule", {"rule": rule.name, "text": act.text}))]
        case rules.Canned():
            found = next((one for one in situation.canned if one.name == act.name), None)
            if found is None:
                return [_trouble(rule, Text("trouble.canned", {"name": act.name}))]
            return [_say(fill(found.text, _values(situation)), situation, found.attachments)]
        case rules.Transfer():
            return _transfer(act.to, rule, situation)


def _say(words: str, situation: RuleSituation, files: tuple[Attachment, ...] = ()) -> Say:
    is_queued = situation.conversation.status is Status.QUEUED
    rows = keyboards.while_waiting() if is_queued else keyboards.with_operator()
    return Say(words, "rule", rows, show=True, attachments=files)


def _values(situation: RuleSituation) -> dict[str, str]:
    about = situation.conversation
    channel = render(Text(f"channel.{about.channel}"), situation.language)
    return {"name": situation.name, "number": str(about.id), "channel": channel, "operator": ""}


def _filled(act: rules.Message, situation: RuleSituation, now: datetime) -> str:
    news = situation.news
    words = act.texts["en" if situation.language == "en" else "ru"].format(
        name=situation.name,
        news=news_text(news, situation.language, now, situation.zone, situation.wording) if news is not None else "",
        position=news.position if news is not None else "",
    )
    return " ".join(words.split(" ")).strip()


def _transfer(to: str, rule: Rule, situation: RuleSituation) -> list[Step]:
    conversation = situation.conversation
    if conversation.status is Status.CLOSED:
        return []
    if to.isdecimal():
        if conversation.level == int(to) and conversation.status is Status.QUEUED:
            return []
        told = Notice(Text("desk.rule.level", {"rule": rule.name, "level": to}))
        return [SetLevel(int(to)), *_into_queue(conversation), told]
    target = next((one for one in situation.operators if one.login == to), None)
    if target is None or target.presence in AWAY:
        return [_trouble(rule, Text("trouble.operator", {"name": to}))]
    if conversation.operator_id == target.id:
        return []
    return [
        *_woken(conversation),
        Move(Status.ASSIGNED, target.id, Trigger.RULE),
        *_card(conversation),
        Avoid(None),
        Say(Text("operator.joined", {"name": target.shown_name}), "handoff", keyboards.with_operator()),
        Notice(Text("desk.rule.operator", {"rule": rule.name, "operator": target.shown_name})),
    ]


def _into_queue(conversation: Conversation) -> list[Step]:
    """With a word to the customer, who was with the bot or with an operator until now."""
    if conversation.status is Status.QUEUED:
        return []
    move = Move(Status.QUEUED, trigger=Trigger.RULE)
    if conversation.status is Status.ACTIVE:
        accepted = Say(Text("queue.accepted"), "handoff", keyboards.while_waiting(), with_news=True)
        return [move, *_card(conversation), accepted]
    said = Say(Text("queue.transferred"), "handoff", keyboards.with_operator())
    return [*_woken(conversation), move, Avoid(conversation.operator_id), said]


def _card(conversation: Conversation) -> list[Step]:
    """What the bot led is new to the desk."""
    return [Card(history=True)] if conversation.status is Status.ACTIVE else []


def _woken(conversation: Conversation) -> list[Step]:
    return stop_resting() if conversation.snoozed_until is not None else []


def _trouble(rule: Rule, what: Text) -> Alert:
    return Alert(Text("alert.rule", {"rule": rule.name, "text": what}))
