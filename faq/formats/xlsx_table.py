"""XLSX: the first sheet; formulas and error cells are named, archives that would swell are refused unopened."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from core.errors import InvalidInput
from core.text import Text
from faq.entry import Entry
from faq.formats.cells import join_phrasings, split_phrasings
from faq.formats.rows import COLUMNS, LISTS, MAX_ROWS, ReadResult, Row, RowError, column_of, header_faults, to_entries

MAX_MEMBERS = 500
MAX_INFLATED = 256 * 1024 * 1024
"""Bytes of all members together, as the archive declares them; reading stops at what is declared."""
MAX_RATIO = 120
"""Bytes inflated for a byte packed, for members over a megabyte."""

_SMALL = 1024 * 1024
_MAX_COLUMNS = 64


def read(raw: bytes) -> ReadResult:
    """Entries and faults of the first sheet; raises InvalidInput when the file is no safe workbook."""
    _refuse_bomb(raw)
    # Loaded here: the library is large and only import and export need it.
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        try:
            return _read_sheet(book.worksheets[0])
        finally:
            book.close()
    except InvalidInput:
        raise
    except Exception as fault:
        # A broken workbook fails in as many ways as it has parts; none may end in a traceback.
        raise InvalidInput(Text("fault.xlsx_unreadable")) from fault


def write(entries: Sequence[Entry]) -> bytes:
    """The entries on one sheet, every cell a text."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("FAQ")
    sheet.append(COLUMNS)
    for entry in entries:
        until = entry.valid_until.isoformat() if entry.valid_until else ""
        texts = (entry.id, entry.category, entry.question, entry.answer, join_phrasings(entry.phrasings))
        cells = []
        names = join_phrasings(tuple(one.name for one in entry.attachments))
        for text in (*texts, entry.language, str(entry.state), until, names):
            cell = WriteOnlyCell(sheet, value=text)
            # Also what begins with "=": it must not become a formula.
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _refuse_bomb(raw: bytes) -> None:
    try:
        members = zipfile.ZipFile(io.BytesIO(raw)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise InvalidInput(Text("fault.no_xlsx")) from None
    is_swollen = any(one.file_size > max(_SMALL, MAX_RATIO * one.compress_size) for one in members)
    if is_swollen or len(members) > MAX_MEMBERS or sum(one.file_size for one in members) > MAX_INFLATED:
        raise InvalidInput(Text("fault.xlsx_swollen"))


def _read_sheet(sheet: Any) -> ReadResult:
    faults: list[RowError] = []
    rows = sheet.iter_rows(max_col=_MAX_COLUMNS)
    columns = [column_of(_text(1, "", cell, faults)) for cell in next(rows, ())]
    if not any(columns):
        raise InvalidInput(Text("fault.sheet_empty"))
    faults += header_faults(columns)
    if faults:
        return ReadResult((), tuple(faults))
    read_rows = list(_rows(rows, columns, faults))
    return to_entries(read_rows, faults)


def _rows(rows: Iterator[Any], columns: list[str], faults: list[RowError]) -> Iterator[Row]:
    taken = 0
    for number, cells in enumerate(rows, 2):
        # A sheet may claim a million empty rows below its last one.
        if taken > MAX_ROWS or number > 2 * MAX_ROWS:
            return
        values = {
            column: _text(number, column, cell, faults)
            for column, cell in zip(columns, cells, strict=False)
            if column in COLUMNS
        }
        if any(text.strip() for text in values.values()):
            taken += 1
            yield number, {**values, **{name: split_phrasings(values.get(name, "")) for name in LISTS}}


def _text(number: int, column: str, cell: Any, faults: list[RowError]) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        faults.append(RowError(number, column, Text("fault.formula")))
        return "?"
    if cell.data_type == "e":
        faults.append(RowError(number, column, Text("fault.cell_error", {"value": value})))
        return "?"
    if isinstance(value, date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
