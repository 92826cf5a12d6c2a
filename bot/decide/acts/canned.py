"""`/canned` in the group: canned replies listed, kept and dropped."""

from __future__ import annotations

from bot.decide.acts.asking import SEEN
from bot.decide.situation import DeskSituation
from bot.decide.steps import Aside, React, Step
from bot.decide.steps.acts import KeepCanned
from core.event import OperatorWrote
from core.text import Text
from handoff.canned import unknown_variables
from handoff.operators import Operator


def keep_canned(argument: str, operator: Operator, situation: DeskSituation, event: OperatorWrote) -> list[Step]:
    """Supervisors keep everybody's, operators their own: the name in the first line, the words below it.

    What comes along as a file is not kept here, and this is said; files that the reply has already stay.
    """
    origin = event.message.origin_id
    name, _, words = argument.partition("\n")
    is_removal = name.startswith("-")
    name = " ".join(name.removeprefix("-").lower().split())
    files = [Text("desk.canned.files")] if event.message.attachments and name and not is_removal else []
    if not name:
        listed = ", ".join(f"{one.name} 📎" if one.attachments else one.name for one in situation.canned_listed)
        return [Aside(event.topic, Text("desk.canned.list", {"names": listed or "—"}), origin)]
    if (not words.strip() and not is_removal) or len(name) > 64 or len(words) > 4000:
        return [Aside(event.topic, (Text("desk.canned.how"), *files), origin)]
    if is_removal and name not in situation.canned_kept:
        return [Aside(event.topic, Text("desk.canned.other", {"name": name}), origin)]
    strange = unknown_variables(words) if not is_removal else []
    if strange:
        return [Aside(event.topic, (Text("desk.canned.unknown", {"names": ", ".join(strange)}), *files), origin)]
    told = [Aside(event.topic, (Text("desk.canned.words"), *files), origin)] if files else []
    return [
        KeepCanned(operator.id, operator.canned_owner, name, "" if is_removal else words.strip()),
        *told,
        React(origin, SEEN),
    ]
