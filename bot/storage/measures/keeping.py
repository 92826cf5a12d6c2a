"""When the facts are brought up to date, and with which hours and promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import Connection, Engine

from bot.settings.service import HOURS, TARGETS
from bot.settings.setting import Settings
from bot.settings.surveys import RETURN_WINDOW, SERVICE_LEVEL_WITHIN
from bot.storage.measures.refresh import Place, Rules, refresh
from bot.storage.service.settings import load_settings
from handoff.queue import Priority
from handoff.service.hours import Schedule, working_time_between
from handoff.service.targets import Target
from surveys.figures.episode import Promise, WorkingTime


@dataclass(frozen=True, slots=True)
class _Working:
    schedule: Schedule

    def between(self, start: datetime, end: datetime) -> timedelta:
        return working_time_between(self.schedule, start, end)


def read_rules(settings: Settings, now: datetime, zone: tzinfo) -> Rules:
    """The hours and promises that hold now; a conversation without a level has those of the first line."""
    hours, targets = settings[HOURS], settings[TARGETS]

    def ground(level: int | None, priority: int) -> tuple[WorkingTime, Promise]:
        line, name = level or 1, Priority(priority).name.lower()
        limits = (targets.limit(target, line, name) for target in Target)
        return _Working(hours.of(line, str(zone))), Promise(*limits)

    return Rules(now, zone, ground, settings[RETURN_WINDOW], settings[SERVICE_LEVEL_WITHIN])


def step(connection: Connection, now: datetime, zone: tzinfo, after: Place | None = None) -> Place | None:
    """One transaction's worth; returns where to go on, None when all is done."""
    return refresh(connection, read_rules(load_settings(connection), now, zone), after)


def bring_up_to_date(engine: Engine, now: datetime, zone: tzinfo) -> None:
    """All of it, in short transactions, so that nobody waits long for the database."""
    after: Place | None = None
    while True:
        with engine.begin() as connection:
            after = step(connection, now, zone, after)
        if after is None:
            return
