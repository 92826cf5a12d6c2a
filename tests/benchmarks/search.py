"""Time and memory of the search: python -m tests.benchmarks.search [--encoder]; prints one JSON object."""

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from faq.answer import judge_burst
from faq.encoder import Encoder, installed_encoder
from faq.entry import Entry
from faq.index import Index

_THINGS = (
    "заказ товар посылка карта пароль аккаунт чек размер подписка баллы курьер адрес телефон возврат гарантия "
    "скидка счет "
    "договор тариф номер кабинет приложение сайт письмо код оплата платеж деньги подарок сертификат магазин склад"
).split()
_ACTS = (
    "вернуть отменить изменить получить найти оплатить обменять удалить восстановить проверить отследить "
    "заказать выбрать "
    "подключить отключить перенести узнать оформить продлить активировать потратить сменить "
    "подтвердить забрать отправить"
).split()
_HOWS = ("как", "можно ли", "где", "когда", "почему не получается", "сколько стоит", "нужно ли", "что делать чтобы")
_SYLLABLES = "ва ко ри лен тор ми сун ба деш гра пол ни жу рак оло фер би кат зон мел".split()
_QUERIES = 400


def wording(chance: random.Random, name: str) -> str:
    """A question of common words and one name that few others have."""
    return f"{chance.choice(_HOWS)} {chance.choice(_ACTS)} {chance.choice(_THINGS)} {name}"


def made(count: int, chance: random.Random) -> list[Entry]:
    """Entries with three wordings each."""
    found = []
    for number in range(count):
        name = "".join(chance.choices(_SYLLABLES, k=3))
        wordings = [wording(chance, name) for _ in range(3)]
        found.append(Entry(str(number), "", wordings[0], f"Ответ: {wording(chance, name)}.", tuple(wordings[1:])))
    return found


def asked(entries: list[Entry], chance: random.Random) -> list[str]:
    """Wordings with a word more and a letter less."""
    texts = []
    for _ in range(_QUERIES):
        text = chance.choice(chance.choice(entries).wordings)
        at = chance.randrange(3, len(text) - 1)
        texts.append(f"подскажите {text[:at]}{text[at + 1 :]} {chance.choice(_THINGS)}")
    return texts


def misspelt(entries: list[Entry], chance: random.Random) -> list[str]:
    """Wordings with a letter less."""
    texts = [chance.choice(chance.choice(entries).wordings) for _ in range(_QUERIES)]
    return [text[: len(text) - 3] + text[len(text) - 2 :] for text in texts]


class MadeUp:
    """An encoder that encodes single texts, as queries are, and makes up the vectors of batches, as entries are: the
    time of a search depends on their number only, and encoding them all would take ten minutes."""

    def __init__(self, encoder: Encoder) -> None:
        # numpy only now: the search sets it up for one thread first
        import numpy as np

        self._encoder = encoder
        self._chance = np.random.default_rng(1)
        self.name, self.parts, self.widths = encoder.name, encoder.parts, encoder.widths

    def encode(self, texts: Sequence[str]) -> Any:
        if len(texts) == 1:
            return self._encoder.encode(texts)
        return self._chance.normal(size=(len(texts), sum(self.widths))).astype("float32")


def timed(index: Index, texts: list[str]) -> list[float]:
    """Milliseconds of processor time for each verdict, least first."""
    times = []
    for text in texts:
        started = time.process_time_ns()
        judge_burst(index, [text])
        times.append((time.process_time_ns() - started) / 1e6)
    return sorted(times)


def measured(count: int, keep: Path | None) -> dict[str, float]:
    """Seconds of the build, milliseconds of processor time for a verdict on a message to search for and on a known
    wording with a letter less, and megabytes at the most. `keep`: the folder for the file of the encoders, None for a
    search without them."""
    chance = random.Random(3)
    entries = made(count, chance)
    installed = installed_encoder(keep) if keep else None
    started = time.process_time()
    index = Index.build(entries, encoder=MadeUp(installed) if installed else None)
    index.search("that the models are loaded")
    built = time.process_time() - started
    times = timed(index, asked(entries, chance))
    known = timed(index, misspelt(entries, chance))
    return {
        "entries": count,
        "build_s": round(built, 2),
        "p50_ms": round(times[len(times) // 2], 2),
        "p95_ms": round(times[len(times) * 95 // 100], 2),
        "known_p50_ms": round(known[len(known) // 2], 2),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", action="store_true", help="with the encoders that are installed")
    parser.add_argument("--entries", type=int, nargs="*", default=[1_000, 10_000])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps([measured(count, Path(folder) if chosen.encoder else None) for count in chosen.entries]))
