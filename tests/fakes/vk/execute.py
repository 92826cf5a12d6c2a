"""Enough VKScript to run the batches that vk_api writes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.fakes.vk.errors import VkError

Call = Callable[[str, dict[str, Any]], Any]
API_CALL = re.compile(r"\s*API\.([A-Za-z]+\.[A-Za-z]+)\(")
ONE_METHOD = re.compile(
    r"var values = (?P<values>\[.*\]),\s*i = 0,\s*result = \[\];.*?API\.(?P<method>[\w.]+)\(values\[i\]\)", re.S
)
ONE_PARAM = re.compile(
    r"var def_values = (?P<defaults>\{.*\}),\s*values = (?P<values>\[.*\]),\s*result = \[\].*?"
    r"def_values\.(?P<key>\w+) = values\[i\];.*?API\.(?P<method>[\w.]+)\(def_values\)",
    re.S,
)
LIMIT = 25
DECODER = json.JSONDecoder()


def planned(code: str) -> tuple[list[tuple[str, dict[str, Any]]], bool]:
    """The calls in order, and whether the answer is an array of their results."""
    try:
        if found := ONE_PARAM.search(code):
            defaults = json.loads(found["defaults"])
            return [(found["method"], defaults | {found["key"]: value}) for value in json.loads(found["values"])], True
        if found := ONE_METHOD.search(code):
            return [(found["method"], values) for values in json.loads(found["values"])], True
        body = re.fullmatch(r"\s*return\s+(.*?);?\s*", code, re.S)
        if body is None:
            raise ValueError("return expected")
        text = body[1]
        if not text.startswith("["):
            return _calls(text), False
        if not text.endswith("]"):
            raise ValueError("] expected")
        return _calls(text[1:-1]), True
    except ValueError as error:
        raise VkError(12, str(error)) from None


def _calls(text: str) -> list[tuple[str, dict[str, Any]]]:
    calls, position = [], 0
    while position < len(text):
        found = API_CALL.match(text, position)
        if found is None:
            raise ValueError(f"API call expected at {position}")
        position = found.end()
        values: Any = {}
        if text[position] != ")":
            values, position = DECODER.raw_decode(text, position)
        rest = re.compile(r"\s*\)\s*(,|$)").match(text, position)
        if rest is None or not isinstance(values, dict):
            raise ValueError(f"unexpected token at {position}")
        calls.append((found[1], values))
        position = rest.end()
    return calls


def execute(code: str, call: Call) -> dict[str, Any]:
    """`call` performs one method or raises VkError; refused elements become false."""
    calls, is_list = planned(code)
    if len(calls) > LIMIT:
        raise VkError(13, "Too many API calls")
    results, errors = [], []
    for method, params in calls:
        try:
            results.append(call(method, params))
        except VkError as error:
            results.append(False)
            errors.append(error.in_execute(method))
    answer: dict[str, Any] = {"response": results if is_list else results[0]}
    return answer | ({"execute_errors": errors} if errors else {})
