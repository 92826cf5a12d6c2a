"""Settings of the answers out of the FAQ."""

from __future__ import annotations

from bot.settings import kinds
from bot.settings.setting import Settings
from faq.answer import Policy

_SHIPPED = Policy()

ANSWER_FROM = kinds.number(
    "faq.answer_from",
    round(100 * _SHIPPED.answer_at),
    "per cent: the bot answers when it is at least so sure that it is the right answer",
    least=50,
    most=100,
)
ASK_BACK_FROM = kinds.number(
    "faq.ask_back_from",
    round(100 * _SHIPPED.clarify_at),
    "per cent: below that it lets the customer choose when it is at least so sure that the right answer is among three",
    least=10,
    most=100,
)


def policy_of(settings: Settings) -> Policy:
    """The policy an admin chose."""
    return Policy(answer_at=settings[ANSWER_FROM] / 100, clarify_at=settings[ASK_BACK_FROM] / 100)
