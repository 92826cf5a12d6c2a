"""Random customers, operators, presses, timers and crashes over whole conversations, and what always holds."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from bot.storage.desk import team
from bot.storage.desk.tables import audit
from bot.storage.service.tables import snooze
from bot.storage.service.timers import due_timers
from bot.storage.tables import conversation, identity, message, outbox
from core.conversation import LAWFUL_TRANSITIONS, ConversationId, Status
from core.event import Act, OperatorActed
from core.message import MessageId
from handoff.assignment import share_out
from tests.lifecycle.world import World, operator_id

CUSTOMERS = ("101", "102", "103", "104")
TEAM = (("anna", 1, 1, ()), ("boris", 1, 2, ("Доставка",)), ("vera", 2, 2, ()))
OPERATORS = st.integers(1, len(TEAM))
SECRET = "СЕКРЕТ"  # stands in everything that must stay among people
COMMANDS = (
    *"/take /release /close /wake /undo /unban /card /nonsense".split(),
    *("/transfer boris", "/transfer vera", "/transfer 1", "/transfer 2", f"/transfer 2 {SECRET}", f"/ban {SECRET}"),
    *("/snooze 30m", "/snooze 2h", "/priority high", "/vip on"),
    *(f"// {SECRET}", f"/note {SECRET}", f"Ответ\n// {SECRET}"),
)
WORDS = ("оператор", "где мой заказ", "спасибо", "привет", "жду ответа")
ACTS = (Act.TAKE, Act.RELEASE, Act.CLOSE, Act.WAKE, Act.REOPEN, Act.UNBAN, Act.UNDO)


class Lifecycle(RuleBasedStateMachine):
    """`before`: statuses as they were after the last step."""

    @initialize()
    def begin(self) -> None:
        self.world = World(TEAM)
        self.before: dict[int, Status] = {}
        self.written = 0
        for address in CUSTOMERS:
            self.world.customer_says(address, "оператор")
        self.world.member_writes(1, 0, "/online")
        self.world.member_writes(2, 0, "/online")
        self.every_change_of_status_is_lawful()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()

    # --- what people do

    @rule(
        address=st.sampled_from(CUSTOMERS),
        text=st.sampled_from(WORDS),
    )
    def customer_says(self, address: str, text: str) -> None:
        self.world.customer_says(address, text)

    @rule(address=st.sampled_from(CUSTOMERS), act=st.sampled_from(("operator", "vote", "reopen", "menu", "reason")))
    def customer_presses(self, address: str, act: str) -> None:
        self.world.customer_presses(address, act)

    @rule(operator=OPERATORS, presence=st.sampled_from(("/online", "/online", "/break", "/offline")))
    def operator_comes_or_goes(self, operator: int, presence: str) -> None:
        self.world.member_writes(operator, 0, presence)
        self.world.tick()
        self._after_tick()

    @rule(operator=OPERATORS, choice=st.integers(0, 99), text=st.sampled_from(COMMANDS))
    def operator_writes(self, operator: int, choice: int, text: str) -> None:
        self.world.member_writes(operator, self._pick(choice), text)

    @rule(operator=OPERATORS, choice=st.integers(0, 99), text=st.sampled_from(COMMANDS))
    def operator_writes_more(self, operator: int, choice: int, text: str) -> None:
        self.operator_writes(operator, choice, text)

    @rule(operator=OPERATORS, choice=st.integers(0, 99))
    def operator_replies(self, operator: int, choice: int) -> None:
        self.written += 1
        number = self._pick(choice)
        self.world.member_writes(operator, number, f"Ответ {self.written} для #{number}.")

    @rule(operator=OPERATORS, choice=st.integers(0, 99), is_confirmed=st.booleans())
    def console_replies(self, operator: int, choice: int, is_confirmed: bool) -> None:
        self.written += 1
        number = self._pick(choice)
        act = OperatorActed(operator_id(operator), Act.REPLY, f"n{self.written}", ConversationId(number),
                            f"Ответ {self.written} для #{number}.", is_confirmed=is_confirmed)  # fmt: skip
        self.world.operator_acts(act)

    @rule(operator=OPERATORS, choice=st.integers(0, 99), act=st.sampled_from(ACTS))
    def console_acts(self, operator: int, choice: int, act: Act) -> None:
        self.written += 1
        self.world.operator_acts(
            OperatorActed(operator_id(operator), act, f"n{self.written}", ConversationId(self._pick(choice)))
        )

    @rule(operator=OPERATORS, choice=st.integers(0, 99), is_sent=st.booleans())
    def held_reply_is_decided(self, operator: int, choice: int, is_sent: bool) -> None:
        held = self._rows(select(message).where(message.c.kind == "held"))
        if held:
            row = held[choice % len(held)]
            self.world.member_presses(operator, row.conversation_id, "send" if is_sent else "drop", str(row.id))

    # --- what the machine does

    @rule(minutes=st.sampled_from((0.2, 1, 9, 25, 45, 130)))
    def time_passes(self, minutes: float) -> None:
        self.world.passes(minutes)
        self._after_tick()

    @rule(crashes=st.booleans())
    def clock_ticks(self, crashes: bool) -> None:
        self.world.tick(crashes=crashes)
        self._after_tick()

    @rule(is_repeated=st.booleans())
    def trouble_comes(self, is_repeated: bool) -> None:
        """The platform repeats what it did not see acknowledged, or the machine goes off at the next arrival."""
        if is_repeated:
            self.world.comes_again()
        else:
            self.world.will_crash = True

    # --- what always holds

    @invariant()
    def every_change_of_status_is_lawful(self) -> None:
        if not hasattr(self, "world"):
            return
        now = {row.id: Status(row.status) for row in self._rows(select(conversation.c.id, conversation.c.status))}
        for number, status in now.items():
            before = self.before.get(number, Status.ACTIVE)
            steps = {before} | LAWFUL_TRANSITIONS[before]
            reachable = steps | {after for step in steps for after in LAWFUL_TRANSITIONS[step]}
            assert status in reachable, (number, before, status)
        self.before = now

    @invariant()
    def one_holder_at_most_and_only_while_assigned(self) -> None:
        for row in self._rows(select(conversation)):
            assert (row.operator_id is not None) is (row.status == "assigned"), row
            assert row.snoozed_until is None or row.status == "assigned", row
        resting = {row.id for row in self._rows(select(conversation)) if row.snoozed_until is not None}
        noted = [row.conversation_id for row in self._rows(select(snooze).where(snooze.c.ended_at.is_(None)))]
        assert sorted(noted) == sorted(resting)

    @invariant()
    def one_live_conversation_for_each_address(self) -> None:
        live = Counter(
            row.identity_id for row in self._rows(select(conversation).where(conversation.c.status != "closed"))
        )
        assert all(count == 1 for count in live.values()), live

    @invariant()
    def messages_go_where_they_belong_and_once(self) -> None:
        columns = (outbox.c.address, outbox.c.content, identity.c.address.label("own"), message.c.kind)
        query = select(*columns).join(message, message.c.id == outbox.c.message_id)
        for row in self._rows(query.join(identity, identity.c.id == message.c.identity_id)):
            if "desk" not in row.content:
                assert row.address == row.own
                assert row.kind not in {"note", "held", "dropped"}, row
        if hasattr(self, "world"):
            assert all(count == 1 for count in self.world.sendings.values())

    @invariant()
    def nothing_secret_reaches_a_customer(self) -> None:
        if hasattr(self, "world"):
            assert not [one for one in self.world.told if SECRET in one[1].text]

    @invariant()
    def what_was_undone_never_left(self) -> None:
        for row in self._rows(select(message.c.id).where(message.c.kind == "undone")):
            assert MessageId(row.id) not in self.world.sendings

    def _after_tick(self) -> None:
        """The clock has looked: nothing is due, nobody who fits has room, and nobody absent holds anything."""
        with self.world.engine.begin() as connection:
            assert due_timers(connection, self.world.now) == []
            assert team.held_by_absent(connection) == []
            mates = team.candidates(connection)
            assert share_out(team.waiting(connection), mates, self.world.now) == []
        self._check_capacity()
        self._check_timers()

    def _check_capacity(self) -> None:
        """Whoever was given something had room for it; the audit log tells what they held then."""
        capacities = {login: capacity for login, _, capacity, _ in TEAM}
        for row in self._rows(select(audit).where(audit.c.act == "assign")):
            assert row.detail["load"] < capacities[row.detail["to"]], row.detail

    def _check_timers(self) -> None:
        """The end of a snooze is told at most once for each that was set."""
        told = Counter(number for number, post in self.world.posted if "обещанное время наступило" in post.text)
        query = select(audit.c.conversation_id).where(audit.c.act == "snooze", audit.c.outcome == "done")
        asked = Counter(row.conversation_id for row in self._rows(query))
        assert all(count <= asked[number] for number, count in told.items()), (told, asked)

    def _rows(self, query: Any) -> list[Any]:
        if not hasattr(self, "world"):
            return []
        with self.world.engine.begin() as connection:
            return list(connection.execute(query))

    def _pick(self, choice: int) -> int:
        numbers = sorted(self.before)
        return numbers[choice % len(numbers)]


QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def play(examples: int, steps: int) -> None:
    chosen = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=QUIET, database=None
    )
    run_state_machine_as_test(Lifecycle, settings=chosen)


def test_lifecycle_in_short() -> None:
    play(10, 25)


@pytest.mark.slow
def test_lifecycle_at_length() -> None:
    play(120, 60)
