"""What is wrong with a FAQ file is told in the reader's language, with the row, the line and what to do about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.errors import InvalidInput
from faq.files import read_entries
from faq.formats.rows import RowError

HEADER = "id,question,answer\n"


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def faults(path: Path) -> list[RowError]:
    return list(read_entries(path).errors)


def test_quote_that_is_never_closed_is_named_where_it_opens(tmp_path: Path) -> None:
    content = HEADER + 'a,Где заказ?,"В пути,\nскоро будет"\nb,Как оплатить?,"Картой\nc,Есть ли чек?,Да\n'
    (fault,) = faults(written(tmp_path, "faq.csv", content))
    assert (fault.row, fault.column) == (3, "")  # the third row of the sheet stands on the fourth line of the file
    assert fault.reason.startswith("The quote that opens on line 4 of the file is never closed; close it.")
    assert fault.told("ru").startswith("Кавычка, открытая в строке файла 4, нигде не закрыта; закройте её.")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_quote_that_closes_in_the_middle_of_a_later_row(separator: str, tmp_path: Path) -> None:
    rows = [["id", "question", "answer"], ["a", "Где?", "Тут"], ["b", '"Как?', "Так"], ["c", '"Что?"', "То"]]
    content = "\n".join(separator.join(row) for row in rows)
    (fault,) = faults(written(tmp_path, "faq.csv", content))
    assert fault.row == 3
    assert "opens on line 3" in fault.reason
    assert "on line 4 text stands right behind" in fault.reason


def test_quotes_that_are_not_doubled_inside_a_cell(tmp_path: Path) -> None:
    (fault,) = faults(written(tmp_path, "faq.csv", HEADER + 'a,Где?,"Зал "Юг" открыт"\nb,,Да\n'))
    assert fault.row == 2
    assert 'written twice: ""' in fault.reason


def test_faults_of_the_rows_before_a_broken_quote_are_named_as_well(tmp_path: Path) -> None:
    found = faults(written(tmp_path, "faq.csv", HEADER + 'a,,Да\nb,Что?,"То\n'))
    assert [(one.row, one.column) for one in found] == [(2, "question"), (3, "")]


def test_quote_in_the_header(tmp_path: Path) -> None:
    (fault,) = faults(written(tmp_path, "faq.csv", 'id,"question,answer\na,Что?,То\n'))
    assert (fault.row, "line 1" in fault.reason) == (1, True)


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", "  \r\n"])
def test_empty_file_is_said_to_be_empty(content: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="The file is empty") as refused:
        read_entries(written(tmp_path, "faq.csv", content))
    assert refused.value.told("ru").startswith("Файл пустой;")


FAULTY = {
    "empty.csv": "",
    "names.csv": "имя,вопросы и ответы\nа,б\n",
    "koi8.csv": "id,question,answer\na,Как оплатить заказ на сайте?,Картой или наличными\n".encode("koi8_r"),
    "columns.csv": "id,question,category,category,phrasing\na,Что?,b,c,d\n",
    "cells.csv": HEADER + ",Что?,То\na,,\x07\na,Что?,То, да\n",
    "values.csv": "id,question,answer,language,state,valid_until\na,Что?,То,по-русски,жив,вчера\n",
    "quote.csv": HEADER + 'a,"Что?,То\n',
    "broken.xlsx": b"PK",
    "list.yaml": "just a text",
    "alias.yaml": "- &x 1\n- *x\n",
    "colon.yaml": "- id: a\n  question: Что: где\n",
    "open.yaml": "- id: 'a\n",
    "deep.yaml": "[" * 12 + "]" * 12,
    "entry.yaml": "- text\n- id: a\n  id: b\n  question: [1]\n  answer: {a: b}\n",
    "utf.jsonl": b"\n\xff",
    "lines.jsonl": '{"id": "a"\n{"id": \n{"id" "a"}\n{"id: \n{} {}\n[1]\n{"id": 1, "id": 2}\n{"answer": []}\n',
}
OURS = re.compile(
    r"\b(?:id|question|answer|category|phrasings?|state|valid_until|language|draft|published|archived|ru|en|CSV|UTF"
    r"|Windows|xlsx?|XLSX|YAML|JSON)\b"
)


@pytest.mark.parametrize("name", FAULTY)
def test_every_fault_is_told_in_russian_without_a_word_of_english(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, name, FAULTY[name])
    try:
        found = [(one.told("ru"), one.reason) for one in faults(path)]
    except InvalidInput as error:
        found = [(error.told("ru"), str(error))]
    assert found
    for russian, english in found:
        assert english.isascii() or "…" in english or re.search("[а-яё]", english), english
        assert re.search("[А-Яа-я]", russian), russian
        assert re.findall("[a-z]{3,}", OURS.sub("", russian)) == [], russian
