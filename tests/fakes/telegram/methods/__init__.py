"""The Bot API's methods, each a function of the fake and its parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.fakes.telegram.params import Params

if TYPE_CHECKING:
    from tests.fakes.telegram.fake import FakeTelegram

Method = Callable[["FakeTelegram", Params], Any]
METHODS: dict[str, tuple[str, Method]] = {}


def method(name: str) -> Callable[[Method], Method]:
    def keep(function: Method) -> Method:
        METHODS[name.lower()] = (name, function)
        return function

    return keep


def load() -> None:
    """Fill the table; here because the modules need it before they can be imported."""
    from tests.fakes.telegram.methods import chats, copying, editing, looks, sending, topics  # noqa: F401
