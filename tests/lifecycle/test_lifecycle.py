"""Random customers, operators, presses, timers and crashes over whole conversations, and what always holds.

Each invariant was seen to fail when the code was broken for it (all in the short runs below):

| broken on purpose | noticed by |
| --- | --- |
| a customer's message does not end the snooze | `customer_says` (directed: `test_a_word_ends_the_rest`) |
| sharing does not look again under its lock | `check_tick` (directed: `test_a_late_view_of_the_queue`) |
| a note, or a line of one, leaves for the customer | `nothing_secret_reaches_a_customer`, `check_addresses` |
| one more than the capacity is given | `check_capacity` |
| a take, a confirmed reply or a share goes over the holder | `check_changes`, `check_tick` |
| nothing is shared out, or it ends at the first who fits nobody | `check_nobody_forgotten` |
| a step between statuses that the table does not know | `check_changes` |
| a reply, or a customer's words, go to another place | `check_addresses`, `everything_said_is_in_its_place` |
| a reply never leaves, or leaves twice | `_after_tick`, `nothing_goes_twice` |
| the end of a snooze is told twice | `_check_timers` (directed: `test_a_rest_runs_out`) |
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, select

from bot.storage.desk.tables import audit
from bot.storage.service.timers import due_timers
from bot.storage.tables import conversation, message
from core.conversation import ConversationId
from core.event import Act, OperatorActed
from core.message import MessageId
from tests.lifecycle import oracle
from tests.lifecycle.oracle import Mark
from tests.lifecycle.world import World, operator_id

CUSTOMERS = ("101", "102", "103", "104")
TEAM = (("anna", 1, 1, ()), ("boris", 1, 2, ("Доставка",)), ("vera", 2, 2, ()))
ANNA, BORIS, VERA = 1, 2, 3
OPERATORS = st.integers(1, len(TEAM))
CHOICES = st.integers(0, 99)
SECRET = "СЕКРЕТ"  # stands in everything that must stay among people
COMMANDS = (
    *"/take /release /close /wake /undo /unban /card /nonsense".split(),
    *("/transfer boris", "/transfer vera", "/transfer 1", "/transfer 2", f"/transfer 2 {SECRET}", f"/ban {SECRET}"),
    *("/snooze 30m", "/snooze 2h", "/priority high", "/vip on"),
    *(f"// {SECRET}", f"/note {SECRET}", f"Ответ\n// {SECRET}", f"/transfer vera {SECRET}"),
)
WORDS = ("оператор", "где мой заказ", "спасибо", "привет", "жду ответа")
PRESSES = ("operator", "vote", "reopen", "menu", "reason", "leave", "still_here", "ask_bot")
ACTS = (Act.TAKE, Act.RELEASE, Act.CLOSE, Act.WAKE, Act.REOPEN, Act.UNBAN, Act.UNDO, Act.NOTE, Act.TRANSFER)
UNDONE = select(message.c.id).where(message.c.kind == "undone")
UNDO_WINDOW = timedelta(seconds=5)  # of the console


class Lifecycle(RuleBasedStateMachine):
    """`checked`: how far the changes of statuses and holders have been judged."""

    @initialize()
    def begin(self) -> None:
        self.world = World(TEAM)
        self.checked = Mark()
        self.written = 0
        for address in CUSTOMERS:
            self.world.customer_says(address, "оператор")
        self.world.member_writes(ANNA, 0, "/online")
        self.world.member_writes(BORIS, 0, "/online")

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()

    # --- what people do

    @rule(address=st.sampled_from(CUSTOMERS), text=st.sampled_from(WORDS))
    def customer_says(self, address: str, text: str) -> None:
        """The words carry whose they are, unless that would make others of them."""
        self.world.customer_says(address, f"{text} я{address}" if text == "жду ответа" else text)
        if not self.world.is_banned(address):
            self._ask(oracle.check_nothing_rests_at, address)

    @rule(address=st.sampled_from(CUSTOMERS), act=st.sampled_from(PRESSES))
    def customer_presses(self, address: str, act: str) -> None:
        self.world.customer_presses(address, act)

    @rule(operator=OPERATORS, presence=st.sampled_from(("/online", "/online", "/break", "/offline")))
    def operator_comes_or_goes(self, operator: int, presence: str) -> None:
        self.world.member_writes(operator, 0, presence)
        with self._ticking():
            self.world.tick()

    @rule(operator=OPERATORS, choice=CHOICES, text=st.sampled_from(COMMANDS))
    def operator_writes(self, operator: int, choice: int, text: str) -> None:
        self.world.member_writes(operator, self._pick(choice), text)

    @rule(choice=CHOICES, text=st.sampled_from(COMMANDS))
    def holder_writes(self, choice: int, text: str) -> None:
        """What only makes sense in a conversation of one's own."""
        held = self._rows(select(conversation).where(conversation.c.status == "assigned"))
        if held:
            row = held[choice % len(held)]
            self.world.member_writes(row.operator_id, row.id, text)

    @rule(operator=OPERATORS, choice=CHOICES)
    def operator_replies(self, operator: int, choice: int) -> None:
        number = self._pick(choice)
        self.world.member_writes(operator, number, self._reply(number))

    @rule(operator=OPERATORS, choice=CHOICES, is_confirmed=st.booleans())
    def console_replies(self, operator: int, choice: int, is_confirmed: bool) -> None:
        number = self._pick(choice)
        words = self._reply(number)
        nonce = f"n{self.written}"
        act = OperatorActed(operator_id(operator), Act.REPLY, nonce, ConversationId(number), words,
                            is_confirmed=is_confirmed)  # fmt: skip
        self.world.operator_acts(act)

    @rule(operator=OPERATORS, choice=CHOICES, act=st.sampled_from(ACTS), to=st.sampled_from(("vera", "boris", "2")))
    def console_acts(self, operator: int, choice: int, act: Act, to: str) -> None:
        self.written += 1
        number = ConversationId(self._pick(choice))
        self.world.operator_acts(OperatorActed(operator_id(operator), act, f"n{self.written}", number, SECRET, to))

    @rule(operator=OPERATORS, choice=CHOICES, is_sent=st.booleans())
    def held_reply_is_decided(self, operator: int, choice: int, is_sent: bool) -> None:
        held = self._rows(select(message).where(message.c.kind == "held"))
        if held:
            row = held[choice % len(held)]
            self.world.member_presses(operator, row.conversation_id, "send" if is_sent else "drop", str(row.id))

    # --- what the machine does

    @rule(minutes=st.sampled_from((0.2, 1, 9, 25, 45, 130)))
    def time_passes(self, minutes: float) -> None:
        with self._ticking():
            self.world.passes(minutes)

    @rule(crashes=st.booleans())
    def clock_ticks(self, crashes: bool) -> None:
        with self._ticking():
            self.world.tick(crashes=crashes)

    @rule(is_repeated=st.booleans())
    def trouble_comes(self, is_repeated: bool) -> None:
        """The platform repeats what it did not see acknowledged, or the machine goes off at the next arrival."""
        if is_repeated:
            self.world.comes_again()
        else:
            self.world.will_crash = True

    @rule(operator=OPERATORS, choice=CHOICES, text=st.sampled_from(("/take", "/close", "/online", "/transfer 2")))
    def another_process_is_late(self, operator: int, choice: int, text: str) -> None:
        """It has read the queue; somebody acts; only then does it share out what it has read."""
        view = self.world.look()
        self.world.member_writes(operator, 0 if text == "/online" else self._pick(choice), text)
        with self._ticking(is_last=False):
            self.world.share_late(view)

    # --- what always holds

    @invariant()
    def the_tables_agree(self) -> None:
        self.checked = self._ask(self._agree) or self.checked

    def _agree(self, connection: Connection) -> Mark:
        for check in (oracle.check_holders, oracle.check_one_live, oracle.check_addresses):
            check(connection)
        oracle.check_changes(connection, self.checked)
        return oracle.mark(connection)

    @invariant()
    def nothing_goes_twice(self) -> None:
        if hasattr(self, "world"):
            assert all(count == 1 for count in self.world.sendings.values())

    @invariant()
    def nothing_secret_reaches_a_customer(self) -> None:
        if hasattr(self, "world"):
            assert not [one for one in self.world.told if SECRET in one[1].text]

    @invariant()
    def everything_said_is_in_its_place(self) -> None:
        """By the words themselves: a reply names its conversation, a customer's words name whose they are."""
        if not hasattr(self, "world"):
            return
        places = self._ask(oracle.addresses)
        for address, said in self.world.told:
            for number in re.findall(r"для #(\d+)", said.text):
                assert places[int(number)] == address, f"{said.text!r} came to {address}"
        for number, post in self.world.posted:
            for owner in re.findall(r"я(10\d)", post.text):
                assert places.get(number or 0) == owner, f"{post.text!r} stands at #{number}"

    @invariant()
    def what_was_undone_never_left(self) -> None:
        for row in self._rows(UNDONE):
            assert MessageId(row.id) not in self.world.sendings

    @contextmanager
    def _ticking(self, *, is_last: bool = True) -> Iterator[None]:
        """Around what the clock does; `is_last`: it has read all there is, so nothing may be left to do."""
        since = self._ask(oracle.mark)
        yield
        self._ask(oracle.check_tick, since)
        self._ask(oracle.check_capacity, since)
        if is_last:
            self._after_tick()

    def _after_tick(self) -> None:
        """The clock has looked: nothing is due, nobody is forgotten, and every reply is on its way."""
        assert self._ask(due_timers, self.world.now) == []
        self._ask(oracle.check_nobody_forgotten)
        said = select(message.c.id).where(message.c.kind == "text", message.c.author == "operator")
        for row in self._rows(said.where(message.c.created_at <= self.world.now - UNDO_WINDOW)):
            assert self.world.sendings[row.id] == 1, f"reply {row.id} never left"
        self._check_timers()

    def _check_timers(self) -> None:
        """The end of a snooze is told at most once for each that was set."""
        told = Counter(number for number, post in self.world.posted if "обещанное время наступило" in post.text)
        query = select(audit.c.conversation_id).where(audit.c.act == "snooze", audit.c.outcome == "done")
        asked = Counter(row.conversation_id for row in self._rows(query))
        assert all(count <= asked[number] for number, count in told.items()), (told, asked)

    def _ask(self, question: Callable[..., Any], *given: Any) -> Any:
        if not hasattr(self, "world"):
            return None
        with self.world.engine.begin() as connection:
            return question(connection, *given)

    def _rows(self, query: Any) -> list[Any]:
        def read(connection: Connection) -> list[Any]:
            return list(connection.execute(query))

        return self._ask(read) or []

    def _reply(self, number: int) -> str:
        self.written += 1
        return f"Ответ {self.written} для #{number}."

    def _pick(self, choice: int) -> int:
        numbers = sorted(row.id for row in self._rows(select(conversation.c.id)))
        return int(numbers[choice % len(numbers)])


QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking takes minutes; the long run does it


def play(examples: int, steps: int, phases: Sequence[Phase] = tuple(Phase)) -> None:
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=QUIET,
        database=None,
        phases=phases,
    )
    run_state_machine_as_test(Lifecycle, settings=chosen)


def test_lifecycle_in_short() -> None:
    play(10, 25, UNSHRUNK)


@pytest.mark.slow
def test_lifecycle_at_length() -> None:
    play(80, 60)


# --- what chance seldom meets


@pytest.fixture
def desk() -> Iterator[Lifecycle]:
    """Anna holds #1, Boris #2 and #3, and #4 waits; Vera is not there yet."""
    machine = Lifecycle()
    machine.begin()
    machine.clock_ticks(False)
    yield machine
    machine.teardown()


def after(desk: Lifecycle, *done: object) -> None:
    """What has just been `done` is judged."""
    desk.the_tables_agree()
    desk.nothing_goes_twice()
    desk.nothing_secret_reaches_a_customer()
    desk.everything_said_is_in_its_place()
    desk.what_was_undone_never_left()


def test_a_word_ends_the_rest(desk: Lifecycle) -> None:
    after(desk, desk.world.member_writes(ANNA, 1, "/snooze 2h"))
    after(desk, desk.clock_ticks(False))  # and #4 comes to Anna, who has room meanwhile
    after(desk, desk.customer_says("101", "жду ответа"))
    after(desk, desk.time_passes(130))


