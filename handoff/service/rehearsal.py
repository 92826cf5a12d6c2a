"""What rules would have done in past conversations. Pure; the same rules are asked the same way as in earnest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from handoff.service.rules import Canned, Facts, Message, Moment, Raise, Rule, RuleAct, Tag, Transfer, next_step


@dataclass(frozen=True, slots=True)
class PastMoment:
    """Something that happened: what was true then. For a wait: how long it became in the end."""

    at: datetime
    facts: Facts


@dataclass(frozen=True, slots=True)
class PastConversation:
    id: int
    moments: Sequence[PastMoment]


@dataclass(frozen=True, slots=True)
class Hit:
    """A step a rule would have done. Waits are told by their length; `at` is when the wait began."""

    conversation_id: int
    at: datetime
    step: str
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    rule: Rule
    hits: tuple[Hit, ...]

    def as_json(self) -> dict[str, Any]:
        hits = [
            {"conversation": hit.conversation_id, "at": hit.at.isoformat(), "step": hit.step, "acts": list(hit.acts)}
            for hit in self.hits
        ]
        return {"rule": self.rule.name, "count": len(self.hits), "hits": hits}


def rehearse(rules: Iterable[Rule], past: Sequence[PastConversation]) -> list[Rehearsal]:
    """Each rule by itself: what another would have changed before it is not played."""
    return [Rehearsal(rule, tuple(hit for one in past for hit in _hits(rule, one))) for rule in rules]


def _hits(rule: Rule, past: PastConversation) -> list[Hit]:
    done: set[str] = set()
    hits = []
    acts = tuple(_shown(act) for act in rule.then)
    for moment in past.moments:
        for facts in _as_it_grew(rule, moment.facts):
            step = next_step(rule, facts, done)
            if step is not None:
                done |= {step.name, *step.passed_over}
                hits.append(Hit(past.id, moment.at, step.name, acts))
    return hits


def _as_it_grew(rule: Rule, facts: Facts) -> list[Facts]:
    """A wait passes each length it reached, one after the other."""
    if facts.moment is not Moment.WAITING:
        return [facts]
    lengths: list[timedelta] = sorted(span for span in rule.when.waiting if span <= facts.waited)
    return [replace(facts, waited=span) for span in lengths]


def _shown(act: RuleAct) -> str:
    match act:
        case Message():
            return "message"
        case Tag():
            return f"tag {act.tag}"
        case Raise():
            return f"priority {act.priority}"
        case Transfer():
            return f"transfer to {act.to}"
        case Canned():
            return f"canned {act.name}"
        case _:
            return "alert"
