"""The learned nets of ranking and confidence, three for each kind of encoder; made by faq.training."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from faq.encoder import Encoder
from faq.ranking.net import Net, read_net

ANY = "any"
"""The kind of encoders that have no nets of their own, such as one behind an endpoint."""


class Nets(NamedTuple):
    """`rank` is given the values of ranks.py; `confidence` and `among` get the signs of confidence.py and tell whether
    the first candidate is the entry meant, and whether one of the first three is."""

    rank: Net
    confidence: Net
    among: Net

    def as_json(self) -> dict[str, Any]:
        """All numbers."""
        return {name: net.as_json() for name, net in self._asdict().items()}


def read_nets(raw: Mapping[str, Any]) -> Nets:
    """Nets out of their JSON form."""
    return Nets(*(read_net(raw[name]) for name in Nets._fields))


@lru_cache(maxsize=1)
def _kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name("weights.json").read_text("utf-8"))
    return found


def kind_of(encoder: Encoder) -> str:
    """The kind of an encoder: its parts where they have nets of their own."""
    key = "+".join(encoder.parts)
    return key if key in _kept() else ANY


@lru_cache(maxsize=8)
def nets_for(kind: str = "") -> Nets:
    """The nets for a kind of encoder, "" for none."""
    return read_nets(_kept()[kind or "letters"])
