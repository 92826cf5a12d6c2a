"""The index: lookups, categories, and the same answers after export and import."""

from pathlib import Path

import pytest

from core.errors import NotFound
from faq.entry import Entry
from faq.files import read_entries, write_entries
from faq.index import Index

DATA = Path(__file__).parents[2] / "data" / "faq"
ENTRIES = (
    Entry("a", "Оплата", "Как оплатить?", "Картой.", ("Чем платить",)),
    Entry("b", "Доставка", "Где заказ?", "В пути."),
    Entry("c", "Оплата", "Где чек?", "На почте."),
    Entry("d", "Payment", "How to pay?", "By card.", language="en"),
)


def test_categories_are_in_order_of_first_appearance() -> None:
    index = Index.build(ENTRIES)
    assert index.categories() == ("Оплата", "Доставка", "Payment")
    assert index.categories("en") == ("Payment",)
    assert [entry.id for entry in index.entries_in("Оплата")] == ["a", "c"]


def test_entry_not_there() -> None:
    assert Index.build(ENTRIES).entry("b").answer == "В пути."
    with pytest.raises(NotFound):
        Index.build(ENTRIES).entry("x")


def test_matches_name_the_phrasing_that_came_closest() -> None:
    match = Index.build(ENTRIES).search("чем можно платить").first
    assert match is not None
    assert (match.entry_id, match.phrasing) == ("a", "Чем платить")


def test_search_keeps_to_the_limit() -> None:
    assert len(Index.build(ENTRIES).search("где", limit=1)) == 1


def test_both_languages_are_searched_in_one_index() -> None:
    found = Index.build(ENTRIES).search("how can i pay").first
    assert found is not None
    assert found.entry_id == "d"


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "yaml", "jsonl"])
def test_answers_are_the_same_after_export_and_import(suffix: str, tmp_path: Path) -> None:
    entries = read_entries(DATA / "shop_ru_dev_faq.jsonl").entries
    write_entries(tmp_path / f"faq.{suffix}", entries)
    first, second = Index.build(entries), Index.build(read_entries(tmp_path / f"faq.{suffix}").entries)
    for text in ("сколько стоит доставка", "вернуть деньги", "где заказ", "не работает промокод"):
        assert first.search(text) == second.search(text)


def test_progress_ends_with_everything_done() -> None:
    seen: list[tuple[int, int]] = []
    Index.build(ENTRIES, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (4, 4)
