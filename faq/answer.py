"""The verdict on a customer's words: answer, clarify, hand over, small talk, or no match."""

from collections.abc import Sequence
from dataclasses import dataclass

from faq.index import Index
from faq.matches import Match, Matches
from faq.person import asks_for_operator
from faq.questions import parts, said
from faq.smalltalk import Kind, smalltalk

__all__ = [
    "Answer", "Clarify", "Handoff", "Match", "Matches", "NoMatch", "Policy", "Smalltalk", "Verdict",
    "asks_for_operator", "judge", "judge_burst",
]  # fmt: skip

MOST_VERDICTS = 3
"""At most so many verdicts on one burst: more answers at once are not read."""


@dataclass(frozen=True, slots=True)
class Policy:
    """When to answer and when to ask back; probabilities, 0-1.

    `answer_at`: the first match is sent as the answer from this probability on. `clarify_at`: the matches shown to
    choose from must together reach it, `option_at` each of them.
    """

    answer_at: float = 0.85
    clarify_at: float = 0.40
    option_at: float = 0.06
    most_options: int = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """`match` is sent as the answer."""

    match: Match
    matches: Matches


@dataclass(frozen=True, slots=True)
class Clarify:
    """The customer chooses among `options`: one to three really different entries, most likely first."""

    options: tuple[Match, ...]
    matches: Matches


@dataclass(frozen=True, slots=True)
class Handoff:
    """The words ask for a person."""

    matches: Matches


@dataclass(frozen=True, slots=True)
class Smalltalk:
    """Nothing but small talk was said."""

    kind: Kind
    matches: Matches


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Nothing in the FAQ fits well enough."""

    matches: Matches


Verdict = Answer | Clarify | Handoff | Smalltalk | NoMatch


def judge(index: Index, text: str, policy: Policy | None = None) -> Verdict:
    """The verdict on one message taken as one question; takes any text. Without a policy the default one holds."""
    matches = index.search(text)
    if asks_for_operator(text):
        return Handoff(matches)
    kind = smalltalk(text)
    if kind and not _is_worded_so(index, matches):
        return Smalltalk(kind, matches)
    return _weigh(index, matches, policy or Policy())


def judge_burst(index: Index, texts: Sequence[str], policy: Policy | None = None) -> list[Verdict]:
    """The verdicts on several quick messages of one customer, one for each question in them, in order; one to three.

    Small talk is answered only when nothing else was said; a call for a person outweighs every question.
    """
    asking = said(texts)
    whole = "\n".join(asking) if asking else "\n".join(texts)
    if any(map(asks_for_operator, asking)):
        return [Handoff(index.search(whole))]
    together = judge(index, whole, policy)
    if not asking:
        return [together]
    apart = _distinct([verdict for part in parts(asking) if isinstance(verdict := judge(index, part, policy), Answer)])
    if len(apart) > 1:
        return list(apart[:MOST_VERDICTS])
    if isinstance(together, Answer) or not apart:
        return [together]
    return [apart[0]]


def _weigh(index: Index, matches: Matches, policy: Policy) -> Verdict:
    first = matches.first
    if first is None:
        return NoMatch(matches)
    if first.score >= policy.answer_at:
        return Answer(first, matches)
    options = _options(index, matches, policy)
    if options and sum(option.score for option in options) >= policy.clarify_at:
        return Clarify(options, matches)
    return NoMatch(matches)


def _options(index: Index, matches: Matches, policy: Policy) -> tuple[Match, ...]:
    chosen: dict[str, Match] = {}
    for match in matches:
        title = index.entry(match.entry_id).question.casefold().strip(" ?!.")
        if match.score >= policy.option_at and title not in chosen:
            chosen[title] = match
    return tuple(chosen.values())[: policy.most_options]


def _distinct(answers: list[Answer]) -> list[Answer]:
    return list({answer.match.entry_id: answer for answer in reversed(answers)}.values())[::-1]


def _is_worded_so(index: Index, matches: Matches) -> bool:
    """Whether the FAQ itself has the words as a question ("Спасибо" as an entry of its own)."""
    first = matches.first
    return first is not None and index.is_wording(matches.normal, first.entry_id)
