"""One decision being carried out: what it knows, what it has changed so far, what it has to send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection

from bot.decide.steps import Choice
from bot.settings.setting import Settings
from bot.storage import conversations, messages, outbox
from bot.storage.service.rules import StoredRule
from core.channel import Capabilities
from core.conversation import Conversation, Dialogue, Status
from core.customer import Customer, Identity
from core.delivery import DeskPost
from core.fit import fit, with_buttons_as_text
from core.message import Attachment, Button, MessageId, OutgoingMessage
from core.text import Text, Wording, render
from handoff.announcement import Announcement

_TOPIC_NAME = 128


@dataclass(frozen=True, slots=True)
class DeskPlace:
    """The operators' desk: its channel, the account it is served with, and its groups.

    `chat` is the group of all levels that have none of their own in `by_level`.
    """

    channel: str
    account: str
    chat: str
    by_level: Mapping[int, str] = field(default_factory=dict)

    def chat_of(self, level: int) -> str:
        return self.by_level.get(level, self.chat)

    def has(self, chat: str) -> bool:
        return chat == self.chat or chat in self.by_level.values()


@dataclass(frozen=True, slots=True)
class Setup:
    """What stays the same from decision to decision.

    `is_idle(lane)`: nothing waits there, so a new delivery is sent right after the commit; `zone` is the company's.
    `settings()`: the business settings of this moment; `rules()`: the if-then rules in force;
    `wording()`: the installation's own sentences; `announcements()`: what is, or was, said first to whoever writes.
    `public_url`: where links to our own pages begin; empty when nobody outside can open them.
    """

    language: str
    capabilities: Mapping[str, Capabilities]
    desk: DeskPlace | None = None
    is_idle: Callable[[str], bool] = lambda lane: False
    zone: tzinfo = UTC
    settings: Callable[[], Settings] = Settings
    rules: Callable[[], tuple[StoredRule, ...]] = tuple
    wording: Callable[[], Wording] = Wording
    public_url: str = ""
    announcements: Callable[[], tuple[Announcement, ...]] = tuple


@dataclass(slots=True)
class Work:
    connection: Connection
    setup: Setup
    now: datetime
    customer: Customer
    identity: Identity
    conversation: Conversation | None
    keyboard: dict[str, Any] = field(default_factory=dict)
    deliveries: list[outbox.StoredDelivery] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    is_touched: bool = False
    topic: conversations.TopicRow | None = None
    has_looked_for_topic: bool = False
    held_id: MessageId | None = None
    lanes: set[str] = field(default_factory=set)
    claimed: set[int] = field(default_factory=set)
    place: str = ""  # the topic of what is posted about no conversation
    here: str = ""  # the group in which an operator acts
    has_new_level: bool = False  # it may belong to another group now
    written_id: MessageId | None = None  # what an operator wrote last
    wants_sharing: bool = False  # somebody waits, or somebody may have room
    has_new_wait: bool = False  # somebody began to wait for a person, or no longer does
    refusal: Text | None = None  # why a step could not be carried out; the audit log tells it

    @property
    def language(self) -> str:
        return self.customer.language or self.setup.language

    @property
    def live(self) -> Conversation:
        """The conversation everything is about; opened when there is none at all."""
        if self.conversation is None:
            self.open()
        assert self.conversation is not None
        return self.conversation

    def open(self) -> None:
        self.finish()
        self.conversation = conversations.open_conversation(
            self.connection, self.customer.id, self.identity.id, self.identity.channel, self.language, self.now
        )
        self.keyboard, self.topic, self.has_looked_for_topic = {}, None, False

    def change(self, **values: Any) -> None:
        """Columns of the conversation that are no status; written with everything else."""
        self.conversation = replace(self.live, **values)
        self.changes |= values

    def remember(self, dialogue: Dialogue) -> None:
        self.conversation = replace(self.live, dialogue=dialogue)
        self.is_touched = True

    def finish(self) -> None:
        """Write what changed about the conversation, in one statement."""
        if self.conversation is None or not (self.is_touched or self.changes):
            return
        state = conversations.write_dialogue(self.conversation.dialogue, self.keyboard)
        if self.changes:
            self.changes |= {"dialogue": state, "touched_at": self.now}
            conversations.change_conversation(self.connection, self.conversation.id, **self.changes)
        else:
            conversations.touch(self.connection, self.conversation.id, state, self.now)
        self.changes, self.is_touched = {}, False

    # --- to the customer ---

    def words(self, text: Text | str) -> str:
        """In the customer's language."""
        return render(text, self.language, self.setup.wording())

    def say(
        self,
        text: Text | str,
        kind: str,
        choices: tuple[tuple[Choice, ...], ...] = (),
        author: str = "bot",
        attachments: tuple[Attachment, ...] = (),
    ) -> MessageId:
        """Store an automatic message and put it into the outbox."""
        conversation = self.live
        words = self.words(text)
        rows = [[(self.words(choice.label), choice) for choice in row] for row in choices]
        flat = [[label, choice.act, choice.argument] for row in rows for label, choice in row]
        number = messages.add_message(
            self.connection,
            messages.NewMessage(
                conversation.id, self.identity.id, author, words, kind, attachments=attachments, buttons=flat or None
            ),
            self.now,
        )
        if flat:
            self.keyboard = {"m": number, "b": flat}
        self.is_touched = True
        tokens = iter(range(len(flat)))
        buttons = tuple(tuple(Button(label, f"{number}.{next(tokens)}") for label, _ in row) for row in rows)
        self.deliver(OutgoingMessage(words, buttons, attachments), number)
        return number

    def deliver(
        self,
        content: OutgoingMessage,
        number: MessageId,
        refers_to: Mapping[str, int] | None = None,
        delay: float = 0.0,
        *,
        is_marked: bool = False,
    ) -> None:
        """Into the outbox, in as many parts as the channel needs; it leaves `delay` seconds from now.

        `is_marked`: what becomes of it is shown by a mark on the operator's message in the topic.
        """
        address = self.identity
        capabilities = self.setup.capabilities.get(address.channel, Capabilities())
        if content.buttons and not address.has_buttons:
            content = with_buttons_as_text(content, self.words(Text("buttons.hint")))
        lane = f"{address.channel}:{address.account}:{address.address}"
        parts = fit(content, capabilities)
        for position, part in enumerate(parts):
            refers = dict(refers_to or {}) if position == 0 else {}
            if is_marked and position == len(parts) - 1:
                refers["marks"] = number
            new = outbox.NewDelivery(
                address.channel,
                address.account,
                address.address,
                lane,
                part,
                self.live.id,
                number,
                refers or None,
                not_before=self.now + timedelta(seconds=delay) if delay else None,
            )
            self._add(new, is_claimable=not capabilities.is_idempotent and not delay)

    # --- to the desk ---

    @property
    def topic_name(self) -> str:
        name = " ".join((self.customer.name or self.identity.name or self.identity.address).split())
        return f"#{self.live.id} {name}"[:_TOPIC_NAME]

    def desk_words(self, text: Text | str) -> str:
        return render(text, self.setup.language, self.setup.wording())

    def has_topic(self) -> bool:
        """Whether the conversation was ever shown on the desk."""
        if self.setup.desk is None or self.conversation is None:
            return False
        if not self.has_looked_for_topic:
            self.topic = conversations.find_topic(self.connection, self.conversation.id)
            self.has_looked_for_topic = True
        return self.topic is not None

    @property
    def chat(self) -> str:
        """The group in which the conversation is shown; before it ever was, the one of its level."""
        desk = self.setup.desk
        assert desk is not None
        if self.conversation is None:
            return self.here or desk.chat
        if self.has_topic() and self.topic is not None and desk.has(self.topic.desk):
            return self.topic.desk
        return desk.chat_of(self.conversation.level)

    def post(
        self,
        content: DeskPost,
        number: MessageId | None = None,
        refers_to: Mapping[str, int] | None = None,
        rank: float | None = None,
        at: str = "",
    ) -> None:
        """To the conversation's topic, or the place `content` names; `at` is the group when it is not their usual one.

        A conversation keeps one lane over all groups, so that what was posted before it moved stands before.
        """
        desk = self.setup.desk
        if desk is None:
            return
        if self.conversation is None and content.topic is None:
            content = replace(content, topic=self.place)
        conversation_id = self.conversation.id if self.conversation and content.topic is None else None
        chat = at or (self.chat if conversation_id else self.here or desk.chat)
        group = "" if chat == desk.chat else f"{chat}:"
        lane = f"desk:{conversation_id}" if conversation_id else f"desk:at:{group}{content.topic}"
        content = replace(content, topic_name=self.topic_name) if conversation_id else content
        new = outbox.NewDelivery(
            desk.channel, desk.account, chat, lane, content, conversation_id, number, refers_to, rank
        )
        self._add(new, is_claimable=True)

    def refuse(self, why: Text) -> None:
        """A step turned out to be impossible: the rest of its act is left out, and its record says why."""
        self.refusal = why

    def desk_buttons(self, choices: tuple[tuple[Choice, ...], ...]) -> tuple[tuple[Button, ...], ...]:
        def token(choice: Choice) -> str:
            argument = str(self.held_id or "") if choice.argument == "held" else choice.argument
            return f"d.{self.live.id}.{choice.act}.{argument}"

        return tuple(tuple(Button(self.desk_words(choice.label), token(choice)) for choice in row) for row in choices)

    def _add(self, new: outbox.NewDelivery, *, is_claimable: bool) -> None:
        is_claimed = is_claimable and new.lane not in self.lanes and self.setup.is_idle(new.lane)
        self.lanes.add(new.lane)
        stored = outbox.add_delivery(self.connection, new, self.now, is_claimed=is_claimed)
        self.deliveries.append(stored)
        if is_claimed:
            self.claimed.add(stored.delivery.id)

    @property
    def is_with_people(self) -> bool:
        return self.conversation is not None and self.conversation.status in (Status.QUEUED, Status.ASSIGNED)
