"""The learned nets of ranking and confidence, a pair for each kind of encoder; made by faq.training."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from faq.encoder import Encoder
from faq.ranking.net import Net, read_net

ANY = "any"
"""The kind of encoders that have no nets of their own, such as one behind an endpoint."""


class Nets(NamedTuple):
    """`rank` is given the values of ranks.py, `confidence` the signs of confidence.py."""

    rank: Net
    confidence: Net


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
    chosen = _kept()[kind or "letters"]
    return Nets(read_net(chosen["rank"]), read_net(chosen["confidence"]))
