"""Finds a channel by the name of its module; no channel is imported before it is asked for.

A channel module has `Settings` (a frozen dataclass) and `open_channel(settings, **ports) -> Channel`.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any, cast

import channels
from core.channel import Channel
from core.errors import NotFound


def names() -> tuple[str, ...]:
    """Every channel there is, by name."""
    found = (module.name for module in pkgutil.iter_modules(channels.__path__))
    return tuple(sorted(name for name in found if name != "registry"))


def module(name: str) -> ModuleType:
    """The channel's module; NotFound says which names there are."""
    if name not in names():
        raise NotFound(f"there is no channel {name!r}; there are: {', '.join(names())}")
    return importlib.import_module(f"channels.{name}")


def settings_of(name: str) -> type[Any]:
    """The channel's settings class, to be filled by whoever knows the environment."""
    return cast(type[Any], module(name).Settings)


def open_channel(name: str, settings: object, **ports: object) -> Channel:
    """A channel, not yet started; `ports` are what it asks for (`files`, `topics` …)."""
    return cast(Channel, module(name).open_channel(settings, **ports))
