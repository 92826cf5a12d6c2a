"""The whole program with the encoders of the wheels; only where they are installed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from faq.encoder import available
from tests.benchmarks.company import make_faq
from tests.crash.process import BotProcess, call, environment_of

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not available(), reason="no encoder is installed")]

LONGEST_END = 10.0  # seconds, as promised
PATIENCE = 120.0  # seconds; loading the encoders takes five on an idle machine


def within(seconds: float, is_so: Callable[[], object]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.1)
    return False


def of_encoding(folder: Path) -> list[psutil.Process]:
    """The encoding processes that were started there."""
    found = []
    for process in psutil.process_iter(["cmdline", "cwd"]):
        words = process.info["cmdline"] or []
        if "bot.knowledge.encoding_process" in words and process.info["cwd"] == str(folder):
            found.append(process)
    return found


@pytest.fixture
def bot(tmp_path: Path, environment: dict[str, str]) -> Iterator[BotProcess]:
    bot = BotProcess(tmp_path, environment)
    yield bot
    bot.stop()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    database = f"sqlite:///{tmp_path}/otklik.db"
    return environment_of({"DATABASE_URL": database, "HTTP_PORT": "0", "ENCODER": "auto"})


def test_starter_faq_is_searched_by_meaning(bot: BotProcess) -> None:
    bot.start()
    assert within(PATIENCE, lambda: "by meaning too" in bot.log.read_text()), bot.log.read_text()
    assert bot.stop() < LONGEST_END
    assert bot.unexpected == []


def test_program_ends_in_time_in_the_middle_of_encoding(
    tmp_path: Path, environment: dict[str, str], bot: BotProcess
) -> None:
    from faq.files import write_entries

    write_entries(tmp_path / "faq.jsonl", make_faq(1000))
    call(["faq", "import", "faq.jsonl"], tmp_path, environment)
    bot.start()
    assert within(PATIENCE, lambda: "texts encoded" in bot.log.read_text()), bot.log.read_text()
    assert of_encoding(tmp_path)
    assert bot.stop() < LONGEST_END
    assert within(5, lambda: not of_encoding(tmp_path))
    bot.start()  # what was encoded is not encoded again; a kill leaves no process behind either
    assert within(PATIENCE, lambda: of_encoding(tmp_path)), bot.log.read_text()
    bot.kill()
    assert within(10, lambda: not of_encoding(tmp_path))
    assert bot.unexpected == []
