"""The keyboards under automatic messages; the operator's button closes every one of them."""

from __future__ import annotations

from typing import TypeVar

from bot.decide.situation import Knowledge
from bot.decide.steps import Choice
from core.text import Text
from faq.entry import Entry
from surveys.invitation import Invitation
from surveys.survey import REASONS

T = TypeVar("T")
Keyboard = tuple[tuple[Choice, ...], ...]

_PAGE = 6  # rows of a list; VK takes ten buttons in all
_LABEL = 38  # VK takes forty characters

OPERATOR = Choice(Text("button.operator"), "operator")


def with_operator(*rows: tuple[Choice, ...]) -> Keyboard:
    return (*[row for row in rows if row], (OPERATOR,))


def under_answer(entry: Entry) -> Keyboard:
    return with_operator(
        (Choice(Text("button.helped"), "helped", entry.id), Choice(Text("button.refused"), "refused", entry.id))
    )


def of_entries(entries: list[Entry]) -> Keyboard:
    """A button for each entry, then the operator."""
    return with_operator(*[(Choice(short(entry.question), "entry", entry.id),) for entry in entries])


def of_categories(knowledge: Knowledge, language: str, page: int = 0) -> Keyboard:
    names = knowledge.categories(language)
    shown = [(Choice(short(name), "category", f"0:{name}"),) for name in _cut(names, page)]
    return with_operator(*shown, _more(len(names), page, "menu", ""))


def of_category(entries: tuple[Entry, ...], category: str, page: int) -> Keyboard:
    shown = [(Choice(short(entry.question), "entry", entry.id),) for entry in _cut(entries, page)]
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


def short(text: str) -> str:
    """A label: cut at a word where it must be cut."""
    if len(text) <= _LABEL:
        return text
    cut = text[: _LABEL - 1]
    head = cut.rsplit(" ", 1)[0] if " " in cut[_LABEL // 2 :] else cut
    return head.rstrip(" ,.;:—-") + "…"


def _cut(things: tuple[T, ...], page: int) -> tuple[T, ...]:
    return things[page * _PAGE : (page + 1) * _PAGE]


def _more(count: int, page: int, act: str, argument: str) -> tuple[Choice, ...]:
    if count <= (page + 1) * _PAGE:
        return ()
    return (Choice(Text("button.more"), act, f"{page + 1}:{argument}"),)
