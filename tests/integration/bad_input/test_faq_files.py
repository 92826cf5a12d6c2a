"""Broken FAQ files through the command line: one clear word to whoever imports, and nothing half imported."""

from __future__ import annotations

import contextlib
import csv
import io
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.crash.process import call, environment_of

pytestmark = pytest.mark.slow

HEAD = "id,category,question,answer,phrasings\n"
GOOD = HEAD + "kept,Доставка,Сколько идёт доставка?,Три дня.,когда привезут\n"
NEW = "new,Оплата,Как заплатить?,Картой.,\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faq")


@pytest.fixture(scope="module")
def environment(folder: Path) -> dict[str, str]:
    """A database that holds one entry, which every test must find unchanged."""
    environment = environment_of({"DATABASE_URL": f"sqlite:///{folder}/otklik.db"})
    (folder / "good.csv").write_text(GOOD, encoding="utf-8")
    call(["faq", "import", "good.csv"], folder, environment)
    assert [row["key"] for row in stored(folder)] == ["kept"]
    return environment


@pytest.fixture(scope="module")
def kept(folder: Path, environment: dict[str, str]) -> list[dict[str, object]]:
    """The one entry as it stands in the database."""
    return stored(folder)


def stored(folder: Path) -> list[dict[str, object]]:
    with contextlib.closing(sqlite3.connect(folder / "otklik.db")) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("SELECT * FROM faq_entry ORDER BY id")]


def xlsx(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def bomb() -> bytes:
    """A workbook whose sheet is half a gigabyte of nothing."""
    buffer = io.BytesIO()
    plain = io.BytesIO(xlsx(["id", "question", "answer"]))
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if not name.endswith("sheet1.xml"):
                target.writestr(name, source.read(name))
        with target.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(512):
                sheet.write(bytes(1024 * 1024))
    return buffer.getvalue()


def laughs() -> bytes:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]" for n in range(9)]
    return "\n".join(lines).encode()


def long_csv() -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["id", "question", "answer"], ["a", "q" * 5_000_000, "x"]])
    return buffer.getvalue().encode()


FORMULA = ["new", '=HYPERLINK("http://x")', "=1+1"]
FILES: dict[str, bytes | Callable[[], bytes]] = {  # the large ones are made when their test wants them
    "koi8.csv": (GOOD + NEW).encode("koi8-r"),
    "utf16.csv": (GOOD + NEW).encode("utf-16"),
    "cut-in-a-letter.csv": (GOOD + NEW).encode()[:-4] + b"\xd0",
    "no-answer-column.csv": b"id,question\nnew,how?\n",
    "no-header.csv": b"new,how?,so\nother,why?,thus\n",
    "same-id.csv": (GOOD + NEW + NEW).encode(),
    "no-id.csv": (GOOD + ",Оплата,Как?,Так.,\n").encode(),
    "no-words.csv": (GOOD + "new,Оплата,,,\n").encode(),
    "empty.csv": b"",
    "zero-bytes.csv": bytes(1000),
    "open-quote.csv": (GOOD + 'new,Оплата,"Как?,Так.,\n').encode(),
    "wide.csv": (HEAD + "new" + "," * 10_000 + "\n").encode(),
    "long.csv": long_csv,
    "picture.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10,
    "formula.xlsx": xlsx(["id", "question", "answer"], FORMULA),
    "no-answer-column.xlsx": xlsx(["id", "question"], ["new", "how?"]),
    "empty.xlsx": b"",
    "text.xlsx": b"id,question,answer\n",
    "other.zip.xlsx": b"PK\x05\x06" + bytes(18),
    "bomb.xlsx": bomb,
    "laughs.yaml": laughs(),
    "object.yaml": b"- !!python/object/apply:os.system ['echo no']\n",
    "scalar.yaml": b"just a text\n",
    "tab.yaml": b"- id: new\n\tquestion: x\n",
    "deep.yaml": b"[" * 20_000,
    "types.yaml": b"- id: [1]\n  question: {a: 1}\n  answer: 2026-01-01\n",
    "junk.jsonl": b'{"id": "new", "question": "q", "answer": "a"}\nnonsense\n',
    "deep.jsonl": b"[" * 100_000 + b"\n",
    "surrogate.jsonl": b'{"id": "new", "question": "\\ud800", "answer": "a"}\n{"id": 7}\n',
    "faq.exe": b"MZ",
}


@pytest.mark.parametrize("name", FILES)
def test_broken_file(folder: Path, environment: dict[str, str], kept: list[dict[str, object]], name: str) -> None:
    content = FILES[name]
    (folder / name).write_bytes(content() if callable(content) else content)
    refused(folder, environment, name)
    assert stored(folder) == kept, "something was half imported"


@pytest.mark.parametrize("name", ["empty.yaml", "empty.jsonl"])
def test_file_of_no_entries(folder: Path, environment: dict[str, str], name: str) -> None:
    """These formats have no header to miss: nothing is added, and nothing is taken away."""
    (folder / name).write_bytes(b"")
    assert "0 entries added" in call(["faq", "import", name], folder, environment)


def test_folder_and_nothing(folder: Path, environment: dict[str, str], kept: list[dict[str, object]]) -> None:
    (folder / "folder.csv").mkdir()
    refused(folder, environment, "folder.csv")
    refused(folder, environment, "nowhere.csv")
    assert stored(folder) == kept


def refused(folder: Path, environment: dict[str, str], name: str) -> None:
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "bot", "faq", "import", name],
        cwd=folder,
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    said = done.stderr.decode()
    assert done.returncode in (1, 2), (done.stdout, said)
    assert "Traceback" not in said
    assert "unexpected" not in said
    assert "otklik: " in said
    assert len(said) < 5_000
    assert time.monotonic() - begun < 30
