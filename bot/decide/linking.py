"""One customer at several addresses: a code asked for in one channel and confirmed in another."""

from __future__ import annotations

import re

from bot.decide import keyboards
from bot.decide.situation import Situation
from bot.decide.steps import Choice, Notice, Say, Step
from bot.decide.steps.acts import Link, MakeCode, Unlink
from core.text import Text

_CODE = re.compile(r"/?(?:link|связать)\s+([A-Za-z0-9-]{4,16})\s*", re.IGNORECASE)


def code_in(text: str) -> str:
    """The code behind "/link", in one form: capital letters without hyphens; "" when there is none."""
    found = _CODE.fullmatch(text.strip())
    return found[1].replace("-", "").upper() if found else ""


def on_link(text: str, situation: Situation) -> list[Step]:
    """Without a code a new one is made; with one the customer is asked whether that is them."""
    if not code_in(text):
        return [MakeCode()]
    offer = situation.link
    if offer is None:
        return [Say(Text("linking.unknown"), "link", keyboards.with_operator())]
    if offer.is_own:
        return [Say(Text("linking.already"), "link", keyboards.with_operator())]
    yes = Choice(Text("button.link.yes"), "link", str(offer.code_id))
    ask = Text("linking.confirm", {"channel": Text(f"channel.{offer.channel}"), "name": offer.name or "—"})
    return [Say(ask, "link", keyboards.with_operator((yes, Choice(Text("button.link.no"), "link_no"))))]


def on_link_press(situation: Situation) -> list[Step]:
    """Confirmed: the addresses belong to one customer from now on."""
    offer = situation.link
    if offer is None or offer.is_own:
        return [Say(Text("linking.unknown" if offer is None else "linking.already"), "link", keyboards.with_operator())]
    said = Say(Text("linking.done"), "link", keyboards.with_operator())
    return [Link(offer.code_id), said, Notice(Text("desk.linked", {"channel": Text(f"channel.{offer.channel}")}))]


def on_unlink(situation: Situation) -> list[Step]:
    if not situation.has_other_addresses:
        return [Say(Text("linking.none"), "link", keyboards.with_operator())]
    return [Unlink(), Say(Text("linking.parted"), "link", keyboards.with_operator())]
