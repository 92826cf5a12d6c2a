"""Canned replies: prepared words with variables, filled in for one customer. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.message import Attachment

_VARIABLE = re.compile(r"(?P<before>,?[ \t]?)\{(?P<name>[\w ]{1,32})\}")
_NAMES = {
    "name": "name",
    "имя": "name",
    "operator": "operator",
    "оператор": "operator",
    "number": "number",
    "номер": "number",
    "channel": "channel",
    "канал": "channel",
    "question": "question",
    "вопрос": "question",
}
VARIABLES = frozenset(_NAMES)


@dataclass(frozen=True, slots=True)
class Canned:
    name: str
    text: str
    attachments: tuple[Attachment, ...] = ()


def fill(text: str, values: Mapping[str, str]) -> str:
    """The words with its variables filled in, in Russian or English names; what is not known leaves no gap.

    "Здравствуйте, {имя}!" becomes "Здравствуйте!" for a customer without a name. A variable that does not exist
    stays as it is.
    """

    def put_in(found: re.Match[str]) -> str:
        key = _NAMES.get(found["name"].strip().lower())
        if key is None:
            return found[0]
        value = values.get(key, "")
        return f"{found['before']}{value}" if value else ""

    return _VARIABLE.sub(put_in, text).strip()


def unknown_variables(text: str) -> list[str]:
    """Names in braces that nothing is known about: what an editor warns of."""
    names = [found["name"].strip() for found in _VARIABLE.finditer(text)]
    return [name for name in names if name.lower() not in _NAMES]
