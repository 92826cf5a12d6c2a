"""`/faq` and the buttons under its answers: anybody at the desk looks things up, admins change them."""

from __future__ import annotations

from bot.decide.acts import on_act
from bot.decide.acts.asking import TELEGRAM, Asking
from bot.decide.faq.reading import CHANGES, FaqText, read_faq_text
from bot.decide.faq.showing import of_entry, of_found, show_entry, show_found
from bot.decide.situation import DeskSituation, FaqEntry
from bot.decide.steps import Aside, DeskPress, Step
from bot.decide.steps.acts import ChangeFaq, Outcome, Record
from core.event import Act, OperatorActed, OperatorWrote
from core.text import Text
from handoff.operators import Operator, Role

_NEAR_AT = 0.5  # probability from which on an entry is offered where there is none of that id
_LIKE_AT = 0.8  # probability from which on a new question is told to be known already


def on_faq(event: OperatorWrote, argument: str, operator: Operator, situation: DeskSituation) -> list[Step]:
    """The command as it was typed."""
    asked, origin = read_faq_text(argument), event.message.origin_id
    if not asked.verb:
        return [Aside(event.topic, Text("desk.faq.help"), origin)]
    if asked.verb in CHANGES:
        return _change(asked, event.topic, origin, operator, situation)
    if asked.verb == "find":
        return [_found(asked, situation, event.topic, origin)]
    if situation.faq.entry is None:
        return [_unknown(asked, situation, event.topic, origin)]
    return [_shown(situation.faq.entry, operator, situation, event.topic, origin)]


def _found(asked: FaqText, situation: DeskSituation, topic: str, origin: str) -> Aside:
    if not asked.words:
        return Aside(topic, Text("desk.faq.find_what"), origin)
    found = situation.faq.found
    if not found:
        return Aside(topic, Text("desk.faq.nothing", {"words": asked.words[:80]}), origin)
    lines = (Text("desk.faq.found_head", {"words": asked.words[:80]}), *show_found(found))
    return Aside(topic, lines, origin, of_found(found))


def _unknown(asked: FaqText, situation: DeskSituation, topic: str, origin: str) -> Aside:
    """There is no such id; what it may have meant is offered."""
    if not asked.key:
        return Aside(topic, Text("desk.faq.which"), origin)
    found = [one for one in situation.faq.found if one.score is None or one.score >= _NEAR_AT]
    line = Text("desk.faq.unknown" if found else "desk.faq.unknown_bare", {"id": asked.key[:80]})
    return Aside(topic, (line, *show_found(found)), origin, of_found(found))


def _shown(one: FaqEntry, operator: Operator, situation: DeskSituation, topic: str, origin: str = "") -> Aside:
    has_customer = situation.conversation is not None
    rows = of_entry(one, is_admin=operator.role is Role.ADMIN, has_customer=has_customer)
    return Aside(topic, show_entry(one), origin, rows, one.entry.files)


def _change(asked: FaqText, topic: str, origin: str, operator: Operator, situation: DeskSituation) -> list[Step]:
    if operator.role is not Role.ADMIN:
        return _refuse(asked.verb, topic, origin, operator)
    if asked.verb == "add":
        if not asked.values.get("question") or not asked.values.get("answer"):
            return [Aside(topic, Text("desk.faq.how_add"), origin)]
        like = next((one for one in situation.faq.found if (one.score or 0) >= _LIKE_AT), None)
        return [ChangeFaq(operator.id, operator.login, "add", "", asked.values, asked.more, topic, origin, like=like)]
    if situation.faq.entry is None:
        return [_unknown(asked, situation, topic, origin)]
    if asked.verb == "edit" and not asked.values and not asked.more:
        return [Aside(topic, Text("desk.faq.how_edit", {"id": situation.faq.entry.entry.id}), origin)]
    key = situation.faq.entry.entry.id
    return [ChangeFaq(operator.id, operator.login, asked.verb, key, asked.values, asked.more, topic, origin)]


def _refuse(verb: str, topic: str, origin: str, operator: Operator) -> list[Step]:
    why = Text("desk.faq.admins_only")
    return [Aside(topic, why, origin), Record(operator.id, TELEGRAM, f"faq_{verb}", Outcome.REFUSED, why)]


def on_faq_press(press: DeskPress, situation: DeskSituation, topic: str) -> list[Step]:
    """A button; an entry that is gone meanwhile is said to be."""
    operator, act = situation.operator, press.act.removeprefix("faq:")
    assert operator is not None
    one = situation.faq.entry
    if one is None:
        return [Aside(topic, Text("desk.faq.gone"))]
    if act == "show":
        return [_shown(one, operator, situation, topic)]
    if act == "send" and situation.conversation is not None:
        number = situation.conversation.id
        acted = OperatorActed(operator.id, Act.REPLY, "", number, one.entry.answer, attachments=one.entry.files)
        return on_act(Asking(acted, operator, situation, TELEGRAM, None, topic))
    if act not in ("publish", "archive", "back"):
        return []
    if operator.role is not Role.ADMIN:
        return _refuse(act, topic, "", operator)
    return [ChangeFaq(operator.id, operator.login, act, one.entry.id, topic=topic, revisions=situation.faq.revisions)]
