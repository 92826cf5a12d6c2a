"""Labelled messages -> records for fitting: small FAQs drawn from the labels, asked with other messages."""

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from faq.encoder import Encoder
from faq.entry import Entry
from faq.files import read_entries
from faq.index import Index
from faq.training.fit import Record

Labelled = Mapping[str, Sequence[str]]
"""Label -> its messages."""

SCOPE_SHARE = 0.2
"""Weight of messages that no entry answers."""
WORDINGS = ((1, 1), (1, 4), (2, 6), (5, 30), (5, 40))
"""Least and most wordings of an entry, by turns."""
_ASKED, _FOREIGN, _OF_EACH = 45, 14, 6


def labelled(path: Path, most: int) -> dict[str, list[str]]:
    """Up to `most` messages of each label of a JSONL file with `text` and `label`; unlabelled ones are left out."""
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["label"] is not None:
            found.setdefault(row["label"], []).append(row["text"])
    for label, texts in found.items():
        random.Random(label).shuffle(texts)
        found[label] = list(dict.fromkeys(texts))[:most]
    return {label: texts for label, texts in found.items() if len(texts) > 1}


def record(index: Index, text: str, expected: str | None) -> Record:
    """What the index finds for a message, as a record of weight 1."""
    trace = index.trace(text)
    ids = [trace.ids[entry] for entry in trace.found.entries]
    return Record(
        features=trace.found.features,
        right=ids.index(expected) if expected in ids else -1,
        is_known=expected is not None,
        familiarity=trace.familiarity,
        words=len(trace.normal.split()),
        wordings=index.wordings_of_an_entry,
        weight=1.0,
    )


def episode(
    groups: Labelled, wordings: tuple[int, int], chance: random.Random, encoder: Encoder | None
) -> list[Record]:
    """An FAQ of some labels, asked with messages of theirs that it does not have and with messages of other labels."""
    size = min(chance.choice((8, 20, 45, 77)), max(2, int(len(groups) * chance.uniform(0.5, 0.9))))
    labels = chance.sample(sorted(groups), size)
    entries, asked = [], []
    for label in labels:
        texts = list(groups[label])
        chance.shuffle(texts)
        count = min(chance.randint(*wordings), len(texts) - 1)
        entries.append(Entry(label, "", texts[0], "-", tuple(texts[1:count]), "en"))
        asked += [(label, text) for text in texts[count : count + _OF_EACH]]
    foreign = [(None, text) for label in groups if label not in labels for text in groups[label]]
    chance.shuffle(asked)
    chance.shuffle(foreign)
    index = Index.build(entries, encoder=encoder)
    return [record(index, text, label) for label, text in [*asked[:_ASKED], *foreign[:_FOREIGN]]]


def own_wordings(entries: Sequence[Entry], chance: random.Random, encoder: Encoder | None) -> list[Record]:
    """An FAQ asked with one wording of each entry taken out of it; a fifth of the entries is left out whole."""
    kept: list[Entry] = []
    asked: list[tuple[str | None, str]] = []
    for entry in entries:
        wordings = list(entry.wordings)
        chance.shuffle(wordings)
        if chance.random() < SCOPE_SHARE:
            asked.append((None, wordings[0]))
        elif len(wordings) > 1:
            asked.append((entry.id, wordings[0]))
            kept.append(Entry(entry.id, entry.category, wordings[1], entry.answer, tuple(wordings[2:])))
    index = Index.build(kept, encoder=encoder)
    return [record(index, text, entry_id) for entry_id, text in asked]


def asked_for_real(faq: Path, queries: Path, encoder: Encoder | None) -> list[tuple[str | None, Record]]:
    """The messages of a file asked of its whole FAQ: what was expected, and the record."""
    index = Index.build(read_entries(faq).entries, encoder=encoder)
    rows = map(json.loads, queries.read_text("utf-8").splitlines())
    return [(row["expected"], record(index, row["text"], row["expected"])) for row in rows]


def weighted(records: Sequence[Record], total: float) -> list[Record]:
    """The records with weights that add up to `total`, those out of scope to a fifth of it."""
    known = sum(record.is_known for record in records) or 1
    foreign = len(records) - known or 1
    return [
        one._replace(weight=total * ((1 - SCOPE_SHARE) / known if one.is_known else SCOPE_SHARE / foreign))
        for one in records
    ]
