"""The company's day, from 9 to 21 in Moscow: reckoned forwards, so that planned spans are true by construction."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Moscow")  # no change of the clock since 2014
OPENS, CLOSES = time(9), time(21)
OPEN_DAY = timedelta(hours=12)
DAY = timedelta(days=1)


def opening(day: datetime) -> datetime:
    return datetime.combine(day.date(), OPENS, ZONE)


def is_open(moment: datetime) -> bool:
    return OPENS <= moment.timetz().replace(tzinfo=None) < CLOSES


def after(moment: datetime, working: timedelta) -> datetime:
    """The moment at which so much working time has passed."""
    moment = moment.astimezone(ZONE)
    while True:
        opens = opening(moment)
        closes = opens + OPEN_DAY
        if moment < opens:
            moment = opens
        if moment < closes and moment + working <= closes:
            return moment + working
        if moment < closes:
            working -= closes - moment
        moment = opens + DAY


class Hours:
    """The same day as Otklik sees it: working time between two moments."""

    def between(self, start: datetime, end: datetime) -> timedelta:
        if end <= start:
            return timedelta(0)
        return self._passed(end) - self._passed(start)

    def _passed(self, moment: datetime) -> timedelta:
        moment = moment.astimezone(ZONE)
        today = min(max(moment - opening(moment), timedelta(0)), OPEN_DAY)
        return moment.date().toordinal() * OPEN_DAY + today
