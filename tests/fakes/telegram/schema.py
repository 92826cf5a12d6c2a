"""Requests held against the machine-readable Bot API."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Collection
from typing import Any

from tests.fakes.specs import find_spec

SPEC = "telegram-bot-api-10.1.json"
RANGE = re.compile(r"(\d+)-(\d+) (characters|bytes|identifiers|items)")
CONSTANT = re.compile(r"(?:must be|always) [\"“*_]*([a-z_]+)")
INTEGER, FLOAT = re.compile(r"-?\d+"), re.compile(r"-?\d+(\.\d+)?([eE]-?\d+)?")
BOOLEANS = {"true", "false", "True", "False", "1", "0"}
JSON_KINDS = {"Integer": int, "Float": (int, float), "String": str, "Boolean": bool}


@functools.cache
def load() -> dict[str, Any] | None:
    path = find_spec(SPEC)
    if path is None:
        return None
    spec = json.loads(path.read_text(encoding="utf-8"))
    names = {name.lower(): name for name in spec["methods"]}
    fields = {
        name: {field["name"]: field for field in one.get("fields", [])}
        for part in ("methods", "types")
        for name, one in spec[part].items()
    }
    return {"names": names, "fields": fields, "types": spec["types"]}


def problems(method: str, params: dict[str, Any], files: Collection[str]) -> list[str]:
    spec = load()
    if spec is None:
        return []
    name = spec["names"].get(method.lower())
    if name is None:
        return [f"unknown method {method}"]
    known, used = spec["fields"][name], set()
    found = [f"unknown parameter {key}" for key in params if key not in known]
    for key, field in known.items():
        if key in files:
            used.add(key)
            if "InputFile" not in field["types"]:
                found.append(f"{key}: a file is not expected")
        elif params.get(key) is None:
            if field["required"]:
                found.append(f"missing {key}")
        else:
            value = params[key]
            used.update(_attached(value))
            found += _best(value, field, key, has_mode=bool(params.get("parse_mode")), outer=True)
    found += [f"a file nobody refers to: {key}" for key in files if key not in used]
    return found


def _attached(value: Any) -> list[str]:
    return re.findall(r"attach://([^\"\\]+)", value if isinstance(value, str) else json.dumps(value))


def _best(value: Any, field: dict[str, Any], where: str, *, has_mode: bool = False, outer: bool = False) -> list[str]:
    """The complaints of the type that fits best, and of the length given in the description."""
    tries = [_against(value, kinds, where, outer) for kinds in _grouped(field["types"])]
    if best := _nearest(tries):
        return best
    constant = CONSTANT.search(field["description"])
    if constant and where.rsplit(".", 1)[-1] in ("type", "source", "status") and value != constant.group(1):
        return [f"{where}: must be {constant.group(1)}"]
    limits = RANGE.search(field["description"])
    if limits and isinstance(value, str) and limits.group(3) in ("characters", "bytes") and not has_mode:
        size = len(value.encode()) if limits.group(3) == "bytes" else len(value)
        if not int(limits.group(1)) <= size <= int(limits.group(2)):
            return [f"{where}: {size} {limits.group(3)}, allowed {limits.group(1)}-{limits.group(2)}"]
    return []


def _grouped(kinds: list[str]) -> list[list[str]]:
    """Arrays of several types may hold any of them."""
    arrays = [kind for kind in kinds if kind.startswith("Array of ")]
    return [[kind] for kind in kinds if kind not in arrays] + ([arrays] if arrays else [])


def _nearest(tries: list[list[str]]) -> list[str]:
    """The type meant is the one of which least is missing or false."""
    return min(tries, key=lambda found: (sum(": missing " in one or ": must be " in one for one in found), len(found)))


def _against(value: Any, kinds: list[str], where: str, outer: bool) -> list[str]:
    kind = kinds[0]
    spec = load()
    assert spec is not None
    if kind in ("Integer", "Float", "Boolean", "String"):
        return _simple(value, kind, where, outer)
    if kind == "InputFile":
        return [] if isinstance(value, str) and value.startswith("attach://") else [f"{where}: not a file"]
    if outer and isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return [f"{where}: not JSON"]
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            return [f"{where}: not an array"]
        inner = {"types": [one.removeprefix("Array of ") for one in kinds], "description": ""}
        return [problem for number, item in enumerate(value) for problem in _best(item, inner, f"{where}[{number}]")]
    if subtypes := spec["types"][kind].get("subtypes"):
        return _nearest([_against(value, [one], where, False) for one in subtypes])
    if not isinstance(value, dict):
        return [f"{where}: not an object"]
    known = spec["fields"][kind]
    found = [f"{where}: unknown field {key}" for key in value if key not in known]
    found += [f"{where}: missing {key}" for key, field in known.items() if field["required"] and key not in value]
    for key in value.keys() & known.keys():
        found += _best(value[key], known[key], f"{where}.{key}", has_mode="parse_mode" in value)
    return found


def _simple(value: Any, kind: str, where: str, outer: bool) -> list[str]:
    if isinstance(value, bool):
        fits = kind == "Boolean"
    elif outer and isinstance(value, str):
        fits = (
            kind == "String"
            or (kind == "Boolean" and value in BOOLEANS)
            or bool(kind == "Integer" and INTEGER.fullmatch(value))
            or bool(kind == "Float" and FLOAT.fullmatch(value))
        )
    else:
        fits = isinstance(value, JSON_KINDS[kind])
    return [] if fits else [f"{where}: not {kind}"]
