"""FAQ files: CSV, XLSX, YAML and JSONL by suffix, each both ways; an export read again gives the same entries."""

from collections.abc import Callable, Sequence
from pathlib import Path

from core.errors import InvalidInput
from faq.entry import Entry
from faq.formats import csv_table, jsonl, xlsx_table, yaml_list
from faq.formats.rows import MAX_FILE, ReadResult, RowError

__all__ = ["ReadResult", "RowError", "read_entries", "write_entries"]

_READERS: dict[str, Callable[[bytes], ReadResult]] = {
    ".csv": csv_table.read,
    ".xlsx": xlsx_table.read,
    ".yaml": yaml_list.read,
    ".yml": yaml_list.read,
    ".jsonl": jsonl.read,
}
_WRITERS: dict[str, Callable[[Sequence[Entry]], bytes]] = {
    ".csv": csv_table.write,
    ".xlsx": xlsx_table.write,
    ".yaml": yaml_list.write,
    ".yml": yaml_list.write,
    ".jsonl": jsonl.write,
}


def read_entries(path: str | Path) -> ReadResult:
    """The entries of a file and every fault in its rows, by row; with any fault nothing should be taken.

    Raises InvalidInput when the file as a whole cannot be read: missing, too large, of no known kind, not safe.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InvalidInput(f"{path.name} is of no known kind; use a .csv, .xlsx, .yaml or .jsonl file.")
    return reader(_bytes(path))


def write_entries(path: str | Path, entries: Sequence[Entry]) -> None:
    """Writes the entries in their order, replacing the file; raises InvalidInput when that is not possible."""
    path = Path(path)
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise InvalidInput(f"{path.name} is of no known kind; use a .csv, .xlsx, .yaml or .jsonl file.")
    try:
        path.write_bytes(writer(entries))
    except OSError as fault:
        raise InvalidInput(f"{path} cannot be written: {fault.strerror or fault}.") from None


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as source:
            raw = source.read(MAX_FILE + 1)
    except OSError as fault:
        raise InvalidInput(f"{path} cannot be read: {fault.strerror or fault}.") from None
    if len(raw) > MAX_FILE:
        raise InvalidInput(f"{path.name} is larger than {MAX_FILE // 2**20} MB; split it.")
    return raw
