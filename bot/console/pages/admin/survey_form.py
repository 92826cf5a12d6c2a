"""A survey as the fields of a form, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.errors import InvalidInput
from surveys.form import MOST_QUESTIONS
from surveys.survey import LANGUAGES, Kind, Question, Survey

Fields = dict[str, str]

WHEN = ("delay_hours", "known_days", "every_days", "share", "holdout", "expires_days")
_PLACES = range(1, MOST_QUESTIONS + 1)
_OF_QUESTION = ("key", *LANGUAGES, "type", "low", "high", "weight", "if", "if_low", "if_high")
_QUESTIONS = tuple(f"q{place}_{part}" for place in _PLACES for part in _OF_QUESTION)
NAMES = ("key", "kind", "low_score", "occasion", "tag", *WHEN, *_QUESTIONS)


def empty_fields() -> Fields:
    """Of a survey that is not there yet."""
    given = {"kind": "own", "low_score": "2", "occasion": "closing", "share": "100", "holdout": "0"}
    return {**dict.fromkeys(NAMES, ""), **given, "delay_hours": "1", "expires_days": "7"}


def fields_of(survey: Survey) -> Fields:
    plan = survey.plan
    fields = dict.fromkeys(NAMES, "") | {
        "key": survey.key,
        "kind": survey.kind.value,
        "low_score": str(survey.low_score),
        "occasion": plan.occasion.value,
        "tag": plan.tag,
        "delay_hours": _plain(plan.delay / timedelta(hours=1)),
        "known_days": _plain(plan.known / timedelta(days=1)),
        "every_days": _plain(plan.every / timedelta(days=1)),
        "share": str(plan.share),
        "holdout": str(plan.holdout),
        "expires_days": _plain(plan.expires / timedelta(days=1)) if plan.expires else "",
    }
    places = {one.key: str(place) for place, one in enumerate(survey.questions, 1)}
    for place, one in enumerate(survey.questions, 1):
        fields |= {f"q{place}_{part}": value for part, value in _question_fields(one, places).items()}
    return fields


def _question_fields(one: Question, places: Mapping[str, str]) -> Fields:
    fields = {"key": one.key, "type": "free" if one.is_free else "scale", "weight": _plain(one.weight)}
    fields |= {language: one.words.get(language, "") for language in LANGUAGES}
    fields |= {"low": str(one.lowest), "high": str(one.highest)}
    if one.only_if is not None:
        fields |= {"if": places.get(one.only_if.question, "")}
        fields |= {"if_low": str(one.only_if.lowest), "if_high": str(one.only_if.highest)}
    return fields


def write_raw(fields: Fields) -> dict[str, Any]:
    """As `surveys.form.read_survey` takes it; questions without words are left out. Raises InvalidInput."""
    when: dict[str, Any] = {name: _number(fields[name]) for name in WHEN if fields[name]}
    when |= {"occasion": fields["occasion"], "tag": fields["tag"] if fields["occasion"] == "rule" else ""}
    keys = _keys(fields)
    return {
        "kind": fields["kind"],
        "low_score": int(_number(fields["low_score"] or "0")),
        "when": {**when, **{name: int(when[name]) for name in ("share", "holdout") if name in when}},
        "questions": [_question(fields, place, keys) for place in keys],
    }


def _keys(fields: Fields) -> dict[int, str]:
    """Of the questions that have words; new ones get one that is free."""
    taken = {fields[f"q{place}_key"] for place in _PLACES} - {""}
    keys: dict[int, str] = {}
    for place in _PLACES:
        if not any(fields[f"q{place}_{language}"] for language in LANGUAGES):
            continue
        key = fields[f"q{place}_key"] or ("score" if not keys else f"q{place}")
        while not fields[f"q{place}_key"] and key in taken:
            key += "n"
        taken.add(key)
        keys[place] = key
    return keys


def _question(fields: Fields, place: int, keys: Mapping[int, str]) -> dict[str, Any]:
    def of(part: str) -> str:
        return fields[f"q{place}_{part}"]

    words = {language: of(language) for language in LANGUAGES if of(language)}
    raw: dict[str, Any] = {"key": keys[place], "words": words}
    if of("type") == "free":
        raw["free"] = True
    else:
        raw["weight"] = _number(of("weight") or "1")
        if fields["kind"] == Kind.OWN:
            raw["scale"] = [int(_number(of("low") or "1")), int(_number(of("high") or "5"))]
    if of("if"):
        earlier = int(of("if")) if of("if").isdecimal() else 0
        raw["if"] = {"question": keys.get(earlier, ""), "score": [int(_number(of(part))) for part in _RANGE]}
    return raw


_RANGE = ("if_low", "if_high")


def _number(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise InvalidInput("error.number") from None
    if not abs(value) < 1e6:
        raise InvalidInput("error.number")
    return value


def _plain(value: float) -> str:
    return f"{value:g}"
