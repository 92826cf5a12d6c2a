"""Makes letters.json: how likely one letter follows another in Russian and in English.

Sources: the word forms of pymorphy3's OpenCorpora dictionary and the function words of Snowball for Russian; the
train files of CLINC150 (CC BY 3.0) and BANKING77 (CC BY 4.0) for English. Only letter pair counts are kept, no message.
"""

import json
import math
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

_COMMON = (
    "и в не на я что тот быть с а весь это как она по но они к у ты из мы за вы так же от сказать этот который мочь "
    "о ещё бы такой только себя свой какой когда уже для вот кто да говорить год мой или если до время ли рука нет "
    "самый ни стать большой даже другой наш под где дело есть сам раз чтобы два там чем жизнь первый тут при день "
    "можно нельзя почему сколько куда зачем мне меня вам вас нам нас ваш ваша ваши мой моя мои хочу могу нужно надо "
    "сделать пришел пришла пришло оплатить вернуть деньги карта счет номер телефон адрес сайт пароль здравствуйте "
    "привет спасибо пожалуйста подскажите добрый день если уже еще нет да работает через после перед без или либо"
)
_WEIGHT = 4000


def russian_words() -> Iterable[tuple[str, int]]:
    """Words with weights; frequent function words are repeated, for a dictionary lists each form once."""
    import pymorphy3

    for form, _ in pymorphy3.MorphAnalyzer(lang="ru").dictionary.words.iteritems():
        yield form.replace("ё", "е"), 1
    for word in _COMMON.replace("ё", "е").split():
        yield word, _WEIGHT


def english_words(folder: Path) -> Iterable[tuple[str, int]]:
    """Words of the English train messages."""
    for name in ("clinc150/train.jsonl", "banking77/train.jsonl"):
        for line in (folder / name).read_text("utf-8").splitlines():
            for word in json.loads(line)["text"].lower().split():
                yield word.strip("?!.,'\""), 1


def table(words: Iterable[tuple[str, int]], letters: str) -> dict[str, list[int]]:
    """First letter -> log-probability of each letter next (" " is the edge of a word), in hundredths of a nat."""
    pairs: Counter[str] = Counter()
    for word, weight in words:
        if word and all(letter in letters for letter in word):
            edged = f" {word} "
            for at in range(len(edged) - 1):
                pairs[edged[at : at + 2]] += weight
    alphabet = " " + letters
    rows = {}
    for first in alphabet:
        total = sum(pairs[first + second] for second in alphabet)
        share = [(pairs[first + second] + 0.0002 * total + 0.1) / (total * 1.01 + 5) for second in alphabet]
        rows[first] = [round(100 * math.log(part)) for part in share]
    return rows


def main(folder: Path, target: Path) -> None:
    """Writes the tables of both alphabets."""
    tables = {
        "ru": table(russian_words(), "абвгдежзийклмнопрстуфхцчшщъыьэюя"),
        "en": table(english_words(folder), "abcdefghijklmnopqrstuvwxyz"),
    }
    target.write_text(json.dumps(tables, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).with_name("letters.json"))
