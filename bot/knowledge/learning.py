"""Learning from use: suggestions found, approved, rejected and taken back; the confidence refitted and put back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.knowledge.editing import By, add_entry, archive_entry, teach_entry, unteach_entry
from bot.storage.entries import raise_version
from bot.storage.knowledge import suggestions
from bot.storage.knowledge.calibrations import (
    StoredCalibration,
    add_calibration,
    current_calibration,
    end_calibration,
    last_calibration,
)
from bot.storage.knowledge.evidence import read_questions
from bot.storage.knowledge.revisions import find_revision
from bot.storage.knowledge.suggestions import Suggestion, SuggestionState
from core.errors import Conflict, NotFound
from core.text import Text
from faq.editor.acts import Act
from faq.index import Index
from faq.learning.exceptions import Exceptions, words_key
from faq.learning.fitting import Fitted, Outcome, fit_confidence
from faq.learning.lessons import Kind, learn
from faq.learning.proposals import Proposal, Proposed, propose
from handoff.service.numbers import hide_numbers

LEARNED_FROM = timedelta(days=180)
"""How far back questions are learned from."""
_MORE = 1.5
"""After a correction was taken back, so many times its outcomes are needed before another one is made unasked."""


def load_exceptions(connection: Connection) -> Exceptions:
    """Everything that must not be answered."""
    return Exceptions((one.text, one.entry_id or None) for one in suggestions.list_exceptions(connection))


def find_proposals(connection: Connection, index: Index, now: datetime) -> list[Proposal]:
    """What the questions of the last half year speak for. Takes a while: run it beside the event loop, on a reader."""
    asked = [one.asked for one in read_questions(connection, now - LEARNED_FROM)]
    return propose(learn(asked), index, load_exceptions(connection))


def approve(connection: Connection, number: int, by: By, now: datetime) -> Suggestion:
    """Do what a suggestion proposes. A new entry becomes a draft, to be read before it is published.

    Card and passport numbers do not get into the FAQ, which everybody reads.

    Raises NotFound, Conflict when it was decided on already, InvalidInput when the FAQ cannot take it.
    """
    found = _undecided(connection, number)
    source = By(by.author, by.source or f"suggestion {number}")
    made: dict[str, int | str | None] = {"decided_by": by.author}
    match found.kind:
        case Proposed.PHRASING:
            taught = teach_entry(connection, found.entry_id, hide_numbers(found.text), source, now, Act.LEARNED)
            made["revision_id"] = taught.revision_id if taught.is_changed else None
        case Proposed.ENTRY:
            values = {"question": hide_numbers(found.text), "answer": hide_numbers(found.answer)}
            added = add_entry(connection, values, source, now, Act.LEARNED, is_asked=True)
            made |= {"revision_id": added.revision_id, "entry_key": added.entry.id}
        case Proposed.EXCEPTION:
            made["exception_id"] = add_exception(connection, found.text, found.entry_id, by, now)
    suggestions.decide(connection, number, SuggestionState.APPROVED, now, **made)
    return suggestions.find_suggestion(connection, number)


def reject(connection: Connection, number: int, by: By, now: datetime) -> Suggestion:
    """It is not proposed again. Raises NotFound, Conflict when it was decided on already."""
    _undecided(connection, number)
    suggestions.decide(connection, number, SuggestionState.REJECTED, now, decided_by=by.author)
    return suggestions.find_suggestion(connection, number)


def undo(connection: Connection, number: int, by: By, now: datetime) -> Suggestion:
    """Take back what was decided on a suggestion: it is open again, and what approving it made is gone.

    Only what the approval brought is taken away; whatever else was changed since stays. A drafted entry is archived.
    Raises NotFound, Conflict when nothing was decided.
    """
    found = suggestions.find_suggestion(connection, number)
    if found.state is SuggestionState.OPEN:
        raise Conflict(f"suggestion {number} was not decided on: there is nothing to take back")
    source = By(by.author, by.source or f"suggestion {number}")
    made: dict[str, int | str | None] = {"decided_by": by.author, "revision_id": None, "exception_id": None}
    if found.exception_id is not None:
        end_exception(connection, found.exception_id, now)
    if found.revision_id is not None:
        if found.kind is Proposed.ENTRY:
            archive_entry(connection, found.entry_id, source, now)
            made["entry_key"] = None
        else:
            entry_id = find_revision(connection, found.revision_id).entry.id
            for wording in dict.fromkeys((found.text, hide_numbers(found.text))):
                unteach_entry(connection, entry_id, wording, source, now)
    suggestions.decide(connection, number, SuggestionState.OPEN, now, **made)
    return suggestions.find_suggestion(connection, number)


def add_exception(connection: Connection, text: str, entry_id: str, by: By, now: datetime) -> int:
    """Words that the entry ("": no entry) must answer no more; the same words twice are one exception."""
    for one in suggestions.list_exceptions(connection):
        if one.entry_id == entry_id and words_key(one.text) == words_key(text):
            return one.id
    raise_version(connection)
    return suggestions.add_exception(connection, text, entry_id, by.author, now)


def end_exception(connection: Connection, number: int, now: datetime) -> None:
    """Take an exception back; raises NotFound."""
    suggestions.end_exception(connection, number, now)
    raise_version(connection)


def fit(connection: Connection, index: Index, now: datetime) -> Fitted:
    """The confidence fitted to what customers said here. Takes a while: run it beside the event loop, on a reader."""
    return fit_confidence(_outcomes(connection, index, now))


def use_fit(connection: Connection, fitted: Fitted, now: datetime) -> int | None:
    """Put a fit to use as a new version; None when it is not to be used."""
    if fitted.calibration is None or fitted.figures is None:
        return None
    raise_version(connection)
    return add_calibration(connection, fitted.calibration, fitted.figures, now)


def undo_fit(connection: Connection, now: datetime) -> StoredCalibration | None:
    """Take the correction in use back; returns the one in use now, None for the shipped confidence. Raises NotFound."""
    current = current_calibration(connection)
    if current is None:
        raise NotFound("the confidence is as it was shipped: there is nothing to take back")
    end_calibration(connection, current.id, now)
    raise_version(connection)
    return current_calibration(connection)


def is_fit_due(connection: Connection, samples: int) -> bool:
    """Whether so many outcomes are worth a fit unasked: clearly more than the last one had, also if it was undone."""
    last = last_calibration(connection)
    return last is None or samples >= _MORE * last.samples


def _outcomes(connection: Connection, index: Index, now: datetime) -> list[Outcome]:
    """Questions whose right or wrong entry is known, asked of the FAQ as it is now.

    Words that the FAQ knows at sight tell nothing about the search. A question taken twice counts twice: so often is
    it asked.
    """
    asked = [one.asked for one in read_questions(connection, now - LEARNED_FROM)]
    found: list[Outcome] = []
    for lesson in learn(asked):
        if lesson.kind is Kind.REPLIED or index.recognise(lesson.question) is not None:
            continue
        trace = index.trace(lesson.question)
        if not trace.scores:
            continue
        is_same = trace.ids[trace.found.entries[0]] == lesson.entry_id
        if lesson.kind is Kind.REFUSED and not is_same:
            continue  # that another entry was wrong does not make this one right
        is_right = is_same and lesson.kind is not Kind.REFUSED
        key = " ".join(words_key(lesson.question))
        found.append(Outcome(trace.raw, is_right, key, trace.signs))
    return found


def _undecided(connection: Connection, number: int) -> Suggestion:
    found = suggestions.find_suggestion(connection, number)
    if found.state is not SuggestionState.OPEN:
        raise Conflict(Text(f"fault.{found.state}", {"number": number}))
    return found
