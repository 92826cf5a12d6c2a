"""How the audit log tells what an act was about: names and values of its details as words."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from bot.console.look.moments import Moments
from bot.console.look.words import Words
from bot.settings.catalogue import CATALOGUE
from core.errors import InvalidInput

# a detail whose values are words of ours, and how their keys begin
_VALUES = {
    "role": "role.",
    "level": "level.",
    "language": "language.",
    "kind": "suggestion.",
    "outcome": "followup.outcome.",
    "reason": "reason.",
    "key": "setting.",
}
_PEOPLE = frozenset({"login", "to", "from", "who"})  # what holds a login
_ORDER = (
    "key language text value login customer entry rule survey version site announcement follow_up review improvement "
    "suggestion kind to from who name role level capacity telegram skills origins active"
).split()
_PRIORITIES = {"low": "-1", "normal": "0", "high": "1", "urgent": "2"}
_YES_OR_NO = {"True": "detail.yes", "False": "detail.no", "on": "detail.yes", "off": "detail.no"}
_MOST = 160  # characters of a value


@dataclass(frozen=True, slots=True)
class Detail:
    """`path` leads to what is named, "" where there is no page of it; `whole` is a value that was cut, or ""."""

    name: str
    value: str
    path: str = ""
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Teller:
    """`names`: of operators, by login. What has no word of its own stays as it is."""

    words: Words
    moments: Moments
    names: Mapping[str, str]

    def tell(self, act: str, details: Mapping[str, object]) -> list[Detail]:
        """What the act was done to goes first; PostgreSQL keeps no order."""
        order = {name: place for place, name in enumerate(_ORDER)}
        names = sorted(details, key=lambda name: (order.get(name, len(order)), name))
        return [self._detail(act, name, details) for name in names]

    def _detail(self, act: str, name: str, details: Mapping[str, object]) -> Detail:
        value = details[name]
        whole = " ".join(self._value(act, name, value, str(details.get("key", ""))).split())
        cut = whole if len(whole) <= _MOST else f"{whole[: _MOST - 1].rstrip()}…"
        return Detail(self._name(act, name, value), cut, _path(name, value), whole if cut != whole else "")

    def _name(self, act: str, name: str, value: object) -> str:
        """An act may have a word of its own for it."""
        usual = self.words.or_else(f"detail.{name}", name)
        if act == "transfer" and name == "to" and self.words.knows(f"level.{value}"):
            return self.words.say("detail.to.level")
        return self.words.or_else(f"detail.{name}.{act}", usual)

    def _value(self, act: str, name: str, value: object, key: str) -> str:
        said = str(value)
        if name == "value":
            return self._setting(key, value)
        if name == "to" and (told := self._whither(act, said)):
            return told
        if name in _PEOPLE:
            return self.names.get(said, said)
        if name == "until":
            return self._moment(said)
        if name == "skills" and said == "all":
            return self.words.say("operator.all_skills")
        if isinstance(value, bool):
            return self.words.say(_YES_OR_NO[said])
        if isinstance(value, Sequence) and not isinstance(value, str):
            return ", ".join(map(str, value))
        told = self.words.or_else(f"{_VALUES[name]}{said}", said) if name in _VALUES else said
        return f"{told} ({said})" if name == "key" and told != said else told

    def _whither(self, act: str, to: str) -> str:
        """What an act changed something to; "" for whom it gave something."""
        if act == "priority":
            return self.words.or_else(f"priority.{_PRIORITIES.get(to, to)}", to)
        if act == "presence":
            return self.words.or_else(f"presence.{to}", to)
        if act == "transfer":
            return self.words.or_else(f"level.{to}", "")
        return self.words.say(_YES_OR_NO[to]) if act == "vip" and to in _YES_OR_NO else ""

    def _setting(self, key: str, value: object) -> str:
        """As it is written: `week: {mon: [09:00-18:00]}`. Earlier versions kept it as Python wrote it."""
        if isinstance(value, str) and value.startswith(("{", "[")):
            try:
                value = ast.literal_eval(value)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                return str(value)
        if str(value) in _YES_OR_NO:
            return self.words.say(_YES_OR_NO[str(value)])
        return _written(_in_order(key, value))

    def _moment(self, said: str) -> str:
        try:
            moment = datetime.fromisoformat(said)
        except ValueError:
            return said
        return self.moments.full(moment) if moment.tzinfo is not None else said


def _in_order(key: str, value: object) -> object:
    """PostgreSQL sorts the keys, so that a week would begin with Friday."""
    known = CATALOGUE.get(key)
    if known is None or not isinstance(value, Mapping):
        return value
    try:
        return known.write(known.parse(value))
    except InvalidInput:
        return value


def _written(value: object) -> str:
    """In one line, without braces around the whole."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_nested(one)}" for name, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_nested, value))
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)


def _nested(value: object) -> str:
    if isinstance(value, Mapping):
        return f"{{{_written(value)}}}"
    return f"[{_written(value)}]" if isinstance(value, Sequence) and not isinstance(value, str) else _written(value)


def _path(name: str, value: object) -> str:
    if name == "customer":
        return f"/customers/{value}"
    return f"/faq/entry?id={quote(str(value), safe='')}" if name == "entry" else ""
