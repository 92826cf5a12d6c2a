"""Lessons -> what an admin is asked to approve: phrasings, exceptions and new entries."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz, process

from faq.index import Index
from faq.learning.exceptions import Exceptions, Key, words_key
from faq.learning.grouping import group_alike
from faq.learning.lessons import Kind, Lesson
from faq.smalltalk import smalltalk

MOST_WORDS = 25
"""Words of a question from which on it tells a story and is no phrasing."""
MOST_LENGTH = 200
"""Characters of the same."""
FEWEST_REFUSALS = 2
"""Conversations in which an answer was refused before an exception is proposed."""
FEWEST_REPLIES = 2
"""Like questions answered by operators before a new entry is proposed."""
_MAJORITY = 2 / 3
_SAME_ANSWER = 85.0
_SHORTEST_REPLY = 20
_PRIVATE = re.compile(r"\d[\d\s()+-]{4,}\d|[\w.+-]+@\w|https?://|\bwww\.", re.IGNORECASE)


class Proposed(StrEnum):
    """What is proposed."""

    PHRASING = "phrasing"  # a wording for an entry
    EXCEPTION = "exception"  # words that the entry must not answer
    ENTRY = "entry"  # a new entry, with what operators reply as its answer


@dataclass(frozen=True, slots=True)
class Proposal:
    """`count` conversations speak for it; `evidence` are the numbers of the questions, newest last."""

    kind: Proposed
    text: str
    entry_id: str = ""
    answer: str = ""
    count: int = 1
    evidence: tuple[int, ...] = ()


def is_fit(text: str) -> bool:
    """Whether a customer's words may become part of the FAQ: short, a question, and nothing personal in them."""
    is_short = len(text) <= MOST_LENGTH and 1 < len(text.split()) <= MOST_WORDS
    return is_short and not _PRIVATE.search(text) and smalltalk(text) is None


def propose(lessons: Iterable[Lesson], index: Index, exceptions: Exceptions) -> list[Proposal]:
    """What the lessons speak for and the FAQ does not have yet, the best founded first."""
    answers = {entry.id: entry.answer for entry in index.entries}
    learned = [lesson for lesson in lessons if lesson.entry_id == "" or lesson.entry_id in answers]
    attributed = [_attribute(lesson, answers) for lesson in learned]
    by_words: dict[Key, list[Lesson]] = {}
    for lesson in attributed:
        by_words.setdefault(words_key(lesson.question), []).append(lesson)
    found = [one for own in by_words.values() for one in _of_words(own, index, exceptions)]
    found += _entries([lesson for lesson in attributed if not lesson.entry_id], index, exceptions)
    return sorted(found, key=lambda one: (-one.count, one.text))


def _attribute(lesson: Lesson, answers: Mapping[str, str]) -> Lesson:
    """An operator who sends what an entry says chose that entry."""
    if lesson.kind is not Kind.REPLIED or len(lesson.reply) < _SHORTEST_REPLY:
        return lesson
    found = process.extractOne(lesson.reply, answers, scorer=fuzz.ratio, score_cutoff=_SAME_ANSWER)
    if found is None:
        return lesson
    return Lesson(lesson.id, lesson.conversation_id, lesson.question, Kind.CHOSEN, str(found[2]), lesson.reply)


def _of_words(lessons: Sequence[Lesson], index: Index, exceptions: Exceptions) -> list[Proposal]:
    """For one set of words: the entry that is right for them, and those that are not."""
    text = _best_wording([lesson.question for lesson in lessons])
    if not is_fit(text):
        return []
    forbidden = exceptions.forbidden(text)
    known = index.recognise(text)
    good, bad = _conversations(lessons, good=True), _conversations(lessons, good=False)
    found: list[Proposal] = []
    total = sum(len(own) for own in good.values())
    for entry_id, speaking in good.items():
        is_wanted = len(speaking) > len(bad.get(entry_id, ())) and len(speaking) >= _MAJORITY * total
        if is_wanted and known is None and not forbidden & {entry_id, None}:
            found.append(_proposal(Proposed.PHRASING, text, entry_id, speaking))
    for entry_id, speaking in bad.items():
        is_wanted = len(speaking) >= FEWEST_REFUSALS and len(speaking) > len(good.get(entry_id, ()))
        if is_wanted and not forbidden & {entry_id, None} and _is_near(index, text, entry_id):
            found.append(_proposal(Proposed.EXCEPTION, text, entry_id, speaking))
    return found


def _conversations(lessons: Sequence[Lesson], *, good: bool) -> dict[str, dict[int, int]]:
    """For each entry the conversations that speak for it (or against it), each with its newest question."""
    found: dict[str, dict[int, int]] = {}
    for lesson in lessons:
        if lesson.entry_id and (lesson.kind is not Kind.REFUSED) is good:
            found.setdefault(lesson.entry_id, {})[lesson.conversation_id] = lesson.id
    return found


def _proposal(kind: Proposed, text: str, entry_id: str, speaking: dict[int, int]) -> Proposal:
    return Proposal(kind, text, entry_id, "", len(speaking), tuple(sorted(speaking.values())))


def _entries(lessons: Sequence[Lesson], index: Index, exceptions: Exceptions) -> list[Proposal]:
    """Questions that only operators could answer, several times."""
    fit = [
        lesson
        for lesson in lessons
        if is_fit(lesson.question)
        and len(lesson.reply) >= _SHORTEST_REPLY
        and not _PRIVATE.search(lesson.reply)
        and index.recognise(lesson.question) is None
        and None not in exceptions.forbidden(lesson.question)
    ]
    found = []
    for group in group_alike([lesson.question for lesson in fit]):
        own = [fit[place] for place in group.members]
        count = len({lesson.conversation_id for lesson in own})
        if count >= FEWEST_REPLIES:
            evidence = tuple(sorted(lesson.id for lesson in own))
            answer = max(own, key=lambda lesson: lesson.id).reply
            found.append(Proposal(Proposed.ENTRY, fit[group.first].question, "", answer, count, evidence))
    return found


def _best_wording(questions: Sequence[str]) -> str:
    """The commonest of the same words; of equally common ones the first."""
    return Counter(" ".join(question.split()) for question in questions).most_common(1)[0][0]


def _is_near(index: Index, text: str, entry_id: str) -> bool:
    """Whether the search still thinks of the entry."""
    return any(match.entry_id == entry_id for match in index.search(text, limit=3))
