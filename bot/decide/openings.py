"""Ways into the bot from outside a conversation: a button on a page of ours that stands under no message. Pure."""

from __future__ import annotations

_WORD = "open"
_ACTS = frozenset({"operator", "menu", "category", "entry"})  # what anybody may do at any time
_ARGUMENT = 220  # characters; a category's name, an entry's id


def write_opening(act: str, argument: str = "") -> str:
    """The token of such a button."""
    return f"{_WORD}:{act}:{argument}"


def read_opening(token: str) -> tuple[str, str] | None:
    """Act and argument; None for any other token."""
    word, _, rest = token.partition(":")
    act, colon, argument = rest.partition(":")
    return (act, argument[:_ARGUMENT]) if word == _WORD and colon and act in _ACTS else None
