"""What is done to entries: each act makes a new entry of an old one and changes nothing else."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from enum import StrEnum
from typing import NamedTuple

from core.errors import InvalidInput
from core.message import Attachment
from core.text import Text
from faq.entry import Entry, EntryState
from faq.formats.rows import MAX_FILES, MAX_LENGTHS, RowError, Value, to_entries
from faq.normalize import normalize, question_of

_NAME_WORDS = 5
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh sch  y  e yu ya".split(" "),
        strict=True,
    )
)


class Act(StrEnum):
    """What made a revision of an entry."""

    KEPT = "kept"  # as it was before the first change that was written down
    IMPORTED = "imported"
    ADDED = "added"
    EDITED = "edited"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    LEARNED = "learned"  # a suggestion was approved
    UNDONE = "undone"  # an approval was taken back
    ROLLED_BACK = "rolled_back"


class FaultyEntry(InvalidInput):
    """Columns of an entry cannot be used; `faults` has each of them."""

    def __init__(self, faults: Sequence[RowError]) -> None:
        super().__init__(" ".join(f"{one.column}: {one.reason}" if one.column else one.reason for one in faults))
        self.faults = faults


class Difference(NamedTuple):
    """One column of an entry before and after."""

    column: str
    before: object
    after: object


def write_entry(values: Mapping[str, Value]) -> Entry:
    """An entry of these columns, as an import would read them; raises InvalidInput that names every fault."""
    result = to_entries([(1, values)])
    if result.errors:
        raise FaultyEntry(result.errors)
    return result.entries[0]


def edit(entry: Entry, values: Mapping[str, Value]) -> Entry:
    """The entry with some columns changed; the id stays. Raises InvalidInput that names every fault."""
    if values.get("id", entry.id) != entry.id:
        raise InvalidInput(Text("fault.id_stays"))
    return replace(write_entry({**columns_of(entry), **values}), attachments=entry.attachments)


def attach(entry: Entry, attachments: Sequence[Attachment]) -> Entry:
    """With these files in this order, no others. Raises InvalidInput when they are too many."""
    if len(attachments) > MAX_FILES:
        many = Text("fault.many_files", {"number": len(attachments), "limit": MAX_FILES})
        raise FaultyEntry([RowError(1, "attachments", many)])
    return replace(entry, attachments=tuple(attachments))


def keep_files(entry: Entry, before: Entry | None) -> Entry:
    """An entry read from a table, with the files it has already: a table names files, it neither brings nor takes them.

    A name that is not known yet stays as a name, for somebody to put the file in.
    """
    known = before.attachments if before is not None else ()
    names = {one.name for one in known}
    named = tuple(one for one in entry.attachments if one.name not in names)
    return replace(entry, attachments=(*known, *named)[:MAX_FILES])


def publish(entry: Entry) -> Entry:
    """Customers are answered with it from now on."""
    return replace(entry, state=EntryState.PUBLISHED)


def archive(entry: Entry) -> Entry:
    """Kept, but no longer used."""
    return replace(entry, state=EntryState.ARCHIVED)


def learn_phrasing(entry: Entry, phrasing: str) -> Entry:
    """With one more wording; the same entry when it has these very words already. Raises InvalidInput."""
    if _same_words(phrasing) in map(_same_words, entry.wordings):
        return entry
    return edit(entry, {"phrasings": (*entry.phrasings, phrasing)})


def forget_phrasing(entry: Entry, phrasing: str) -> Entry:
    """Without a phrasing, whatever else was changed since; the same entry when it has no such phrasing."""
    unwanted = _same_words(phrasing)
    return replace(entry, phrasings=tuple(one for one in entry.phrasings if _same_words(one) != unwanted))


def name_entry(question: str, taken: Collection[str]) -> str:
    """A free id made of the first words of a question, in Latin letters: "Где мой заказ?" -> "gde-moy-zakaz"."""
    name = _latin(question)
    return name if name not in taken else _numbered(name, 2, taken)


def number_entry(category: str, taken: Collection[str]) -> str:
    """A free id for a question in a customer's words, with none of them in it: "Доставка" -> "dostavka-1".

    Ids stand in logs, where nothing may stand that customers said.
    """
    return _numbered(_latin(category), 1, taken)


def _latin(text: str) -> str:
    """Its first words in Latin letters, short enough to be numbered."""
    letters = "".join(_LATIN.get(letter, letter) for letter in text.casefold())
    words = [word for word in _NO_LETTER.sub(" ", letters).split() if word][:_NAME_WORDS]
    return "-".join(words)[: MAX_LENGTHS["id"] - 6] or "entry"


def _numbered(name: str, number: int, taken: Collection[str]) -> str:
    while (free := f"{name}-{number}") in taken:
        number += 1
    return free


def columns_of(entry: Entry) -> dict[str, Value]:
    """The columns of an entry as texts, the way a file has them."""
    return {
        "id": entry.id,
        "category": entry.category,
        "question": entry.question,
        "answer": entry.answer,
        "phrasings": entry.phrasings,
        "language": entry.language,
        "state": str(entry.state),
        "valid_until": entry.valid_until.isoformat() if entry.valid_until else None,
        "attachments": tuple(one.name for one in entry.attachments),
    }


def differences(before: Entry | None, after: Entry) -> tuple[Difference, ...]:
    """What changed, column by column; of a new entry, all that is not empty."""
    names = [field.name for field in fields(Entry)]
    pairs = [(name, getattr(before, name, None), getattr(after, name)) for name in names]
    return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2] and (before is not None or pair[2]))


def _same_words(wording: str) -> str:
    return question_of(normalize(wording))
