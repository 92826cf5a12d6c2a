"""Makes tuned.npz and weights.json: python -m faq.training FOLDER, with the public sets of intents under FOLDER.

Sources: CLINC150 (CC BY 3.0), BANKING77 (CC BY 4.0) and HINT3 (ODbL/DbCL 1.0), their train files only, and the
project's own messages: of many trades (messages) and of shop_ru_dev. No message of a test file is read. The
messages of shop_ru_dev take part in fitting the nets (not in the tuning), so it is measured with nets that are fitted
without a quarter of its entries and their messages, by turns; these are kept beside the tests.
"""

import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from faq.encoder import RememberingEncoder, WheelEncoder
from faq.ranking.net import Net
from faq.ranking.tuned import write_tunings
from faq.ranking.weights import ANY, Nets
from faq.training.fit import Record, Rows, confidence_rows, fit_confidence, fit_rank, joined
from faq.training.sources import PARTS, Kind, Shop, gathered, groups_of, shop_records, tunings

QUARTERS = 4
_SHOP_WEIGHT = 2.5
_HELD_BACK = partial(fit_rank, bends=12, turns=1_800, shrink=0.003)
"""Without encoder there is less to see, and a smaller net does better at companies it has not seen."""
_KINDS = (Kind("letters", None), Kind("e5+use", PARTS), Kind("use", ("use",)), Kind(ANY, ("e5",), is_tuned=False))


class Memory:
    """Vectors of this run, by content."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, keys: Sequence[str]) -> dict[str, bytes]:
        return {key: self._kept[key] for key in keys if key in self._kept}

    def put(self, vectors: Any) -> None:
        self._kept.update(vectors)


def quarters(shop: Sequence[Shop]) -> list[int]:
    """To which quarter each message belongs: those of an entry to one, those out of scope by turns."""
    entries = sorted({one.expected for one in shop if one.expected})
    foreign = iter(range(len(shop)))
    return [
        entries.index(one.expected) % QUARTERS if one.expected else next(foreign) % QUARTERS for one in shop
    ]  # fmt: skip


def fitted(
    records: Sequence[tuple[int, Record]], shop: Sequence[Shop], fit: Callable[[Sequence[Record]], Net] = fit_rank
) -> tuple[Nets, list[Nets]]:
    """The nets, and for each quarter of the shop those fitted without it.

    The confidence learns from ranks that were given by nets fitted without the same fold of companies.
    """
    own, places = [one.record for one in shop], quarters(shop)
    every = [record for _, record in records]
    rows = []
    for fold in sorted({fold for fold, _ in records}):
        net = fit([record for place, record in records if place != fold] + own)
        rows.append(confidence_rows([record for place, record in records if place == fold], net))
    without = [
        fit(every + [one for one, place in zip(own, places, strict=True) if place != quarter])
        for quarter in range(QUARTERS)
    ]
    for quarter, net in enumerate(without):
        found = confidence_rows([one for one, place in zip(own, places, strict=True) if place == quarter], net)
        rows.append(found._replace(shares=found.shares * _SHOP_WEIGHT))
    return _nets(fit(every + own), rows), [
        _nets(net, [one for at, one in enumerate(rows) if at != len(rows) - QUARTERS + quarter])
        for quarter, net in enumerate(without)
    ]


def _nets(rank: Net, parts: Sequence[Rows]) -> Nets:
    rows = joined(parts)
    return Nets(rank, *(fit_confidence(rows.signs, own, rows.shares) for own in (rows.first, rows.among)))


def main(folder: Path, own: Path, ranking: Path) -> None:
    """Writes the tunings, the nets for every kind of encoder, and the nets to measure shop_ru_dev with."""
    vectors = RememberingEncoder(WheelEncoder(PARTS), Memory())
    groups = groups_of(folder)
    found: dict[str, Any] = {}
    apart: dict[str, Any] = {}
    kept = []
    for kind in _KINDS:
        encoder = kind.encoder(vectors)
        turns = tunings(groups, encoder) if encoder and kind.is_tuned else {}
        if turns:
            kept.append((kind.name, turns[None]))
        fit = fit_rank if encoder else _HELD_BACK
        nets, without = fitted(gathered(folder, encoder, turns), shop_records(own, encoder, turns), fit)
        found[kind.name], apart[kind.name] = nets.as_json(), [one.as_json() for one in without]
        print(kind.name, "is done", flush=True)
    write_tunings(ranking / "tuned.npz", kept)
    (ranking / "weights.json").write_text(json.dumps(found) + "\n", "utf-8")
    (own / "shop_ru_dev_nets.json").write_text(json.dumps(apart) + "\n", "utf-8")


if __name__ == "__main__":
    root = Path(__file__).parents[2]
    main(Path(sys.argv[1]), root / "tests" / "data" / "faq", root / "faq" / "ranking")