def test_a_rest_runs_out(desk: Lifecycle) -> None:
    after(desk, desk.world.member_writes(BORIS, 2, "/snooze 30m"))
    desk.world.now += timedelta(minutes=31)
    after(desk, desk.clock_ticks(True), desk.clock_ticks(False))
    assert [number for number, post in desk.world.posted if "обещанное время наступило" in post.text] == [2]


@pytest.mark.parametrize("meanwhile", ["taken", "closed", "left", "filled", "returned"])
def test_a_late_view_of_the_queue(desk: Lifecycle, meanwhile: str) -> None:
    """Boris has room for #4, or Anna is gone from #1, when another process reads the queue and is slow."""
    world = desk.world
    if meanwhile == "returned":
        world.member_writes(ANNA, 0, "/offline")
    else:
        world.member_writes(BORIS, 2, "/close")
    view = world.look()
    if meanwhile == "taken":
        world.member_writes(VERA, 4, "/take")
    elif meanwhile == "closed":
        world.member_writes(VERA, 4, "/close")
    elif meanwhile == "left":
        assert world.customer_presses("104", "leave")
    elif meanwhile == "filled":
        world.member_writes(BORIS, 2, "/take")
    else:
        world.member_writes(ANNA, 0, "/online")
    after(desk)
    with desk._ticking(is_last=False):
        world.share_late(view)
    after(desk, desk.clock_ticks(False))


