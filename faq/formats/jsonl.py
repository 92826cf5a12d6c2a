"""JSONL: one entry a line; row numbers are line numbers."""

import json
from collections.abc import Iterator, Mapping, Sequence

from core.errors import InvalidInput
from core.text import Text
from faq.entry import Entry
from faq.formats.rows import COLUMNS, LISTS, ReadResult, Row, RowError, Value, to_entries

MAX_LINE = 4_000_000
"""Characters of a line."""

_PROBLEMS = {  # what the parser says most
    "Expecting value": "value",
    "Expecting ',' delimiter": "comma",
    "Expecting ':' delimiter": "colon",
    "Expecting property name enclosed in double quotes": "name",
    "Illegal trailing comma before end of object": "name",
    "Unterminated string starting at": "open",
    "Extra data": "extra",
    "Invalid control character at": "control",
    "Invalid \\escape": "escape",
}


def read(raw: bytes) -> ReadResult:
    """Entries and faults of a JSONL file; raises InvalidInput when it is not UTF-8."""
    faults: list[RowError] = []
    rows = list(_rows(decode(raw), faults))
    return to_entries(rows, faults)


def write(entries: Sequence[Entry]) -> bytes:
    """The entries, one a line, in UTF-8."""
    return "".join(json.dumps(as_mapping(entry), ensure_ascii=False) + "\n" for entry in entries).encode()


def as_mapping(entry: Entry) -> dict[str, object]:
    """An entry as plain values; without `valid_until` when it has no end, without `attachments` when it has none."""
    values: dict[str, object] = {
        "id": entry.id,
        "category": entry.category,
        "question": entry.question,
        "answer": entry.answer,
        "phrasings": list(entry.phrasings),
        "language": entry.language,
        "state": str(entry.state),
    }
    if entry.valid_until:
        values["valid_until"] = entry.valid_until.isoformat()
    if entry.attachments:
        values["attachments"] = [one.name for one in entry.attachments]
    return values


def decode(raw: bytes) -> str:
    """UTF-8 with or without BOM; raises InvalidInput that names the line."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise InvalidInput(Text("fault.not_utf8", {"line": line})) from None


def parse_line(line: str) -> dict[str, object]:
    """The object on a line; raises InvalidInput that says what is wrong with it."""
    if len(line) > MAX_LINE:
        raise InvalidInput(Text("fault.line_too_long", {"limit": MAX_LINE}))
    try:
        found = json.loads(line, object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as fault:
        raise InvalidInput(Text("fault.json", {"problem": _problem(fault.msg), "place": fault.pos + 1})) from None
    except RecursionError:
        raise InvalidInput(Text("fault.json_nested")) from None
    except ValueError as fault:  # a number of thousands of digits
        raise InvalidInput(Text("fault.json_value", {"problem": str(fault)[:100]})) from None
    if not isinstance(found, dict):
        raise InvalidInput(Text("fault.no_object"))
    return found


def _problem(said: str) -> Text | str:
    return Text(f"fault.json.{_PROBLEMS[said]}") if said in _PROBLEMS else said


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InvalidInput(Text("fault.json_key_twice"))
    return found


def _rows(text: str, faults: list[RowError]) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, plain_values(number, parse_line(line), faults)
        except InvalidInput as fault:
            faults.append(RowError(number, "", fault.text))


def plain_values(number: int, found: Mapping[str, object], faults: list[RowError]) -> dict[str, Value]:
    """The values of known columns as texts; what is neither text nor number (nor a list of them) is a fault."""
    values: dict[str, Value] = {}
    for column in COLUMNS:
        value = found.get(column)
        if isinstance(value, list) and column in LISTS and all(map(_is_plain, value)):
            values[column] = tuple(map(str, value))
        elif value is None or _is_plain(value):
            values[column] = None if value is None else str(value)
        else:
            why = Text("fault.list_wanted") if column in LISTS else Text("fault.text_wanted")
            faults.append(RowError(number, column, why))
            values[column] = "?"
    return values


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)
