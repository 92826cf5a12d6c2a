"""Finds the questions in what a customer wrote: which messages ask, and where one question ends."""

import re
from collections.abc import Sequence

from faq.normalize import MAX_LENGTH, normalize, question_of
from faq.person import is_bare_call
from faq.smalltalk import smalltalk
from faq.words.noise import strip_noise

MOST_PARTS = 6
"""Parts of one burst that are looked at on their own."""

MOST_SENTENCES = 12
"""Sentences of one message that are looked at."""

_SENTENCE = re.compile(r"(?<=[.!?…;])\s+|\n+")
_AND = r"(?:и|а|еще|ещё|также|плюс|и еще|и ещё|а еще|а ещё|а также|and|also|and also|plus)"
_ASKING = (
    r"(?:как|где|куда|когда|сколько|почему|зачем|можно|нельзя|какой|какая|какие|каков[аоы]?|кто|чем|есть ли|что|"
    r"how|where|when|why|what|which|who|can|could|do you|does|is there|are there)"
)
_TURN = re.compile(rf",?\s+{_AND}\s+(?={_ASKING}\b)|,\s+(?={_ASKING}\b)", re.IGNORECASE)


def said(texts: Sequence[str]) -> list[str]:
    """The messages that say more than small talk and politeness, in order."""
    return [text for text in texts if smalltalk(text) is None and strip_noise(normalize(text))]


def asks(text: str) -> bool:
    """Whether a message asks something: more than small talk, politeness, a command or a bare call for a person."""
    if text.startswith("/"):
        return False
    return not is_bare_call(text) and any(not is_bare_call(part) for part in sentences(text))


def sentences(text: str) -> list[str]:
    """The first sentences of a text, without those that are small talk or politeness only."""
    found = [part for part in _SENTENCE.split(text[:MAX_LENGTH]) if part.strip()]
    return said(found[:MOST_SENTENCES])


def parts(texts: Sequence[str]) -> list[str]:
    """Pieces that may be questions of their own: messages, their sentences, and clauses after "and how …"."""
    found: list[str] = []
    for text in texts:
        for sentence in sentences(text):
            found.extend(piece for piece in _TURN.split(sentence) if len(question_of(normalize(piece)).split()) > 1)
    return found[:MOST_PARTS] if found else list(texts[:MOST_PARTS])
