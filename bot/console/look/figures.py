"""Numbers as people read them in one language: decimal comma or point, groups of thousands, the sign of per cent.

Files keep plain values; nothing here is for machines.
"""

from __future__ import annotations

from functools import cache
from math import ceil

from babel import Locale
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

_WHOLE_FROM = 100  # from here on nobody wants a decimal


class Figures:
    def __init__(self, language: str) -> None:
        self._locale = Locale(language)
        # With a space that does not break, where there is one.
        self._percent = self._locale.percent_formats[None].pattern

    def number(self, value: float) -> str:
        """At most one decimal: 12, 3.5, 1,200."""
        return _signed(format_decimal(round(value, 1), f"#,##0{_decimals(value)}", self._locale))

    def size(self, count: int) -> str:
        """Bytes, as kilobytes or megabytes."""
        kind, value = ("megabyte", count / 2**20) if count > 2**20 else ("kilobyte", ceil(count / 1024))
        return format_unit(round(value, 1), kind, "short", "#,##0.#", self._locale).replace(" ", "\xa0")

    def signed(self, value: float) -> str:
        """A change."""
        return f"{'+' if value >= 0 else '−'}{self.number(abs(value))}"

    def percent(self, value: float) -> str:
        """Of 0 to 100, at most one decimal: 75.2%."""
        form = self._percent.replace("0", f"0{_decimals(value)}")
        return _signed(format_percent(round(value, 1) / 100, form, self._locale))

    def share(self, value: float) -> str:
        """Of 0 to 1, as whole per cent: 75%."""
        return format_percent(value, self._percent, self._locale)


def _signed(figure: str) -> str:
    """With a minus, as changes have it, and no hyphen."""
    return figure.replace("-", "−")


def _decimals(value: float) -> str:
    return ".#" if abs(value) < _WHOLE_FROM else ""


@cache
def figures_of(language: str) -> Figures:
    return Figures(language)
