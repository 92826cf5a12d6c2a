"""Steps in which people or time do something."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select

from bot.storage.announcements import keeping
from bot.storage.service.rules import save_rule
from bot.storage.service.settings import change_setting
from bot.storage.surveys.improvements import add_improvement
from bot.storage.surveys.questionnaires import keep_survey, switch
from bot.storage.tables import message, operator
from core.conversation import ConversationId
from core.event import Act, OperatorActed
from handoff.announcement import read_audience
from surveys.form import find_builtin, read_survey
from surveys.survey import Survey
from tests.dialogs.scenario import Step, as_list, read_span

if TYPE_CHECKING:
    from tests.dialogs.player import Player


async def _says(player: Player, step: Step) -> None:
    await player.stage.says([str(step.value)], answering=step.options.get("answering", ""))


def _long(count: int) -> str:
    return ("слово " * count)[:count]


async def _says_at_length(player: Player, step: Step) -> None:
    await player.stage.says([_long(step.value)])


async def _operator_writes_at_length(player: Player, step: Step) -> None:
    await player.stage.member_writes(step.who, _long(step.value), await player.topic(step))


async def _says_quickly(player: Player, step: Step) -> None:
    await player.stage.says([str(one) for one in step.value])


async def _sends(player: Player, step: Step) -> None:
    caption = str(step.options.get("caption", ""))
    await player.stage.sends(as_list(step.value), caption, answering=step.options.get("answering", ""))


async def _edits(player: Player, step: Step) -> None:
    ((old, new),) = step.value.items()
    await player.stage.edits(old, new)


async def _presses(player: Player, step: Step) -> None:
    await player.stage.presses(str(step.value), under=step.options.get("under", ""))


async def _operator_writes(player: Player, step: Step) -> None:
    answering = step.options.get("answering", "")
    await player.stage.member_writes(step.who, str(step.value), await player.topic(step), answering=answering)


async def _operator_sends(player: Player, step: Step) -> None:
    caption = str(step.options.get("caption", ""))
    await player.stage.member_sends(step.who, as_list(step.value), caption, await player.topic(step))


async def _operator_edits(player: Player, step: Step) -> None:
    ((old, new),) = step.value.items()
    await player.stage.member_edits(step.who, old, new, await player.topic(step))


async def _operator_presses(player: Player, step: Step) -> None:
    await player.stage.member_presses(step.who, str(step.value), await player.topic(step))


async def _closes_topic(player: Player, step: Step) -> None:
    await player.stage.member_closes_topic(await player.topic(step))


async def _deletes_topic(player: Player, step: Step) -> None:
    await player.stage.member_deletes_topic(await player.topic(step))


async def _acts_at_console(player: Player, step: Step) -> None:
    """An act at the web console: {reply: text}, {transfer: whom, text: why}, "take"; `about`: words of a message."""
    value, options = (step.value, {}) if isinstance(step.value, dict) else ({step.value: ""}, step.options)
    (name, words), *rest = value.items()
    fields = {**dict(rest), **options}
    act = Act(name)
    is_said = act in {Act.REPLY, Act.NOTE, Act.EDIT, Act.BAN}
    topic = int(fields.get("in") or await player.topic(step)) if act is not Act.PRESENCE else None
    about = fields.get("about")
    player.acted = OperatorActed(
        await player.read_database(_operator_id(step.who)),
        act,
        str(fields.get("nonce", f"n{len(player.transcript)}")),
        ConversationId(topic) if topic is not None else None,
        str(words) if is_said else str(fields.get("text", "")),
        "" if is_said else str(words or ""),
        message_id=await player.read_database(_message_id(str(about))) if about else None,
        is_confirmed=bool(fields.get("confirmed")),
    )
    await player.stage.app.acts.act(player.acted)


def _operator_id(login: str) -> Callable[[Connection], Any]:
    return lambda connection: connection.scalar(select(operator.c.id).where(operator.c.login == login))


def _message_id(words: str) -> Callable[[Connection], Any]:
    query = select(func.max(message.c.id)).where(message.c.text.contains(words))
    return lambda connection: connection.scalar(query)


async def _passes(player: Player, step: Step) -> None:
    await player.stage.passes(read_span(step.value).total_seconds())


def _survey_of(value: Any) -> Survey:
    """One that comes with Otklik, by its name; or one written as in a file."""
    if isinstance(value, str):
        return find_builtin(value)
    ((key, raw),) = value.items()
    return read_survey(key, raw)


async def _takes_survey(player: Player, step: Step) -> None:
    """A survey that comes with Otklik is taken into use, at any hour of the day."""
    app = player.stage.app
    now = app.clock.now()

    def work(connection: Connection) -> None:
        known = _survey_of(step.value)
        keep_survey(connection, replace(known, plan=replace(known.plan, share=100)), now)
        limits = {"quiet_from": "00:00", "quiet_to": "00:00", "apart_days": 0}
        change_setting(connection, "surveys.limits", limits, "tests", now)

    await app.database.write(work)
    await app.board.refresh()


async def _asks_at_any_hour(player: Player, step: Step) -> None:
    app = player.stage.app
    now = app.clock.now()
    limits = {"quiet_from": "00:00", "quiet_to": "00:00", "apart_days": 0}
    await app.database.write(lambda c: change_setting(c, "surveys.limits", limits, "tests", now))
    await app.board.refresh()


async def _improves(player: Player, step: Step) -> None:
    """Something was changed that customers had complained about for the reason."""
    app = player.stage.app
    now = app.clock.now()
    words, reason = {"ru": str(step.value)}, str(step.options["reason"])
    await app.database.write(lambda connection: add_improvement(connection, reason, words, now))


async def _drops_survey(player: Player, step: Step) -> None:
    app = player.stage.app
    now = app.clock.now()
    await app.database.write(lambda connection: switch(connection, str(step.value), is_active=False, now=now))


async def _changes_settings(player: Player, step: Step) -> None:
    """An admin changes business settings; the running bot notices by itself."""
    app = player.stage.app
    now = app.clock.now()
    for key, value in step.value.items():
        await app.database.write(lambda c, key=key, value=value: change_setting(c, key, value, "admin", now))  # type: ignore[misc]
    await app.timers.tick()


async def _adds_rule(player: Player, step: Step) -> None:
    app = player.stage.app
    now = app.clock.now()
    await app.database.write(lambda connection: save_rule(connection, step.value, "admin", now))
    await app.timers.tick()


async def _announces(player: Player, step: Step) -> None:
    """An admin's announcement: `say` first for so long, or `send`; `to` is its audience."""
    app = player.stage.app
    now = app.clock.now()
    words = step.value if isinstance(step.value, dict) else {"ru": str(step.value)}
    audience = read_audience(step.options.get("to", {}))

    def work(connection: Connection) -> None:
        urgent = bool(step.options.get("urgent"))
        number = keeping.add_announcement(connection, words, audience, None, now, is_urgent=urgent)
        if "say" in step.options:
            keeping.say_until(connection, number, now + read_span(step.options["say"]), now)
        if "send" in step.options:
            keeping.schedule(connection, number, now + read_span(step.options["send"]), now)

    await app.database.write(work)
    await app.timers.tick()


ACTED: dict[str, Callable[[Player, Step], Awaitable[None]]] = {
    "customer": _says,
    "settings": _changes_settings,
    "rule": _adds_rule,
    "customer quickly": _says_quickly,
    "customer long": _says_at_length,
    "operator long": _operator_writes_at_length,
    "customer sends": _sends,
    "customer edits": _edits,
    "press": _presses,
    "press forged": lambda player, step: player.stage.forges(str(step.value)),
    "customer blocks": lambda player, step: player.stage.blocks(),
    "customer returns": lambda player, step: player.stage.returns(),
    "community answers": lambda player, step: player.stage.is_answered_by_community(str(step.value)),
    "operator writes": _operator_writes,
    "operator sends": _operator_sends,
    "operator edits": _operator_edits,
    "operator presses": _operator_presses,
    "console": _acts_at_console,
    "topic is closed by hand": _closes_topic,
    "topic is deleted by hand": _deletes_topic,
    "desk is unreachable": lambda player, step: player.stage.break_desk(),
    "desk is back": lambda player, step: player.stage.mend_desk(),
    "after": _passes,
    "survey": _takes_survey,
    "survey off": _drops_survey,
    "any hour": _asks_at_any_hour,
    "improvement": _improves,
    "announcement": _announces,
}
