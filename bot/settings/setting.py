"""One setting, and all settings of a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from core.errors import InvalidInput

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Setting(Generic[T]):
    """A known setting. `read` makes the value from JSON and raises ValueError with what is wrong; `write` undoes it.

    `form` says what a valid value is, `meaning` what it is for; both are shown to admins.
    """

    key: str
    default: T
    read: Callable[[Any], T]
    write: Callable[[T], Any]
    form: str
    meaning: str

    def parse(self, raw: Any) -> T:
        """The value from JSON; raises InvalidInput that names the setting, the fault and the form."""
        try:
            return self.read(raw)
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as error:
            fault = str(error) if isinstance(error, ValueError) else f"{raw!r} is something else"
            raise InvalidInput(f"{self.key} must be {self.form}: {fault[:300]}") from None


class Settings:
    """The values of one moment, read as `settings[CAPACITY]`; what was never set has its default. Immutable."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self._values = dict(values or {})

    def __getitem__(self, setting: Setting[T]) -> T:
        return cast(T, self._values.get(setting.key, setting.default))

    def having(self, setting: Setting[T], value: T) -> Settings:
        """The same with one value changed."""
        return Settings({**self._values, setting.key: value})
