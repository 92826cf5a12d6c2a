"""What several pages show of a conversation, read at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.console.context import Visit
from bot.console.pages.attaching import for_script
from bot.storage.console.marks import Draft, find_draft
from bot.storage.live.events import last_event
from bot.storage.operators import list_operators
from bot.storage.views import conversation as view
from bot.storage.views.card import Card, find_card
from core.conversation import ConversationId
from core.errors import NotFound
from handoff.operators import Operator, Role


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation on a page. `has_older`: there is history above what is shown."""

    head: view.Head
    messages: list[view.ShownMessage]
    has_older: bool
    card: Card
    draft: Draft | None
    viewers: list[dict[str, Any]]
    colleagues: list[Operator]

    @property
    def begun(self) -> list[dict[str, str]]:
        """Files of the draft."""
        return [for_script(one) for one in self.draft.attachments] if self.draft is not None else []


async def open_conversation(visit: Visit, number: int) -> Opened:
    """Raises NotFound."""
    me = visit.operator.id

    def work(connection: Any) -> Opened | None:
        head = view.find_head(connection, number)
        if head is None:
            return None
        said = view.list_messages(connection, number, most=view.PAGE + 1)
        draft = find_draft(connection, me, ConversationId(number))
        shown = said[-view.PAGE :]
        card = find_card(connection, head)
        people = [one.operator for one in list_operators(connection) if one.is_active]
        return Opened(head, shown, len(said) > view.PAGE, card, draft, _others(visit, number), people)

    opened = await visit.ground.database.read(work)
    if opened is None:
        raise NotFound("error.no_conversation")
    return opened


def _others(visit: Visit, number: int) -> list[dict[str, Any]]:
    return [one for one in visit.console.hub.viewers.people(number) if one["id"] != int(visit.operator.id)]


def preferences_for_script(visit: Visit, cursor: int, **facts: Any) -> dict[str, Any]:
    """What the page's own script must know."""
    chosen = visit.preferences
    return {
        "me": int(visit.operator.id),
        "name": visit.operator.shown_name,
        "csrf": visit.csrf,
        "seesAll": visit.may(Role.SUPERVISOR),
        "cursor": cursor,
        "worker": visit.console.renderer.assets.address("live_worker.js"),
        "sound": bool(chosen.get("sound", True)),
        "notifications": bool(chosen.get("notifications", False)),
        "enterSends": bool(chosen.get("enter_sends", False)),
        "singleKeys": bool(chosen.get("single_keys", True)),
        **facts,
    }


async def script_facts(visit: Visit) -> dict[str, Any]:
    """The same for a page that shows no conversations: it follows what happens from now on."""
    cursor = await visit.ground.database.read(last_event)
    return preferences_for_script(visit, cursor)
