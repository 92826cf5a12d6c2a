"""A survey as plain data (a file, a row of the database) and back, with every fault named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from core.errors import InvalidInput, NotFound
from surveys.survey import CSI, LANGUAGES, Condition, Kind, Occasion, Plan, Question, Survey

MOST_QUESTIONS = 5
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
_SCALES = {Kind.CSI: (1, 5), Kind.CSAT: (1, 5), Kind.NPS: (0, 10), Kind.CES: (1, 7), Kind.ACSI: (1, 10)}
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def read_survey(key: str, raw: Mapping[str, Any], version: int = 1) -> Survey:
    """Raises InvalidInput that names the survey and what is wrong."""
    try:
        return _read(key, dict(raw), version)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        fault = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise InvalidInput(f"survey {key}: {fault}") from None


def _read(key: str, raw: dict[str, Any], version: int) -> Survey:
    if not _KEY.fullmatch(key):
        raise ValueError("its key must be small Latin letters, digits and _, at most 32")
    kind = Kind(raw.pop("kind", Kind.OWN))
    questions = tuple(_question(dict(one), kind) for one in raw.pop("questions"))
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        raise ValueError(f"it must have 1 to {MOST_QUESTIONS} questions")
    keys = [one.key for one in questions]
    if len(set(keys)) < len(keys):
        raise ValueError("two questions have the same key")
    if questions[0].is_free:
        raise ValueError("the first question must have a scale")
    for place, one in enumerate(questions):
        if one.only_if is not None and one.only_if.question not in keys[:place]:
            raise ValueError(f"question {one.key}: its condition must be about an earlier question")
    if kind is Kind.ACSI and sum(not one.is_free for one in questions) != 3:
        raise ValueError("ACSI has exactly three questions with a scale")
    survey = Survey(
        key,
        kind,
        questions,
        version,
        _plan(dict(raw.pop("when", {}))),
        int(raw.pop("low_score", questions[0].lowest - 1)),
        reasons=CSI.reasons if kind is Kind.CSI else (),
    )
    _nothing_left(raw)
    return survey


def _question(raw: dict[str, Any], kind: Kind) -> Question:
    key = str(raw.pop("key", "score"))
    if not _KEY.fullmatch(key):
        raise ValueError(f"question {key}: its key must be small Latin letters, digits and _")
    words = {str(language): str(text).strip() for language, text in dict(raw.pop("words")).items()}
    if not words or set(words) - set(LANGUAGES) or not all(words.values()):
        raise ValueError(f"question {key}: words must be given in {' or '.join(LANGUAGES)}")
    is_free = bool(raw.pop("free", False))
    lowest, highest = raw.pop("scale", _SCALES.get(kind, (1, 5)))
    if not 0 <= int(lowest) < int(highest) <= 10:
        raise ValueError(f"question {key}: a scale lies between 0 and 10")
    if not is_free and kind in _SCALES and (lowest, highest) != _SCALES[kind]:
        raise ValueError(f"question {key}: the scale of {kind} is {list(_SCALES[kind])}, or periods would not compare")
    weight = float(raw.pop("weight", 1))
    if weight < 0:
        raise ValueError(f"question {key}: a weight is not negative")
    condition = raw.pop("if", None)
    only_if = Condition(str(condition["question"]), *(int(one) for one in condition["score"])) if condition else None
    _nothing_left(raw)
    return Question(key, words, int(lowest), int(highest), weight, is_free, only_if)


def _plan(raw: dict[str, Any]) -> Plan:
    expires = raw.pop("expires_days", None)
    plan = Plan(
        Occasion(raw.pop("occasion", Occasion.CLOSING)),
        float(raw.pop("delay_hours", 0)) * _HOUR,
        float(raw.pop("known_days", 0)) * _DAY,
        float(raw.pop("every_days", 0)) * _DAY,
        int(raw.pop("share", 100)),
        int(raw.pop("holdout", 0)),
        float(expires) * _DAY if expires else None,
        str(raw.pop("tag", "")).strip(),
    )
    _nothing_left(raw)
    if not (0 <= plan.share <= 100 and 0 <= plan.holdout <= 100):
        raise ValueError("share and holdout are per cent, 0 to 100")
    if min(plan.delay, plan.known, plan.every) < timedelta(0):
        raise ValueError("a time cannot be negative")
    if (plan.occasion is Occasion.RULE) is not bool(plan.tag):
        raise ValueError("the occasion rule needs a tag, and only that one")
    if plan.occasion is Occasion.PERIODIC and plan.every < _DAY:
        raise ValueError("a periodic survey needs every_days, at least 1")
    return plan


def _nothing_left(raw: Mapping[str, Any]) -> None:
    if raw:
        raise ValueError(f"nobody knows {', '.join(map(str, raw))}")


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
        raise InvalidInput(f"the file is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict) or not all(isinstance(one, dict) for one in raw.values()):
        raise InvalidInput("the file must be a mapping of keys to surveys; see the reference on surveys")
    return [read_survey(str(key), one) for key, one in raw.items()]
