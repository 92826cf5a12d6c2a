"""What was said on purpose, so that the judge knows what has to be there."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Account:
    """One customer. `group` numbers what was said without waiting in between: burst by burst, reply by reply."""

    channel: str
    address: int
    said: list[tuple[int, str]] = field(default_factory=list)  # (group, token), in order
    expected: list[tuple[int, str]] = field(default_factory=list)  # (group, words), in the order they must arrive
    votes: list[int] = field(default_factory=list)
    closings: int = 0
    calls: int = 0
    group: int = 0


class Ledger:
    """Everybody's account, and the numbers that make every text its own."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.accounts: list[Account] = []
        self.counts: dict[str, int] = dict.fromkeys(
            ("questions", "bursts", "calls", "talk", "presses", "comments", "operator messages", "closings"), 0
        )
        self._number = 0

    @property
    def sent(self) -> int:
        """Messages and presses of customers."""
        kinds = ("questions", "calls", "talk", "presses", "comments")
        return sum(self.counts[kind] for kind in kinds)

    def token(self, letter: str) -> str:
        self._number += 1
        return f"#{letter}{self._number:05}"
