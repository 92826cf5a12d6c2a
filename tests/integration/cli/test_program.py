"""What is the same for every command: codes, one line for each failure, no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import program
from tests.integration.cli.conftest import Otklik


def test_help_names_every_command(otklik: Otklik) -> None:
    said = otklik("--help")
    assert said.code == 0
    for command in ("run", "migrate", "doctor", "faq", "operator", "report", "chat"):
        assert command in said.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["faq", "import"],
        ["run", "--role", "king"],
        ["report", "--from", "yesterday"],
        ["operator", "add", "anna"],
        ["operator", "add", "anna", "--role", "operator", "--level", "9"],
        ["operator", "set", "anna"],
    ],
)
def test_wrong_usage(otklik: Otklik, arguments: list[str]) -> None:
    said = otklik(*arguments)
    assert said.code == 2
    assert "--help" in said.complaint


def test_nothing_asked_shows_the_help(otklik: Otklik) -> None:
    said = otklik()
    assert said.code == 2
    assert "Commands:" in said.err


@pytest.mark.parametrize(
    "command", [["run"], ["chat"], ["migrate"], ["report"], ["operator", "list"], ["faq", "search", "x"]]
)
def test_faulty_setting(otklik: Otklik, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setenv("OTKLIK_HTTP_PORT", "eighty")
    said = otklik(*command)
    assert said.code == 1
    assert "OTKLIK_HTTP_PORT" in said.complaint


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hush@127.0.0.1:1/db",
        "mysql://me:hush@host/db",
        "nonsense",
        "sqlite:////proc/nowhere/otklik.db",
        "sqlite:///.",
    ],
)
def test_database_that_cannot_be_used(otklik: Otklik, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("OTKLIK_DATABASE_URL", url)
    said = otklik("report", "--json")
    assert said.code == 1
    assert said.out == ""
    assert "hush" not in said.complaint


def test_file_that_is_no_database(otklik: Otklik, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("notes.txt").write_text("hello " * 1000, encoding="utf-8")
    monkeypatch.setenv("OTKLIK_DATABASE_URL", "sqlite:///notes.txt")
    assert "not a database" in otklik("report").complaint


def test_unexpected_failure_is_one_line(otklik: Otklik, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise LookupError("secret inside")

    monkeypatch.setattr(program.program, "main", fail)
    said = otklik("report")
    assert said.code == 1
    assert "LookupError" in said.complaint
    assert "secret" not in said.complaint
    assert "OTKLIK_LOG_LEVEL=debug" in said.complaint


def test_interruption(otklik: Otklik, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(program.program, "main", interrupt)
    assert otklik("report").code == 130


def test_roles_need_postgresql(otklik: Otklik) -> None:
    said = otklik("run", "--role", "web")
    assert said.code == 1
    assert "PostgreSQL" in said.complaint


def test_same_program_as_a_module(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "report"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert (tmp_path / "var" / "otklik.db").exists()


def test_small_commands_load_nothing_heavy(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom bot.cli import main\n"
        "try:\n    main(['operator', 'list', '--json'])\n"
        "except SystemExit:\n"
        "    print(sorted({'aiogram', 'aiohttp', 'vk_api', 'pymorphy3', 'openpyxl', 'alembic'} & set(sys.modules)))\n"
    )
    run = [sys.executable, "-c", script]
    subprocess.run(run, cwd=tmp_path, check=True, capture_output=True)  # migrates, with alembic
    done = subprocess.run(run, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["[]", "[]"]