def test_who_fits_nobody_keeps_nobody_waiting(desk: Lifecycle) -> None:
    after(desk, desk.world.member_writes(BORIS, 3, f"/transfer 2 {SECRET}"))
    after(desk, desk.clock_ticks(False))  # Boris gets #4, #3 waits for level 2
    after(desk, desk.operator_comes_or_goes(ANNA, "/offline"))  # #1 waits too, before #3, and nobody has room
    after(desk, desk.operator_comes_or_goes(VERA, "/online"))
    after(desk, desk.operator_comes_or_goes(ANNA, "/online"))


def test_notes_and_replies_of_a_day(desk: Lifecycle) -> None:
    """Each kind of private words, a reply into another's conversation, an undo, a crash, a repeated arrival."""
    world = desk.world
    for text in (f"// {SECRET}", f"/note {SECRET}", f"Ответ\n// {SECRET}"):
        after(desk, world.member_writes(BORIS, 2, text))
    after(desk, desk.console_acts(BORIS, 1, Act.NOTE, ""))  # to #2
    for operator, number in ((ANNA, 1), (BORIS, 2), (BORIS, 3)):
        after(desk, desk.operator_replies(operator, number - 1))
        after(desk, desk.trouble_comes(True))
    after(desk, desk.console_replies(VERA, 1, False))  # held: Boris has it
    after(desk, desk.held_reply_is_decided(VERA, 0, True))
    after(desk, desk.console_replies(VERA, 2, True))
    after(desk, world.member_writes(VERA, 2, "/take"))
    after(desk, desk.console_replies(BORIS, 1, False))
    after(desk, desk.console_acts(BORIS, 1, Act.UNDO, ""))
    for address in CUSTOMERS:
        after(desk, desk.customer_says(address, "жду ответа"))
    after(desk, desk.time_passes(1))
    after(desk, desk.trouble_comes(False))
    after(desk, world.member_writes(BORIS, 2, f"/transfer vera {SECRET}"))  # refused: Vera is not there
    after(desk, desk.operator_comes_or_goes(VERA, "/online"))
    after(desk, world.member_writes(BORIS, 2, f"/transfer vera {SECRET}"))
    after(desk, desk.clock_ticks(True))


def test_the_way_back_and_the_end(desk: Lifecycle) -> None:
    """Leaving the queue, closing, a low score, coming back, a ban: each step between statuses."""
    world = desk.world
    assert world.customer_presses("104", "leave")
    after(desk, desk.clock_ticks(False))
    assert world.customer_presses("101", "leave")  # too late: Anna has it
    after(desk, world.member_writes(ANNA, 1, "/close"))
    assert world.customer_presses("101", "vote")
    after(desk)
    assert world.customer_presses("101", "reopen")
    after(desk, desk.clock_ticks(False))
    after(desk, world.member_writes(BORIS, 2, "/release"))
    after(desk, desk.clock_ticks(False))
    after(desk, world.member_writes(BORIS, 3, f"/ban {SECRET}"))
    after(desk, desk.customer_says("103", "жду ответа"))
    for address in CUSTOMERS:
        after(desk, desk.customer_says(address, "оператор"))
    after(desk, desk.time_passes(130))
