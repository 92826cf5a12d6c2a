"""Settings of the service people give: queue, waiting, warnings."""

from __future__ import annotations

from bot.settings import kinds
from bot.settings.setting import Setting
from core.text import Text
from handoff.service.hours import Hours
from handoff.service.hours_form import read_hours, write_hours
from handoff.service.targets import Targets
from handoff.service.targets_form import read_targets, write_targets

HOURS = Setting(
    "hours",
    Hours(),
    read_hours,
    write_hours,
    Text("fault.form.hours"),
    "when people work: week, breaks, holidays, days (exceptions), zone, levels; {} is around the clock",
)

TARGETS = Setting(
    "targets",
    Targets(),
    read_targets,
    write_targets,
    Text("fault.form.targets"),
    "what customers are promised, in working time: first_response, next_response, resolution; by level and priority",
)
TARGET_WARNING = kinds.number(
    "targets.warn_at",
    80,
    "the share of a target's time, in per cent, after which operators are warned",
    least=1,
    most=100,
)
WAITING_REFRESH = kinds.span(
    "waiting.refresh_time",
    "10m",
    "how often at most somebody who waits is told anew where they stand; 0s: only when they ask",
    most="1d",
)
WAITING_ABANDONED = kinds.span(
    "waiting.abandoned_after",
    "1d",
    "how long a queued customer may be silent, in working time, before being asked whether they still wait; 0s: never",
    most="30d",
)
WAITING_GRACE = kinds.span(
    "waiting.grace",
    "1h",
    "how long the answer to that is waited for, in working time, before the conversation is closed with a kind word",
    least="1m",
    most="30d",
)
ANNOUNCEMENTS_PER_MINUTE = kinds.number(
    "announcements.per_minute",
    600,
    "how many customers an announcement is sent to in a minute; answers go on beside it",
    least=1,
    most=1200,
)
WARN_OF_NUMBERS = kinds.flag(
    "warnings.numbers", True, "warn operators of card and passport numbers, and hide them on the desk"
)
