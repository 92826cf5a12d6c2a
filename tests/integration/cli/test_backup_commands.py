"""`otklik backup` and `otklik restore`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.cli.conftest import Otklik


@pytest.mark.usefixtures("on_database")
def test_backup_goes_into_a_new_database(otklik: Otklik, monkeypatch: pytest.MonkeyPatch) -> None:
    otklik("operator", "add", "anna", "--role", "admin")
    said = otklik("backup", "backup.zip")
    assert (said.code, said.out) == (0, "")
    assert "written to backup.zip" in said.err
    assert "not empty" in otklik("restore", "backup.zip").complaint
    monkeypatch.setenv("OTKLIK_DATABASE_URL", "sqlite:///new.db")
    assert otklik("restore", "backup.zip").code == 0
    assert [one["login"] for one in otklik("operator", "list", "--json").json] == ["anna"]


@pytest.mark.parametrize("name", ["missing.zip", "notes.txt"])
def test_restore_of_what_is_no_backup(otklik: Otklik, name: str) -> None:
    Path("notes.txt").write_text("hello", encoding="utf-8")
    said = otklik("restore", name)
    assert said.code == 1
    assert name in said.complaint


def test_backup_to_where_one_may_not_write(otklik: Otklik) -> None:
    said = otklik("backup", "nowhere/backup.zip")
    assert said.code == 1
    assert "nowhere" in said.complaint
