"""From the FAQ's verdicts to what the bot says while it leads the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.decide import keyboards
from bot.decide.situation import Knowledge
from bot.decide.steps import Choice, Found, Remember, Say, Step
from bot.decide.titles import different, short
from core.conversation import Dialogue
from core.message import MessageId
from core.text import Text
from faq.answer import Answer, Clarify, Handoff, Smalltalk, Verdict
from faq.entry import Entry
from faq.matches import Matches
from faq.person import is_bare_call
from faq.smalltalk import smalltalk

_QUESTION_KEPT = 1000  # characters of the question remembered for the card
_RESERVE_AT = 0.15  # a next best below this probability, the first being wrong, is not worth the customer's time
_RESERVE_LEAST = 0.01  # and nothing below this, whatever the first was
_CALL_WORDS = 5  # a call for a person in more words than this, or with a match as probable as the next, asks something
_CALL_AT = 0.3


def answer_verdicts(
    question: str, dialogue: Dialogue, knowledge: Knowledge, language: str, *, is_first: bool
) -> tuple[list[Step], bool]:
    """What to say to the verdicts, and whether a person was asked for."""
    verdicts = knowledge.verdicts
    if any(isinstance(verdict, Handoff) for verdict in verdicts):
        return [Remember(replace(dialogue, question=_asked(question, dialogue, verdicts)))], True
    steps: list[Step] = []
    state = dialogue
    for verdict in verdicts:
        say, state = _answer_one(verdict, state, knowledge, language, is_first=is_first)
        steps.append(_about(say, verdict) if len(verdicts) > 1 else say)
    if any(not isinstance(verdict, Smalltalk) for verdict in verdicts):
        state = replace(state, question=question[:_QUESTION_KEPT])
    return [*steps, Remember(state)], False


def _asked(question: str, dialogue: Dialogue, verdicts: Sequence[Verdict]) -> str:
    """What was asked before a call for a person stays; a bare call is no question of its own."""
    if dialogue.question:
        return dialogue.question
    if is_bare_call(question):
        return ""
    has_match = any(first.score >= _CALL_AT for verdict in verdicts if (first := verdict.matches.first))
    return question[:_QUESTION_KEPT] if has_match or len(question.split()) > _CALL_WORDS else ""


def first_asked(text: str, dialogue: Dialogue) -> list[Step]:
    """Who called for a person before asking anything says in the queue what it is about: that is the question."""
    if dialogue.question or not text.strip() or is_bare_call(text) or smalltalk(text):
        return []
    return [Remember(replace(dialogue, question=text[:_QUESTION_KEPT]))]


def _answer_one(
    verdict: Verdict, dialogue: Dialogue, knowledge: Knowledge, language: str, *, is_first: bool
) -> tuple[Say, Dialogue]:
    if isinstance(verdict, Answer):
        entry = knowledge.entry(verdict.match.entry_id)
        if entry is not None:
            reserve = _next_best(verdict.matches, entry, dialogue.refused, knowledge)
            found = _found(verdict.matches, "answer", entry.id, verdict.match.score)
            return say_entry(entry, found), replace(_shown(dialogue, entry.id), reserve=reserve)
    if isinstance(verdict, Clarify):
        listed = [entry for match in verdict.options if (entry := knowledge.entry(match.entry_id))]
        entries = different(_in_language(listed, language))
        if entries:
            say = Say(
                Text("clarify.ask" if len(entries) > 1 else "clarify.one"),
                "clarify",
                keyboards.of_entries(entries),
                found=_found(verdict.matches, "clarify"),
            )
            return say, replace(dialogue, reserve=tuple(entry.id for entry in entries))
    if isinstance(verdict, Smalltalk):
        return _small_talk(verdict.kind, knowledge, language, is_first=is_first), dialogue
    return _no_match(verdict.matches, dialogue, knowledge, language)


def _about(say: Say, verdict: Verdict) -> Say:
    """Of several questions asked at once: which one is not answered yet."""
    question = short(" ".join(verdict.matches.text.split()).strip(" ?!."))
    key = {"clarify": "clarify.about", "nomatch": "nomatch.about"}.get(say.kind)
    return replace(say, text=Text(key, {"question": question})) if key and question else say


def say_entry(entry: Entry, found: Found) -> Say:
    return Say(entry.answer, "answer", keyboards.under_answer(entry), found=found, attachments=entry.files)


def _shown(dialogue: Dialogue, key: str) -> Dialogue:
    return replace(dialogue, shown=(*[shown for shown in dialogue.shown if shown != key], key)[-10:], misses=0)


def choose_entry(entry: Entry, dialogue: Dialogue, how: str, under: MessageId | None = None) -> tuple[Say, Dialogue]:
    """An entry picked by the customer under a message: a choice that was offered, or a list."""
    found = Found(question=dialogue.question, decision=how, entry=entry.id, under=under)
    reserve = tuple(key for key in dialogue.reserve if key != entry.id)
    return say_entry(entry, found), replace(_shown(dialogue, entry.id), reserve=reserve)


def greet(knowledge: Knowledge, language: str, key: str) -> Say:
    return Say(Text(key), "greeting", keyboards.of_categories(knowledge, language))


def _small_talk(kind: str, knowledge: Knowledge, language: str, *, is_first: bool) -> Say:
    if kind == "greeting":
        return greet(knowledge, language, "greeting.first" if is_first else "greeting.again")
    known = {"thanks", "farewell", "ack", "emoji", "apology", "praise", "who_are_you", "gibberish"}
    return Say(Text(f"smalltalk.{kind if kind in known else 'ack'}"), "smalltalk", keyboards.with_operator())


def _no_match(matches: Matches, dialogue: Dialogue, knowledge: Knowledge, language: str) -> tuple[Say, Dialogue]:
    misses = dialogue.misses + 1
    say = Say(
        Text("nomatch.first" if misses == 1 else "nomatch.again"),
        "nomatch",
        keyboards.with_operator(*([_menu_row()] if knowledge.categories(language) and misses == 1 else [])),
        found=_found(matches, "none"),
    )
    return say, replace(dialogue, misses=misses, reserve=())


def _menu_row() -> tuple[Choice, ...]:
    return (Choice(Text("button.menu"), "menu", "0:"),)


def refuse(key: str, dialogue: Dialogue, knowledge: Knowledge, under: MessageId | None = None) -> tuple[Say, Dialogue]:
    """ "Did not help": the next best once, then the operator."""
    refused = (*[old for old in dialogue.refused if old != key], key)[-10:]
    # the reserve belongs to the newest answer, and is used up by the first "did not help" to it
    rest = [other for other in dialogue.reserve if other not in refused] if dialogue.shown[-1:] == (key,) else []
    entry = knowledge.entry(rest[0]) if rest else None
    state = replace(dialogue, refused=refused, reserve=())
    if entry is None:
        return Say(Text("refused.operator"), "refused", keyboards.with_operator()), state
    found = Found(question=dialogue.question, decision="answer", entry=entry.id, under=under)
    say = say_entry(entry, found)
    return replace(say, text=Text("refused.next", {"question": entry.question, "answer": entry.answer})), _shown(
        state, entry.id
    )


def _found(matches: Matches, decision: str, entry: str = "", score: float | None = None) -> Found:
    listed = tuple((match.entry_id, round(match.score, 4)) for match in matches)
    return Found(matches.text, decision, entry, score, listed)


def _next_best(matches: Matches, first: Entry, besides: Sequence[str], knowledge: Knowledge) -> tuple[str, ...]:
    """What to offer when the first did not help; its probability then goes to the others of its language."""
    left = 1.0 - matches.first.score if matches.first else 1.0
    least = max(_RESERVE_LEAST, _RESERVE_AT * left)
    likely = [match.entry_id for match in matches if match.score >= least]
    others = [entry for key in likely if (entry := knowledge.entry(key)) and key not in {first.id, *besides}]
    return tuple(entry.id for entry in others if entry.language == first.language)[:2]


def _in_language(entries: list[Entry], language: str) -> list[Entry]:
    """Those in the customer's language, where that leaves a choice."""
    own = [entry for entry in entries if entry.language == language]
    return own if len(own) > 1 else entries
