"""The stemmers come alone, say the same as the package's own, and leave it usable."""

from __future__ import annotations

import subprocess
import sys

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
