"""A survey as plain data (a file, a row of the database) and back, with every fault named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from core.errors import FaultyValue, InvalidInput, NotFound, shown
from core.text import Text
from surveys.survey import CSI, LANGUAGES, Condition, Kind, Occasion, Plan, Question, Survey

E = TypeVar("E", bound=StrEnum)

MOST_QUESTIONS = 5
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
_SCALES = {Kind.CSI: (1, 5), Kind.CSAT: (1, 5), Kind.NPS: (0, 10), Kind.CES: (1, 7), Kind.ACSI: (1, 10)}
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def read_survey(key: str, raw: Mapping[str, Any], version: int = 1) -> Survey:
    """Raises FaultyValue that names the survey, the question and what is wrong; its place is within the survey."""
    try:
        return _read(key, _fields(raw), version)
    except FaultyValue as fault:
        survey = Text("fault.survey.survey", {"key": shown(key)})
        named = Text("fault.at", {"place": survey, "why": fault.named}) if fault.named else survey
        raise FaultyValue(fault.why, fault.place, named=named) from None


def _read(key: str, raw: dict[str, Any], version: int) -> Survey:
    if not _KEY.fullmatch(key):
        raise _faulty("fault.survey.key", "key")
    kind = _one_of(Kind, raw, "kind", Kind.OWN)
    questions = _questions(_taken(raw, "questions"), kind)
    low = _whole(raw, "low_score", questions[0].lowest - 1)
    plan = _plan(_fields(raw.pop("when", {}), "when"))
    survey = Survey(key, kind, questions, version, plan, low, reasons=CSI.reasons if kind is Kind.CSI else ())
    _nothing_left(raw)
    return survey


def _questions(raw: Any, kind: Kind) -> tuple[Question, ...]:
    if not isinstance(raw, list | tuple) or not 1 <= len(raw) <= MOST_QUESTIONS:
        raise _faulty("fault.survey.count", "questions", limit=MOST_QUESTIONS)
    questions: list[Question] = []
    for number, one in enumerate(raw, 1):
        try:
            questions.append(_question(_fields(one), kind, questions))
        except FaultyValue as fault:
            key = shown(one.get("key", "score")) if isinstance(one, Mapping) else number
            named = Text("fault.survey.question", {"key": key})
            raise FaultyValue(fault.why, ("questions", number, *fault.place), named=named) from None
    if questions[0].is_free:
        raise _faulty("fault.survey.first_free", "questions")
    if kind is Kind.ACSI and sum(not one.is_free for one in questions) != 3:
        raise _faulty("fault.survey.acsi", "questions")
    return tuple(questions)


def _question(raw: dict[str, Any], kind: Kind, earlier: Sequence[Question]) -> Question:
    key = str(raw.pop("key", "score"))
    if not _KEY.fullmatch(key):
        raise _faulty("fault.survey.question_key", "key")
    if any(one.key == key for one in earlier):
        raise _faulty("fault.survey.key_twice", "key")
    words = {str(language): str(text).strip() for language, text in _fields(_taken(raw, "words"), "words").items()}
    if not words or set(words) - set(LANGUAGES) or not all(words.values()):
        raise _faulty("fault.survey.words", "words")
    is_free = bool(raw.pop("free", False))
    lowest, highest = _range(raw.pop("scale", _SCALES.get(kind, (1, 5))), "fault.survey.scale", "scale")
    if not 0 <= lowest < highest <= 10:
        raise _faulty("fault.survey.scale", "scale")
    if not is_free and kind in _SCALES and (lowest, highest) != _SCALES[kind]:
        raise _faulty("fault.survey.own_scale", "scale", kind=kind, scale=list(_SCALES[kind]))
    weight = _number(raw, "weight", 1)
    if weight < 0:
        raise _faulty("fault.survey.weight", "weight")
    condition = raw.pop("if", None)
    only_if = _condition(condition, earlier) if condition else None
    _nothing_left(raw)
    return Question(key, words, lowest, highest, weight, is_free, only_if)


def _condition(raw: Any, earlier: Sequence[Question]) -> Condition:
    if not isinstance(raw, Mapping) or {"question", "score"} - set(raw):
        raise _faulty("fault.survey.condition_form", "if")
    question = str(raw["question"])
    if all(one.key != question for one in earlier):
        raise _faulty("fault.survey.condition", "if")
    return Condition(question, *_range(raw["score"], "fault.survey.condition_form", "if"))


def _plan(raw: dict[str, Any]) -> Plan:
    plan = Plan(
        _one_of(Occasion, raw, "occasion", Occasion.CLOSING, "when"),
        _time(raw, "delay_hours", _HOUR),
        _time(raw, "known_days", _DAY),
        _time(raw, "every_days", _DAY),
        _whole(raw, "share", 100, "when"),
        _whole(raw, "holdout", 0, "when"),
        _time(raw, "expires_days", _DAY) if raw.get("expires_days") else None,
        str(raw.pop("tag", "")).strip(),
    )
    raw.pop("expires_days", None)
    _nothing_left(raw, "when")
    if not (0 <= plan.share <= 100 and 0 <= plan.holdout <= 100):
        raise _faulty("fault.survey.share", "when")
    for name, span in (("delay_hours", plan.delay), ("known_days", plan.known), ("every_days", plan.every)):
        if span < timedelta(0):
            raise _faulty("fault.survey.negative", "when", name)
    if (plan.occasion is Occasion.RULE) is not bool(plan.tag):
        raise _faulty("fault.survey.tag", "when")
    if plan.occasion is Occasion.PERIODIC and plan.every < _DAY:
        raise _faulty("fault.survey.periodic", "when")
    return plan


# --- parts


def _faulty(why: str, *place: str, **params: object) -> FaultyValue:
    """Said without its place, which an admin sees as a form."""
    return FaultyValue(Text(why, params), place, named="")


def _fields(raw: Any, *place: str) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise _faulty("fault.value.no_mapping", *place, value=shown(raw))
    return dict(raw)


def _taken(raw: dict[str, Any], name: str) -> Any:
    if name not in raw:
        raise _faulty("fault.survey.missing", name=name)
    return raw.pop(name)


def _one_of(known: type[E], raw: dict[str, Any], name: str, usual: E, *place: str) -> E:
    value = raw.pop(name, usual)
    if value not in list(known):
        raise _faulty("fault.survey.none_of", *place, name, name=name, value=shown(value), known=", ".join(known))
    return known(value)


def _number(raw: dict[str, Any], name: str, usual: float, *place: str) -> float:
    value = raw.pop(name, usual)
    try:
        return float(value)
    except (ValueError, TypeError, OverflowError):
        raise _faulty("fault.survey.number", *place, name, name=name, value=shown(value)) from None


def _whole(raw: dict[str, Any], name: str, usual: int, *place: str) -> int:
    value = raw.pop(name, usual)
    try:
        return int(value)
    except (ValueError, TypeError, OverflowError):
        raise _faulty("fault.survey.whole", *place, name, name=name, value=shown(value)) from None


def _time(raw: dict[str, Any], name: str, unit: timedelta) -> timedelta:
    """Of the plan."""
    count = _number(raw, name, 0, "when")
    try:
        return count * unit
    except (ValueError, OverflowError):
        raise _faulty("fault.survey.number", "when", name, name=name, value=shown(count)) from None


def _range(raw: Any, fault: str, *place: str) -> tuple[int, int]:
    try:
        lowest, highest = (int(one) for one in raw)
    except (ValueError, TypeError, OverflowError):
        raise _faulty(fault, *place) from None
    return lowest, highest


def _nothing_left(raw: Mapping[str, Any], *place: str) -> None:
    if raw:
        names = [shown(name) for name in raw]
        raise _faulty("fault.survey.unknown", *place, names[0], names=", ".join(names))


def write_survey(survey: Survey) -> dict[str, Any]:
    """As `read_survey` takes it."""
    plan = survey.plan
    return {
        "kind": survey.kind.value,
        "low_score": survey.low_score,
        "when": {
            "occasion": plan.occasion.value,
            "delay_hours": plan.delay / _HOUR,
            "known_days": plan.known / _DAY,
            "every_days": plan.every / _DAY,
            "share": plan.share,
            "holdout": plan.holdout,
            "expires_days": plan.expires / _DAY if plan.expires else None,
            "tag": plan.tag,
        },
        "questions": [_write_question(one) for one in survey.questions],
    }


def _write_question(one: Question) -> dict[str, Any]:
    raw: dict[str, Any] = {"key": one.key, "words": dict(one.words)}
    if one.is_free:
        raw["free"] = True
    else:
        raw |= {"scale": [one.lowest, one.highest], "weight": one.weight}
    if one.only_if is not None:
        raw["if"] = {"question": one.only_if.question, "score": [one.only_if.lowest, one.only_if.highest]}
    return raw


@cache
def builtin() -> Mapping[str, Survey]:
    """The surveys that come with Otklik, the closing question among them."""
    raw = yaml.safe_load(Path(__file__).with_name("builtin.yaml").read_text("utf-8"))
    return {"csi": CSI, **{key: read_survey(key, one) for key, one in raw.items()}}


def find_builtin(key: str) -> Survey:
    found = builtin().get(key)
    if found is None:
        raise NotFound(f"there is no survey {key}; those that come with Otklik: {', '.join(builtin())}")
    return found


def read_file(text: str) -> list[Survey]:
    """Surveys of a YAML file: a mapping of keys to surveys."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise InvalidInput(Text("fault.survey.no_yaml", {"problem": problem})) from None
    if not isinstance(raw, dict) or not all(isinstance(one, dict) for one in raw.values()):
        raise InvalidInput(Text("fault.survey.file"))
    return [read_survey(str(key), one) for key, one in raw.items()]
