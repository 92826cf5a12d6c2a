"""Answers a file of queries from a FAQ file: the logic of `otklik faq match`."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TextIO

from core.errors import InvalidInput
from faq.answer import Answer, Clarify, Handoff, Policy, Smalltalk, Verdict, judge
from faq.encoder import Encoder
from faq.entry import Entry
from faq.files import read_entries
from faq.formats.jsonl import decode, parse_line
from faq.index import Index

_SHOWN_ERRORS = 5
_DECISIONS: dict[type, str] = {Answer: "answer", Clarify: "clarify", Handoff: "handoff", Smalltalk: "smalltalk"}


def match_file(
    faq_path: str | Path,
    queries_path: str | Path,
    out: TextIO,
    *,
    policy: Policy | None = None,
    today: date | None = None,
    encoder: Encoder | None = None,
) -> None:
    """Writes one JSON line for each query to `out`, in order. Entries that end before `today` are left out, if given.

    Raises InvalidInput for faulty files; all queries are read and checked before the first line is written.
    """
    queries = list(read_queries(queries_path))
    entries = [entry for entry in load_entries(faq_path) if today is None or entry.is_live(today)]
    index = Index.build(entries, encoder=encoder)
    for query in queries:
        verdict = judge(index, str(query["text"]), policy)
        out.write(json.dumps({**query, **describe(verdict)}, ensure_ascii=False) + "\n")


def load_entries(path: str | Path) -> tuple[Entry, ...]:
    """The entries of a file without faults; raises InvalidInput that names the first of them otherwise."""
    result = read_entries(path)
    if not result.errors:
        return result.entries
    shown = [
        f"row {error.row}{f', {error.column}' if error.column else ''}: {error.reason}"
        for error in result.errors[:_SHOWN_ERRORS]
    ]
    more = len(result.errors) - _SHOWN_ERRORS
    if more > 0:
        shown.append(f"(and {more} more faults)")
    raise InvalidInput(f"{Path(path).name}: {' '.join(shown)}")


def read_queries(path: str | Path) -> Iterator[dict[str, object]]:
    """The queries of a JSONL file, `id` and `text` first; raises InvalidInput that names the faulty line."""
    path = Path(path)
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise InvalidInput(f"{path} cannot be read: {fault.strerror or fault}.") from None
    for number, line in enumerate(decode(raw).split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield _query(line)
        except InvalidInput as fault:
            raise InvalidInput(f"{path.name}, line {number}: {fault}") from None


def _query(line: str) -> dict[str, object]:
    query = parse_line(line)
    if not isinstance(query.get("text"), str):
        raise InvalidInput('There is no "text"; each line needs {"id": …, "text": "…"}.')
    return {"id": query.pop("id", None), "text": query.pop("text"), **query}


def describe(verdict: Verdict) -> dict[str, object]:
    """The verdict as `decision` and `matches`, scores rounded to four places."""
    matches = [
        {"id": match.entry_id, "score": round(match.score, 4), "phrasing": match.phrasing} for match in verdict.matches
    ]
    return {"decision": _DECISIONS.get(type(verdict), "none"), "matches": matches}
