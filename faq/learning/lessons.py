"""What a conversation teaches: which entry was the right one for a question, which was not, and what a person said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What happened to a question."""

    HELPED = "helped"  # the customer pressed "helped" under the entry
    CHOSEN = "chosen"  # picked the entry from the choice the bot offered
    REFUSED = "refused"  # pressed "did not help" under the entry
    REPLIED = "replied"  # no entry helped, and an operator wrote


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the bot dealt with it. `outcome`: "", helped or refused; `reply`: an operator's first words after
    it; `entry_id`: what was shown, "" for nothing."""

    id: int
    conversation_id: int
    question: str
    decision: str
    entry_id: str
    outcome: str
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """`id` is that of the question it was learned from."""

    id: int
    conversation_id: int
    question: str
    kind: Kind
    entry_id: str = ""
    reply: str = ""


def learn(asked: Iterable[Asked]) -> list[Lesson]:
    """The lessons of some questions, which come in the order they were asked."""
    by_conversation: dict[int, list[Asked]] = {}
    for one in asked:
        if one.question.strip():
            by_conversation.setdefault(one.conversation_id, []).append(one)
    return [lesson for rows in by_conversation.values() for lesson in _learn_from(rows)]


def is_open(rows: Sequence[Asked]) -> bool:
    """Whether a question, in all that was made of it, was left without help as far as the customer said."""
    return not any(one.outcome == "helped" or (one.decision == "chosen" and one.outcome != "refused") for one in rows)


def is_gap(rows: Sequence[Asked]) -> bool:
    """Whether the bot failed: nothing was found, the answer was refused, or the choice led nowhere and people came."""
    failed = any(
        one.decision == "none" or one.outcome == "refused" or (one.decision == "clarify" and one.reply) for one in rows
    )
    return failed and is_open(rows)


def by_question(rows: Iterable[Asked]) -> list[list[Asked]]:
    """What was made of each question of each conversation, in order."""
    found: dict[tuple[int, str], list[Asked]] = {}
    for one in rows:
        found.setdefault((one.conversation_id, one.question), []).append(one)
    return list(found.values())


def _learn_from(rows: Sequence[Asked]) -> list[Lesson]:
    """Of one conversation. What an operator wrote answers the last question that was left open."""
    lessons = [
        Lesson(one.id, one.conversation_id, one.question, kind, one.entry_id) for one in rows if (kind := _kind(one))
    ]
    left = [own for own in by_question(rows) if is_gap(own)]
    if left and left[-1][-1].reply:
        last = left[-1][-1]
        lessons.append(Lesson(last.id, last.conversation_id, last.question, Kind.REPLIED, reply=last.reply))
    return lessons


def _kind(one: Asked) -> Kind | None:
    if not one.entry_id:
        return None
    if one.outcome in ("helped", "refused"):
        return Kind(one.outcome)
    return Kind.CHOSEN if one.decision == "chosen" else None
