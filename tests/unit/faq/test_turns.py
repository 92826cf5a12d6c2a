"""Turns at the encoders: so many at once, and nobody is passed by."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack

from faq.wheels.turns import Turns, processors

PATIENCE = 10.0  # seconds


def until_waiting(turns: Turns, count: int) -> None:
    until = time.monotonic() + PATIENCE
    while len(turns._waiting) < count and time.monotonic() < until:
        time.sleep(0.001)
    assert len(turns._waiting) == count


def test_as_many_at_once_as_there_are_turns() -> None:
    turns, entered = Turns(2), threading.Event()

    def third() -> None:
        with turns.turn():
            entered.set()

    with ExitStack() as two:
        two.enter_context(turns.turn())
        two.enter_context(turns.turn())
        waiting = threading.Thread(target=third, daemon=True)
        waiting.start()
        until_waiting(turns, 1)
        assert not entered.is_set()
    assert entered.wait(PATIENCE)
    waiting.join(PATIENCE)
    with turns.turn(), turns.turn():
        pass  # both are free again
    assert processors() >= 1


def test_one_who_comes_back_at_once_queues_up_behind_those_who_wait() -> None:
    turns, said = Turns(1), []

    def one(name: str) -> None:
        with turns.turn():
            said.append(name)

    customers = [threading.Thread(target=one, args=(name,), daemon=True) for name in ("anna", "boris")]
    with turns.turn():
        for count, customer in enumerate(customers, 1):
            customer.start()
            until_waiting(turns, count)
    one("a text of the build")
    assert said == ["anna", "boris", "a text of the build"]
    for customer in customers:
        customer.join(PATIENCE)


def test_a_turn_is_given_back_by_one_who_fails() -> None:
    turns = Turns(1)
    try:
        with turns.turn():
            raise ValueError
    except ValueError:
        pass
    with turns.turn():
        pass
