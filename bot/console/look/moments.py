"""Moments and spans as people read them, in the installation's time zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from bot.console.look.words import Words


class Moments:
    """Told in one language and zone; `now` comes from the caller, for time comes from core.clock."""

    def __init__(self, words: Words, zone: ZoneInfo) -> None:
        self._words, self._zone = words, zone

    def clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%H:%M}"

    def day(self, moment: datetime, now: datetime) -> str:
        """Today, yesterday, or the date; with the year when it is another one."""
        day, today = moment.astimezone(self._zone).date(), now.astimezone(self._zone).date()
        if day == today:
            return self._words.say("day.today")
        if (today - day).days == 1:
            return self._words.say("day.yesterday")
        form = "d MMMM" if day.year == today.year else "d MMMM y"
        return format_date(day, form, locale=self._words.language)

    def date(self, moment: datetime) -> str:
        """Day and month in figures for Russian only: 03.04 is another day to some who read English."""
        local = moment.astimezone(self._zone)
        if self._words.language == "ru":
            return f"{local:%d.%m.%Y}"
        return format_date(local, "d MMM y", locale=self._words.language)

    def full(self, moment: datetime) -> str:
        return f"{self.date(moment)} {self.clock(moment)}"

    def ago(self, moment: datetime, now: datetime) -> str:
        """How long ago, short: now, 5 min, 3 h, then the date."""
        seconds = max(0.0, (now - moment).total_seconds())
        if seconds < 60:
            return self._words.say("ago.now")
        if seconds < 3600:
            return self._words.say("ago.minutes", number=int(seconds // 60))
        if seconds < 24 * 3600:
            return self._words.say("ago.hours", number=int(seconds // 3600))
        local = moment.astimezone(self._zone)
        if local.year == now.astimezone(self._zone).year:
            return format_date(local, "d MMM", locale=self._words.language)
        return f"{local:%d.%m.%y}" if self._words.language == "ru" else self.date(moment)

    def lasting(self, seconds: float) -> str:
        """A time whose seconds matter while it is short: 45 s, 12 min, 3 h 5 min."""
        return f"{round(seconds)} {self._words.say('report.seconds')}" if seconds < 120 else self.span(seconds)

    def span(self, seconds: float) -> str:
        minutes = int(seconds // 60)
        if minutes < 60:
            return self._words.say("ago.minutes", number=max(1, minutes))
        hours, rest = divmod(minutes, 60)
        if hours < 48:
            return f"{self._words.say('ago.hours', number=hours)} {self._words.say('ago.minutes', number=rest)}"
        return self._words.say("ago.days", number=hours // 24)
