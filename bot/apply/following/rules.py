"""Rules are followed right after what they are about, in the same transaction; each step of each once."""

from __future__ import annotations

from bot.apply.carry import carry_out
from bot.apply.service.rules import facts_of, plan_wait, rule_situation
from bot.apply.work import Work
from bot.decide.service.rules import on_rule
from bot.storage.service.rules import note_steps, steps_done
from core.conversation import Status
from handoff.service.rules import Moment, next_step


def follow_rules(work: Work, moment: Moment, words: str = "", score: int | None = None) -> None:
    """Look at the rules of this moment, in their order; a later one sees what an earlier one changed."""
    rules = [one for one in work.setup.rules() if one.rule.moment is moment]
    if work.conversation is None or not rules or work.customer.banned_at is not None:
        return
    if moment is not Moment.SCORED and work.live.status is Status.CLOSED:
        return
    done = steps_done(work.connection, work.live.id)
    for stored in rules:
        step = next_step(stored.rule, facts_of(work, moment, words, score), done.get(stored.id, ()))
        if step is None:
            continue
        note_steps(work.connection, stored.id, work.live.id, (step.name, *step.passed_over), work.now)
        carry_out(work, on_rule(stored.rule, rule_situation(work, stored.rule), work.now))


def follow_waiting(work: Work) -> None:
    """A wait grew long; afterwards the next length is waited for."""
    follow_rules(work, Moment.WAITING)
    plan_wait(work)
