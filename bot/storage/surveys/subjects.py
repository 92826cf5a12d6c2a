"""What a conversation was about: the FAQ category of what was asked in it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.storage.tables import conversation, faq_answer, faq_entry

_LIKELY = 0.3  # a guess below this probability says nothing about the subject
_MOST = 500


def subjects_of(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """The category of each conversation whose subject is known.

    That of the last entry the bot answered with or the customer chose; where there was none, of the likeliest match
    of a question.
    """
    categories = {row.key: row.category for row in connection.execute(select(faq_entry.c.key, faq_entry.c.category))}
    chosen: dict[int, str] = {}
    guessed: dict[int, str] = {}
    for start in range(0, len(numbers), _MOST):
        query = (
            select(faq_answer.c.conversation_id, faq_answer.c.entry_key, faq_answer.c.matches)
            .where(faq_answer.c.conversation_id.in_(numbers[start : start + _MOST]))
            .order_by(faq_answer.c.id)
        )
        for row in connection.execute(query):
            if row.entry_key:
                chosen[row.conversation_id] = row.entry_key
            elif row.matches and row.matches[0][1] >= _LIKELY:
                guessed[row.conversation_id] = row.matches[0][0]
    return {number: categories[key] for number, key in {**guessed, **chosen}.items() if key in categories}


def subject_of(connection: Connection, number: int) -> str:
    """What a person said goes before what the bot found; "" where nobody knows."""
    said = connection.execute(select(conversation.c.category).where(conversation.c.id == number)).scalar_one()
    return said or subjects_of(connection, [number]).get(number, "")
