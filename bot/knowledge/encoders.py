"""Which encoder gives the search its sense of meaning: an endpoint by setting, else the installed wheels, else none."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import Config
from bot.knowledge.endpoint import Endpoint
from core.errors import Unavailable
from faq.encoder import Encoder, RemoteEncoder, WheelEncoder, available

if TYPE_CHECKING:
    from faq.encoder import Vectors

_KEPT = 512
_PROBE = ("проверка", "probe")


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """What settings and installed wheels come to; nothing is loaded or asked yet. `kind`: endpoint, wheels, none."""

    kind: str
    name: str
    endpoint: Endpoint | None = None
    parts: tuple[str, ...] = ()
    keep: Path | None = None

    def open(self) -> RememberingQueries | None:
        """The encoder, for queries and for a build; None for none.

        An endpoint is asked once, for its width: raises Unavailable when it is away; wheels are loaded.
        Blocks: not for the event loop.
        """
        if self.endpoint is not None:
            width = len(self.endpoint(_PROBE)[0])
            return RememberingQueries(RemoteEncoder(f"{self.name}:{width}", self.endpoint, width=width))
        if not self.parts:
            return None
        encoder = WheelEncoder(self.parts, self.keep)
        encoder.load()
        return RememberingQueries(encoder)


NO_ENCODER = EncoderChoice("none", "")


def choose_encoder(config: Config, data: Path | None = None) -> EncoderChoice:
    """The encoder in use with these settings. In `data`, the folder of the database, the wheels keep files of 65 and
    72 MB that would be memory otherwise."""
    if config.encoder == "off":
        return NO_ENCODER
    if config.encoder_url is not None:
        key = config.encoder_key.get_secret_value() if config.encoder_key is not None else ""
        model = config.encoder_model or ""
        return EncoderChoice("endpoint", f"{model}@{config.encoder_url}", Endpoint(config.encoder_url, model, key))
    parts = available()
    keep = data / "encoder" if data is not None else None
    return EncoderChoice("wheels", "+".join(parts), parts=parts, keep=keep) if parts else NO_ENCODER


class RememberingQueries:
    """An encoder that keeps the vectors of the last single texts: one question is looked at from several sides.

    While `is_busy` says so, new single texts are refused: a crowd is answered by letters rather than late.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.name, self.parts, self.widths = encoder.name, encoder.parts, encoder.widths
        self.is_busy: Callable[[], bool] = lambda: False
        self._known: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row for each text; the caller may change the rows."""
        if len(texts) != 1:
            return self._encoder.encode(texts)
        text = texts[0]
        with self._lock:
            if text in self._known:
                self._known.move_to_end(text)
                return self._known[text].copy()
        if self.is_busy():
            raise Unavailable("many ask at once; the search goes by letters and words only")
        row = self._encoder.encode(texts)
        with self._lock:
            self._known[text] = row.copy()
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return row
