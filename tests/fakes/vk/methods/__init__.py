"""VK's methods, each a function of the fake and its parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.fakes.vk.params import Params

if TYPE_CHECKING:
    from tests.fakes.vk.fake import FakeVk

Method = Callable[["FakeVk", Params], Any]
METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    def keep(function: Method) -> Method:
        METHODS[name] = function
        return function

    return keep


def load() -> None:
    """Fill the table; here because the modules need it before they can be imported."""
    from tests.fakes.vk.methods import community, dialogs, messages, people, uploads  # noqa: F401
