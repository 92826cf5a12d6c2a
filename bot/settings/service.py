"""Settings of the service people give: queue, waiting, warnings."""

from __future__ import annotations

from bot.settings import kinds
from bot.settings.setting import Setting
from handoff.hours import Hours
from handoff.hours_form import read_hours, write_hours

HOURS = Setting(
    "hours",
    Hours(),
    read_hours,
    write_hours,
    "working hours, like {week: {mon-fri: ['09:00-13:00', '14:00-18:00']}, holidays: RU}",
    "when people work: week, breaks, holidays, days (exceptions), zone, levels; {} is around the clock",
)

QUEUE_REFRESH = kinds.span(
    "queue.refresh_time",
    "10m",
    "how often at most somebody who waits is told anew where they stand; 0s: only when they ask",
    most="1d",
)
QUEUE_ABANDONED = kinds.span(
    "queue.abandoned_after",
    "12h",
    "how long a queued customer may say nothing, in working time, before the conversation is closed with a kind word; "
    "0s: never",
    most="30d",
)
WARN_OF_NUMBERS = kinds.flag(
    "warnings.numbers", True, "warn operators of card and passport numbers, and hide them on the desk"
)
