"""What a crash run is told, and what it prints in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Options:
    """`has_long_faults`: also those after which the contract makes the bot wait 30 s (VK 9) or 60 s (VK 14)."""

    database: str = "sqlite"
    messages: int = 1000
    customers: int = 100
    kills: int = 20
    seed: int = 1
    telegram: str = "polling"
    vk: str = "longpoll"
    has_long_faults: bool = True
    limit: float = 600.0  # seconds for the whole talk, and again for what is left over after it


@dataclass(slots=True)
class Verdict:
    """Counts in the order of the table, and everything that went against the promise."""

    counts: dict[str, object] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def count(self, name: str, value: object) -> None:
        self.counts[name] = value

    def none(self, name: str, found: Sequence[str]) -> None:
        """There must be none of these."""
        self.counts[name] = len(found)
        self.violations += [f"{name}: {one}" for one in found]

    def table(self) -> str:
        width = max(map(len, self.counts))
        lines = [f"  {name:<{width}}  {value}" for name, value in self.counts.items()]
        shown = [f"  ! {line}" for line in self.violations[:40]]
        more = len(self.violations) - len(shown)
        if more > 0:
            shown.append(f"  ! and {more} more")
        return "\n".join([*lines, *shown])
