"""One setting, and all settings of a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from core.errors import FaultyValue, InvalidInput, shown
from core.text import Text

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Setting(Generic[T]):
    """A known setting. `read` makes the value from JSON and raises FaultyValue with what is wrong; `write` undoes it.

    `form` says what a valid value is, `meaning` what it is for; both are shown to admins.
    """

    key: str
    default: T
    read: Callable[[Any], T]
    write: Callable[[T], Any]
    form: Text
    meaning: str

    def check(self, raw: Any) -> T:
        """The value from JSON; raises FaultyValue that names the fault alone, for who sees setting and form anyway."""
        try:
            return self.read(raw)
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError):
            raise FaultyValue(Text("fault.value.odd", {"value": shown(raw)})) from None

    def parse(self, raw: Any) -> T:
        """The value from JSON; raises InvalidInput that names the setting, the fault and the form."""
        try:
            return self.check(raw)
        except FaultyValue as fault:
            known = {"key": self.key, "form": self.form, "why": fault.text}
            raise InvalidInput(Text("fault.setting", known)) from None


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
