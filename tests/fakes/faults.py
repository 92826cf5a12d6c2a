"""Faults on demand: scripted for the next calls, or by dice with a seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Kind = str | int


@dataclass(slots=True)
class Fault:
    """One fault that has fallen on one call."""

    kind: Kind
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def is_after(self) -> bool:
        return self.kind in ("drop_after", "delay_after") or bool(self.details.get("after"))


@dataclass(slots=True)
class _Rule:
    number: int
    kind: Kind | None
    methods: frozenset[str] | None
    chat: int | None
    details: dict[str, Any]
    times: int = 0
    probability: float = 0.0

    def fits(self, method: str, chat: int | None, quiet: frozenset[str]) -> bool:
        named = method not in quiet if self.methods is None else method in self.methods
        return named and (self.chat is None or self.chat == chat)


class Faults:
    """Scripted rules come before dice; a scripted `None` lets one call pass untouched."""

    def __init__(self, seed: int, quiet: Iterable[str]) -> None:
        self._dice = random.Random(seed)
        self._quiet = frozenset(name.lower() for name in quiet)
        self._scripted: list[_Rule] = []
        self._random: list[_Rule] = []
        self._number = 0
        self.hits: Counter[str] = Counter()

    def fail_next(
        self,
        kind: Kind | None,
        method: str | list[str] | None = None,
        times: int = 1,
        chat: int | None = None,
        **details: Any,
    ) -> int:
        return self._add(self._scripted, kind, method, chat, details, times=times)

    def fail_randomly(
        self,
        kind: Kind,
        probability: float,
        method: str | list[str] | None = None,
        chat: int | None = None,
        **details: Any,
    ) -> int:
        return self._add(self._random, kind, method, chat, details, probability=probability)

    def _add(
        self,
        rules: list[_Rule],
        kind: Kind | None,
        method: str | list[str] | None,
        chat: int | None,
        details: dict[str, Any],
        **how: Any,
    ) -> int:
        names = [method] if isinstance(method, str) else method
        methods = None if names is None else frozenset(name.lower() for name in names)
        self._number += 1
        rules.append(_Rule(self._number, kind, methods, chat, details, **how))
        return self._number

    def clear(self, number: int | None = None) -> None:
        if number is None:
            self._scripted.clear()
            self._random.clear()
        self._scripted = [rule for rule in self._scripted if rule.number != number]
        self._random = [rule for rule in self._random if rule.number != number]

    def choose(self, method: str, chat: int | None) -> Fault | None:
        if not self._scripted and not self._random:
            return None
        method = method.lower()
        for rule in self._scripted:
            if rule.fits(method, chat, self._quiet):
                rule.times -= 1
                if rule.times <= 0:
                    self._scripted.remove(rule)
                return self._hit(rule)
        for rule in self._random:
            if rule.fits(method, chat, self._quiet) and self._dice.random() < rule.probability:
                return self._hit(rule)
        return None

    def _hit(self, rule: _Rule) -> Fault | None:
        if rule.kind is None:
            return None
        self.hits[str(rule.kind)] += 1
        return Fault(rule.kind, rule.details)
