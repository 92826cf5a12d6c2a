"""What holds for any text and any FAQ."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from faq.answer import judge
from faq.entry import Entry
from faq.files import read_entries, write_entries
from faq.index import Index
from faq.normalize import all_readings, normalize
from faq.person import asks_for_operator
from faq.smalltalk import is_gibberish, smalltalk

# Every code point there is, lone surrogates and unassigned ones too.
ANY_TEXT = st.lists(st.integers(0, 0x10FFFF).map(chr), max_size=60).map("".join)
WORDS = st.lists(
    st.sampled_from("где мой заказ вернуть деньги оплата how pay order карта".split()), min_size=1, max_size=4
)
WORDINGS = WORDS.map(" ".join)
FAQS = st.lists(st.tuples(WORDINGS, st.lists(WORDINGS, max_size=2, unique=True)), min_size=1, max_size=6)


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
def test_any_code_points_are_read_and_judged(text: str) -> None:
    normal = normalize(text)
    assert normalize(normal) == normal
    assert all_readings(text)
    asks_for_operator(text)
    smalltalk(text)
    is_gibberish(text)
    for match in judge(INDEX, text).matches:
        assert 0 <= match.score <= 1


@settings(max_examples=25, deadline=None)
@given(FAQS, WORDINGS, st.sampled_from(["csv", "yaml", "jsonl", "xlsx"]))
def test_any_faq_answers_the_same_after_export_and_import(
    faq: list[tuple[str, list[str]]], text: str, suffix: str
) -> None:
    entries = [
        Entry(f"e{at}", "", question, "Ответ.", tuple(one for one in phrasings if one != question))
        for at, (question, phrasings) in enumerate(faq)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"faq.{suffix}"
        write_entries(path, entries)
        again = read_entries(path).entries
    assert judge(Index.build(again), text) == judge(Index.build(entries), text)


@settings(max_examples=100, deadline=None)
@given(FAQS, WORDINGS)
def test_probabilities_never_rise_and_share_one(faq: list[tuple[str, list[str]]], text: str) -> None:
    index = Index.build([Entry(f"e{at}", "", one, "-", tuple(more)) for at, (one, more) in enumerate(faq)])
    scores = [match.score for match in index.search(text)]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) <= 1 + 1e-6


INDEX = Index.build([Entry("a", "", "Где мой заказ?", "В пути."), Entry("b", "", "How to pay?", "By card.")])
