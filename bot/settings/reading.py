"""What admins write as YAML, of which JSON is a part: values, settings and rules with the line of every fault."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from bot.settings.setting import Setting
from core.errors import FaultyValue, InvalidInput, Place
from core.text import Text
from handoff.service.rules import Rule
from handoff.service.rules_form import read_rule

_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d*)")


def read_yaml(text: str) -> Any:
    """The value; times of day and dates stay words. Raises InvalidInput with the line of the fault."""
    return _read(text)[0]


def read_setting(known: Setting[Any], text: str) -> Any:
    """The value of a setting, as JSON, that fits it. Raises InvalidInput: on which line, where in it, what is wrong."""
    raw, node = _read(text)
    try:
        known.check(raw)
    except FaultyValue as fault:
        raise InvalidInput(Text("fault.line", {"line": _line(node, fault.spot), "why": fault.text})) from None
    return raw


def read_rules(text: str) -> list[Rule]:
    """One rule, or a list of them. Raises InvalidInput: on which line, in which rule and where in it, what is wrong."""
    found, node = _read(text)
    is_list = isinstance(found, list)
    rules = []
    for number, raw in enumerate(found if is_list else [found], 1):
        try:
            rules.append(read_rule(raw))
        except FaultyValue as fault:
            line = _line(node, (number, *fault.spot) if is_list else fault.spot)
            known = {"line": line, "number": number, "why": fault.text}
            raise InvalidInput(Text("fault.rule.line_of" if is_list else "fault.line", known)) from None
    if not rules:
        raise InvalidInput(Text("fault.rule.none"))
    return rules


def _read(text: str) -> tuple[Any, Any]:
    """The value, and the node it is made of (None for an empty text)."""
    import yaml

    from faq.formats.yaml_list import problem_of

    loader = None
    try:
        loader = _loader()(text)
        node = loader.get_single_node()
        return (loader.construct_document(node) if node is not None else None), node
    except yaml.YAMLError as error:
        problem, line = problem_of(error)
        key = "fault.no_yaml_here" if line is None else "fault.yaml_here"
        raise InvalidInput(Text(key, {"line": line, "problem": problem})) from None
    except (ValueError, LookupError, AttributeError, RecursionError):  # a tag whose value does not fit, or a deep nest
        raise InvalidInput(Text("fault.yaml_odd")) from None
    finally:
        if loader is not None:
            loader.dispose()


def _line(node: Any, place: Place) -> int:
    """Where it stands; what is not there, where it would have to."""
    line = node.start_mark.line if node is not None else 0
    for name in place:
        if node is None or isinstance(node.value, str):
            break
        if isinstance(name, int):
            node = node.value[name - 1]
            line = node.start_mark.line
            continue
        found = next((pair for pair in node.value if isinstance(pair, tuple) and pair[0].value == name), None)
        if found is None:
            break
        line, node = found[0].start_mark.line, found[1]
    return int(line) + 1


@cache
def _loader() -> Any:
    """09:30 is no number in base sixty, and 2026-05-01 a day's name."""
    import yaml

    class Plain(yaml.SafeLoader):
        pass

    unwanted = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int")
    Plain.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in known if tag not in unwanted]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Plain.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(f"^(?:{_NUMBER.pattern})$"), list("-+0123456789"))
    return Plain
