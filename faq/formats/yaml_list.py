"""YAML: a list of entries; row numbers are the lines on which entries begin. Aliases are refused."""

from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from core.errors import InvalidInput
from faq.entry import Entry
from faq.formats.jsonl import as_mapping, decode, plain_values
from faq.formats.rows import ReadResult, Row, RowError, to_entries

MAX_DEPTH = 8
"""Lists and mappings inside each other."""

# The parser in C is ten times faster, but not every build of the library has it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


def read(raw: bytes) -> ReadResult:
    """Entries and faults of a YAML file; raises InvalidInput when it is no list of entries or not safe to read."""
    text = decode(raw)
    try:
        _refuse_tricks(text)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        where = f"Line {mark.line + 1}" if mark else "The file"
        problem = getattr(fault, "problem", None) or getattr(fault, "reason", None) or "it cannot be read"
        raise InvalidInput(f"{where} is no YAML: {problem}.") from None
    faults: list[RowError] = []
    rows = list(_rows(_listed(node), faults))
    return to_entries(rows, faults)


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
            raise InvalidInput(f"Line {line} has an alias (*{event.anchor}); write the value out instead.")
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        if depth > MAX_DEPTH:
            raise InvalidInput(f"Line {line} is nested too deeply; a FAQ is a list of entries.")


def _listed(node: yaml.Node | None) -> list[yaml.Node]:
    if node is None:
        return []
    if isinstance(node, yaml.MappingNode):
        node = next((value for key, value in node.value if key.value == "entries"), node)
    if not isinstance(node, yaml.SequenceNode):
        raise InvalidInput("The file is no list of entries; begin each with '- id: …'.")
    return list(node.value)


def _rows(items: list[yaml.Node], faults: list[RowError]) -> Iterator[Row]:
    for item in items:
        number = item.start_mark.line + 1 if item.start_mark else 0
        if not isinstance(item, yaml.MappingNode):
            faults.append(RowError(number, "", "This is no entry; write it as '- id: …' with its fields below."))
            continue
        found: dict[str, object] = {}
        for key, value in item.value:
            name = str(key.value)
            if name in found:
                faults.append(RowError(number, name[:40], f"The key {name[:40]!r} is there twice; keep one of them."))
            found[name] = _plain(value)
        yield number, plain_values(number, found, faults)


def _plain(node: yaml.Node) -> object:
    """Scalars as they are written, so that `no` stays a language and 2026-12-31 a text to be checked."""
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {}
    return None if node.tag == "tag:yaml.org,2002:null" else node.value
