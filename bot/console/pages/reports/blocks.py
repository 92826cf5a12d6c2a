"""What a report page is made of: figures, charts with their tables, tables; and the same as a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from markupsafe import Markup

from bot.console.look.charts import Series, bar_chart, donut_chart, line_chart
from bot.console.look.figures import Figures
from surveys.figures.measures import Figure

Cell = str | int | float | Figure | None
Say = Callable[..., str]
_SHADES = 5


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure beside the period before; `unit` is "%", "s" or ""; `behind` leads to its conversations.

    `good` is the direction that is welcome: 1 up, -1 down, 0 neither. `is_whole`: no sample of anything, such as a
    mere count, and so never of too few cases. `case` is what one of its cases is: report.few.CASE tells how many.
    """

    name: str
    figure: Figure
    before: Figure
    unit: str = ""
    good: int = 1
    behind: str = ""
    is_whole: bool = False
    case: str = "conversation"

    @property
    def is_enough(self) -> bool:
        return self.is_whole or self.figure.is_enough

    @property
    def change(self) -> float | None:
        """Since the period before; None while either rests on too few cases."""
        now, before = self.figure, self.before
        if now.value is None or before.value is None:
            return None
        if not (self.is_whole or (now.is_enough and before.is_enough)):
            return None
        return now.value - before.value

    @property
    def mood(self) -> str:
        change = self.change
        if not change or not self.good:
            return ""
        return "up" if change * self.good > 0 else "down"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain values, and of figures where no other column tells how many cases they rest on.

    `links` leads from a row's first cell, "" where it leads nowhere. `units` of the columns are "%", "s" or "", as the
    page shows them; a spreadsheet gets the plain values, see `for_file`. Where a column has several, `own_units` tells
    them by row and column, from 0. `has_shades`: one kind of count all over, shaded by its part of the greatest.
    `about`: what the page says above it.
    """

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    links: Sequence[str] = ()
    units: Sequence[str] = ()
    own_units: Mapping[tuple[int, int], str] = field(default_factory=dict)
    has_shades: bool = False
    about: str = ""

    def guarded(self, guard: Callable[[str], str]) -> Table:
        """With the words as operators are shown them."""
        rows = [[guard(cell) if isinstance(cell, str) else cell for cell in row] for row in self.rows]
        return replace(self, rows=rows)

    def unit(self, row: int, column: int) -> str:
        return self.own_units.get((row, column), self.units[column] if self.units else "")

    def shade(self, count: int) -> int:
        """From 0, nothing, to 5, a fifth of the greatest each."""
        most = max((cell for row in self.rows for cell in row if isinstance(cell, int)), default=0)
        return ceil(_SHADES * count / most) if most else 0


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, and the figures it was drawn from; drawn by the page, in the reader's numbers, and not for a file."""

    table: Table
    draw: Callable[[Figures], str]
    legend: Sequence[str] = ()

    def drawn(self, figures: Figures) -> Markup:
        return Markup(self.draw(figures))  # noqa: S704 - bot.console.look.charts escapes what it is given


@dataclass(frozen=True, slots=True)
class Report:
    """A page's content in order."""

    key: str
    tiles: Sequence[Tile] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = field(default_factory=tuple)

    @property
    def sheets(self) -> list[Table]:
        return [*(chart.table for chart in self.charts), *self.tables]


def line(name: str, first: str, names: Sequence[str], series: Sequence[Series]) -> Chart:
    def draw(figures: Figures) -> str:
        return line_chart(name, names, series, figures.number)

    return Chart(_table(name, first, names, series), draw, _legend(series))


def bars(name: str, first: str, names: Sequence[str], series: Sequence[Series]) -> Chart:
    def draw(figures: Figures) -> str:
        return bar_chart(name, names, series, figures.number)

    return Chart(_table(name, first, names, series), draw, _legend(series))


def donut(name: str, heads: Sequence[str], slices: Sequence[tuple[str, float]]) -> Chart:
    table = Table(name, heads, [[one, value] for one, value in slices])

    def draw(figures: Figures) -> str:
        return donut_chart(name, slices, figures.number, figures.share)

    return Chart(table, draw, [one for one, _ in slices])


def _legend(series: Sequence[Series]) -> list[str]:
    """Of a single one too: nothing else says what its bars are."""
    return [one.name for one in series]


def _table(name: str, first: str, names: Sequence[str], series: Sequence[Series]) -> Table:
    rows = [[one, *(_round(part.values[at]) for part in series)] for at, one in enumerate(names)]
    return Table(name, [first, *(part.name for part in series)], rows)


def _round(value: float | None) -> Cell:
    """As the page shows it, so that nobody finds two numbers for one thing."""
    return round(value, 1) if isinstance(value, float) else value


_FIGURE_HEADS = ("report.figure", "report.value", "report.before", "report.cases_head", "report.cases_before",
                 "report.from", "report.to")  # fmt: skip


def figures_table(report: Report, say: Say) -> Table:
    """The tiles as rows: name, value, the period before, cases of both (a count has none), interval."""
    rows = [
        [one.name, *map(_round, (one.figure.value, one.before.value)),
         *(None if one.is_whole else each.count for each in (one.figure, one.before)),
         *map(_round, (one.figure.low, one.figure.high))]
        for one in report.tiles
    ]  # fmt: skip
    units = {(row, 1): one.unit for row, one in enumerate(report.tiles)}
    return Table(say("report.figures"), [say(head) for head in _FIGURE_HEADS], rows, own_units=units)


def for_file(table: Table, say: Say) -> Table:
    """Plain values whose units the heads tell; those of single rows stand in a last column.

    A figure has the number of its cases in a column behind it.
    """
    signs = {"": "", "%": "%", "s": say("report.seconds")}
    units = table.units or [""] * len(table.heads)
    heads: list[str] = []
    for at, (head, unit) in enumerate(zip(table.heads, units, strict=True)):
        heads.append(", ".join(filter(None, (head, signs[unit]))))
        if any(isinstance(row[at], Figure) for row in table.rows):
            heads.append(say("report.cases_of", name=head))
    rows = [[part for cell in row for part in _parts(cell)] for row in table.rows]
    if not table.own_units:
        return Table(table.name, heads, rows)
    told = {row: signs[unit] for (row, _), unit in table.own_units.items()}
    return Table(table.name, [*heads, say("report.unit")], [[*row, told.get(at, "")] for at, row in enumerate(rows)])


def _parts(cell: Cell) -> list[Cell]:
    """A figure takes two cells: its value, and of how many cases it is."""
    return [_round(cell.value), cell.count] if isinstance(cell, Figure) else [cell]


def to_csv(sheets: Sequence[Table]) -> bytes:
    """All tables below each other, with a byte order mark so that spreadsheets read Russian."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for sheet in sheets:
        writer.writerows([[sheet.name], list(sheet.heads), *([_plain(cell) for cell in row] for row in sheet.rows), []])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def to_xlsx(sheets: Sequence[Table]) -> bytes:
    """A sheet for each table."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for number, sheet in enumerate(sheets, 1):
        kept = "".join(char for char in sheet.name if char not in "[]:*?/\\")
        page = book.create_sheet(f"{number} {kept}"[:31])
        for row in (sheet.heads, *sheet.rows):
            page.append([_plain(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(cell: Cell) -> Cell:
    """Words that a spreadsheet would take for a formula stay words."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
