"""CSV as people have it: UTF-8 or cp1251; commas, semicolons or tabs."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.errors import InvalidInput
from core.text import Text
from faq.entry import Entry
from faq.formats.cells import guard, join_phrasings, split_phrasings, unguard
from faq.formats.rows import COLUMNS, LISTS, ReadResult, Row, RowError, column_of, header_faults, to_entries
from faq.words.letters import likelihood

_SEPARATORS = ",;\t"
_RIVALS = ("koi8_r", "cp866", "iso8859_5")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_FOREIGN = re.compile(r"[^\x00-\x7fА-Яа-яЁё«»–—…№„“”‘’•·°©®™\u00a0€§±]")
_MIXED = re.compile(r"[a-z][а-яё]|[а-яё][A-Za-zА-ЯЁ]")
# In nats a letter: how plausible the Russian has to be, and by how much more than in any other encoding.
_PLAUSIBLE = -3.2
_AHEAD = 0.2
_LOOKED_AT = 200_000
_CELL_LIMIT = 4_000_000


def read(raw: bytes) -> ReadResult:
    """Entries and faults of a CSV file; behind a row whose quotes do not match nothing can be told apart.

    Raises InvalidInput when it is empty, or cannot be decoded or split without doubt.
    """
    split = _split(decode(raw))
    found = [split.fault] if split.fault is not None else []
    if not split.records:
        return ReadResult((), tuple(found))
    columns = [column_of(cell) for cell in split.records[0]]
    if faults := header_faults(columns):
        return ReadResult((), (*faults, *found))
    rows = list(_rows(columns, split.records, found))
    return to_entries(rows, found)


def write(entries: Sequence[Entry]) -> bytes:
    """The entries as UTF-8 with BOM (so that Excel reads it) and commas."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    for entry in entries:
        until = entry.valid_until.isoformat() if entry.valid_until else ""
        texts = (entry.id, entry.category, entry.question, entry.answer, join_phrasings(entry.phrasings))
        names = join_phrasings(tuple(one.name for one in entry.attachments))
        writer.writerow([*map(guard, texts), entry.language, str(entry.state), until, guard(names)])
    return target.getvalue().encode("utf-8-sig")


def decode(raw: bytes) -> str:
    """UTF-8, or cp1251 when the text is plainly Russian in it; raises InvalidInput in doubt."""
    refused = InvalidInput(Text("fault.encoding"))
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw:
        raise refused
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode("cp1251")
    except UnicodeDecodeError:
        raise refused from None
    plausible = _russian(text)
    rivals = [_russian(raw.decode(name, errors="replace")) for name in _RIVALS]
    if plausible < max(_PLAUSIBLE, *(rival + _AHEAD for rival in rivals)) or not _CYRILLIC.search(text):
        raise refused
    if _FOREIGN.search(text) or _MIXED.search(text):
        raise refused
    return text


def _russian(text: str) -> float:
    """Likelihood of the Cyrillic of the beginning; case that jumps inside words speaks against an encoding."""
    words = re.findall(r"[А-ЯЁа-яё]+", text[:_LOOKED_AT])
    jumping = sum(1 for word in words if not (word.islower() or word.isupper() or word.istitle()))
    return likelihood(" ".join(words).lower().replace("ё", "е")) - 3 * jumping / (len(words) or 1)


@dataclass(frozen=True, slots=True)
class _Split:
    """The rows that can be told apart, and what is wrong with the one behind them, if anything."""

    records: list[list[str]]
    fault: RowError | None = None

    @property
    def known(self) -> int:
        """How many columns the first row names."""
        return len({column_of(cell) for cell in self.records[0]} & set(COLUMNS)) if self.records else 0


def _split(text: str) -> _Split:
    """By the separator with which the first row names most columns."""
    csv.field_size_limit(_CELL_LIMIT)
    if not text.strip():
        raise InvalidInput(Text("fault.file_empty"))
    tried = [_split_by(text, separator) for separator in _SEPARATORS]
    best = max(tried, key=lambda one: one.known)
    if best.known:
        return best
    unread = next((one for one in tried if not one.records), None)  # a quote in the header itself
    if unread is None:
        raise InvalidInput(Text("fault.header"))
    return unread


def _split_by(text: str, separator: str) -> _Split:
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=separator, strict=True)
    records: list[list[str]] = []
    first = 1  # line of the file on which the next row begins
    try:
        for record in reader:
            records.append(record)
            first = reader.line_num + 1
    except csv.Error:
        why = _why(io.StringIO(text, newline="").readlines()[first - 1 :], first, separator)
        return _Split(records, RowError(len(records) + 1, "", why))
    return _Split(records)


def _why(lines: list[str], first: int, separator: str) -> Text:
    """What is wrong with the quotes of the row that begins here; `first` is its line."""
    place, opened, ends = "begin", first, (separator, "\r", "\n")
    for number, line in enumerate(lines, first):
        for char in line:
            if place == "quoted":
                place = "closing" if char == '"' else place
            elif char in ends:
                place = "begin"
            elif place == "closing" and char != '"':
                return Text("fault.quote_inside", {"opened": opened, "line": number})
            elif place == "closing":  # two quotes stand for one
                place = "quoted"
            elif place == "begin":
                place = "quoted" if char == '"' else "plain"
                opened = number if char == '"' else opened
    return Text("fault.quote_open" if place == "quoted" else "fault.cell_size", {"line": opened, "limit": _CELL_LIMIT})


def _rows(columns: list[str], records: list[list[str]], faults: list[RowError]) -> Iterator[Row]:
    for number, record in enumerate(records[1:], 2):
        cells = [unguard(cell) for cell in record]
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(columns) :]):
            counts = {"cells": len(cells), "columns": len(columns)}
            faults.append(RowError(number, "", Text("fault.cells", counts)))
            continue
        values = dict(zip(columns, cells, strict=False))
        yield number, {**values, **{name: split_phrasings(values.get(name, "")) for name in LISTS}}
