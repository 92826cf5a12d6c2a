"""The card of a conversation on the desk, and what was said before people came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.apply.service.guarding import guarded, warn_of_numbers
from bot.apply.work import Work
from bot.decide.steps import Choice
from bot.storage.conversations import move_topic
from bot.storage.desk.card import CardFacts, card_facts
from bot.storage.messages import history, read_attachments
from core.delivery import DeskAct, DeskPost
from core.message import FILE_KINDS, AttachmentKind
from core.text import Text
from handoff.queue import Priority

_CARD_LIMIT = 3500  # characters of card and history that go as one post; the desk's text limit is 4096
_LINE = 700  # characters of one message in the history
_BUTTONS = (
    (Choice(Text("desk.button.take"), "take"), Choice(Text("desk.button.close"), "close")),
    (Choice(Text("desk.button.transfer"), "transfer"), Choice(Text("desk.button.snooze"), "snooze")),
    (Choice(Text("desk.button.card"), "card"), Choice(Text("desk.button.ban"), "ban")),
)
_AUTHORS = {"customer": "👤", "bot": "🤖", "operator": "💬", "outside": "↩️"}


def post_card(work: Work, *, with_history: bool, rank: float | None = None, before: int | None = None) -> None:
    """The card, with the history behind it; the customer's files of the history follow as themselves.

    `before`: the message that is posted next anyway, so the history ends with the one before it.
    """
    if work.setup.desk is None:
        return
    chat = work.chat
    if work.topic is None or work.topic.desk != chat:
        work.topic = move_topic(work.connection, work.live.id, chat, work.now)
        work.has_looked_for_topic = True
    said = history(work.connection, work.live.id) if with_history else []
    said = [row for row in said if before is None or row.id < before]
    text = card_text(work, card_facts(work.connection, work.live))
    if said:
        text += "\n\n" + _history_text(work, said, _CARD_LIMIT - len(text))
    post = DeskPost(DeskAct.POST, text=text, buttons=work.desk_buttons(_BUTTONS), is_card=True)
    work.post(post, rank=rank)
    for row in said:
        files = tuple(one for one in read_attachments(row.attachments) if one.kind is not AttachmentKind.OTHER)
        if row.author == "customer" and files:
            shown = DeskPost(DeskAct.POST, text=guarded(work, row.text), attachments=files, is_relay=True)
            work.post(shown, row.id, rank=rank)
    said_before = (row.text for row in said if row.author == "customer")
    warn_of_numbers(work, "desk.number.came", *said_before, rank=rank)


def card_text(work: Work, facts: CardFacts) -> str:
    """Who, from where, how urgent, what was asked, what the bot showed, and how it went before."""
    conversation, customer = work.live, work.customer
    name = customer.name or work.identity.address
    handle = f" ({_handle(facts)})" if facts.username else ""
    vip = " ⭐ VIP" if customer.is_vip else ""
    lines = [f"#{conversation.id} · {name}{handle}{vip} · {_channel_name(work, facts.channel)}"]
    lines.append(work.desk_words(Text("card.number", {"number": customer.id})))
    lines += _state_lines(work, facts)
    lines += _origin_lines(work, facts)
    if conversation.dialogue.question:
        lines.append(
            work.desk_words(
                Text("card.question", {"question": _cut(guarded(work, conversation.dialogue.question), 500)})
            )
        )
    lines += _shown_lines(work, facts)
    lines += _past_lines(work, facts)
    if customer.banned_at is not None:
        lines.append(work.desk_words(Text("card.banned")))
    if facts.is_unreachable:
        lines.append(work.desk_words(Text("desk.blocked")))
    return "\n".join(lines)


def _state_lines(work: Work, facts: CardFacts) -> list[str]:
    """What differs from the usual: level, urgency, category, tags, who holds it, until when it rests."""
    conversation = work.live
    parts = [work.desk_words(Text("card.level", {"level": conversation.level}))] if conversation.level != 1 else []
    if conversation.priority != Priority.NORMAL:
        name = Text(f"priority.{Priority(conversation.priority).name.lower()}")
        parts.append(work.desk_words(Text("card.priority", {"priority": name})))
    parts += [conversation.category] if conversation.category else []
    parts += [f"#{tag.replace(' ', '_')}" for tag in facts.tags]
    lines = [" · ".join(parts)] if parts else []
    if facts.holder:
        lines.append(work.desk_words(Text("card.holder", {"operator": facts.holder})))
    if conversation.snoozed_until is not None:
        until = f"{conversation.snoozed_until.astimezone(work.setup.zone):%d.%m.%Y %H:%M}"
        lines.append(work.desk_words(Text("card.snoozed", {"until": until})))
    return lines


def _origin_lines(work: Work, facts: CardFacts) -> list[str]:
    """Where the customer came from, and where else they are known."""
    lines = []
    if facts.came_by:
        lines.append(work.desk_words(Text("card.came_by", {"link": _cut(facts.came_by, 100)})))
    if facts.others:
        listed = ", ".join(f"{_channel_name(work, channel)} ({name})" for channel, name in facts.others[:5])
        lines.append(work.desk_words(Text("card.others", {"addresses": listed})))
    return lines


def _shown_lines(work: Work, facts: CardFacts) -> list[str]:
    if not facts.shown:
        return []
    marks = {"helped": "✅", "refused": "✖️"}
    shown = [f"  {marks.get(outcome, '•')} {_cut(question, 120)}" for question, outcome in facts.shown[-5:]]
    return [work.desk_words(Text("card.shown")), *shown]


def _past_lines(work: Work, facts: CardFacts) -> list[str]:
    if not facts.past_count:
        return [work.desk_words(Text("card.first_time"))]
    since = f"{facts.since.astimezone(work.setup.zone):%d.%m.%Y}" if facts.since is not None else "—"
    lines = [work.desk_words(Text("card.past", {"since": since}, facts.past_count))]
    for past in facts.past:
        score = f" — {past.score}/5" if past.score else ""
        opened = past.opened_at.astimezone(work.setup.zone)
        lines.append(f"  #{past.number} {opened:%d.%m.%Y} {_cut(guarded(work, past.question), 80)}{score}".rstrip())
    if facts.scores:
        lines.append(work.desk_words(Text("card.scores", {"scores": ", ".join(map(str, facts.scores))})))
    return lines


def _channel_name(work: Work, channel: str) -> str:
    names = {"telegram": "Telegram", "vk": "VK", "terminal": "Terminal", "website": work.desk_words(Text("card.site"))}
    return names.get(channel, channel)


def _handle(facts: CardFacts) -> str:
    """What a platform calls the customer; on a website it is the site's own number or name for them."""
    return f"id {facts.username}" if facts.channel == "website" else f"@{facts.username}"


def _history_text(work: Work, said: Sequence[Any], room: int) -> str:
    """The newest messages that fit, oldest first."""
    lines: list[str] = []
    for row in reversed(said):
        line = _history_line(work, row)
        room -= len(line) + 1
        if room < 0:
            lines.append("…")
            break
        lines.append(line)
    return "\n".join(reversed(lines))


def _history_line(work: Work, row: Any) -> str:
    mark = "📝" if row.kind == "note" else _AUTHORS.get(row.author, "•")
    who = f" {row.operator_name or row.operator_login}:" if row.author == "operator" else ""
    parts = [f"[{name_attachment(work, one.kind, one.name)}]" for one in read_attachments(row.attachments)]
    words = " ".join([*parts, _cut(guarded(work, row.text), _LINE)]).strip()
    return f"{mark}{who} {words}"


def name_attachment(work: Work, kind: AttachmentKind, name: str) -> str:
    kind_name = work.desk_words(Text(f"attachment.{kind.value}"))
    return f"{kind_name} {name}".strip() if kind in FILE_KINDS or kind is AttachmentKind.OTHER else kind_name


def _cut(text: str, limit: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
