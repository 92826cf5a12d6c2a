"""The nets and trees of ranking and confidence, by kind of encoder; made by faq.training."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from faq.encoder import Encoder
from faq.models.blend import Blend
from faq.models.net import Net
from faq.models.trees import Trees

WEIGHTS = Path(__file__).with_name("weights.npz")
"""What comes with the program."""
ANY = "any"
"""The kind of encoders that have no nets of their own, such as one behind an endpoint."""
_BLENDS = ("confidence", "among")


class Nets(NamedTuple):
    """`rank` is given the values of ranks.py; `confidence` and `among` get the signs of confidence.py and tell whether
    the first candidate is the entry meant, and whether one of the first three is."""

    rank: Net
    confidence: Blend
    among: Blend


def write_nets(target: Path, found: Iterable[tuple[str, Nets]]) -> None:
    """Keeps nets and trees in a file, each under a name of its own."""
    arrays: dict[str, Any] = {}
    for name, nets in found:
        parts = {"rank": nets.rank}
        for part in _BLENDS:
            parts |= {part: getattr(nets, part).net, f"{part}-trees": getattr(nets, part).trees}
        for part, model in parts.items():
            for field, values in model._asdict().items():
                own = np.asarray(values)
                arrays[f"{name} {part} {field}"] = own.astype(np.float32) if own.dtype == np.float64 else own
    np.savez_compressed(target, **arrays)


def read_nets(path: Path) -> dict[str, Nets]:
    """What `write_nets` has kept, by name."""
    with np.load(path) as kept:
        arrays = {key: kept[key] for key in kept}
    names = dict.fromkeys(key.rsplit(" ", 2)[0] for key in arrays)
    return {
        name: Nets(
            _net(arrays, f"{name} rank"),
            *(Blend(_net(arrays, f"{name} {part}"), _trees(arrays, f"{name} {part}-trees")) for part in _BLENDS),
        )
        for name in names
    }


def _net(arrays: Mapping[str, Any], name: str) -> Net:
    numbers = {field: arrays[f"{name} {field}"].astype(np.float64) for field in Net._fields}
    return Net(**{**numbers, "constant": float(numbers["constant"])})


def _trees(arrays: Mapping[str, Any], name: str) -> Trees:
    return Trees(*(arrays[f"{name} {field}"] for field in Trees._fields))


@lru_cache(maxsize=1)
def _kept() -> dict[str, Nets]:
    return read_nets(WEIGHTS)


@lru_cache(maxsize=1)
def edition() -> str:
    """Which nets come with the program: others have another edition."""
    return hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()[:12]


def kind_of(encoder: Encoder) -> str:
    """The kind of an encoder: its parts where they have nets of their own."""
    key = "+".join(encoder.parts)
    return key if key in _kept() else ANY


def nets_for(kind: str = "") -> Nets:
    """The nets for a kind of encoder, "" for none."""
    return _kept()[kind or "letters"]
