"""The leads' commands at the desk: who waits, who is there, who carries how much."""

from __future__ import annotations

from datetime import datetime

from core.text import Text
from handoff.board import Board, QueueRow, TeamRow
from handoff.queue import Priority

_MOST = 25  # lines of a board; the desk's text limit is 4096


def show_queue(board: Board, now: datetime) -> list[Text]:
    if not board.queue:
        return [Text("board.queue.empty")]
    lines = [Text("board.queue", {}, len(board.queue))]
    lines += [_waiting(row, now) for row in board.queue[:_MOST]]
    return [*lines, *_more(len(board.queue))]


def _waiting(row: QueueRow, now: datetime) -> Text:
    marks = ["⭐"] if row.is_vip else []
    marks += [{1: "❗", 2: "‼️", -1: "▽"}[row.priority]] if row.priority != Priority.NORMAL else []
    params = {
        "number": row.id,
        "name": row.name or "—",
        "channel": Text(f"channel.{row.channel}"),
        "level": row.level,
        "marks": " ".join(marks),
        "category": row.category,
        "minutes": max(0, int((now - row.queued_at).total_seconds() // 60)),
    }
    return Text("board.queue.row" if row.level == 1 else "board.queue.row.level", params)


def show_who(board: Board) -> list[Text]:
    if not board.team:
        return [Text("board.who.empty")]
    lines = [Text("board.who")]
    return [*lines, *[_member(row) for row in board.team[:_MOST]], *_more(len(board.team))]


def _member(row: TeamRow) -> Text:
    operator = row.operator
    params = {
        "name": operator.shown_name,
        "presence": Text(f"presence.{operator.presence}"),
        "level": operator.level,
        "load": row.load,
        "capacity": row.capacity,
        "skills": ", ".join(row.skills),
    }
    if not row.capacity:
        return Text("board.who.none", {**params, "skills": f" · {params['skills']}" if row.skills else ""})
    return Text("board.who.skilled" if row.skills else "board.who.row", params)


def show_load(board: Board) -> list[Text]:
    if not board.team:
        return [Text("board.who.empty")]
    busiest = sorted(board.team, key=lambda row: (-row.load / max(1, row.capacity), row.operator.login))
    lines = [Text("board.load", {"queued": len(board.queue), "held": sum(row.load for row in board.team)})]
    for row in busiest[:_MOST]:
        params = {
            "name": row.operator.shown_name,
            "load": row.load,
            "capacity": row.capacity,
            "snoozed": row.snoozed,
            "closed": row.closed,
        }
        if row.capacity:
            full = {"percent": round(100 * row.load / row.capacity)}
            lines.append(Text("board.load.row", params | full))
        else:  # there is nothing to be a share of
            lines.append(Text("board.load.none", params))
    return [*lines, *_more(len(board.team))]


def _more(count: int) -> list[Text]:
    return [Text("board.more", {"count": count - _MOST})] if count > _MOST else []
