"""Charts as SVG text: line, bars and donut. Classes only (no style attributes), a title for each point, a label.

Everything that comes from outside is escaped; numbers are shown as the caller formats them. Colours are those of
the page: `chart-1` to `chart-6` for series, in light and dark alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import cos, floor, isfinite, log10, pi, sin

_WIDTH, _HEIGHT = 640, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 12, 10, 26  # the margins of the plot
_TICKS = 4
_LABELS = 12  # at most so many names under the plot
_SERIES = 6
_LETTER = 6.5  # about the width of a letter

Shown = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one colour of bars; None: no figure for that name."""

    name: str
    values: Sequence[float | None]


def plain(value: float) -> str:
    """A number as people read it: 12, 3.5, 1 200."""
    text = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.1f}"
    return text.replace(",", "\u202f")


def line_chart(label: str, names: Sequence[str], series: Sequence[Series], shown: Shown = plain) -> str:
    """Lines over the same names, from zero upwards (or from the lowest negative value); gaps stay gaps."""
    values = [value for one in series for value in one.values]
    # Counts are told by their kind: a mean may be whole by chance.
    low, high, ticks = _scale(values, is_whole=all(value is None or isinstance(value, int) for value in values))
    place = _Place(len(names), low, high)
    parts = [_grid(ticks, place, shown), _names(names, place)]
    for number, one in enumerate(series):
        kind = number % _SERIES + 1
        for run in _runs(one.values):
            points = " ".join(f"{place.x(at):.1f},{place.y(value):.1f}" for at, value in run)
            parts.append(f'<polyline class="chart-line chart-{kind}" points="{points}"/>')
            for at, value in run:
                title = escape(f"{names[at]} · {one.name}: {shown(value)}")
                spot = f'cx="{place.x(at):.1f}" cy="{place.y(value):.1f}" r="3"'
                parts.append(f'<circle class="chart-spot chart-{kind}" {spot}><title>{title}</title></circle>')
    return _svg(label, _WIDTH, _HEIGHT, parts)


def bar_chart(label: str, names: Sequence[str], series: Sequence[Series], shown: Shown = plain) -> str:
    """Bars, stacked where there are several series; negative values do not stack and are left out."""
    totals = [sum(max(0.0, one.values[at] or 0.0) for one in series) for at in range(len(names))]
    low, high, ticks = _scale([0.0, *totals], is_whole=all(total == int(total) for total in totals))
    place = _Place(len(names), low, high)
    width = max(1.0, 0.7 * place.step)
    parts = [_grid(ticks, place, shown), _names(names, place)]
    for at, name in enumerate(names):
        base = 0.0
        for number, one in enumerate(series):
            value = max(0.0, one.values[at] or 0.0)
            if not value:
                continue
            top, bottom = place.y(base + value), place.y(base)
            box = f'x="{place.x(at) - width / 2:.1f}" y="{top:.1f}" width="{width:.1f}" height="{bottom - top:.1f}"'
            title = escape(f"{name} · {one.name}: {shown(value)}")
            parts.append(f'<rect class="chart-bar chart-{number % _SERIES + 1}" {box}><title>{title}</title></rect>')
            base += value
    return _svg(label, _WIDTH, _HEIGHT, parts)


def whole_percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def donut_chart(
    label: str, slices: Sequence[tuple[str, float]], shown: Shown = plain, percent: Shown = whole_percent
) -> str:
    """Parts of a whole, from twelve o'clock on; nothing of it is negative."""
    total = sum(value for _, value in slices)
    size, radius, width = 160, 60, 26
    parts: list[str] = []
    start = 0.0
    for number, (name, value) in enumerate(slices):
        if total <= 0 or value <= 0:
            continue
        share = min(value / total, 0.9999)  # a whole circle has no arc, nor has what is rounded to one
        title = escape(f"{name}: {shown(value)} ({percent(value / total)})")
        path = _arc(size / 2, radius, start, start + share)
        kind = f"chart-{number % _SERIES + 1}"
        parts.append(f'<path class="chart-arc {kind}" d="{path}" stroke-width="{width}"><title>{title}</title></path>')
        start += value / total
    at = f'x="{size / 2}" y="{size / 2 + 6}"'
    middle = f'<text class="chart-total" {at} text-anchor="middle">{escape(shown(total))}</text>'
    return _svg(label, size, size, [*parts, middle])


def _arc(centre: float, radius: float, start: float, end: float) -> str:
    def at(turn: float) -> str:
        return f"{centre + radius * sin(2 * pi * turn):.2f} {centre - radius * cos(2 * pi * turn):.2f}"

    return f"M {at(start)} A {radius} {radius} 0 {int(end - start > 0.5)} 1 {at(end)}"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where things stand in the plot."""

    count: int
    low: float
    high: float

    @property
    def step(self) -> float:
        return (_WIDTH - _LEFT - _RIGHT) / max(1, self.count)

    def x(self, at: int) -> float:
        return _LEFT + (at + 0.5) * self.step

    def y(self, value: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (self.high - value) / (self.high - self.low)


def _scale(values: Sequence[float | None], *, is_whole: bool = False) -> tuple[float, float, list[float]]:
    """Round ends and ticks that hold every value, zero among them; what is counted has no halves."""
    given = [value for value in values if value is not None and isfinite(value)]
    low, high = min([0.0, *given]), max([0.0, *given])
    if low == high:
        high = low + 1
    rough = max((high - low) / _TICKS, 1.0 if is_whole else 0.0)
    power = 10.0 ** floor(log10(rough))
    sizes = (step * power for step in (1, 2, 2.5, 5, 10) if step * power >= rough * 0.999)
    size = next(one for one in sizes if not (is_whole and one % 1))
    first = floor(low / size)
    last = -floor(-high / size)
    return first * size, last * size, [number * size for number in range(first, last + 1)]


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Stretches without a gap."""
    runs: list[list[tuple[int, float]]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((at, value))
    return [run for run in runs if run]


def _grid(ticks: Sequence[float], place: _Place, shown: Shown) -> str:
    lines = []
    for tick in ticks:
        y = f"{place.y(tick):.1f}"
        lines.append(f'<line class="chart-grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>')
        lines.append(
            f'<text class="chart-tick" x="{_LEFT - 6}" y="{y}" dy="4" text-anchor="end">{escape(shown(tick))}</text>'
        )
    return "".join(lines)


def _names(names: Sequence[str], place: _Place) -> str:
    every = -(-len(names) // _LABELS) or 1
    most = max(3, int(every * place.step / _LETTER))
    y = _HEIGHT - 8
    shown = [(place.x(at), escape(_fitting(name, most))) for at, name in enumerate(names) if at % every == 0]
    return "".join(
        f'<text class="chart-name" x="{x:.1f}" y="{y}" text-anchor="middle">{name}</text>' for x, name in shown
    )


def _fitting(name: str, most: int) -> str:
    """Shortened so that neighbours do not run into each other; the whole name stands in the titles and the table."""
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def _svg(label: str, width: int, height: int, parts: Sequence[str]) -> str:
    head = f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
    name = escape(label, quote=True)
    return f'{head} aria-label="{name}"><title>{name}</title>{"".join(parts)}</svg>'
