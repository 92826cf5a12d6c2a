"""Labelled messages -> records for fitting: small FAQs drawn from what is known, asked with what they do not have."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from faq.encoder import Encoder
from faq.entry import Entry
from faq.files import read_entries
from faq.index import Index
from faq.training.disguise import altered, disguised
from faq.training.fitting.rows import Record
from faq.training.trades import Asked, Trades

Labelled = Mapping[str, Sequence[str]]
"""Label -> its messages."""
Question = tuple[str | None, str]
"""The id of the entry expected (None: no entry answers), and a message."""

SCOPE_SHARE = 0.2
"""Weight of messages that no entry answers."""
WORDINGS = ((1, 1), (1, 4), (2, 6), (5, 30), (5, 40))
"""Least and most wordings of an entry, by turns."""
TRADE_WORDINGS = ((1, 0), (9, 0), (9, 1), (9, 3))
"""Most wordings of an entry of a trade, and most of its messages that are put among them, by turns."""
_ASKED, _FOREIGN, _OF_EACH = 45, 14, 6
_TRADE_ASKED, _TRADE_FOREIGN, _EASY = 110, 40, 0.6
_DEEP_ASKED, _DEEP_FOREIGN, _DEEP_EASY, _DEEP_PLAIN = 150, 60, 0.25, 0.4
_DROPPED = 0.2
_FEW, _FEW_FOREIGN = (2, 6), 12
FEW_SCOPE_SHARE = 0.5
"""The fewer an FAQ knows, the more it is asked that it does not know."""
_IN_SCOPE_ONLY = 0.35  # of the episodes: companies differ in how much they are asked that they do not know


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
        query=trace.found.query,
        weight=1.0,
    )


def episode(
    groups: Labelled, wordings: tuple[int, int], chance: random.Random, build: Callable[[list[Entry]], Index]
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
    index = build(entries)
    found = [record(index, text, label) for label, text in [*asked[:_ASKED], *foreign[:_FOREIGN]]]
    return [one for one in found if one.is_known] if chance.random() < _IN_SCOPE_ONLY else found


@dataclass(slots=True)
class _Drawn:
    """An FAQ of some trades and what it is to be asked: in customers' words, plainly, nearly in its own, and beside
    it."""

    entries: list[Entry] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    plain: list[Question] = field(default_factory=list)
    easy: list[Question] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def add(
        self,
        entry_id: str,
        trade: str,
        entry: Asked,
        wordings: tuple[int, int],
        chance: random.Random,
        dropped: float = _DROPPED,
    ) -> None:
        """Puts an entry in, or leaves it out with its messages."""
        messages = list(entry.messages)
        chance.shuffle(messages)
        if chance.random() < dropped:
            self.foreign += [*messages, *entry.plain]
            return
        most, moved = wordings
        own = list(entry.wordings)
        if most > 1 and len(own) > 1 and chance.random() < 0.4:
            self.easy.append((entry_id, own.pop(chance.randrange(len(own)))))
        count = min(chance.randint(0, moved), len(messages) - 1)
        own = own[:most] + messages[:count]
        self.easy += [(entry_id, altered(wording, chance)) for wording in own if chance.random() < 0.35]
        self.asked += [(entry_id, message) for message in messages[count:]]
        self.plain += [(entry_id, message) for message in entry.plain]
        category = "" if chance.random() < 0.5 else trade
        self.entries.append(Entry(entry_id, category, own[0], entry.answer, tuple(own[1:]), Trades.language(trade)))

    def records(
        self,
        trades: Trades,
        chosen: Sequence[str],
        counts: tuple[int, int, float],
        chance: random.Random,
        build: Callable[[list[Entry]], Index],
    ) -> list[Record]:
        """What the FAQ finds; `counts` are questions it knows, at most, those it does not, and the easy share (0-1)."""
        known, unknown, share = counts
        others, far = _elsewhere(trades, chosen)
        for texts in (self.asked, self.plain, self.easy, self.foreign, others, far):
            chance.shuffle(texts)
        easy, plain = int(known * share), int(known * _DEEP_PLAIN) if self.plain else 0
        asked: list[Question] = self.asked[: known - easy - plain] + self.plain[:plain] + self.easy[:easy]
        foreign = self.foreign[: unknown // 2] + far[: unknown // 3] + others[: unknown // 6]
        asked += [(None, text) for text in foreign]
        return _told(trades, chosen[0], build(self.entries), asked, chance)


def _elsewhere(trades: Trades, chosen: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is asked of other trades in the language of these, and what nothing answers."""
    language = trades.language(chosen[0])
    others = [trade for trade in trades.entries if trade not in chosen and trades.language(trade) == language]
    asked = [text for trade in others for one in trades.entries[trade] for text in one.messages]
    vain = [text for trade in others for text in trades.near[trade]]
    return asked, vain if language == "en" else list(trades.foreign)


