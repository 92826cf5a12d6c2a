"""What an operator's words behind `/faq` mean. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from faq.formats.rows import Value, column_of

VERBS = {
    "find": "find", "найти": "find", "найди": "find",
    "show": "show", "показать": "show", "покажи": "show",
    "add": "add", "добавить": "add", "добавь": "add",
    "edit": "edit", "изменить": "edit", "измени": "edit",
    "publish": "publish", "опубликовать": "publish", "опубликуй": "publish",
    "archive": "archive", "архив": "archive", "архивировать": "archive",
}  # fmt: skip
CHANGES = frozenset({"add", "edit", "publish", "archive"})
_FIELDS = frozenset({"category", "question", "answer", "phrasings", "language", "valid_until"})
_FIELD = re.compile(r"\s*([^\W\d][\w ]{2,20}?)\s*:\s*(.*)")
_NOTHING = frozenset({"", "-", "—", "нет", "none"})


@dataclass(frozen=True, slots=True)
class FaqText:
    """`verb` "" asks how to; `words` are searched for, `key` is an entry's id; `more` are wordings to be added."""

    verb: str = ""
    key: str = ""
    words: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    more: tuple[str, ...] = ()


def read_faq_text(argument: str) -> FaqText:
    """Whatever is no verb is searched for: `/faq доставка` finds."""
    head, rest = _first(argument.strip())
    verb = VERBS.get(head.casefold(), "")
    if not head:
        return FaqText()
    if not verb:
        return FaqText("find", words=_flat(argument))
    if verb == "find":
        return FaqText(verb, words=_flat(rest))
    if verb == "add":
        question, _, body = rest.partition("\n")
        values, more = _read_body(body)
        return FaqText(verb, words=question.strip(), values={"question": question.strip(), **values}, more=more)
    key, body = _first(rest)
    if verb != "edit":
        return FaqText(verb, key, words=_flat(rest))
    values, more = _read_body(body)
    return FaqText(verb, key, words=key, values=values, more=more)


def _first(text: str) -> tuple[str, str]:
    """The first word, and all behind it."""
    found = re.match(r"(\S+)\s?(.*)", text, re.DOTALL)
    return (found[1], found[2].strip()) if found else ("", "")


def _flat(text: str) -> str:
    return " ".join(text.split())


def _read_body(body: str) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Lines like "category: Delivery" and "+ one more wording" first; what follows is the answer, as it is written."""
    values: dict[str, Value] = {}
    more: list[str] = []
    lines = body.split("\n")
    while lines:
        line = lines[0].strip()
        found = _FIELD.fullmatch(line)
        column = column_of(found[1]) if found else ""
        if line.startswith("+") and line[1:].strip():
            more.append(line[1:].strip())
        elif found and column in _FIELDS and column != "answer":
            values[column] = _value(column, found[2].strip())
        elif line:
            break
        lines.pop(0)
    answer = "\n".join(lines).strip()
    found = _FIELD.match(answer)
    if found and column_of(found[1]) == "answer":
        answer = answer[found.start(2) :].strip()
    return (values | {"answer": answer} if answer else values), tuple(more)


def _value(column: str, text: str) -> Value:
    """A dash empties a column."""
    if text.casefold() in _NOTHING and column in ("category", "phrasings", "valid_until"):
        return None if column == "valid_until" else () if column == "phrasings" else ""
    if column == "phrasings":
        return tuple(one.strip() for one in text.split("|") if one.strip())
    return text
