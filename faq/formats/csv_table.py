"""CSV as people have it: UTF-8 or cp1251; commas, semicolons or tabs."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from core.errors import InvalidInput
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
    """Entries and faults of a CSV file; raises InvalidInput when it cannot be decoded or split without doubt."""
    records = _records(decode(raw))
    columns = [column_of(cell) for cell in records[0]]
    faults = header_faults(columns)
    if faults:
        return ReadResult((), tuple(faults))
    rows = list(_rows(columns, records, faults))
    return to_entries(rows, faults)


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
    refused = InvalidInput("The file is neither UTF-8 nor Windows-1251 text; save it as CSV UTF-8 and try again.")
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


def _records(text: str) -> list[list[str]]:
    """The file split by the separator with which its first row names most columns."""
    csv.field_size_limit(_CELL_LIMIT)
    best: list[list[str]] = []
    most = 0
    for separator in _SEPARATORS:
        try:
            records = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
        except csv.Error:
            continue
        known = len({column_of(cell) for cell in records[0]} & set(COLUMNS)) if records else 0
        if known > most:
            best, most = records, known
    if not best:
        raise InvalidInput(
            "The first row does not name the columns (id, category, question, answer, …) separated by comma, "
            "semicolon or tab, or the quotes do not match; correct the file."
        )
    return best


def _rows(columns: list[str], records: list[list[str]], faults: list[RowError]) -> Iterator[Row]:
    for number, record in enumerate(records[1:], 2):
        cells = [unguard(cell) for cell in record]
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(columns) :]):
            reason = f"There are {len(cells)} cells for {len(columns)} columns; quote texts that contain the separator."
            faults.append(RowError(number, "", reason))
            continue
        values = dict(zip(columns, cells, strict=False))
        yield number, {**values, **{name: split_phrasings(values.get(name, "")) for name in LISTS}}
