"""Rules as admins write them, and back.

name: apology for a long wait
when: {waiting_longer_than: [10m, 30m], channel: telegram, vip: true}
then:
  - message: {ru: "Простите за ожидание! {news}", en: "Sorry for the wait! {news}"}
  - tag: long-wait
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from string import Formatter
from typing import Any

from core.errors import FaultyValue, Place, shown
from core.text import Text
from handoff.queue import PRIORITIES
from handoff.service.rules import Alert, Canned, Conditions, Message, Raise, Rule, RuleAct, Tag, Transfer
from handoff.service.spans import read_span, write_span

PLACEHOLDERS = frozenset({"name", "news", "position"})
_LANGUAGES = ("ru", "en")
_NAME, _TEXT, _TAG, _MOST = 100, 2000, 64, 20
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class FaultyRule(FaultyValue):
    """A rule that cannot be."""

    def __init__(self, place: Place, key: str, /, *, spot: Place | None = None, **params: object) -> None:
        super().__init__(Text(f"fault.rule.{key}", params), place, spot=spot)


def read_rule(raw: Any) -> Rule:
    """Raises FaultyRule."""
    found = _mapping(raw, (), {"name", "when", "then"})
    name = found.get("name")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= _NAME:
        raise FaultyRule(("name",), "name", limit=_NAME)
    when = _mapping(found.get("when"), ("when",), set(_CONDITIONS) | {"nth_conversation", "within"})
    if not when:
        raise FaultyRule(("when",), "no_condition", known=", ".join((*_CONDITIONS, "nth_conversation")))
    values = {field: read(when[key], ("when", key)) for key, (field, read) in _CONDITIONS.items() if key in when}
    conditions = Conditions(**values, **_nth(when))
    acts = found.get("then")
    if not isinstance(acts, list | tuple) or not 0 < len(acts) <= _MOST:
        raise FaultyRule(("then",), "acts", limit=_MOST, known=", ".join(_ACTS))
    return Rule(name.strip(), conditions, tuple(_act(one, ("then", number)) for number, one in enumerate(acts, 1)))


def write_rule(rule: Rule) -> dict[str, Any]:
    when: dict[str, Any] = {}
    for key, (field, _) in _CONDITIONS.items():
        value = getattr(rule.when, field)
        if value is not None and value != ():
            plain = [write_span(one) if isinstance(one, timedelta) else one for one in _many(value)]
            when[key] = plain if isinstance(value, tuple) else plain[0]
    if rule.when.nth is not None:
        when["nth_conversation"] = rule.when.nth
    if rule.when.within is not None:
        when["within"] = write_span(rule.when.within)
    return {"name": rule.name, "when": when, "then": [_written(act) for act in rule.then]}


# --- conditions


def _spans(raw: Any, where: Place) -> tuple[timedelta, ...]:
    spans = tuple(sorted({_span(one, where) for one in _many(raw)}))
    if not 0 < len(spans) <= _MOST:
        raise FaultyRule(where, "spans", limit=_MOST)
    return spans


def _span(raw: Any, where: Place) -> timedelta:
    try:
        value = read_span(raw)
    except FaultyValue:
        raise FaultyRule(where, "span", value=shown(raw)) from None
    if value < timedelta(seconds=1):
        raise FaultyRule(where, "span", value=shown(raw))
    return value


def _number(least: int, most: int) -> Callable[[Any, Place], int]:
    def read(raw: Any, where: Place) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= most:
            raise FaultyRule(where, "number", least=least, most=most, value=shown(raw))
        return raw

    return read


def _texts(raw: Any, where: Place) -> tuple[str, ...]:
    texts = tuple(_text(one, where, 200) for one in _many(raw))
    if not 0 < len(texts) <= 100:
        raise FaultyRule(where, "texts")
    return texts


def _words(raw: Any, where: Place) -> tuple[str, ...]:
    texts = _texts(raw, where)
    for text in texts:
        if not re.search(r"\w", text):
            raise FaultyRule(where, "no_word", value=shown(text))
    return texts


def _of(known: tuple[Any, ...]) -> Callable[[Any, Place], tuple[Any, ...]]:
    def read(raw: Any, where: Place) -> tuple[Any, ...]:
        values = tuple(_many(raw))
        strange = [one for one in values if isinstance(one, bool) or one not in known]
        if strange or not values:
            value = shown(strange[0]) if strange else "[]"
            raise FaultyRule(where, "none_of", value=value, known=", ".join(map(str, known)))
        return values

    return read


def _flag(raw: Any, where: Place) -> bool:
    if not isinstance(raw, bool):
        raise FaultyRule(where, "flag", value=shown(raw))
    return raw


def _nth(when: Mapping[str, Any]) -> dict[str, Any]:
    if "nth_conversation" not in when:
        if "within" in when:
            raise FaultyRule(("when", "within"), "within")
        return {}
    within = _span(when["within"], ("when", "within")) if "within" in when else None
    return {"nth": _number(1, 1000)(when["nth_conversation"], ("when", "nth_conversation")), "within": within}


_CONDITIONS: dict[str, tuple[str, Callable[[Any, Place], Any]]] = {
    "waiting_longer_than": ("waiting", _spans),
    "score_below": ("score_below", _number(2, 5)),
    "words": ("words", _words),
    "category": ("categories", _texts),
    "channel": ("channels", _texts),
    "level": ("levels", _of((1, 2, 3))),
    "priority": ("priorities", _of(tuple(PRIORITIES))),
    "vip": ("is_vip", _flag),
    "out_of_hours": ("is_out_of_hours", _flag),
}


# --- acts


def _act(raw: Any, where: Place) -> RuleAct:
    found = _mapping(raw, where, set(_ACTS))
    if len(found) != 1:
        raise FaultyRule(where, "one_act")
    ((name, value),) = found.items()
    return _ACTS[name](value, (*where, name))


def _message(raw: Any, where: Place) -> Message:
    texts = dict.fromkeys(_LANGUAGES, raw) if isinstance(raw, str) else raw
    found = _mapping(texts, where, set(_LANGUAGES))
    if set(found) != set(_LANGUAGES):
        raise FaultyRule(where, "languages")
    for language, text in found.items():
        _text(text, (*where, language), _TEXT)
        _check_placeholders(text, (*where, language))
    return Message({language: found[language].strip() for language in _LANGUAGES})


def _check_placeholders(text: str, where: Place) -> None:
    try:
        names = [field for _, field, *_ in Formatter().parse(text) if field is not None]
    except ValueError:
        raise FaultyRule(where, "brace") from None
    strange = [name for name in names if name not in PLACEHOLDERS]
    if strange:
        known = ", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS))
        raise FaultyRule(where, "placeholder", value=shown(f"{{{strange[0]}}}"), known=known)


def _tag(raw: Any, where: Place) -> Tag:
    return Tag(" ".join(_text(raw, where, _TAG).split()).lower().lstrip("#"))


def _raise(raw: Any, where: Place) -> Raise:
    return Raise(_of(tuple(PRIORITIES))(raw, where)[0])


def _transfer(raw: Any, where: Place) -> Transfer:
    to = str(raw).strip().lower()
    if isinstance(raw, bool) or not _LOGIN.fullmatch(to):
        raise FaultyRule(where, "transfer", value=shown(raw))
    if to.isdecimal() and to not in {"1", "2", "3"}:
        raise FaultyRule(where, "level", value=to)
    return Transfer(to)


_ACTS: dict[str, Callable[[Any, Place], RuleAct]] = {
    "message": _message,
    "tag": _tag,
    "priority": _raise,
    "transfer": _transfer,
    "alert": lambda raw, where: Alert(_text(raw, where, 500)),
    "canned": lambda raw, where: Canned(_text(raw, where, 64)),
}


def _written(act: RuleAct) -> dict[str, Any]:
    match act:
        case Message():
            return {"message": dict(act.texts)}
        case Tag():
            return {"tag": act.tag}
        case Raise():
            return {"priority": act.priority}
        case Transfer():
            return {"transfer": act.to}
        case Alert():
            return {"alert": act.text}
        case Canned():
            return {"canned": act.name}


def _text(raw: Any, where: Place, most: int) -> str:
    if not isinstance(raw, str) or not 0 < len(raw.strip()) <= most:
        raise FaultyRule(where, "text", limit=most)
    return raw.strip()


def _many(raw: Any) -> list[Any]:
    return list(raw) if isinstance(raw, list | tuple) else [raw]


def _mapping(raw: Any, where: Place, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise FaultyRule(where, "mapping" if where else "no_rule", known=", ".join(sorted(known)))
    strange = [name for name in raw if name not in known]
    if strange:
        name = shown(strange[0])
        raise FaultyRule(where, "unknown", spot=(*where, name), name=name, known=", ".join(sorted(known)))
    return raw
