"""Reads conversations written down as data: who says what, and what is expected of the bot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
_MEMBERS = re.compile(r"(operator|stranger) (\w+)(?: (\w.*))?")
_CONSOLE = re.compile(r"console (\w+)")
_SPAN = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_FIELDS = {"name", "also", "customer", "faq", "team", "steps"}


@dataclass(frozen=True, slots=True)
class Step:
    """`who` is the member of the desk that acts; `options` are the further keys of the line."""

    act: str
    who: str = ""
    value: Any = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        rest = "".join(f", {key}: {value}" for key, value in self.options.items())
        value = "" if self.value is None else f": {shorten(self.value)}"
        return f"{' '.join(filter(None, (self.act, self.who)))}{value}{rest}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """`also`: the real channels through which it is played besides the one in memory.

    `number` counts those of a file; `faq` names the policy of the search (stage.POLICIES);
    `team` is who works there besides the usual two, or otherwise than they do (team.hire).
    """

    name: str
    file: str
    number: int
    steps: tuple[Step, ...]
    also: tuple[str, ...] = ()
    customer: Mapping[str, Any] = field(default_factory=dict)
    faq: str = ""
    team: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.file}-{self.number}"

    def __str__(self) -> str:
        return f"{self.file}.yaml, {self.number}: {self.name}"


@cache
def load_scenarios() -> tuple[Scenario, ...]:
    """All of them, in the order of files and lines; read once in a process."""
    files = sorted(HERE.glob("*.yaml"))
    return tuple(_scenario(raw, path.stem, number) for path in files for number, raw in enumerate(_read(path), 1))


def _read(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
    return found


def _scenario(raw: dict[str, Any], file: str, number: int) -> Scenario:
    if unknown := raw.keys() - _FIELDS:
        raise ValueError(f"{file}: {raw.get('name')}: what is {unknown}?")
    steps = tuple(_step(one) for one in raw["steps"])
    return Scenario(
        raw["name"],
        file,
        number,
        steps,
        tuple(raw.get("also", ())),
        raw.get("customer", {}),
        raw.get("faq", ""),
        raw.get("team", {}),
    )


def _step(raw: str | dict[str, Any]) -> Step:
    """A word, or a mapping whose first key is the act and whose others are its options."""
    if isinstance(raw, str):
        raw = {raw: None}
    (key, value), *rest = raw.items()
    options = dict(rest)
    if found := _CONSOLE.fullmatch(key):
        return Step("console", found[1], value, options)
    if found := _MEMBERS.fullmatch(key):
        return Step(f"operator {found[3] or 'writes'}", found[2], value, options)
    return Step(key, "", value, options)


def read_span(text: str) -> timedelta:
    """ "90s", "2h", "1d 5m"."""
    return timedelta(**{_UNITS[unit]: int(number) for number, unit in _SPAN.findall(text)})


def as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def shorten(value: Any, limit: int = 160) -> str:
    flat = " ".join(str(value).split())
    return flat if len(flat) <= limit else f"{flat[:limit]}… ({len(flat)} characters)"
