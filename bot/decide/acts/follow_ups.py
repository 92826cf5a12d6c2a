"""Dissatisfied customers at the desk: the list, who takes whom, what came of it."""

from __future__ import annotations

from datetime import datetime, tzinfo

from bot.decide.acts.asking import TELEGRAM
from bot.decide.steps import Step
from bot.decide.steps.acts import EndFollowUp, Record, TakeFollowUp
from core.text import Text
from handoff.board import FollowUpRow
from handoff.operators import Operator, Role

_MOST = 20  # lines
_OUTCOMES = {
    **{word: word for word in ("settled", "reached", "unreachable", "needless")},
    **{"решено": "settled", "поговорили": "reached", "недоступен": "unreachable", "незачем": "needless"},
}


def on_follow_up(
    argument: str, operator: Operator, rows: tuple[FollowUpRow, ...], now: datetime, zone: tzinfo
) -> tuple[list[Text], list[Step]]:
    """What to say, and what to do: "" lists, "12" takes, "12 settled WORDS" ends.

    An operator sees their own and those nobody took; a lead all of them.
    """
    is_lead = operator.role is not Role.OPERATOR
    seen = [row for row in rows if is_lead or row.owner_id in {None, operator.id}]
    if not argument:
        return _listed(seen, now, zone), []
    number, _, rest = argument.partition(" ")
    row = next((one for one in seen if str(one.id) == number.lstrip("#")), None)
    if row is None:
        return [Text("board.follow_up.unknown", {"number": number[:20]})], []
    return _taken(row, operator) if not rest.strip() else _ended(row, operator, rest)


def _taken(row: FollowUpRow, operator: Operator) -> tuple[list[Text], list[Step]]:
    line = _line("board.follow_up.took", row, operator)
    done = _record(operator, "followup.taken", line, {"follow_up": row.id, "to": operator.login})
    return [line], [TakeFollowUp(row.id, operator.id), done]


def _ended(row: FollowUpRow, operator: Operator, said: str) -> tuple[list[Text], list[Step]]:
    """Who ends what nobody took has taken it."""
    word, _, words = said.strip().partition(" ")
    outcome = _OUTCOMES.get(word.lower())
    if outcome is None:
        return [Text("board.follow_up.how")], []
    line = _line("board.follow_up.ended", row, operator)
    taken: list[Step] = [] if row.owner_id is not None else [TakeFollowUp(row.id, operator.id)]
    done = _record(operator, "followup.ended", line, {"follow_up": row.id, "outcome": outcome})
    return [line], [*taken, EndFollowUp(row.id, outcome, words.strip()), done]


def _line(key: str, row: FollowUpRow, operator: Operator) -> Text:
    return Text(key, {"number": row.id, "name": row.name or "—", "operator": operator.shown_name})


def _record(operator: Operator, act: str, line: Text, detail: dict[str, object]) -> Record:
    return Record(operator.id, TELEGRAM, act, answer=line, detail=detail)


def _listed(rows: list[FollowUpRow], now: datetime, zone: tzinfo) -> list[Text]:
    if not rows:
        return [Text("board.follow_up.none")]
    lines = [Text("board.follow_up", {}, len(rows))]
    for row in rows[:_MOST]:
        params = {
            "mark": "⏰" if row.due_at < now else "·",
            "number": row.id,
            "name": row.name or "—",
            "about": f"#{row.conversation_id}" if row.conversation_id is not None else "—",
            "score": row.score,
            "due": f"{row.due_at.astimezone(zone):%d.%m %H:%M}",
            "owner": row.owner or "—",
        }
        lines.append(Text("board.follow_up.row", params))
    more = [Text("board.more", {"count": len(rows) - _MOST})] if len(rows) > _MOST else []
    return [*lines, *more, Text("board.follow_up.how")]
