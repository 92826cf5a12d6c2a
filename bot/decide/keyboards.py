"""The keyboards under automatic messages; the operator's button closes every one of them."""

from __future__ import annotations

from typing import TypeVar

from bot.decide.situation import Knowledge
from bot.decide.steps import Choice
from bot.decide.titles import short, titles
from core.text import Text
from faq.entry import Entry
from surveys.invitation import Invitation
from surveys.survey import REASONS

T = TypeVar("T")
Keyboard = tuple[tuple[Choice, ...], ...]

_PAGE = 6  # rows of a list; VK takes ten buttons in all

OPERATOR = Choice(Text("button.operator"), "operator")


def with_operator(*rows: tuple[Choice, ...]) -> Keyboard:
    return (*[row for row in rows if row], (OPERATOR,))


def while_waiting() -> Keyboard:
    """For somebody in the queue: ask the bot meanwhile, or leave."""
    return with_operator((Choice(Text("button.ask_bot"), "ask_bot"), Choice(Text("button.leave"), "leave")))


def under_answer(entry: Entry) -> Keyboard:
    return with_operator(
        (Choice(Text("button.helped"), "helped", entry.id), Choice(Text("button.refused"), "refused", entry.id))
    )


def of_entries(entries: list[Entry]) -> Keyboard:
    """A choice between likely entries, then the operator."""
    labelled = zip(entries, titles(entries), strict=True)
    return with_operator(*[(Choice(title, "choose", entry.id),) for entry, title in labelled])


def of_categories(knowledge: Knowledge, language: str, page: int = 0) -> Keyboard:
    names = knowledge.categories(language)
    shown = [(Choice(short(name), "category", f"0:{name}"),) for name in _cut(names, page)]
    return with_operator(*shown, _more(len(names), page, "menu", ""))


def of_category(entries: tuple[Entry, ...], category: str, page: int) -> Keyboard:
    listed = _cut(entries, page)
    labelled = zip(listed, titles(listed), strict=True)
    shown = [(Choice(title, "entry", entry.id),) for entry, title in labelled]
    more = _more(len(entries), page, "category", category)
    return with_operator(*shown, (*more, Choice(Text("button.menu"), "menu", "0:")))


def of_scores(invitation_id: int) -> Keyboard:
    return with_operator(
        tuple(
            Choice(f"{score} {'⭐' if score == 5 else ''}".strip(), "vote", f"{invitation_id}:{score}")
            for score in range(1, 6)
        )
    )


def of_reasons(invitation: Invitation) -> Keyboard:
    reasons = [Choice(Text(f"reason.{reason}"), "reason", f"{invitation.id}:{reason}") for reason in REASONS]
    rows = [tuple(reasons[start : start + 2]) for start in range(0, len(reasons), 2)]
    number = invitation.conversation_id
    return with_operator(*rows, (reopen(number),) if number is not None else ())


def reopen(conversation_id: int) -> Choice:
    return Choice(Text("button.reopen"), "reopen", str(conversation_id))


def of_languages() -> Keyboard:
    return with_operator((Choice("Русский", "language", "ru"), Choice("English", "language", "en")))


def _cut(things: tuple[T, ...], page: int) -> tuple[T, ...]:
    return things[page * _PAGE : (page + 1) * _PAGE]


def _more(count: int, page: int, act: str, argument: str) -> tuple[Choice, ...]:
    if count <= (page + 1) * _PAGE:
        return ()
    return (Choice(Text("button.more"), act, f"{page + 1}:{argument}"),)