def _told(trades: Trades, trade: str, index: Index, asked: Sequence[Question], chance: random.Random) -> list[Record]:
    """What an index finds for messages; Russian ones in disguise."""
    is_plain = trades.language(trade) == "en"
    return [record(index, text if is_plain else disguised(text, chance), entry_id) for entry_id, text in asked]


def trade_episode(
    trades: Trades,
    chosen: Sequence[str],
    wordings: tuple[int, int],
    chance: random.Random,
    build: Callable[[list[Entry]], Index],
) -> list[Record]:
    """An FAQ of some trades, asked in disguise; a fifth of the entries is left out whole."""
    drawn = _Drawn()
    for trade in chosen:
        for at, entry in enumerate(trades.entries[trade]):
            drawn.add(f"{trade}{at}", trade, entry, wordings, chance)
    return drawn.records(trades, chosen, (_TRADE_ASKED, _TRADE_FOREIGN, _EASY), chance, build)


def deep_episode(
    trades: Trades,
    trade: str,
    size: int,
    wordings: tuple[int, int],
    chance: random.Random,
    build: Callable[[list[Entry]], Index],
) -> list[Record]:
    """The FAQ of one trade as a company has it that writes much down: many entries that compete with each other."""
    drawn = _Drawn()
    entries = trades.entries[trade]
    kept = set(chance.sample(range(len(entries)), min(size, len(entries))))
    for at, entry in enumerate(entries):
        drawn.add(f"{trade}{at}", trade, entry, wordings, chance, dropped=_DROPPED / 2 if at in kept else 1.0)
    # Most of what it is asked in vain is not on an entry that happens to be missing.
    drawn.foreign = chance.sample(drawn.foreign, min(len(drawn.foreign), _DEEP_FOREIGN // 4)) + trades.near[trade]
    return drawn.records(trades, [trade], (_DEEP_ASKED, _DEEP_FOREIGN, _DEEP_EASY), chance, build)


def few_episode(
    trades: Trades,
    chosen: Sequence[str],
    wordings: tuple[int, int],
    chance: random.Random,
    build: Callable[[list[Entry]], Index],
) -> list[Record]:
    """An FAQ of a few entries of some trades, as on the first day, asked in disguise; most of what may be asked is
    foreign to it: the other entries of its trades, other trades, and what nothing answers."""
    drawn = _Drawn()
    every = [(trade, at, entry) for trade in chosen for at, entry in enumerate(trades.entries[trade])]
    few = chance.sample(every, min(chance.randint(*_FEW), len(every)))
    for trade, at, entry in few:
        drawn.add(f"{trade}{at}", trade, entry, wordings, chance, dropped=0.0)
    near = [text for one in every if one not in few for text in one[2].messages]
    others, far = _elsewhere(trades, chosen)
    for texts in (near, others, far):
        chance.shuffle(texts)
    third = _FEW_FOREIGN // 3
    asked: list[Question] = drawn.asked + drawn.plain + drawn.easy
    asked += [(None, text) for text in near[:third] + others[:third] + far[:third]]
    return _told(trades, chosen[0], build(drawn.entries), asked, chance)


def asked_for_real(faq: Path, queries: Path, build: Callable[[list[Entry]], Index]) -> list[tuple[str | None, Record]]:
    """The messages of a file asked of its whole FAQ: what was expected, and the record."""
    index = build(list(read_entries(faq).entries))
    rows = map(json.loads, queries.read_text("utf-8").splitlines())
    return [(row["expected"], record(index, row["text"], row["expected"])) for row in rows]


def builder(encoder: Encoder | None) -> Callable[[list[Entry]], Index]:
    """Builds indexes with this encoder."""
    return lambda entries: Index.build(entries, encoder=encoder)


def weighted(records: Sequence[Record], total: float, scope_share: float = SCOPE_SHARE) -> list[Record]:
    """The records with weights that add up to `total`, those out of scope to their share (0-1) of it."""
    known = sum(record.is_known for record in records) or 1
    foreign = len(records) - known or 1
    return [
        one._replace(weight=total * ((1 - scope_share) / known if one.is_known else scope_share / foreign))
        for one in records
    ]
