"""Entries as lines in the operators' group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.decide.situation import FaqEntry
from bot.decide.steps import Choice
from bot.decide.titles import titles
from core.text import Text
from faq.editor.acts import Difference
from faq.entry import EntryState

_WORDINGS = 8
_CUT = 160  # characters of what was and what is

Lines = tuple[Text, ...]
Rows = tuple[tuple[Choice, ...], ...]


def show_found(found: Sequence[FaqEntry]) -> Lines:
    """One line an entry: the question, how likely it is meant, its state, its id."""
    return tuple(
        Text(
            "desk.faq.found",
            {
                "number": number,
                "question": one.entry.question,
                "sure": Text("desk.faq.sure", {"percent": round(100 * one.score)}) if one.score is not None else "",
                "state": _state(one.entry.state),
                "id": one.entry.id,
            },
        )
        for number, one in enumerate(found, 1)
    )


def of_found(found: Sequence[FaqEntry]) -> Rows:
    labelled = zip(found, titles([one.entry for one in found]), strict=True)
    return tuple((Choice(f"📗 {title}", "show", str(one.number)),) for one, title in labelled)


def show_entry(one: FaqEntry) -> Lines:
    """All of it: head, answer, wordings, names of the files."""
    entry = one.entry
    head = {
        "question": entry.question,
        "state": Text(f"desk.faq.is.{entry.state}"),
        "category": f" · {entry.category}" if entry.category else "",
        "language": entry.language,
        "until": f" · {entry.valid_until:%d.%m.%Y}" if entry.valid_until else "",
        "id": entry.id,
    }
    lines = [Text("desk.faq.head", head), Text("desk.faq.answer", {"answer": entry.answer})]
    if entry.phrasings:
        names = "; ".join(entry.phrasings[:_WORDINGS])
        left = len(entry.phrasings) - _WORDINGS
        lines.append(Text("desk.faq.wordings", {"wordings": f"{names}; … +{left}" if left > 0 else names}))
    if missing := [file.name for file in entry.attachments if not file.ref]:
        lines.append(Text("desk.faq.missing", {"names": ", ".join(missing)}))
    return tuple(lines)


def of_entry(one: FaqEntry, *, is_admin: bool, has_customer: bool) -> Rows:
    """What is natural next: send it to the customer in whose topic it stands, publish or archive it."""
    rows: list[tuple[Choice, ...]] = []
    number = str(one.number)
    if has_customer:
        rows.append((Choice(Text("desk.faq.button.send"), "send", number),))
    if is_admin and one.entry.state is EntryState.PUBLISHED:
        rows.append((Choice(Text("desk.faq.button.archive"), "archive", number),))
    elif is_admin:
        rows.append((Choice(Text("desk.faq.button.publish"), "publish", number),))
    return tuple(rows)


def show_differences(differences: Sequence[Difference]) -> Lines:
    return tuple(
        Text(
            "desk.faq.difference",
            {
                "column": Text(f"desk.faq.column.{one.column}"),
                "before": _value(one.before),
                "after": _value(one.after),
            },
        )
        for one in differences
    )


def _value(value: object) -> Text | str:
    if isinstance(value, EntryState):
        return Text(f"desk.faq.state.{value}")
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, tuple):
        value = "; ".join(getattr(one, "name", str(one)) for one in value)
    text = str(value if value is not None else "") or "—"
    return text if len(text) <= _CUT else text[: _CUT - 1].rstrip() + "…"


def _state(state: EntryState) -> Text | str:
    return "" if state is EntryState.PUBLISHED else Text(f"desk.faq.mark.{state}")
