"""Files that are made once out of what a wheel carries: whole, by their checksum, or made anew."""

import fcntl
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_BLOCK = 1 << 20
_SUM = 4  # bytes of the checksum behind the rest
_ROOM = 8  # times the file must be free on the disk, that the database does not miss what it takes


def kept_file(path: Path, size: int, write: Callable[[IO[bytes]], None]) -> bool:
    """Sees to it that `path` holds the `size` bytes that `write` writes, with their checksum behind them.

    A file that is not there or not whole is made, by one process at a time; others whose names begin alike up to the
    first hyphen go away: they are of another release, or were left unfinished.

    False where the disk has little room. Raises OSError when the file cannot be made.
    """
    if _is_whole(path, size):
        return True
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone_in(path.parent):
        if _is_whole(path, size):  # made by whoever was there before
            return True
        if shutil.disk_usage(path.parent).free < _ROOM * size:
            return False
        kind = path.name.split("-")[0]
        for old in path.parent.glob(f"{kind}-*"):
            old.unlink()
        _make(path, size, write, kind)
    return True


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Waits for others who make a file there; the system lets go of what belonged to a process that died."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _is_whole(path: Path, size: int) -> bool:
    """Read once from end to end, which also brings the file into the system's cache before the first question."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != size + _SUM:
                return False
            return _sum_of(file, size) == file.read(_SUM)
    except OSError:
        return False


def _sum_of(file: IO[bytes], size: int) -> bytes:
    """The checksum of the first bytes of a file."""
    file.seek(0)
    found, left = 0, size
    while left:
        block = file.read(min(left, _BLOCK))
        found, left = zlib.crc32(block, found), left - len(block)
    return found.to_bytes(_SUM, "big")


def _make(path: Path, size: int, write: Callable[[IO[bytes]], None], kind: str) -> None:
    """The file appears complete or not at all."""
    handle, name = tempfile.mkstemp(prefix=f"{kind}-", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "w+b") as file:
            write(file)
            file.flush()
            checksum = _sum_of(file, size)
            file.write(checksum)
            file.flush()
            os.fsync(handle)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
