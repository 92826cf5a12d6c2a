"""Dissatisfied customers somebody is to get back to: the list to work from, who took which, what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.console.context import Visit
from bot.console.pages.facts import script_facts
from bot.storage.desk.changes import record_follow_up
from bot.storage.operators import list_operators
from bot.storage.surveys import follow_ups
from bot.storage.surveys.follow_ups import Held, Outcome, Wanted
from core.conversation import OperatorId
from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from handoff.operators import Role

STATES = ("open", "overdue", "ended")
REASONS = ("low_score", "detractor")
_MINE, _NOBODY = "mine", "nobody"


async def show_list(visit: Visit) -> web.StreamResponse:
    """An operator sees their own and those nobody took; a supervisor sees all."""
    query, now = visit.request.query, visit.ground.clock.now()
    state = query.get("state", "") if query.get("state") in STATES else STATES[0]
    reason = query.get("reason", "") if query.get("reason") in REASONS else ""
    owner = query.get("owner", "")
    wanted = Wanted(
        is_open=state != "ended",
        owner_id=_owner(visit, owner),
        seen_by=_seen_by(visit),
        reason=reason,
        due_before=now if state == "overdue" else None,
    )

    def work(connection: Any) -> tuple[Any, ...]:
        counts = {
            "open": follow_ups.count_follow_ups(connection, Wanted(seen_by=_seen_by(visit))),
            "overdue": follow_ups.count_follow_ups(connection, Wanted(seen_by=_seen_by(visit), due_before=now)),
        }
        return follow_ups.list_follow_ups(connection, wanted), list_operators(connection), counts

    found, operators, counts = await visit.ground.database.read(work)
    return visit.page(
        "follow_ups.html",
        script=await script_facts(visit),
        found=found,
        operators=[one.operator for one in operators if one.is_active],
        counts=counts,
        state=state,
        states=STATES,
        reason=reason,
        reasons=REASONS,
        owner=owner,
        outcomes=list(Outcome),
        here=visit.request.path_qs,
    )


async def take(visit: Visit) -> web.StreamResponse:
    """For oneself; a supervisor may also give it to somebody."""
    form, me = await visit.form(), visit.operator
    asked = visit.text(form, "to", 16)
    to = int(asked) if asked.isdecimal() and visit.may(Role.SUPERVISOR) else int(me.id)

    def work(connection: Any, held: Held, number: int) -> dict[str, object]:
        names = {one.operator.id: one.operator.login for one in list_operators(connection) if one.is_active}
        if OperatorId(to) not in names:
            raise InvalidInput("error.follow_up.whom")
        if held.owner_id not in {None, to} and not visit.may(Role.SUPERVISOR):
            raise Conflict("error.follow_up.taken")
        follow_ups.take_follow_up(connection, number, to)
        return {"to": names[OperatorId(to)]}

    return await _act(visit, "followup.taken", work)


async def end(visit: Visit) -> web.StreamResponse:
    """What came of it; who ends what nobody took has taken it."""
    form, me, now = await visit.form(), visit.operator, visit.ground.clock.now()
    outcome, words = visit.text(form, "outcome", 16), visit.text(form, "words", 4000)
    if outcome not in set(Outcome):
        raise InvalidInput("error.follow_up.outcome")

    def work(connection: Any, held: Held, number: int) -> dict[str, object]:
        if held.owner_id not in {None, int(me.id)} and not visit.may(Role.SUPERVISOR):
            raise Forbidden("error.follow_up.taken")
        if held.owner_id is None:
            follow_ups.take_follow_up(connection, number, int(me.id))
        follow_ups.end_follow_up(connection, number, Outcome(outcome), words, now)
        return {"outcome": outcome}

    return await _act(visit, "followup.ended", work)


async def _act(visit: Visit, act: str, change: Callable[[Any, Held, int], dict[str, object]]) -> web.StreamResponse:
    """The change and its line in the audit log, or neither."""
    number, now = visit.number("number"), visit.ground.clock.now()

    def work(connection: Any) -> None:
        held = follow_ups.hold(connection, number)
        detail = change(connection, held, number)
        record_follow_up(connection, visit.who, act, number, held, now, **detail)

    try:
        await visit.ground.database.write(work)
    except NotFound:
        raise NotFound("error.follow_up.none") from None
    except Conflict as error:
        key = str(error)
        raise Conflict(key if key.startswith("error.") else "error.follow_up.ended") from None
    back = visit.text(await visit.form(), "back", 200)
    return visit.go(back if back.startswith("/follow-ups") else "/follow-ups", "said.saved")


def _seen_by(visit: Visit) -> int | None:
    return None if visit.may(Role.SUPERVISOR) else int(visit.operator.id)


def _owner(visit: Visit, asked: str) -> int | None:
    if asked == _MINE:
        return int(visit.operator.id)
    if asked == _NOBODY:
        return 0
    return int(asked) if asked.isdecimal() and len(asked) < 16 else None
