"""Makes tuned.npz and weights.npz: python -m faq.training FOLDER, with the public sets of intents under FOLDER.

Sources: CLINC150 (CC BY 3.0), BANKING77 (CC BY 4.0) and HINT3 (ODbL/DbCL 1.0), their train files only, and the
project's own messages: of many trades (messages) and of shop_ru_dev. No message of a test file is read. The
messages of shop_ru_dev take part in fitting the nets (not in the tuning), so it is measured with nets that are fitted
without a quarter of its entries and their messages, by turns; these are kept beside the tests.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import click

from faq.encoder import Encoder, RememberingEncoder, WheelEncoder
from faq.models.blend import Blend
from faq.models.net import Net
from faq.ranking.tuned import Tuning, write_tunings
from faq.ranking.weights import ANY, WEIGHTS, Nets, write_nets
from faq.training.fitting.nets import chance_net, rank_net
from faq.training.fitting.rows import Record, Rows, confidence_rows, joined
from faq.training.fitting.trees import chance_trees
from faq.training.sources import (
    FOLDS,
    PLAIN,
    Kind,
    Part,
    Sense,
    Shop,
    Together,
    gathered,
    groups_of,
    own_groups,
    senses_of,
    shop_records,
    taught_senses,
)
from faq.training.taught import learned_in
from faq.training.vectors import Vectors
from faq.wheels.taught import LEARNED

_RANKING = Path(__file__).parents[1] / "ranking"
_OWN = Path(__file__).parents[2] / "tests" / "data" / "faq"
_BATCH = 64
QUARTERS = 4
_SHOP_WEIGHT = 2.5
_HELD_BACK = partial(rank_net, bends=12, turns=1_800, shrink=0.003)
"""Without encoder there is less to see, and a smaller net does better at companies it has not seen."""
_KINDS = (
    Kind("letters", None),
    Kind("e5+use", ("use",), is_taught=True),
    Kind("use", ("use",)),
    Kind(ANY, ("e5-plain",), is_tuned=False),
)


def quarters(shop: Sequence[Shop]) -> list[int]:
    """To which quarter each message belongs: those of an entry to one, those out of scope by turns."""
    entries = sorted({one.expected for one in shop if one.expected})
    foreign = iter(range(len(shop)))
    return [
        entries.index(one.expected) % QUARTERS if one.expected else next(foreign) % QUARTERS for one in shop
    ]  # fmt: skip


def fitted(
    records: Sequence[tuple[int, Record]],
    shop: Sequence[Shop],
    fit: Callable[[Sequence[Record]], Net] = rank_net,
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
    return Nets(rank, *(Blend(chance_net(rows, own), chance_trees(rows, own)) for own in (rows.first, rows.among)))


class Made(NamedTuple):
    """What came out for one kind of encoder; `without` are the nets without each quarter of the shop."""

    name: str
    tuning: Tuning | None
    nets: Nets
    without: list[Nets]


def made(folder: Path, kept: Path, teaching: Path, kind: Kind) -> Made:
    """Everything for one kind of encoder; in a process of its own."""
    with Vectors(kept) as store:
        found = _senses(folder, store, teaching, kind)
        records = gathered(folder, found, kind.is_taught)
        shop = shop_records(_OWN, found[None])
    nets, without = fitted(records, shop, rank_net if kind.parts else _HELD_BACK)
    return Made(kind.name, found[None].tuning, nets, without)


def _senses(folder: Path, store: Vectors, teaching: Path, kind: Kind) -> dict[int | None, Sense]:
    if kind.parts is None:
        return dict.fromkeys((None, *range(FOLDS)), Sense())
    plain = Part(RememberingEncoder(WheelEncoder(PLAIN), store), kind.parts)
    if kind.is_taught:

        def with_e5(learned: Path) -> Encoder:
            return Together(RememberingEncoder(WheelEncoder(("e5",), learned=learned), store), plain)

        return taught_senses(own_groups(), teaching, with_e5)
    if kind.is_tuned:
        return senses_of(groups_of(folder), plain)
    return dict.fromkeys((None, *range(FOLDS)), Sense(plain))


def encode_all(folder: Path, kept: Path) -> None:
    """The vectors of all texts of the companies, which the kinds share."""
    texts = sorted({text for _, group in groups_of(folder) for text in group.texts})
    with Vectors(kept) as store:
        encoder = RememberingEncoder(WheelEncoder(PLAIN), store)
        with click.progressbar(range(0, len(texts), _BATCH), label="vectors") as starts:
            for start in starts:
                encoder.encode(texts[start : start + _BATCH])


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--taught",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder with what python -m faq.training.teaching has left.",
)
@click.option(
    "--vectors", type=click.Path(dir_okay=False, path_type=Path), help="File that keeps them for another run."
)
@click.option("--processes", type=click.IntRange(1), default=os.cpu_count() or 1, show_default=True)
def main(folder: Path, taught: Path, vectors: Path | None, processes: int) -> None:
    with TemporaryDirectory() as temporary:
        kept = vectors or Path(temporary) / "vectors.db"
        encode_all(folder, kept)
        # Not forked: the encoders have threads.
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            results = pool.map(partial(made, folder, kept, taught), _KINDS)
            with click.progressbar(results, len(_KINDS), "kinds") as kinds:
                found = list(kinds)
    shutil.copyfile(learned_in(taught, None), LEARNED)
    write_tunings(_RANKING / "tuned.npz", [(one.name, one.tuning) for one in found if one.tuning])
    write_nets(WEIGHTS, [(one.name, one.nets) for one in found])
    without = [(f"{one.name}/{quarter}", own) for one in found for quarter, own in enumerate(one.without)]
    write_nets(_OWN / "shop_ru_dev_nets.npz", without)


if __name__ == "__main__":
    main()
