"""FAQ files: what is written is read again, and every faulty row is named."""

import contextlib
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.message import Attachment, AttachmentKind
from faq.entry import Entry, EntryState
from faq.files import read_entries, write_entries

SUFFIXES = ("csv", "xlsx", "yaml", "jsonl")
HEADER = "id,category,question,answer,phrasings,language,state,valid_until\n"


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def faults(path: Path) -> list[tuple[int, str]]:
    return [(error.row, error.column) for error in read_entries(path).errors]


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp"], include_characters="\n|\\'=+-@,;\"\t"), max_size=30
).map(str.strip)
FILLED = TEXTS.filter(bool)
ENTRIES = st.lists(
    st.builds(
        Entry,
        id=FILLED,
        category=TEXTS,
        question=FILLED,
        answer=FILLED,
        phrasings=st.lists(FILLED, max_size=4).map(tuple),
        language=st.sampled_from(["ru", "en", "no"]),
        state=st.sampled_from(EntryState),
        valid_until=st.none() | st.dates(),
    ),
    max_size=4,
    unique_by=lambda entry: entry.id,
)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=ENTRIES)
def test_export_is_read_again_unchanged(suffix: str, entries: list[Entry], tmp_path: Path) -> None:
    path = tmp_path / f"faq.{suffix}"
    write_entries(path, entries)
    result = read_entries(path)
    assert result.errors == ()
    assert list(result.entries) == entries


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_dangerous_cells_survive(suffix: str, tmp_path: Path) -> None:
    entry = Entry("=1+1", "@c", "+7 495", "-10%", ("a|b", "c\\", "'=d", "две\nстроки", "=СУММ(A1)"))
    path = tmp_path / f"faq.{suffix}"
    write_entries(path, [entry])
    assert read_entries(path).entries == (entry,)


def test_csv_export_has_no_cell_that_a_spreadsheet_would_run(tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    write_entries(path, [Entry("a", "c", "=cmd|' /C calc'!A0", "+1")])
    assert b",=" not in path.read_bytes()
    assert b",+" not in path.read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_as_people_have_it(encoding: str, separator: str, tmp_path: Path) -> None:
    lines = ["id,question,answer,phrasings", "a,Как оплатить заказ?,Картой или наличными,чем платить|куда платить"]
    content = "\r\n".join(lines).replace(",", separator).encode(encoding)
    result = read_entries(written(tmp_path, "faq.csv", content))
    assert result.errors == ()
    assert result.entries[0].question == "Как оплатить заказ?"
    assert result.entries[0].phrasings == ("чем платить", "куда платить")


@pytest.mark.parametrize("encoding", ["koi8_r", "cp866", "utf-16", "mac_cyrillic", "iso8859_5"])
def test_csv_in_another_encoding_is_refused(encoding: str, tmp_path: Path) -> None:
    content = "id,question,answer\na,Как оплатить заказ на сайте?,Картой или наличными при получении\n"
    with pytest.raises(InvalidInput, match="UTF-8"):
        read_entries(written(tmp_path, "faq.csv", content.encode(encoding)))


def test_csv_with_russian_headings(tmp_path: Path) -> None:
    result = read_entries(written(tmp_path, "faq.csv", "ID;Вопрос;Ответ\na;Где заказ?;В пути\n"))
    assert result.entries[0].answer == "В пути"


def test_row_numbers_are_those_of_the_spreadsheet(tmp_path: Path) -> None:
    content = (
        HEADER + 'a,c,q,"два\nабзаца",,,,\n,,,,,,,\nb,c,,a,,,,\na,c,q,a,,,,\nc,c,q,a,,,live,\nd,c,q,a,,,,2026-02-30\n'
    )
    assert faults(written(tmp_path, "faq.csv", content)) == [
        (4, "question"), (5, "id"), (6, "state"), (7, "valid_until"),
    ]  # fmt: skip


def test_row_with_too_many_cells_is_named(tmp_path: Path) -> None:
    assert faults(written(tmp_path, "faq.csv", "id,question,answer\na,q,one, two\n")) == [(2, "")]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_missing_column_is_named(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"faq.{suffix}"
    if suffix == "csv":
        path.write_text("id,question\na,q\n")
    else:
        sheet(path, [["id", "question"], ["a", "q"]])
    assert faults(path) == [(1, "answer")]


def test_almost_right_column_is_not_lost_in_silence(tmp_path: Path) -> None:
    result = read_entries(written(tmp_path, "faq.csv", "id,question,answer,phrasing\na,q,a,p\n"))
    assert "did you mean 'phrasings'" in result.errors[0].reason


def test_fields_that_are_too_long_are_named(tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "question": "q" * 1001, "answer": "a" * 16001, "phrasings": ["p" * 1001]})
    assert faults(written(tmp_path, "faq.jsonl", line)) == [(1, "question"), (1, "answer"), (1, "phrasings")]


def test_dates_in_both_spellings(tmp_path: Path) -> None:
    content = HEADER + "a,c,q,a,,,,2026-12-31\nb,c,q,a,,,,31.12.2026\n"
    ends = {entry.valid_until for entry in read_entries(written(tmp_path, "faq.csv", content)).entries}
    assert ends == {date(2026, 12, 31)}


def sheet(path: Path, rows: list[list[object]]) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_formula_cells_are_named(tmp_path: Path) -> None:
    rows: list[list[object]] = [["id", "question", "answer"], ["a", "q", "=1+1"], ["b", "q", "a"]]
    result = read_entries(sheet(tmp_path / "faq.xlsx", rows))
    assert [(error.row, error.column) for error in result.errors] == [(2, "answer")]
    assert "formula" in result.errors[0].reason


def test_numbers_and_dates_of_a_sheet_are_read_as_shown(tmp_path: Path) -> None:
    rows: list[list[object]] = [["id", "question", "answer", "valid_until"], [7, "q", 4.0, date(2026, 12, 31)]]
    entry = read_entries(sheet(tmp_path / "faq.xlsx", rows)).entries[0]
    assert (entry.id, entry.answer, entry.valid_until) == ("7", "4", date(2026, 12, 31))


def test_zip_bomb_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    with pytest.raises(InvalidInput, match="unpack"):
        read_entries(written(tmp_path, "faq.xlsx", packed.getvalue()))


def test_entity_bomb_in_a_sheet_is_refused(tmp_path: Path) -> None:
    path = sheet(tmp_path / "faq.xlsx", [["id", "question", "answer"], ["a", "q", "a"]])
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b"<worksheet", bomb + b"<worksheet", 1) if "sheet1" in name else content)
    with pytest.raises(InvalidInput, match="workbook"):
        read_entries(written(tmp_path, "bomb.xlsx", packed.getvalue()))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04junk", b"plain text"])
