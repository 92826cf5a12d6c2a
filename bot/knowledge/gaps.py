"""The gap list: what customers asked and the bot could not help with, like questions together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.knowledge.learning import load_exceptions
from bot.storage.knowledge.evidence import StoredQuestion, read_questions
from faq.index import Index
from faq.learning.exceptions import Exceptions
from faq.learning.grouping import group_alike
from faq.learning.lessons import by_question, is_gap
from faq.matches import Match

_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Gap:
    """Like questions that were left without help.

    `question` stands for them, `samples` are different wordings; `count` conversations asked it: `unanswered` of them
    got nothing, the others something that did not help. `nearest` is what the FAQ comes closest with now, `refused` are
    entries that were shown in vain, `reply` what an operator answered last.
    """

    question: str
    samples: tuple[str, ...]
    count: int
    unanswered: int
    last_at: datetime
    conversations: tuple[int, ...]
    nearest: Match | None
    refused: tuple[str, ...]
    reply: str


def find_gaps(connection: Connection, index: Index, since: datetime, until: datetime | None = None) -> list[Gap]:
    """The gaps of a time, the most asked first; what the FAQ has learned since, or is not meant to know, is left out.

    Takes a while with thousands of questions: run it beside the event loop, on a reader.
    """
    exceptions = load_exceptions(connection)
    stored = {one.asked.id: one for one in read_questions(connection, since, until)}
    left: list[list[StoredQuestion]] = []
    for rows in by_question(one.asked for one in stored.values() if one.asked.question.strip()):
        refused = {row.entry_id for row in rows if row.outcome == "refused"}
        if is_gap(rows) and not _is_settled(rows[0].question, refused, index, exceptions):
            left.append([stored[row.id] for row in rows])
    groups = group_alike([own[0].asked.question for own in left])
    gaps = [_gap(left[group.first], [left[place] for place in group.members], index) for group in groups]
    return sorted(gaps, key=lambda gap: (-gap.count, gap.question))


def _is_settled(question: str, refused: set[str], index: Index, exceptions: Exceptions) -> bool:
    """Whether a person has dealt with it: an entry has these words now, or they were marked as not for the bot."""
    if None in exceptions.forbidden(question):
        return True
    known = index.recognise(question)
    return known is not None and known[0].entry_id not in refused


def _gap(first: Sequence[StoredQuestion], members: Sequence[Sequence[StoredQuestion]], index: Index) -> Gap:
    question = first[0].asked.question
    rows = [row for own in members for row in own]
    refused = Counter(row.asked.entry_id for row in rows if row.asked.outcome == "refused")
    replies = [row.asked.reply for row in rows if row.asked.reply]
    in_vain = {row.asked.conversation_id for row in rows if row.asked.outcome == "refused"}
    conversations = {row.asked.conversation_id for row in rows}
    wordings = dict.fromkeys(own[0].asked.question for own in members)
    return Gap(
        question,
        tuple(wording for wording in wordings if wording != question)[:_SAMPLES],
        len(conversations),
        len(conversations - in_vain),
        max(row.asked_at for row in rows),
        tuple(sorted(conversations)),
        index.search(question, limit=1).first,
        tuple(key for key, _ in refused.most_common()),
        replies[-1] if replies else "",
    )
