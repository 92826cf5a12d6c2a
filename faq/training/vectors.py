"""Vectors of the training, kept by content in a file that several processes share."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

_WAIT_S = 60.0
_AT_ONCE = 500


class Vectors:
    """A store of vectors in an SQLite file, which is made when it is not there."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        # They can be made again: nothing is lost that would be worth waiting for the disk at every text.
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("CREATE TABLE IF NOT EXISTS vector (key TEXT PRIMARY KEY, value BLOB NOT NULL)")

    def get(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The vectors that are there."""
        found: dict[str, bytes] = {}
        for start in range(0, len(keys), _AT_ONCE):
            part = keys[start : start + _AT_ONCE]
            marks = ",".join("?" * len(part))
            found.update(self._connection.execute(f"SELECT key, value FROM vector WHERE key IN ({marks})", part))
        return found

    def put(self, vectors: Mapping[str, bytes]) -> None:
        """Keeps vectors."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT OR IGNORE INTO vector VALUES (?, ?)", vectors.items())
        self._connection.execute("COMMIT")

    def __enter__(self) -> "Vectors":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._connection.close()