def test_broken_workbook_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        read_entries(written(tmp_path, "faq.xlsx", content))


@pytest.mark.parametrize(
    "content",
    [
        "a: &x [1]\nb: [*x, *x]\n",
        "- " + "[" * 50 + "]" * 50,
        "- id: 'open",
        "just a text",
        "- id: a\n  question: \x07",
    ],
)
def test_hostile_yaml_is_refused(content: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        read_entries(written(tmp_path, "faq.yaml", content))


def test_yaml_tags_are_not_obeyed(tmp_path: Path) -> None:
    content = f"- id: !!python/object/apply:os.mkdir ['{tmp_path}/made']\n  question: q\n  answer: a\n"
    assert faults(written(tmp_path, "faq.yaml", content)) == [(1, "id")]
    assert not (tmp_path / "made").exists()


def test_yaml_faults_name_the_line_of_the_entry(tmp_path: Path) -> None:
    content = "# ours\n- id: a\n  question: q\n  answer: a\n- id: b\n  question: q\n- text\n"
    assert faults(written(tmp_path, "faq.yaml", content)) == [(5, "answer"), (7, "")]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("{", ""),
        ("[]", ""),
        ('{"id": "a", "id": "b", "question": "q", "answer": "a"}', ""),
        ("[" * 100_000, ""),
        ('{"id": "a", "question": "q", "answer": {"x": 1}}', "answer"),
        ('{"id": "a", "question": "q", "answer": true}', "answer"),
        ('{"id": "\\ud800", "question": "q", "answer": "a"}', "id"),
        ('{"id": "a", "question": "q", "answer": "a\\u0000"}', "answer"),
        ('{"id": "a", "question": "q", "answer": "a", "language": "по-русски"}', "language"),
    ],
)
def test_faulty_jsonl_lines_are_named(line: str, column: str, tmp_path: Path) -> None:
    good = '{"id": "ok", "question": "q", "answer": "a"}'
    assert faults(written(tmp_path, "faq.jsonl", f"{good}\n\n{line}\n")) == [(3, column)]


def test_unknown_kind_and_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="known kind"):
        read_entries(tmp_path / "faq.doc")
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_entries(tmp_path / "faq.csv")


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(tmp_path: Path, raw: bytes) -> None:
    for suffix in SUFFIXES:
        with contextlib.suppress(InvalidInput):
            read_entries(written(tmp_path, f"faq.{suffix}", raw))


def test_entries_are_live_until_their_last_day() -> None:
    entry = Entry("a", "c", "q", "a", valid_until=date(2026, 5, 9))
    assert entry.is_live(date(2026, 5, 9))
    assert not entry.is_live(date(2026, 5, 10))
    assert not Entry("a", "c", "q", "a", state=EntryState.DRAFT).is_live(date(2026, 5, 9))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_names_of_files_are_kept_the_files_are_not(tmp_path: Path, suffix: str) -> None:
    picture = Attachment(AttachmentKind.PHOTO, "faq", "a" * 64, "таблица | размеров.png", "image/png", 10)
    path = tmp_path / f"faq.{suffix}"
    write_entries(path, [Entry("sizes", "", "Какие размеры?", "Вот", attachments=(picture,))])
    (entry,) = read_entries(path).entries
    assert [(one.name, one.ref) for one in entry.attachments] == [("таблица | размеров.png", "")]
    assert entry.files == ()


def test_more_files_than_an_answer_may_have(tmp_path: Path) -> None:
    names = "|".join(f"{number}.png" for number in range(6))
    path = written(tmp_path, "faq.csv", f"id,question,answer,attachments\na,Что?,То,{names}\n")
    assert faults(path) == [(2, "attachments")]
