"""The program run inside the test, in an empty folder with an empty environment."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.config import Config, setting_name


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """What was said on standard error: one line, however bad the input was."""
        (line,) = self.err.splitlines()
        assert line.startswith("otklik: ")
        return line


Otklik = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in Config.model_fields:
        monkeypatch.delenv(setting_name(name), raising=False)
    monkeypatch.setenv("OTKLIK_ENCODER", "off")  # models take seconds to load
    folder = tmp_path / "place"
    folder.mkdir()
    monkeypatch.chdir(folder)
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before, level
    logging.captureWarnings(False)


@pytest.fixture
def otklik(capsys: pytest.CaptureFixture[str]) -> Otklik:
    def run(*arguments: str | Path) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Outcome(int(left.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def on_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The program works on a database of either kind."""
    monkeypatch.setenv("OTKLIK_DATABASE_URL", database_url)
    return database_url
