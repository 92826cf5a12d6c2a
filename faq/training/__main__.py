"""Makes weights.json: python -m faq.training FOLDER, with the public sets of intents under FOLDER.

Sources: CLINC150 (CC BY 3.0), BANKING77 (CC BY 4.0) and HINT3 (ODbL/DbCL 1.0), their train files only, and the
project's own shop_ru_dev. No message of a test file is read. As the messages of shop_ru_dev take part in the fitting,
figures measured on it are a little better than those of an FAQ nobody has seen.
"""

import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from faq.encoder import Encoder, WheelEncoder
from faq.files import read_entries
from faq.ranking.features import names
from faq.ranking.weights import RICH
from faq.training.episodes import WORDINGS, asked_for_real, episode, labelled, own_wordings, weighted
from faq.training.fit import Record, fit_confidence, fit_rank

_SETS = {  # file, messages of a label, episodes, weight
    "banking77/train.jsonl": (45, 15, 0.7),
    "clinc150/train.jsonl": (20, 10, 0.7),
    "hint3/curekart_train.jsonl": (100, 8, 0.7),
    "hint3/powerplay11_train.jsonl": (100, 8, 0.7),
    "hint3/sofmattress_train.jsonl": (100, 8, 0.7),
}
_OWN_EPISODES, _OWN_WEIGHT, _REAL_WEIGHT = 6, 2.0, 5.0
_PARTS: tuple[tuple[str, ...], ...] = ((), ("e5",), ("use",), ("e5", "use"))


def public_records(folder: Path, own: Path, encoder: Encoder | None) -> list[Record]:
    """Everything that is not a message of shop_ru_dev."""
    chance = random.Random(5)
    records: list[Record] = []
    for name, (most, times, weight) in _SETS.items():
        groups = labelled(folder / name, most)
        drawn = [
            one for turn in range(times) for one in episode(groups, WORDINGS[turn % len(WORDINGS)], chance, encoder)
        ]
        records += weighted(drawn, weight)
    entries = read_entries(own / "shop_ru_dev_faq.jsonl").entries
    drawn = [one for _ in range(_OWN_EPISODES) for one in own_wordings(entries, chance, encoder)]
    return records + weighted(drawn, _OWN_WEIGHT)


def columns(records: Sequence[Record], parts: tuple[str, ...], all_parts: tuple[str, ...]) -> list[Record]:
    """The records with only the features of these parts."""
    every = names(all_parts)
    kept = [every.index(name) for name in names(parts)]
    return [one._replace(features=one.features[:, kept]) for one in records if len(one.features)]


def fitted(records: Sequence[Record], parts: tuple[str, ...]) -> dict[str, Any]:
    """Weights of ranking and confidence, rounded to what matters."""
    rank = fit_rank(records)
    named = {name: round(float(weight), 5) for name, weight in zip(names(parts), rank, strict=True)}
    confidence = {name: round(weight, 5) for name, weight in fit_confidence(records, rank).items()}
    return {"rank": named, "confidence": confidence}


def main(folder: Path, own: Path, target: Path) -> None:
    """Writes the weights for every set of encoders there are."""
    encoder = WheelEncoder(_PARTS[-1])
    records = public_records(folder, own, encoder)
    real = asked_for_real(own / "shop_ru_dev_faq.jsonl", own / "shop_ru_dev_queries.jsonl", encoder)
    sparse = [one for one in records if one.wordings < RICH] + weighted([one for _, one in real], _REAL_WEIGHT)
    rich = [one for one in records if one.wordings > RICH / 2]
    found = {
        "+".join(parts) or "letters": {
            kind: fitted(columns(chosen, parts, _PARTS[-1]), parts)
            for kind, chosen in (("sparse", sparse), ("rich", rich))
        }
        for parts in _PARTS
    }
    target.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    root = Path(__file__).parents[2]
    main(Path(sys.argv[1]), root / "tests" / "data" / "faq", root / "faq" / "ranking" / "weights.json")
