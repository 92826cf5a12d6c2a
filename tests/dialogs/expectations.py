"""Steps that say what is expected of the bot."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from bot.storage.desk.audit import find_answer
from bot.storage.measures.keeping import bring_up_to_date
from bot.storage.measures.period import Period
from bot.storage.measures.reading import load_facts
from bot.storage.service.tables import countdown
from bot.storage.surveys.follow_ups import list_follow_ups
from bot.storage.tables import conversation, customer, operator
from core.text import render
from surveys.report import build_report
from tests.dialogs.scenario import Step, as_list

if TYPE_CHECKING:
    from tests.dialogs.player import Player

_OPERATOR = re.compile(r"оператор|operator", re.IGNORECASE)


async def _bot(player: Player, step: Step) -> None:
    """An automatic message: under each of them stands the operator's button, last."""
    seen = player.next_shown(step)
    player.check_words(seen.text, step)
    player.check_rest(seen, step)
    last = seen.labels[-1] if seen.labels else seen.text.rsplit("\n", 1)[-1]
    if not _OPERATOR.search(last):
        player.fail(f"no operator's button under: {seen}")


async def _buttons(player: Player, step: Step) -> None:
    if player.last is None:
        player.fail("nothing was said yet")
    else:
        player.check_labels(player.last.labels, step.value)


async def _reply(player: Player, step: Step) -> None:
    """An operator's words, as they were written and without buttons; `exactly` excludes anything around them."""
    seen = player.next_shown(step)
    player.check_words(seen.text, step)
    player.check_rest(seen, step)
    if seen.labels:
        player.fail(f"an operator's reply has no buttons: {seen}")
    if "exactly" in step.options and seen.text != step.options["exactly"]:
        player.fail(f"the customer got {seen.text!r}")
    if seen.is_edit is not bool(step.options.get("edit")):
        player.fail(f"an edit or none? {seen}")


async def _reply_parts(player: Player, step: Step) -> None:
    """One long reply in so many messages, nothing lost of it."""
    for _ in range(step.value):
        seen = player.next_shown(step)
        if seen.labels or not seen.text:
            player.fail(f"no part of a reply: {seen}")


async def _posts(player: Player, step: Step) -> None:
    seen = player.next_posted(step)
    player.check_words(seen.text, step)
    player.check_rest(seen, step)
    if seen.is_edit is not bool(step.options.get("edit")):
        player.fail(f"an edit or none? {seen}")
    if "in" in step.options and seen.conversation != step.options["in"]:
        player.fail(f"stands in the topic of #{seen.conversation}, expected #{step.options['in']}")


async def _card(player: Player, step: Step) -> None:
    seen = player.next_posted(step)
    player.check_words(seen.text, step)
    if not seen.is_card:
        player.fail(f"no card: {seen}")
    player.check_labels(seen.labels, ["Взять", "Закрыть", "Передать", "Отложить", "Карточка", "Заблокировать"])


async def _reaction(player: Player, step: Step) -> None:
    felt = player.stage.reactions()
    if len(felt) <= player.felt or felt[player.felt] != step.value:
        player.fail(f"the reactions are {felt}, expected {step.value} as number {player.felt + 1}")
    player.felt += 1


async def _marks(player: Player, step: Step) -> None:
    """All marks of delivery so far."""
    if player.stage.marks() != as_list(step.value):
        player.fail(f"the marks are {player.stage.marks()}")


async def _silence(player: Player, step: Step) -> None:
    player.expect_nothing()


async def _status(player: Player, step: Step) -> None:
    number = await player.topic(step)
    query = select(conversation.c.status).where(conversation.c.id == number)
    found = await player.read_database(lambda connection: connection.scalar(query))
    if found != step.value:
        player.fail(f"#{number} is {found}")


async def _holder(player: Player, step: Step) -> None:
    number = await player.topic(step)
    query = select(operator.c.login).join(conversation, conversation.c.operator_id == operator.c.id)
    found = await player.read_database(lambda connection: connection.scalar(query.where(conversation.c.id == number)))
    if (found or "nobody") != step.value:
        player.fail(f"#{number} is held by {found}")


async def _conversations(player: Player, step: Step) -> None:
    found = await player.read_database(lambda connection: connection.scalar(select(func.count(conversation.c.id))))
    if found != step.value:
        player.fail(f"there are {found} conversations")


async def _language(player: Player, step: Step) -> None:
    found = await player.read_database(lambda connection: connection.scalar(select(customer.c.language)))
    if found != step.value:
        player.fail(f"the customer's language is {found}")


async def _topic_state(player: Player, step: Step) -> None:
    if await player.stage.is_topic_closed(await player.topic(step)) is not (step.act == "topic is closed"):
        player.fail("it is the other way round")


async def _report(player: Player, step: Step) -> None:
    today = player.stage.app.clock.now().date()
    period = Period(today - timedelta(days=30), today + timedelta(days=1), ZoneInfo("Europe/Moscow"))
    app = player.stage.app
    bring_up_to_date(app.database.engine, app.clock.now(), app.zone)
    facts = await player.read_database(lambda connection: load_facts(connection, period))
    built = build_report(facts)
    for path, wanted in step.value.items():
        found: Any = built
        for key in path.split("."):
            found = found[key]
        if found != wanted:
            player.fail(f"the report says {path}: {found}")


async def _countdowns(player: Player, step: Step) -> None:
    """Those that are over: target, outcome, seconds of working time ("+": or some minutes more)."""
    query = select(countdown).where(countdown.c.ended_at.is_not(None)).order_by(countdown.c.id)
    rows = await player.read_database(lambda connection: connection.execute(query).all())
    found = [f"{row.target} {row.outcome} {round(row.spent_s)}" for row in rows]
    wanted = as_list(step.value)
    pairs = zip(sorted(found), sorted(wanted), strict=False)
    if len(found) != len(wanted) or not all(_is_about(one, want) for one, want in pairs):
        player.fail(f"the countdowns are {found}")


def _is_about(found: str, wanted: str) -> bool:
    *names, seconds = found.split()
    *wanted_names, wanted_seconds = wanted.rstrip("+").split()
    slack = 700 if wanted.endswith("+") else 5
    return names == wanted_names and 0 <= int(seconds) - int(wanted_seconds) <= slack


async def _answer(player: Player, step: Step) -> None:
    """What the console learns about the last act."""
    act = player.acted
    assert act is not None
    found = await player.read_database(lambda connection: find_answer(connection, act.operator_id, act.nonce))
    outcome, said = (
        ("nothing", "") if found is None else (found.outcome, render(found.text, "ru") if found.text else "")
    )
    if outcome != step.value or str(step.options.get("says", "")) not in said:
        player.fail(f"the answer is {outcome}: {said!r}")


async def _follow_ups(player: Player, step: Step) -> None:
    found = await player.read_database(list_follow_ups)
    if len(found) != step.value:
        player.fail(f"the open follow-ups are {found}")


EXPECTED: dict[str, Callable[[Player, Step], Awaitable[None]]] = {
    "bot": _bot,
    "follow-ups": _follow_ups,
    "buttons": _buttons,
    "reply": _reply,
    "reply parts": _reply_parts,
    "topic": _posts,
    "card": _card,
    "reaction": _reaction,
    "silence": _silence,
    "marks": _marks,
    "status": _status,
    "countdowns": _countdowns,
    "holder": _holder,
    "conversations": _conversations,
    "language": _language,
    "topic is closed": _topic_state,
    "topic is open": _topic_state,
    "report": _report,
    "answer": _answer,
}
