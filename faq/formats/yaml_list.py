"""YAML: a list of entries; row numbers are the lines on which entries begin. Aliases are refused."""

from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from core.errors import InvalidInput
from core.text import Text
from faq.entry import Entry
from faq.formats.jsonl import as_mapping, decode, plain_values
from faq.formats.rows import ReadResult, Row, RowError, shown, to_entries

MAX_DEPTH = 8
"""Lists and mappings inside each other."""

# The parser in C is ten times faster, but not every build of the library has it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_PROBLEMS = {  # what the parser says most: how that begins, in its build in C and in its other one
    "mapping values are not allowed": "colon",
    "could not find expected ':'": "no_colon",
    "did not find expected key": "key",
    "expected <block end>": "key",
    "did not find expected <document start>": "key",
    "expected '<document start>'": "key",
    "did not find expected '-' indicator": "dash",
    "did not find expected node content": "value",
    "expected the node content": "value",
    "did not find expected ',' or": "comma",
    "expected ',' or": "comma",
    "found character": "sign",
    "found unexpected end of stream": "open",
    "control characters are not allowed": "control",
    "special characters are not allowed": "control",
}
_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


def read(raw: bytes) -> ReadResult:
    """Entries and faults of a YAML file; raises InvalidInput when it is no list of entries or not safe to read."""
    text = decode(raw)
    try:
        _refuse_tricks(text)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as fault:
        problem, line = problem_of(fault)
        if line is None:
            raise InvalidInput(Text("fault.no_yaml", {"problem": problem})) from None
        raise InvalidInput(Text("fault.yaml", {"line": line, "problem": problem})) from None
    faults: list[RowError] = []
    rows = list(_rows(_listed(node), faults))
    return to_entries(rows, faults)


def problem_of(fault: yaml.YAMLError) -> tuple[Text | str, int | None]:
    """What the parser complains of, in the reader's language where it is one of its common complaints; and the line."""
    mark = getattr(fault, "problem_mark", None)
    problem = str(getattr(fault, "problem", None) or getattr(fault, "reason", None) or type(fault).__name__)
    key = next((key for begun, key in _PROBLEMS.items() if problem.startswith(begun)), "")
    return Text(f"fault.yaml.{key}") if key else problem, mark.line + 1 if mark is not None else None


def write(entries: Sequence[Entry]) -> bytes:
    """The entries as a list, in UTF-8."""
    listed = [as_mapping(entry) for entry in entries]
    text: str = yaml.dump(listed, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return text.encode()


def _refuse_tricks(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise InvalidInput(Text("fault.alias", {"line": line, "name": shown(str(event.anchor))}))
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        if depth > MAX_DEPTH:
            raise InvalidInput(Text("fault.yaml_nested", {"line": line}))


def _listed(node: yaml.Node | None) -> list[yaml.Node]:
    if node is None:
        return []
    if isinstance(node, yaml.MappingNode):
        node = next((value for key, value in node.value if key.value == "entries"), node)
    if not isinstance(node, yaml.SequenceNode):
        raise InvalidInput(Text("fault.no_list"))
    return list(node.value)


def _rows(items: list[yaml.Node], faults: list[RowError]) -> Iterator[Row]:
    for item in items:
        number = item.start_mark.line + 1 if item.start_mark else 0
        if not isinstance(item, yaml.MappingNode):
            faults.append(RowError(number, "", Text("fault.no_entry")))
            continue
        found: dict[str, object] = {}
        for key, value in item.value:
            name = str(key.value)
            if name in found:
                faults.append(RowError(number, shown(name), Text("fault.key_twice", {"name": shown(name)})))
            found[name] = _plain(value)
        yield number, plain_values(number, found, faults)


def _plain(node: yaml.Node) -> object:
    """Scalars as they are written, so that `no` stays a language and 2026-12-31 a text to be checked."""
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {}
    return None if node.tag == "tag:yaml.org,2002:null" else node.value
