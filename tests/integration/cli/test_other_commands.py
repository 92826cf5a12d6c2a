"""`migrate`, `operator` and `report` on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.operators import use_link
from bot.storage.tables import operator
from core.clock import SystemClock
from tests.integration.cli.conftest import Otklik


@pytest.mark.usefixtures("on_database")
def test_migrate_down_and_up(otklik: Otklik) -> None:
    while "any more" not in (said := otklik("migrate", "--down")).out:
        assert said.code == 0
    said = otklik("migrate", "--down")
    assert said.code == 1
    assert "nothing to undo" in said.complaint
    assert otklik("migrate").code == 0
    assert otklik("operator", "list", "--json").json == []


@pytest.mark.usefixtures("on_database")
async def test_operator_is_added_with_a_link_that_works(otklik: Otklik, database: Database) -> None:
    said = otklik("operator", "add", "anna", "--role", "admin", "--telegram", "77", "--name", "Анна", "--level", "3")
    token = said.out.strip().rsplit("/", 1)[1]
    assert said.out.startswith("http://127.0.0.1:8080/")
    used = await database.write(lambda connection: use_link(connection, token, SystemClock().now()))
    assert used.login == "anna"
    assert otklik("operator", "list", "--json").json == [
        {
            "login": "anna",
            "name": "Анна",
            "role": "admin",
            "level": 3,
            "capacity": 4,
            "skills": [],
            "telegram": "77",
            "presence": "manual",
            "is_active": True,
            "has_password": False,
        }
    ]


@pytest.mark.usefixtures("on_database")
def test_skills_are_shown_and_an_unknown_category_is_named(otklik: Otklik, tmp_path: Path) -> None:
    faq = tmp_path / "faq.csv"
    faq.write_text("id,category,question,answer\na,Доставка,Где заказ?,В пути\n", encoding="utf-8")
    otklik("faq", "import", str(faq))
    otklik("operator", "add", "boris", "--role", "operator")
    said = otklik("operator", "set", "boris", "--skill", "Доставка", "--skill", "Возврат")
    assert said.code == 0
    assert "serves Возврат, Доставка" in said.out
    assert "category Возврат; there are: Доставка" in said.err
    assert otklik("operator", "list", "--json").json[0]["skills"] == ["Возврат", "Доставка"]
    assert "category" not in otklik("operator", "set", "boris", "--skill", "Доставка").err
    assert "serves Доставка" in otklik("operator", "list").out


@pytest.mark.usefixtures("on_database")
def test_operator_is_changed(otklik: Otklik, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTKLIK_PUBLIC_URL", "https://help.example.org/")
    otklik("operator", "add", "anna", "--role", "operator", "--telegram", "77")
    said = otklik("operator", "set", "anna", "--telegram", "", "--capacity", "0", "--inactive", "--link")
    assert said.code == 0
    assert "https://help.example.org/" in said.out
    (anna,) = otklik("operator", "list", "--json").json
    assert (anna["telegram"], anna["capacity"], anna["is_active"]) == (None, 0, False)
    assert "anna" in otklik("operator", "list").out


@pytest.mark.usefixtures("on_database")
def test_list_says_what_each_operator_serves(otklik: Otklik) -> None:
    otklik("operator", "add", "anna", "--role", "operator", "--level", "2", "--capacity", "6")
    otklik("operator", "add", "boris", "--role", "operator")
    said = otklik("operator", "set", "anna", "--skill", "Возврат", "--skill", "Доставка")
    assert "serves Возврат, Доставка" in said.out
    anna, boris = otklik("operator", "list", "--json").json
    assert (anna["skills"], anna["level"], anna["capacity"], boris["skills"]) == (["Возврат", "Доставка"], 2, 6, [])
    lines = otklik("operator", "list").out.splitlines()
    assert "level 2 · capacity 6 · serves Возврат, Доставка" in lines[0]
    assert "serves all categories" in lines[1]


@pytest.mark.usefixtures("on_database")
@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "anna", "--role", "admin"],
        ["add", "boris", "--role", "admin", "--telegram", "77"],
        ["add", "boris", "--role", "admin", "--telegram", "@boris"],
        ["add", "борис", "--role", "admin"],
        ["set", "boris", "--level", "2"],
    ],
)
def test_operator_that_cannot_be(otklik: Otklik, arguments: list[str]) -> None:
    otklik("operator", "add", "anna", "--role", "operator", "--telegram", "77")
    said = otklik("operator", *arguments)
    assert said.code == 1
    assert said.complaint
    assert len(otklik("operator", "list", "--json").json) == 1


@pytest.mark.usefixtures("on_database")
def test_report_of_an_empty_database(otklik: Otklik) -> None:
    report = otklik("report", "--json").json
    assert report["conversations"] == {"opened": 0, "closed": 0, "by_channel": {}}
    assert report["csi"]["mean"] is None
    assert report["csi"]["responses"] == 0
    chosen = otklik("report", "--from", "2025-01-01", "--to", "2025-01-31", "--channel", "vk", "--json").json
    assert chosen["period"] == {"from": "2025-01-01", "to": "2025-01-31"}
    said = otklik("report", "--from", "2025-01-01", "--to", "2025-01-31", "--channel", "vk").out.splitlines()
    assert said[:2] == ["2025-01-01 to 2025-01-31, both days counted in (Europe/Moscow)", "only channel vk"]
    assert [line.split() for line in said if "opened" in line] == [["opened", "0"]]  # and no means of nothing


@pytest.mark.usefixtures("on_database")
@pytest.mark.parametrize(
    "arguments",
    [
        ["--from", "2025-02-01", "--to", "2025-01-01"],
        ["--from", "0001-01-01"],
        ["--to", "0001-01-01"],
        ["--to", "9999-12-31"],
        ["--operator", "nobody"],
        ["--channel", "foo"],
    ],
)
def test_report_that_cannot_be(otklik: Otklik, arguments: list[str]) -> None:
    said = otklik("report", "--json", *arguments)
    assert said.code == 1
    assert said.complaint


@pytest.mark.usefixtures("on_database")
def test_report_of_what_nothing_has_says_so(otklik: Otklik) -> None:
    assert otklik("report", "--channel", "foo").complaint.endswith("telegram, terminal, vk, website")
    for given in (["--category", "Нет"], ["--tag", "#Нет"]):
        said = otklik("report", "--json", *given)
        assert (said.code, said.json["conversations"]["opened"]) == (0, 0)
        assert "нет" in said.complaint.lower()


@pytest.mark.usefixtures("on_database")
async def test_link_is_not_stored_as_it_is(otklik: Otklik, database: Database) -> None:
    otklik("operator", "add", "anna", "--role", "operator")
    row = await database.read(lambda connection: connection.execute(select(operator)).one())
    assert row.password_hash is None
