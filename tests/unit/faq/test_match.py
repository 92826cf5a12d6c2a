"""`otklik faq match`: one line out for each query in, as other programs read it."""

import io
import json
from pathlib import Path

import pytest

from core.errors import InvalidInput
from faq.match import match_file

DATA = Path(__file__).parents[2] / "data" / "faq"


def matched(folder: Path, *lines: str) -> list[dict[str, object]]:
    queries = folder / "queries.jsonl"
    queries.write_text("\n".join(lines), "utf-8")
    out = io.StringIO()
    match_file(DATA / "shop_ru_dev_faq.jsonl", queries, out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_decisions_in_order(tmp_path: Path) -> None:
    texts = ["как отменить заказ", "позовите человека", "спасибо", "сколько калорий в банане", ""]
    rows = matched(tmp_path, *[json.dumps({"id": at, "text": text}) for at, text in enumerate(texts)])
    assert [row["decision"] for row in rows] == ["answer", "handoff", "smalltalk", "none", "none"]
    assert [row["id"] for row in rows] == [0, 1, 2, 3, 4]


def test_output_keeps_further_keys_and_shows_up_to_five_matches(tmp_path: Path) -> None:
    (row,) = matched(tmp_path, '{"text": "как оплатить заказ", "expected": "pay_methods", "id": "q1"}')
    assert list(row) == ["id", "text", "expected", "decision", "matches"]
    matches = row["matches"]
    assert isinstance(matches, list)
    assert len(matches) == 5
    assert set(matches[0]) == {"id", "score", "phrasing"}
    scores = [match["score"] for match in matches]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"id": 1, "text": 5}'])
def test_a_faulty_query_is_named_by_its_line(line: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="line 3"):
        matched(tmp_path, '{"id": 1, "text": "a"}', "", line)


def test_a_faulty_faq_is_refused(tmp_path: Path) -> None:
    faq = tmp_path / "faq.csv"
    faq.write_text("id,question,answer\na,,a\n")
    queries = tmp_path / "queries.jsonl"
    queries.write_text("")
    with pytest.raises(InvalidInput, match="row 2, question"):
        match_file(faq, queries, io.StringIO())
