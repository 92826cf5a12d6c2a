"""How the audit log tells what an act was about: names and values of its details as words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from bot.console.look.moments import Moments
from bot.console.look.words import Words

# a detail whose values are words of ours, and how their keys begin
_VALUES = {
    "role": "role.",
    "level": "level.",
    "language": "language.",
    "kind": "suggestion.",
    "outcome": "followup.outcome.",
    "key": "setting.",
}
_PRIORITIES = {"low": "-1", "normal": "0", "high": "1", "urgent": "2"}
_YES_OR_NO = {"True": "detail.yes", "False": "detail.no", "on": "detail.yes", "off": "detail.no"}


@dataclass(frozen=True, slots=True)
class Detail:
    """`path` leads to what is named, "" where there is no page of it."""

    name: str
    value: str
    path: str = ""


def tell_details(words: Words, moments: Moments, act: str, details: Mapping[str, object]) -> list[Detail]:
    """What has no word of its own stays as it is."""
    return [
        Detail(words.or_else(f"detail.{name}", name), _value(words, moments, act, name, value), _path(name, value))
        for name, value in details.items()
    ]


def _value(words: Words, moments: Moments, act: str, name: str, value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    said = str(value)
    if name == "to":
        return _whither(words, act, said)
    if name == "until":
        return _moment(moments, said)
    if isinstance(value, bool) or (name == "value" and said in _YES_OR_NO):
        return words.say(_YES_OR_NO[said])
    told = words.or_else(f"{_VALUES[name]}{said}", said) if name in _VALUES else said
    return f"{told} ({said})" if name == "key" and told != said else told


def _whither(words: Words, act: str, to: str) -> str:
    """What an act changed something to: each act has values of its own."""
    if act == "priority":
        return words.or_else(f"priority.{_PRIORITIES.get(to, to)}", to)
    if act == "presence":
        return words.or_else(f"presence.{to}", to)
    if act == "transfer":
        return words.or_else(f"level.{to}", to)
    return words.say(_YES_OR_NO[to]) if act == "vip" and to in _YES_OR_NO else to


def _moment(moments: Moments, said: str) -> str:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return said
    return moments.full(moment) if moment.tzinfo is not None else said


def _path(name: str, value: object) -> str:
    return f"/faq/entry?id={quote(str(value), safe='')}" if name == "entry" else ""
