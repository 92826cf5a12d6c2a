"""The verdict on a customer's words: answer, clarify, hand over, small talk, or no match."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from faq.entry import Entry
from faq.index import Index
from faq.matches import Match, Matches
from faq.normalize import normalize, question_of
from faq.person import asks_for_operator
from faq.questions import parts, said
from faq.smalltalk import Kind, is_gibberish, smalltalk

__all__ = [
    "Answer", "Clarify", "Handoff", "Match", "Matches", "NoMatch", "Policy", "Smalltalk", "Verdict",
    "asks_for_operator", "judge", "judge_burst", "weigh",
]  # fmt: skip

_LABEL = 32  # letters that a button shows for certain
_NEARLY = 92.0  # likeness of two titles, of 100, from which on nobody sees the difference
_FILLER = 10  # letters of an answer up to which it is none yet
MOST_VERDICTS = 3
"""At most so many verdicts on one burst: more answers at once are not read."""


@dataclass(frozen=True, slots=True)
class Policy:
    """When to answer and when to ask back; probabilities, 0-1.

    `answer_at`: the first match is sent as the answer from this probability on. `clarify_at`: the matches shown to
    choose from must together reach it, `option_at` each of them; in a tiny FAQ, of which they are a great part, more.
    """

    answer_at: float = 0.94
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
    """The verdict on one message taken as one question, with all matches; takes any text. Without a policy the default
    one holds."""
    verdict = _judge(index, text, policy or Policy())
    if isinstance(verdict, Answer) and len(verdict.matches) == 1:
        return Answer(verdict.match, _listed(verdict.matches, index.search(text)))
    return verdict


def judge_burst(index: Index, texts: Sequence[str], policy: Policy | None = None) -> list[Verdict]:
    """The verdicts on several quick messages of one customer, one for each question in them, in order; one to three.

    Small talk is answered only when nothing else was said; a call for a person outweighs every question. An answer
    known at sight has but the one match.
    """
    policy = policy or Policy()
    if len(texts) == 1 and (known := _at_sight(index, texts[0], policy)):
        return [known]
    asking = said(texts)
    whole = "\n".join(asking) if asking else "\n".join(texts)
    if any(map(asks_for_operator, asking)):
        return [Handoff(index.search(whole))]
    apart = _answers(index, [part for part in parts(asking) if not _is_same(part, whole)], policy) if asking else []
    if len(apart) > 1:
        return list(apart[:MOST_VERDICTS])
    together = _judge(index, whole, policy)
    if isinstance(together, Answer) or not apart:
        return [together]
    return [apart[0]]


def _judge(index: Index, text: str, policy: Policy) -> Verdict:
    """The verdict on one question, without a search where it is known at sight."""
    if asks_for_operator(text):
        return Handoff(index.search(text))
    kind = smalltalk(text)
    if kind:
        matches = index.search(text)
        return weigh(index, matches, policy) if _is_worded_so(index, matches) else Smalltalk(kind, matches)
    verdict = _at_sight(index, text, policy) or weigh(index, index.search(text), policy)
    if isinstance(verdict, NoMatch) and is_gibberish(text):
        return Smalltalk(Kind.GIBBERISH, verdict.matches)
    return verdict


def _at_sight(index: Index, text: str, policy: Policy) -> Answer | None:
    """A known wording is answered without a search, unless it is a call for a person."""
    known = index.recognise(text)
    if not known or known[0].score < policy.answer_at or asks_for_operator(text):
        return None
    return Answer(known[0], known)


def _answers(index: Index, texts: Sequence[str], policy: Policy) -> list[Answer]:
    """The different answers to these questions, in order."""
    verdicts = [_judge(index, text, policy) for text in dict.fromkeys(texts)]
    return _distinct([verdict for verdict in verdicts if isinstance(verdict, Answer)])


def _is_same(part: str, whole: str) -> bool:
    return part == whole or question_of(normalize(part)) == question_of(normalize(whole))


def _listed(known: Matches, found: Matches) -> Matches:
    """A match known at sight, followed by what a search found; they share what it leaves of the probability."""
    first = known[0]
    others = [
        replace(match, score=min(match.score, 1 - first.score)) for match in found if match.entry_id != first.entry_id
    ]
    return Matches(known.text, (first, *others[: max(len(found) - 1, 0)]), found.normal)


def weigh(index: Index, matches: Matches, policy: Policy) -> Verdict:
    """What the policy makes of what a search found: an answer, a choice, or nothing."""
    first = matches.first
    if first is None:
        return NoMatch(matches)
    if first.score >= policy.answer_at:
        return Answer(first, matches)
    options = _options(index, matches, policy)
    if options and sum(option.score for option in options) >= _clarify_at(policy, len(index)):
        return Clarify(options, matches)
    return NoMatch(matches)


def _clarify_at(policy: Policy, entries: int) -> float:
    """What the matches shown must reach together. Three of three entries hold the right one whatever was asked, if any
    does, so that says little: the fewer entries, the nearer it is to half way between `clarify_at` and certain."""
    part = min(1.0, policy.most_options / entries)
    return policy.clarify_at + max(0.0, 1 - policy.clarify_at) / 2 * part**2


def _options(index: Index, matches: Matches, policy: Policy) -> tuple[Match, ...]:
    """The likely matches that a customer can tell apart, most likely first."""
    chosen: list[Match] = []
    for match in matches:
        if match.score < policy.option_at or len(chosen) == policy.most_options:
            break
        if not any(_are_alike(index.entry(match.entry_id), index.entry(one.entry_id)) for one in chosen):
            chosen.append(match)
    return tuple(chosen)


def _are_alike(one: Entry, other: Entry) -> bool:
    """Whether two entries look the same on a button, or say the same when it is pressed."""
    titles = [normalize(entry.question) for entry in (one, other)]
    if titles[0][:_LABEL] == titles[1][:_LABEL] or fuzz.token_sort_ratio(*titles) >= _NEARLY:
        return True
    answers = [entry.answer.strip() for entry in (one, other)]
    return answers[0] == answers[1] and len(answers[0]) > _FILLER


def _distinct(answers: list[Answer]) -> list[Answer]:
    return list({answer.match.entry_id: answer for answer in reversed(answers)}.values())[::-1]


def _is_worded_so(index: Index, matches: Matches) -> bool:
    """Whether the FAQ itself has the words as a question ("Спасибо" as an entry of its own)."""
    first = matches.first
    return first is not None and index.is_wording(matches.normal, first.entry_id)
