"""Raw rows of any format -> entries, naming every faulty row; the limits of a FAQ file."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from core.message import Attachment, AttachmentKind
from core.text import Text, render
from faq.entry import Entry, EntryState

COLUMNS = ("id", "category", "question", "answer", "phrasings", "language", "state", "valid_until", "attachments")
LISTS = ("phrasings", "attachments")
"""Columns that hold several texts."""
REQUIRED = ("id", "question", "answer")
MAX_FILE = 64 * 1024 * 1024
"""Bytes of a file."""
MAX_ROWS = 100_000
"""Rows of a file, the header not counted."""
MAX_LENGTHS = {"id": 100, "category": 200, "question": 1_000, "answer": 16_000, "phrasings": 1_000, "attachments": 150}
"""Characters of a field; of a list, of each."""
MAX_PHRASINGS = 2_000
"""Phrasings of one entry."""
MAX_FILES = 5
"""Files that go with one answer."""

_HEADINGS = {
    "код": "id",
    "ид": "id",
    "категория": "category",
    "раздел": "category",
    "вопрос": "question",
    "ответ": "answer",
    "формулировки": "phrasings",
    "язык": "language",
    "состояние": "state",
    "действует до": "valid_until",
    "файлы": "attachments",
    "вложения": "attachments",
}
_ALMOST = 80.0
_QUOTED = 40  # characters
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", re.IGNORECASE)
# Line breaks and tabs are text. Other control characters, surrogates and non-characters cannot be kept in every format.
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u2028\u2029]")
_DAY = re.compile(r"(?:(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?|(\d{1,2})\.(\d{1,2})\.(\d{4}))")

Value = str | tuple[str, ...] | None
"""What a row holds in a column: a text, a list of texts (phrasings), or nothing."""

Row = tuple[int, Mapping[str, Value]]
"""Number of the row as the file counts it, and its values by column."""


@dataclass(frozen=True, slots=True)
class RowError:
    """A fault at one place. `row` counts as in the file, the header being row 1; `why` says what to do about it."""

    row: int
    column: str
    why: Text | str

    @property
    def reason(self) -> str:
        """In English, as the command line speaks."""
        return self.told("en")

    def told(self, language: str) -> str:
        return render(self.why, language)


@dataclass(frozen=True, slots=True)
class ReadResult:
    """Entries of a file and its faults, by row. With any error nothing of the file should be taken."""

    entries: tuple[Entry, ...]
    errors: tuple[RowError, ...]


def shown(text: str) -> str:
    """What stands in a file, as a fault quotes it: short, and nothing in it that would upset a terminal."""
    return "".join(char if char.isprintable() else "�" for char in text[:_QUOTED])


def column_of(heading: str) -> str:
    """The column a heading means: its English or Russian name in any case; otherwise the heading itself."""
    name = " ".join(heading.split()).casefold()
    return _HEADINGS.get(name, name.replace(" ", "_"))


def header_faults(columns: Sequence[str], row: int = 1) -> list[RowError]:
    """Faults of a header: missing, repeated or almost right columns; other unknown ones are left alone."""
    faults = [
        RowError(row, name, Text("fault.column_missing", {"name": name})) for name in REQUIRED if name not in columns
    ]
    for name in dict.fromkeys(filter(None, columns)):
        if columns.count(name) > 1:
            often = {"name": shown(name), "number": columns.count(name)}
            faults.append(RowError(row, name, Text("fault.column_twice", often)))
        meant = next((known for known in COLUMNS if fuzz.ratio(name, known) >= _ALMOST), None)
        if meant and meant not in columns and meant not in REQUIRED:
            faults.append(RowError(row, name, Text("fault.column_unknown", {"name": shown(name), "meant": meant})))
    return faults


def to_entries(rows: Iterable[Row], faults: Iterable[RowError] = ()) -> ReadResult:
    """Checks rows and makes entries of them, in order; the faults found before are kept with the new ones."""
    found = list(faults)
    entries: list[Entry] = []
    first_seen: dict[str, int] = {}
    for count, (number, values) in enumerate(rows, 1):
        if count > MAX_ROWS:
            found.append(RowError(number, "", Text("fault.too_many_rows", {"limit": MAX_ROWS})))
            break
        check = _Check(number, values)
        entry = check.entry()
        found += check.faults
        if entry.id and first_seen.setdefault(entry.id, number) != number:
            twice = {"id": shown(entry.id), "row": first_seen[entry.id]}
            found.append(RowError(number, "id", Text("fault.id_twice", twice)))
        entries.append(entry)
    return ReadResult(tuple(entries), tuple(sorted(found, key=lambda fault: fault.row)))


class _Check:
    """Reads the values of one row; what cannot be used is noted in `faults`."""

    def __init__(self, number: int, values: Mapping[str, Value]) -> None:
        self._number = number
        self._values = values
        self.faults: list[RowError] = []

    def entry(self) -> Entry:
        """The entry; only to be used when there are no faults."""
        return Entry(
            id=self._text("id"),
            category=self._text("category"),
            question=self._text("question"),
            answer=self._text("answer"),
            phrasings=self._phrasings(),
            language=self._language(),
            state=self._state(),
            valid_until=self._valid_until(),
            attachments=self._attachments(),
        )

    def _fault(self, column: str, key: str, **params: object) -> None:
        self.faults.append(RowError(self._number, column, Text(key, params)))

    def _text(self, column: str) -> str:
        value = self._values.get(column)
        if isinstance(value, tuple):
            self._fault(column, "fault.no_list_here")
            return ""
        text = self._clean(column, value or "")
        if not text and column in REQUIRED:
            self._fault(column, f"fault.empty.{column}")
        return text

    def _clean(self, column: str, text: str) -> str:
        text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
        if _UNSTORABLE.search(text):
            self._fault(column, "fault.control_characters")
        limit = MAX_LENGTHS.get(column)
        if limit and len(text) > limit:
            self._fault(column, "fault.too_long", length=len(text), limit=limit)
        return text

    def _phrasings(self) -> tuple[str, ...]:
        value = self._values.get("phrasings") or ()
        listed = (value,) if isinstance(value, str) else value
        if len(listed) > MAX_PHRASINGS:
            self._fault("phrasings", "fault.many_phrasings", number=len(listed), limit=MAX_PHRASINGS)
            return ()
        return tuple(text for text in (self._clean("phrasings", one) for one in listed) if text)

    def _attachments(self) -> tuple[Attachment, ...]:
        """Names only: a table cannot carry the files themselves."""
        value = self._values.get("attachments") or ()
        names = [self._clean("attachments", one) for one in ((value,) if isinstance(value, str) else value)]
        if len(names) > MAX_FILES:
            self._fault("attachments", "fault.many_files", number=len(names), limit=MAX_FILES)
            return ()
        return tuple(Attachment(AttachmentKind.DOCUMENT, name=name) for name in dict.fromkeys(filter(None, names)))

    def _language(self) -> str:
        text = self._text("language") or "ru"
        if not _LANGUAGE.fullmatch(text):
            self._fault("language", "fault.language", value=shown(text))
        return text

    def _state(self) -> EntryState:
        text = self._text("state").casefold() or EntryState.PUBLISHED
        try:
            return EntryState(text)
        except ValueError:
            self._fault("state", "fault.state", value=shown(text))
            return EntryState.DRAFT

    def _valid_until(self) -> date | None:
        text = self._text("valid_until")
        if not text:
            return None
        found = _DAY.fullmatch(text)
        try:
            if found and found[1]:
                return date(int(found[1]), int(found[2]), int(found[3]))
            if found:
                return date(int(found[6]), int(found[5]), int(found[4]))
        except ValueError:
            pass
        self._fault("valid_until", "fault.date", value=shown(text))
        return None
