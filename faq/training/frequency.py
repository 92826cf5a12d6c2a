"""Makes frequency.json, how common terms are in customers' messages anywhere: python -m faq.training.frequency FOLDER.

Counted in the train files of the public sets of intents under FOLDER and in the project's own messages of many trades;
no message of a test file is read. Of a term is kept the share of messages of its language that have it.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from faq.normalize import grams, normalize, question_of, stems
from faq.ranking.concepts import concepts
from faq.training.sources import TRADES, TRAIN_FILES
from faq.training.trades import read_trades
from faq.words.senses import senses

_LEAST = 0.002
"""Terms less common than that are left out: they count as not common at all."""


def english(folder: Path) -> Iterator[list[str]]:
    """The messages of each set, and those of each trade in English."""
    for name in TRAIN_FILES:
        yield [json.loads(line)["text"] for line in (folder / name).read_text("utf-8").splitlines()]
    found = read_trades(TRADES)
    for trade, entries in found.entries.items():
        if found.language(trade) == "en":
            yield [text for one in entries for text in (*one.wordings, *one.messages, *one.plain)] + found.near[trade]


def russian() -> Iterator[list[str]]:
    """Wordings and messages of all trades in Russian."""
    found = read_trades(TRADES)
    every = [one for trade, own in found.entries.items() if found.language(trade) == "ru" for one in own]
    yield [text for one in every for text in (*one.wordings, *one.messages)] + found.foreign


def shares(sets: Iterable[list[str]]) -> tuple[dict[str, float], dict[str, float]]:
    """The mean share, over the sets, of messages with each trigram, and with each stem, concept or group."""
    by_gram: dict[str, float] = defaultdict(float)
    by_word: dict[str, float] = defaultdict(float)
    count = 0
    for texts in sets:
        count += 1
        for text in texts:
            normal = question_of(normalize(text))
            own = stems(normal)
            for counter, terms in ((by_gram, set(grams(normal))), (by_word, {*own, *concepts(own), *senses(own)})):
                for term in terms:
                    counter[term] += 1 / len(texts)
    return _kept(by_gram, count), _kept(by_word, count)


def _kept(counter: Mapping[str, float], count: int) -> dict[str, float]:
    return {term: round(share / count, 4) for term, share in sorted(counter.items()) if share / count >= _LEAST}


def main(folder: Path, target: Path) -> None:
    """Writes the shares, those of both languages side by side; a term of both has the greater one."""
    found: dict[str, dict[str, float]] = {"grams": {}, "words": {}}
    for sets in (russian(), english(folder)):
        for kept, own in zip(found.values(), shares(sets), strict=True):
            for term, share in own.items():
                kept[term] = max(share, kept.get(term, 0.0))
    target.write_text(json.dumps(found, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parents[1] / "words" / "frequency.json")
