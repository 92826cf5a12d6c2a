"""Decisions on the buttons customers press; old keyboards are answered as kindly as new ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.decide import answering, closing, keyboards, linking, privacy
from bot.decide.service import waiting
from bot.decide.situation import Knowledge, Situation
from bot.decide.steps import Keep, Open, Outcome, Pressed, Remember, Say, SetLanguage, Step
from bot.decide.surveys import answering as answering_surveys
from core.conversation import Dialogue, Status
from core.text import Text
from handoff.triggers import Trigger


@dataclass(frozen=True, slots=True)
class _Press:
    pressed: Pressed
    situation: Situation
    knowledge: Knowledge
    language: str
    now: datetime

    @property
    def dialogue(self) -> Dialogue:
        conversation = self.situation.conversation
        return conversation.dialogue if conversation and self.situation.is_live else Dialogue()


def on_press(pressed: Pressed, situation: Situation, knowledge: Knowledge, language: str, now: datetime) -> list[Step]:
    """What a press does; an unknown one gets the menu, never an error."""
    if situation.customer.banned_at is not None:
        return []
    press = _Press(pressed, situation, knowledge, language, now)
    act = _ACTS.get(pressed.act, _menu)
    keep: list[Step] = []
    if pressed.message is not None and (situation.conversation is not None or pressed.act in _OPENING):
        keep = [Keep((pressed.message,), relay=pressed.is_typed and situation.is_with_people)]
    steps = act(press)
    # a press may open the conversation its own words belong to
    if steps and isinstance(steps[0], Open):
        return [steps[0], *keep, *steps[1:]]
    return [*keep, *steps]


def _opened(press: _Press) -> list[Step]:
    return [] if press.situation.is_live else [Open()]


def say_where(situation: Situation) -> Say:
    """To a customer who calls for a person that is called already."""
    is_queued = situation.conversation is not None and situation.conversation.status is Status.QUEUED
    if not is_queued:
        return Say(Text("queue.assigned"), "handoff", keyboards.with_operator())
    return Say(Text("queue.already"), "handoff", keyboards.while_waiting(), with_news=True)


def _operator(press: _Press) -> list[Step]:
    situation = press.situation
    return [say_where(situation)] if situation.is_with_people else closing.hand_over(situation, Trigger.BUTTON)


def _still_here(press: _Press) -> list[Step]:
    conversation = press.situation.conversation
    if conversation is None or conversation.status is not Status.QUEUED:
        return _operator(press)
    return [*waiting.on_words(), Say(Text("queue.kept"), "handoff", keyboards.while_waiting(), with_news=True)]


def _menu(press: _Press) -> list[Step]:
    page = _page(press.pressed.argument)[0]
    categories = keyboards.of_categories(press.knowledge, press.language, page)
    return [*_opened(press), Say(Text("faq.menu"), "menu", categories)]


def _category(press: _Press) -> list[Step]:
    page, name = _page(press.pressed.argument)
    entries = press.knowledge.index.entries_in(name)
    if not entries:
        return _menu(press)
    keyboard = keyboards.of_category(entries, name, page)
    return [*_opened(press), Say(Text("faq.category", {"category": name}), "menu", keyboard)]


def _choose(press: _Press) -> list[Step]:
    """One of the entries that the bot asked to choose from."""
    return _entry(press, is_choice=True)


def _entry(press: _Press, *, is_choice: bool = False) -> list[Step]:
    entry = press.knowledge.entry(press.pressed.argument)
    if entry is None:
        return [
            *_opened(press),
            Say(Text("faq.gone"), "menu", keyboards.of_categories(press.knowledge, press.language)),
        ]
    how = "chosen" if is_choice or entry.id in press.dialogue.reserve else "browse"
    say, dialogue = answering.choose_entry(entry, press.dialogue, how, press.pressed.message_id)
    if press.situation.is_with_people:
        return [say]
    return [*_opened(press), say, Remember(dialogue)]


def _helped(press: _Press) -> list[Step]:
    """Under the newest answer it ends the conversation; under an earlier one something is still open."""
    steps: list[Step] = _outcome(press, "helped")
    situation = press.situation
    is_newest = press.dialogue.shown[-1:] == (press.pressed.argument,)
    if situation.is_with_people or not situation.is_live or not is_newest:
        return [*steps, Say(Text("helped.thanks"), "text", keyboards.with_operator())]
    return [*steps, *closing.close("customer")]


def _refused(press: _Press) -> list[Step]:
    steps: list[Step] = _outcome(press, "refused")
    if press.situation.is_with_people:
        return [*steps, Say(Text("refused.waiting"), "text", keyboards.with_operator())]
    conversation = press.situation.conversation
    # an answer of what was closed meanwhile: the question need not be asked again
    dialogue = conversation.dialogue if conversation else press.dialogue
    say, dialogue = answering.refuse(press.pressed.argument, dialogue, press.knowledge, press.pressed.message_id)
    return [*_opened(press), *steps, say, Remember(dialogue)]


def _outcome(press: _Press, outcome: str) -> list[Step]:
    return [Outcome(press.pressed.message_id, outcome)] if press.pressed.message_id is not None else []


def _vote(press: _Press) -> list[Step]:
    return closing.take_vote(press.pressed.argument, press.situation, press.now)


def _reason(press: _Press) -> list[Step]:
    return closing.take_reason(press.pressed.argument, press.situation, press.now)


def _rate(press: _Press) -> list[Step]:
    return answering_surveys.take_rate(press.pressed.argument, press.situation, press.now)


def _skip(press: _Press) -> list[Step]:
    return answering_surveys.take_skip(press.pressed.argument, press.situation, press.now)


def _no_surveys(press: _Press) -> list[Step]:
    return answering_surveys.stop_asking(press.situation)


def _reopen(press: _Press) -> list[Step]:
    return closing.reopen(press.pressed.argument, press.situation)


def _language(press: _Press) -> list[Step]:
    language = press.pressed.argument
    return [SetLanguage(language, is_chosen=True), Say(Text("language.done"), "language", keyboards.with_operator())]


def _link(press: _Press) -> list[Step]:
    return [*_opened(press), *linking.on_link_press(press.situation)]


def _link_no(press: _Press) -> list[Step]:
    return [*_opened(press), Say(Text("linking.refused"), "link", keyboards.with_operator())]


def _page(argument: str) -> tuple[int, str]:
    number, _, name = argument.partition(":")
    return (int(number) if number.isdecimal() else 0), name


_ACTS: dict[str, Callable[[_Press], list[Step]]] = {
    "operator": _operator,
    "leave": lambda press: waiting.leave(press.situation),
    "ask_bot": lambda press: waiting.ask_bot(press.situation),
    "still_here": _still_here,
    "menu": _menu,
    "category": _category,
    "entry": _entry,
    "choose": _choose,
    "helped": _helped,
    "refused": _refused,
    "vote": _vote,
    "reason": _reason,
    "rate": _rate,
    "skip": _skip,
    "no_surveys": _no_surveys,
    "no_news": lambda press: answering_surveys.stop_news(),
    "reopen": _reopen,
    "language": _language,
    "link": _link,
    "link_no": _link_no,
    "my_data": lambda press: privacy.ask_for_copy(press.situation),
    "erase_me": lambda press: privacy.ask_whether_sure(press.situation),
    "erase_yes": lambda press: privacy.erase(press.situation, press.now),
    "erase_stop": lambda press: [*_operator(press), privacy.stop_erasing(press.situation)],
    "erase_no": lambda press: privacy.keep(press.situation),
}
_OPENING = frozenset({"operator", "menu", "category", "entry", "choose"})
