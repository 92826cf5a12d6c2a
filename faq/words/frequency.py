"""How common terms are in customers' messages of all companies; made by faq.training.frequency.

In an FAQ of three entries "сколько" looks as rare as "доставка"; what other customers write knows better.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple


class Common(NamedTuple):
    """Share (0-1) of messages that have a term, by trigram, and by stem, concept or group of stems."""

    grams: Mapping[str, float]
    words: Mapping[str, float]


@lru_cache(maxsize=1)
def common() -> Common:
    """The shares as they come with the program; what is not there is not common."""
    return Common(**json.loads(Path(__file__).with_name("frequency.json").read_text("utf-8")))
