"""The project's own messages of many trades: entries, what customers type for them, and what no FAQ answers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Asked:
    """An entry of a trade and the messages that ask for it."""

    wordings: list[str]
    answer: str = ""
    messages: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Trades:
    """Trade -> its entries; and messages that nothing answers."""

    entries: dict[str, list[Asked]] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)


def read_trades(path: Path) -> Trades:
    """All trades of a file; its first lines tell how it is written."""
    return _parsed(path.read_text("utf-8").splitlines())


def _parsed(lines: Iterable[str]) -> Trades:
    found = Trades()
    own: list[Asked] = []
    for line in lines:
        sign, rest = line[:1], line[1:].strip()
        if line[:2] == "##" or not rest:
            continue
        if sign == "#":
            own = found.entries.setdefault(rest, [])
        elif sign == "?":
            own.append(Asked([wording.strip() for wording in rest.split("|")]))
        elif sign == "!":
            own[-1].answer = rest
        elif sign == "-":
            own[-1].messages.append(rest)
        elif sign == "x":
            found.foreign.append(rest)
    return found
