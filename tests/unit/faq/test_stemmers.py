"""The stemmers come alone, say the same as the package's own, and leave it usable."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from faq.words.stemmers import open_stemmer

_ALONE = """
import sys
from faq.words.stemmers import open_stemmer
assert "snowballstemmer.serbian_stemmer" not in sys.modules
import snowballstemmer
for language, words in {
    "russian": "заказами доставленный возвращаются оплата ёлки пожалуйста",
    "english": "deliveries returning orders paid kindly skies",
}.items():
    ours, theirs = open_stemmer(language), snowballstemmer.stemmer(language)
    assert [ours.stemWord(word) for word in words.split()] == [theirs.stemWord(word) for word in words.split()]
assert snowballstemmer.stemmer("german").stemWord("häuser") == "haus"
"""


def test_two_stemmers_without_the_package() -> None:
    subprocess.run([sys.executable, "-c", _ALONE], check=True)


def test_threads_do_not_mix_up_their_words() -> None:
    endings = ("ение", "енными", "ающихся", "ами", "ейшего")
    words = [root + ending for root in ("возвращ", "достав", "получ", "заказ") for ending in endings]
    stemmer = open_stemmer("russian")
    wanted = [stemmer.stemWord(word) for word in words] * 50
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: [stemmer.stemWord(word) for word in words * 50], range(4)))
    finally:
        sys.setswitchinterval(before)
    assert found == [wanted] * 4
