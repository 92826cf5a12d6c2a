"""`otklik faq …` on both databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Otklik

HEADER = "id,category,question,answer,phrasings\n"
GOOD = HEADER + (
    "delivery,Доставка,Сколько идёт доставка?,Три дня.,когда привезут|срок доставки\n"
    "return,Возврат,Как вернуть товар?,Позвоните нам.,хочу вернуть\n"
)
FAULTY = GOOD + ",Без имени,Вопрос?,Ответ.,\ndelivery,Доставка,Ещё раз?,Да.,\n"


def write(name: str, text: str, encoding: str = "utf-8") -> Path:
    path = Path(name)
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.usefixtures("on_database")
class TestOnDatabase:
    def test_import_then_export_then_import_changes_nothing(self, otklik: Otklik) -> None:
        assert otklik("faq", "import", write("faq.csv", GOOD), "--json").json == {
            "imported": 2,
            "updated": 0,
            "unchanged": 0,
            "errors": [],
        }
        for name in ("out.csv", "out.xlsx", "out.yaml", "out.jsonl"):
            assert otklik("faq", "export", name).code == 0
            assert otklik("faq", "import", name, "--json").json["unchanged"] == 2

    def test_changed_entry_is_updated(self, otklik: Otklik) -> None:
        otklik("faq", "import", write("faq.csv", GOOD))
        said = otklik("faq", "import", write("faq.csv", GOOD.replace("Три дня", "Два дня")))
        assert said.out == "0 entries added, 1 updated, 1 unchanged\n"

    def test_dry_run_changes_nothing(self, otklik: Otklik) -> None:
        said = otklik("faq", "import", write("faq.csv", GOOD), "--dry-run")
        assert said.code == 0
        assert said.out.startswith("2 entries would be added")
        assert otklik("faq", "import", "faq.csv", "--json").json["imported"] == 2

    def test_faulty_rows_are_named_and_nothing_is_imported(self, otklik: Otklik) -> None:
        said = otklik("faq", "import", write("faq.csv", FAULTY))
        assert said.code == 1
        assert "row 4, id:" in said.err
        assert "row 5, id:" in said.err
        assert "nothing was imported" in said.err
        assert otklik("faq", "import", write("faq.csv", GOOD), "--json").json["imported"] == 2

    def test_faulty_rows_as_json(self, otklik: Otklik) -> None:
        said = otklik("faq", "import", write("faq.csv", FAULTY), "--json")
        assert said.code == 1
        assert (said.json["imported"], said.json["updated"], said.json["unchanged"]) == (0, 0, 0)
        assert [(fault["row"], fault["column"]) for fault in said.json["errors"]] == [(4, "id"), (5, "id")]
        assert all(fault["reason"] for fault in said.json["errors"])

    @pytest.mark.parametrize("name", ["missing.csv", "faq.docx"])
    def test_file_that_cannot_be_read(self, otklik: Otklik, name: str) -> None:
        write("faq.docx", "x")
        said = otklik("faq", "import", name, "--json")
        assert said.code == 1
        assert name in said.complaint
        assert said.json["errors"][0]["row"] is None

    def test_export_to_where_one_may_not_write(self, otklik: Otklik) -> None:
        assert otklik("faq", "export", "nowhere/faq.csv").code == 1

    def test_search_explains(self, otklik: Otklik) -> None:
        otklik("faq", "import", write("faq.csv", GOOD))
        said = otklik("faq", "search", "когда привезут")
        assert said.code == 0
        assert "read as" in said.out
        assert "delivery" in said.out
        found = otklik("faq", "search", "когда привезут", "--json").json
        assert found["text"] == "когда привезут"
        assert found["matches"][0]["id"] == "delivery"
        assert 0 <= found["matches"][0]["score"] <= 1

    def test_search_in_an_empty_faq(self, otklik: Otklik) -> None:
        said = otklik("faq", "search", "где заказ")
        assert said.code == 0
        assert "faq import" in said.out


def test_match_needs_no_database(otklik: Otklik, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTKLIK_DATABASE_URL", "nonsense")
    queries = [{"id": 1, "text": "когда привезут", "note": "kept"}, {"id": "b", "text": "позовите оператора"}]
    write("queries.jsonl", "\n".join(json.dumps(query) for query in queries))
    said = otklik("faq", "match", "--faq", write("faq.csv", GOOD), "--queries", "queries.jsonl")
    assert said.code == 0
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [line["id"] for line in lines] == [1, "b"]
    assert lines[0]["note"] == "kept"
    assert lines[0]["matches"][0]["id"] == "delivery"
    assert lines[1]["decision"] == "handoff"


def test_match_with_a_faulty_line(otklik: Otklik) -> None:
    write("queries.jsonl", '{"id": 1, "text": "x"}\nnonsense\n')
    said = otklik("faq", "match", "--faq", write("faq.csv", GOOD), "--queries", "queries.jsonl")
    assert said.code == 1
    assert said.out == ""
    assert "2" in said.complaint
