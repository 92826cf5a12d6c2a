"""Random customers and operators: whatever they do, in whatever order, the promises hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.decide.steps import Burst
from bot.decide.words import read_command
from core.conversation import Status
from core.event import (
    ButtonPressed,
    CustomerBlocked,
    CustomerReturned,
    DeskMember,
    MessageEdited,
    OperatorEdited,
    OperatorPressed,
    OperatorWrote,
    OutsideReply,
    TopicToggled,
)
from core.message import Attachment, AttachmentKind, IncomingMessage
from faq.files import read_entries
from faq.index import Index
from tests.dialogs.chaos import CUSTOMER, DESK, SECRET, Chaos
from tests.dialogs.scenario import HERE
from tests.dialogs.stage import MEMBERS

INDEX = Index.build(read_entries(HERE / "faq" / "shop.yaml").entries)
START = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
PHOTO = Attachment(AttachmentKind.PHOTO, "memory", "file1")

words = st.one_of(
    st.sampled_from(
        [
            "привет", "Где мой заказ?", "Где взять чек?", "Нужны документы", "Продаёте ли вы аквариумы?", "спасибо",
            "оператор", "позовите человека", "/start", "/faq", "/operator", "/language", "/privacy", "начать", "5",
            "1", "Помогло", "Не помогло", "English", "Where is my order?", "ок", "😀", "//", "/close", "\x00\x01",
        ]
    ),
    st.text(max_size=30),
)  # fmt: skip
members = st.sampled_from([DeskMember(number, name) for number, name in MEMBERS.values()])
said_at_desk = st.one_of(
    st.sampled_from(
        [
            "Добрый день!", "/take", "/close", "/release", "/reopen", "/ban", "/unban", "/card", "/online", "/скидка",
            f"// {SECRET}", f"/note {SECRET}", f"Ответ\n// {SECRET}", "//", "/note", " /start", "/help",
        ]
    ),
    st.text(max_size=20),
)  # fmt: skip
forged = st.one_of(st.text(max_size=12), st.integers(-5, 200).map(lambda number: f"{number}.{abs(number) % 9}"))
desk_forged = st.one_of(
    st.text(max_size=12),
    st.builds("d.{}.{}.{}".format, st.integers(-2, 9), st.sampled_from(["take", "send", "drop", "ban", "x"]), forged),
)


class Conversations(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.chaos = Chaos(INDEX, START)
        self.number = 0
        self.own: list[str] = []
        self.members_own: list[tuple[str, DeskMember, str]] = []
        self.is_banned = False

    def teardown(self) -> None:
        self.chaos.check_desk()
        self.chaos.close()

    def origin(self, side: str) -> str:
        self.number += 1
        return f"{side}{self.number}"

    @rule(texts=st.lists(words, min_size=1, max_size=3), has_photo=st.booleans())
    def customer_writes(self, texts: list[str], has_photo: bool) -> None:
        is_with_people = self.chaos.status() in (Status.QUEUED, Status.ASSIGNED)
        if is_with_people:
            texts = texts[:1]  # nothing waits for more then
        marked = [f"{text} №{self.number}" if is_with_people and not read_command(text) else text for text in texts]
        files = (PHOTO,) if has_photo else ()
        messages = tuple(IncomingMessage(self.origin("c"), text, files) for text in marked)
        self.own += [message.origin_id for message in messages]
        if is_with_people:
            self.chaos.with_people += [text for text in marked if not read_command(text)]
        self.chaos.happen(Burst(CUSTOMER, messages))

    @precondition(lambda self: self.own)
    @rule(data=st.data(), text=words)
    def customer_edits(self, data: st.DataObject, text: str) -> None:
        origin = data.draw(st.sampled_from(self.own))
        self.chaos.happen(MessageEdited(CUSTOMER, IncomingMessage(origin, text)))

    @precondition(lambda self: self.chaos.tokens())
    @rule(data=st.data(), is_shown=st.booleans())
    def customer_presses(self, data: st.DataObject, is_shown: bool) -> None:
        token = data.draw(st.sampled_from(self.chaos.tokens()))
        message = IncomingMessage(self.origin("c"), "кнопка") if is_shown else None
        self.chaos.happen(ButtonPressed(CUSTOMER, token, message))

    @rule(token=forged)
    def customer_forges(self, token: str) -> None:
        self.chaos.happen(ButtonPressed(CUSTOMER, token))

    @rule(is_gone=st.booleans())
    def customer_blocks_or_returns(self, is_gone: bool) -> None:
        self.chaos.happen(CustomerBlocked(CUSTOMER) if is_gone else CustomerReturned(CUSTOMER))

    @rule(text=words)
    def community_answers(self, text: str) -> None:
        self.chaos.happen(OutsideReply(CUSTOMER, "admin", IncomingMessage(self.origin("c"), text)))

    @precondition(lambda self: self.chaos.topics())
    @rule(data=st.data(), member=members, text=said_at_desk, has_photo=st.booleans())
    def member_writes(self, data: st.DataObject, member: DeskMember, text: str, has_photo: bool) -> None:
        topic = data.draw(st.sampled_from([*self.chaos.topics(), ""]))
        message = IncomingMessage(self.origin("m"), text, (PHOTO,) if has_photo else ())
        self.members_own.append((topic, member, message.origin_id))
        self.chaos.happen(OperatorWrote(DESK, topic, member, message))

    @precondition(lambda self: self.members_own)
    @rule(data=st.data(), text=said_at_desk)
    def member_edits(self, data: st.DataObject, text: str) -> None:
        topic, member, origin = data.draw(st.sampled_from(self.members_own))
        self.chaos.happen(OperatorEdited(DESK, topic, member, IncomingMessage(origin, text)))

    @precondition(lambda self: self.chaos.desk_tokens())
    @rule(data=st.data(), member=members)
    def member_presses(self, data: st.DataObject, member: DeskMember) -> None:
        token = data.draw(st.sampled_from(self.chaos.desk_tokens()))
        self.chaos.happen(OperatorPressed(DESK, "t1", member, token, "1"))

    @rule(member=members, token=desk_forged)
    def member_forges(self, member: DeskMember, token: str) -> None:
        self.chaos.happen(OperatorPressed(DESK, "t1", member, token, "1"))

    @precondition(lambda self: self.chaos.topics())
    @rule(data=st.data(), is_closed=st.booleans())
    def member_toggles_topic(self, data: st.DataObject, is_closed: bool) -> None:
        self.chaos.happen(TopicToggled(DESK, data.draw(st.sampled_from(self.chaos.topics())), is_closed))

    @rule(hours=st.sampled_from([0.1, 0.9, 2, 23, 25, 80]))
    def time_passes(self, hours: float) -> None:
        self.chaos.pass_time(timedelta(hours=hours))

    @rule()
    def idle_is_noticed(self) -> None:
        self.chaos.idle()

    @invariant()
    def desk_has_everything(self) -> None:
        self.chaos.check_desk()


def play(examples: int, steps: int) -> None:
    patient = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Conversations,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=patient,
        ),
    )


def test_promises_hold_for_a_while() -> None:
    play(examples=12, steps=25)


@pytest.mark.slow
def test_promises_hold_for_long() -> None:
    play(examples=60, steps=40)
