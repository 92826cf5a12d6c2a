"""`otklik faq` beside files: history, suggestions, gaps, exceptions, the confidence, collisions, measuring."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from bot.storage.database import open_engine, read_url
from bot.storage.tables import conversation, customer, faq_answer, identity
from bot.storage.views.audit import list_acts
from core.clock import SystemClock
from tests.integration.cli.conftest import Otklik

FAQ = (
    "id,category,question,answer,phrasings\n"
    "delivery,Доставка,Когда привезут заказ?,Курьер приедет через три дня.,срок доставки\n"
    "return,Возврат,Как вернуть товар?,Напишите заявление.,хочу вернуть товар\n"
)
UNKNOWN = "когда же явится посыльный"


@pytest.fixture
def engine(on_database: str, otklik: Otklik) -> Engine:
    Path("faq.csv").write_text(FAQ, "utf-8")
    assert otklik("faq", "import", "faq.csv").code == 0
    otklik("operator", "add", "anna", "--role", "admin")
    return open_engine(read_url(on_database))


def ask(engine: Engine, question: str, decision: str, entry: str = "", outcome: str = "") -> None:
    """A conversation with one question."""
    now = SystemClock().now()
    with engine.begin() as connection:
        person = connection.execute(insert(customer).values(created_at=now).returning(customer.c.id)).scalar_one()
        values = {"customer_id": person, "channel": "vk", "account": "1", "address": str(person), "created_at": now}
        address = connection.execute(insert(identity).values(values).returning(identity.c.id)).scalar_one()
        values = {"customer_id": person, "identity_id": address, "channel": "vk", "status": "closed", "dialogue": {}}
        times = {"opened_at": now, "touched_at": now}
        opened = insert(conversation).values(values | times).returning(conversation.c.id)
        number = connection.execute(opened).scalar_one()
        row = {"conversation_id": number, "question": question, "decision": decision, "created_at": now}
        connection.execute(insert(faq_answer).values(row | {"entry_key": entry or None, "outcome": outcome or None}))
    engine.dispose()


def test_suggestion_from_use_to_answer_and_back(otklik: Otklik, engine: Engine) -> None:
    ask(engine, UNKNOWN, "chosen", "delivery", "helped")
    (found,) = otklik("faq", "suggestions", "--json").json
    assert (found["kind"], found["entry_id"], found["text"], found["count"]) == ("phrasing", "delivery", UNKNOWN, 1)
    number = str(found["id"])
    said = otklik("faq", "approve", number, "--by", "anna")
    assert "approved by anna" in said.out
    assert otklik("faq", "search", UNKNOWN, "--json").json["matches"][0]["phrasing"] == UNKNOWN
    assert otklik("faq", "approve", number).code == 1
    history = otklik("faq", "history", "delivery", "--json").json
    assert [(one["act"], one["by"], one["source"]) for one in history] == [
        ("learned", "anna", f"suggestion {number}"),
        ("imported", None, "faq.csv"),
    ]
    assert otklik("faq", "undo", number, "--by", "anna").code == 0
    assert otklik("faq", "search", UNKNOWN, "--json").json["matches"][0]["phrasing"] != UNKNOWN
    assert otklik("faq", "reject", number).code == 0
    assert otklik("faq", "suggestions", "--json").json == []
    assert [one["state"] for one in otklik("faq", "suggestions", "--all", "--json").json] == ["rejected"]


def test_what_was_done_is_in_the_audit_log_with_who_did_it(otklik: Otklik, engine: Engine) -> None:
    ask(engine, UNKNOWN, "chosen", "delivery", "helped")
    (found,) = otklik("faq", "suggestions", "--json").json
    number, changed = str(found["id"]), write_changed()
    otklik("faq", "import", changed, "--by", "anna", "--dry-run")  # does nothing, so nothing is written down
    otklik("faq", "import", changed, "--by", "anna")
    otklik("faq", "approve", number, "--by", "anna")
    otklik("faq", "undo", number)
    otklik("faq", "except", "когда привезут кота", "--by", "anna")
    otklik("faq", "exceptions", "--end", "1", "--by", "anna")
    (first, *_) = otklik("faq", "history", "delivery", "--json").json[::-1]
    otklik("faq", "rollback", "delivery", str(first["revision"]), "--by", "anna")
    assert otklik("faq", "import", "faq.csv", "--by", "nobody").code == 1
    with engine.connect() as connection:
        rows = list_acts(connection)[::-1]
    engine.dispose()
    learned = {"suggestion": int(number), "kind": "phrasing", "entry": "delivery"}
    assert {row.desk for row in rows} == {"shell"}
    assert [(row.who, row.act, dict(row.detail)) for row in rows] == [
        ("", "faq_import", {"file": "faq.csv", "added": 2, "changed": 0, "unchanged": 0}),
        ("", "operator.added", {"login": "anna", "role": "admin"}),
        ("anna", "faq_import", {"file": "changed.csv", "added": 0, "changed": 1, "unchanged": 1}),
        ("anna", "faq_approve", learned),
        ("", "faq_undo", learned),
        ("anna", "faq_ignore", {"exceptions": [1]}),
        ("anna", "faq_heed", {"exceptions": [1]}),
        ("anna", "faq_back", {"entry": "delivery"}),
    ]
    assert otklik("faq", "history", "delivery", "--json").json[-2]["by"] == "anna"  # the import


def test_several_decisions_are_taken_all_or_not_at_all(otklik: Otklik, engine: Engine) -> None:
    ask(engine, UNKNOWN, "chosen", "delivery", "helped")
    (found,) = otklik("faq", "suggestions", "--json").json
    said = otklik("faq", "approve", str(found["id"]), "999")
    assert said.code == 1
    assert "999" in said.complaint
    assert [one["state"] for one in otklik("faq", "suggestions", "--json").json] == ["open"]


def test_decision_of_nobody(otklik: Otklik, engine: Engine) -> None:
    said = otklik("faq", "reject", "1", "--by", "nobody")
    assert said.code == 1
    assert "nobody" in said.complaint


def test_roll_back(otklik: Otklik, engine: Engine) -> None:
    otklik("faq", "import", write_changed())
    newest, first = otklik("faq", "history", "delivery", "--json").json
    assert newest["changed"]["answer"]["before"] == "Курьер приедет через три дня."
    said = otklik("faq", "rollback", "delivery", str(first["revision"]), "--by", "anna")
    assert said.code == 0
    assert "as it was after revision" in said.out
    changed = otklik("faq", "history", "delivery").out
    assert "rolled_back by anna" in changed
    assert "Завтра. → Курьер приедет" in changed
    assert otklik("faq", "rollback", "return", str(first["revision"])).code == 1
    assert otklik("faq", "history", "gone").code == 1


def write_changed() -> Path:
    path = Path("changed.csv")
    path.write_text(FAQ.replace("Курьер приедет через три дня.", "Завтра."), "utf-8")
    return path


def test_gaps_and_exceptions(otklik: Otklik, engine: Engine) -> None:
    for question in ("есть ли у вас аквариумы", "аквариумы есть?"):
        ask(engine, question, "none")
    (gap,) = otklik("faq", "gaps", "--json").json
    assert (gap["question"], gap["count"], gap["samples"]) == ("аквариумы есть?", 2, ["есть ли у вас аквариумы"])
    assert otklik("faq", "gaps").out.startswith("   2 ×  аквариумы есть?")
    for question in ("есть ли у вас аквариумы", "аквариумы есть?"):
        assert otklik("faq", "except", question).code == 0
    assert otklik("faq", "gaps", "--json").json == []
    said = otklik("faq", "except", "срок доставки", "--entry", "delivery", "--by", "anna")
    assert otklik("faq", "search", "срок доставки", "--json").json["decision"] != "answer"
    assert "not to be answered with delivery" in otklik("faq", "search", "срок доставки").out
    number = said.out.split()[1].rstrip(";")
    left = otklik("faq", "exceptions", "--end", number, "--json").json
    assert number not in {str(one["id"]) for one in left}
    assert otklik("faq", "search", "срок доставки", "--json").json["decision"] == "answer"
    assert otklik("faq", "except", "что угодно", "--entry", "gone").code == 1


def test_refit_says_why_not(otklik: Otklik, engine: Engine) -> None:
    said = otklik("faq", "refit")
    assert said.code == 0
    assert "150 are needed" in said.out
    assert otklik("faq", "refit", "--undo").code == 1


def test_competing_entries_are_told_at_import_and_by_check(otklik: Otklik, engine: Engine) -> None:
    assert otklik("faq", "check", "--json").json == []
    Path("more.csv").write_text("id,question,answer\ntwin,Когда привезут заказ,Никогда.\n", "utf-8")
    said = otklik("faq", "import", "more.csv", "--dry-run")
    assert "compete" in said.err
    found = otklik("faq", "import", "more.csv", "--json").json
    assert {found["collisions"][0]["entry_id"], found["collisions"][0]["other_id"]} == {"twin", "delivery"}
    (listed,) = otklik("faq", "check", "--json").json
    assert "remove it from one of them" in listed["advice"]
    assert "compete" not in otklik("faq", "import", "more.csv").err  # nothing new came
    assert otklik("faq", "check", "--faq", "more.csv", "--json").json == []


@pytest.mark.usefixtures("engine")
def test_search_shows_what_speaks_for_the_candidates(otklik: Otklik) -> None:
    found = otklik("faq", "search", "подскажите когда заказ привезут мне", "--json").json
    first = found["candidates"][0]
    assert first["id"] == "delivery"
    assert set(first) == {"id", "score", "rank", "features"}
    found = otklik("faq", "search", "заказ привезут, вернуть товар", "--json").json
    signs = [one["features"]["grams"] for one in found["candidates"]]
    assert len(signs) > 1
    mean = sum(sign["value"] for sign in signs) / len(signs)
    assert [sign["above"] for sign in signs] == pytest.approx([sign["value"] - mean for sign in signs], abs=0.001)
    assert max(sign["above"] for sign in signs) > 0
    assert "grams" in otklik("faq", "search", "подскажите когда заказ привезут мне").out


def test_evaluate_needs_no_database(otklik: Otklik, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTKLIK_DATABASE_URL", "nonsense")
    Path("faq.csv").write_text(FAQ, "utf-8")
    asked = [("когда привезут", "delivery"), ("вернуть товар", "return"), ("аквариумы", None)]
    lines = [json.dumps({"text": text, "expected": expected}) for text, expected in asked]
    Path("queries.jsonl").write_text("\n".join(lines), "utf-8")
    report = otklik("faq", "evaluate", "--faq", "faq.csv", "--queries", "queries.jsonl", "--json").json
    assert report["messages"] == 3
    assert report["recall_1"] == 1
    said = otklik("faq", "evaluate", "--faq", "faq.csv", "--queries", "queries.jsonl", "--wish", "90")
    assert "%" in said.out
    assert otklik("faq", "evaluate", "--faq", "faq.csv", "--queries", "queries.jsonl", "--wish", "20").code == 2
