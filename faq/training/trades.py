"""The project's own messages of many trades: entries, what customers type for them, and what no FAQ answers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Asked:
    """An entry of a trade and the messages that ask for it; plain ones are nearer to its own words."""

    wordings: list[str]
    answer: str = ""
    messages: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Trades:
    """Trade -> its entries, and messages of its customers that none of them answers; and what nothing answers."""

    entries: dict[str, list[Asked]] = field(default_factory=dict)
    near: dict[str, list[str]] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)

    @staticmethod
    def language(trade: str) -> str:
        """The language of a trade, by the end of its name."""
        return "en" if trade.endswith("_en") else "ru"


def read_trades(folder: Path) -> Trades:
    """All trades of the files of a folder; the first lines of trades_ru.txt tell how they are written.

    Raises ValueError where two trades have one name: their entries would compete with each other.
    """
    return _parsed(line for path in sorted(folder.glob("*.txt")) for line in path.read_text("utf-8").splitlines())


def _parsed(lines: Iterable[str]) -> Trades:
    found = Trades()
    own: list[Asked] = []
    near: list[str] = []
    for line in lines:
        sign, rest = line[:1], line[1:].strip()
        if line[:2] == "##" or not rest:
            continue
        if sign == "#":
            if rest in found.entries:
                raise ValueError(f"There are two trades called {rest!r}; rename one of them.")
            own, near = found.entries.setdefault(rest, []), found.near.setdefault(rest, [])
        elif sign == "?":
            own.append(Asked([wording.strip() for wording in rest.split("|")]))
        elif sign == "!":
            own[-1].answer = rest
        elif sign == "-":
            own[-1].messages.append(rest)
        elif sign == "+":
            own[-1].plain.append(rest)
        elif sign == "~":
            near.append(rest)
        elif sign == "x":
            found.foreign.append(rest)
    return found
