"""Requests, answers and events held against VK's own schema, with its known errors allowed for."""

from __future__ import annotations

import functools
import json
from typing import Any

from tests.fakes.specs import find_spec

SPEC = "vk-api-schema-5.199"
COMMON = {"access_token", "v", "lang", "https", "test_mode", "captcha_sid", "captcha_key", "success_token"}
EXTRA = {"execute": {"code", "func_v"}, "messages.send": {"user_ids", "guid"}}
COLORS = ("default", "positive", "negative", "primary", "secondary")
EVENTS = {
    "message_new": "callback_message_new",
    "message_reply": "callback_message",
    "message_edit": "callback_message",
    "message_allow": "callback_message_allow",
    "message_deny": "callback_message_deny",
    "wall_reply_new": "callback_wall_reply_new",
    "message_typing_state": "callback_message_typing_state",
}


def _fixed(node: Any) -> Any:
    """`required: true` sits on properties there, and references are relative to folders."""
    if isinstance(node, list):
        return [_fixed(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {
        key: _fixed(value)
        for key, value in node.items()
        if key not in ("required", "entity", "discriminator", "format")
    }
    properties = node.get("properties") or {}
    required = [
        key
        for key, value in properties.items()
        if isinstance(value, dict) and value.get("required") is True and key != "one_time"
    ]
    if required:
        out["required"] = required
    if properties.get("color", {}).get("enum") and "action" in properties:
        out["properties"]["color"]["enum"] = list(COLORS)
    return {"$ref": "http://vk.local/" + out["$ref"].replace("../", "")} if "$ref" in out else out


@functools.cache
def _load(path: str) -> Any:
    root = find_spec(SPEC)
    assert root is not None
    return _fixed(json.loads((root / path).read_text(encoding="utf-8")))


@functools.cache
def methods() -> dict[str, dict[str, Any]]:
    root = find_spec(SPEC)
    if root is None:
        return {}
    found = {}
    for path in root.glob("*/methods.json"):
        for one in json.loads(path.read_text(encoding="utf-8"))["methods"]:
            found[one["name"]] = one | {"fields": {field["name"]: field for field in one.get("parameters", [])}}
    return found


@functools.cache
def _validator(ref: str) -> Any:
    from jsonschema import Draft7Validator
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT7

    registry: Any = Registry(
        retrieve=lambda uri: Resource(contents=_load(uri.removeprefix("http://vk.local/")), specification=DRAFT7)
    )
    return Draft7Validator({"$ref": "http://vk.local/" + ref}, registry=registry)


def errors(ref: str, value: Any) -> list[str]:
    """Of a value against a definition such as `callback/objects.json#/definitions/callback_message_new`."""
    if find_spec(SPEC) is None:
        return []
    return [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in _validator(ref).iter_errors(value)]


def event_errors(kind: str, value: Any) -> list[str]:
    return errors(f"callback/objects.json#/definitions/{EVENTS[kind]}", value) if kind in EVENTS else []


def answer_errors(method: str, value: Any) -> list[str]:
    """An answer must fit one of the method's declared ones."""
    known = methods().get(method)
    if known is None:
        return []
    tries = [errors(one["$ref"].replace("../", ""), value) for one in known["responses"].values() if "$ref" in one]
    return min(tries, key=len, default=[])


def problems(method: str, params: dict[str, Any]) -> list[str]:
    if not methods():
        return []
    known = methods().get(method)
    if known is None:
        return [f"unknown method {method}"]
    allowed = EXTRA.get(method, set()) | COMMON
    found = [f"unknown parameter {key}" for key in params if key not in known["fields"] and key not in allowed]
    for name, field in known["fields"].items():
        value = params.get(name)
        if value is None:
            if field.get("required") or (name == "random_id" and method == "messages.send"):
                found.append(f"missing {name}")
        elif complaint := _against(value, field):
            found.append(f"{name}: {complaint}")
    if method.startswith("messages.") and params.get("keyboard"):
        found += [f"keyboard: {error}" for error in _keyboard(params["keyboard"])]
    return found


def _keyboard(source: Any) -> list[str]:
    try:
        return errors(
            "messages/objects.json#/definitions/messages_keyboard",
            json.loads(source) if isinstance(source, str) else source,
        )
    except ValueError:
        return ["not JSON"]


def _against(value: Any, field: dict[str, Any]) -> str | None:
    kind = field["type"]
    if kind == "integer" and not _is_integer(value):
        return "not an integer"
    if kind == "number" and not _is_number(value):
        return "not a number"
    if kind == "boolean" and str(value).lower() not in ("0", "1", "true", "false"):
        return "not a boolean"
    if kind == "array":
        items = value if isinstance(value, list) else [item for item in str(value).split(",") if item]
        if len(items) > field.get("maxItems", len(items)):
            return f"{len(items)} items, at most {field['maxItems']}"
        if field.get("items", {}).get("type") == "integer" and not all(map(_is_integer, items)):
            return "not a list of integers"
    if kind == "string":
        if len(str(value)) > field.get("maxLength", len(str(value))):
            return f"{len(str(value))} characters, at most {field['maxLength']}"
        if "enum" in field and value not in field["enum"]:
            return f"{value!r} is not one of {field['enum']}"
    return None


def _is_integer(value: Any) -> bool:
    return str(value).lstrip("-").isdigit()


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True
